"""Rows 1 to 4: one key under two names, in other clothes, in a renewed certificate, as a subkey."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from typing import Any, Final

from bypass import forge
from bypass.attempts import Technique
from bypass.changes import about, alias, all_of, dave_also_has, tag_signed_by
from bypass.kinds import blocks_everyone, not_read, not_roster, not_signed_by
from bypass.stage import TESTS, Prepare, Stage
from core.documents import KEYS, credential
from core.keys import UnsafeTestKey, edwards, p256, p384, rsa_2048
from cryptography.hazmat.primitives.serialization import Encoding
from keys.key_forms import FORMS, PSS_ALGORITHM, cms, pss_spki, ssh_blob, sshsig, x509_certificate
from keys.openpgp_writer import PgpKey, armored, bound, certificate, packet

from workstation.core.countersignature import parse_countersignature
from workstation.core.dsse import Signature, make_envelope
from workstation.core.identity import digest_of
from workstation.core.key_readers.files import read_keys, signer_names
from workstation.core.signers import sole_signer

KINDS: Final[dict[str, Callable[[], UnsafeTestKey]]] = {
    "P-256": lambda: p256("dave at home"),
    "P-384": lambda: p384("dave at home"),
    "Ed25519": lambda: edwards("dave at home"),
    "RSA": rsa_2048,
}
"""A second key of dave's of each kind: the one he builds with."""

HOME: Final = edwards("dave at home")


# Row 1 ---------------------------------------------------------------------------------------------


def _twice_under(keyid: str) -> Callable[[Stage], object]:
    """Return a reading of a countersignature on which one key stands under two key ids."""

    def read(stage: Stage) -> object:
        made = stage.admit().countersign("erin").envelope
        (theirs,) = made.signatures
        twice = make_envelope(made.payload, (theirs, Signature(keyid=keyid, value=theirs.value)))
        found = parse_countersignature(twice.received, where="twice")
        return sole_signer(found.envelope, stage.trust.roster, None, where="twice")

    return read


def _enrolled_for(holder: str, key: UnsafeTestKey, use: str) -> Prepare:
    def change(stage: Stage) -> None:
        everyone = [*stage.roster["people"], *stage.roster["services"]]
        found = next(each for each in everyone if each["id"] == holder)
        found["credentials"].append(credential(key, use, tokenSerial=f"token-{holder}-2"))

    return change


def row_1() -> Iterator[Technique]:
    """Yield row 1: one key under two ids or labels."""
    doubles = {
        "two people": ("carol", KEYS["alice"], "evidence"),
        "one person twice, in two tokens": ("alice", KEYS["alice"], "countersign"),
        "a person and a machine": ("ci-7", KEYS["dave"], "evidence"),
        "two machines": ("station-1", KEYS["ci-7"], "evidence"),
        "a builder and an approver": ("dave", KEYS["bob"], "countersign"),
    }
    for label, (holder, key, use) in doubles.items():
        yield not_roster(1, f"roster: one key of {label}", _enrolled_for(holder, key, use))
    other = KEYS["mallory"].public.fingerprint
    yield not_roster(
        1,
        "roster: another fingerprint beside the same key",
        lambda stage: stage.person("dave")["credentials"][0].update(fingerprint=other),
    )
    for label, keyid in {"its own": KEYS["erin"].public.keyid, "another": "e" * 64, "an empty": ""}.items():
        name = f"DSSE: a key signs a countersignature again under {label} key id"
        yield not_read(1, name, _twice_under(keyid), "Untrusted")
    yield blocks_everyone(
        1,
        "DSSE: a key signs evidence again under another key id",
        lambda stage: forge.signed_also(stage, TESTS, KEYS["ci-7"], "e" * 64),
        "BUILDER-UNKNOWN",
    )
    for role in ("root", "targets", "snapshot", "timestamp"):
        change = forge.signed_by_one_under_two_ids(role)
        yield not_read(
            1,
            f"TUF: one key under two key ids is the threshold of {role}",
            about(change, lambda _, change: forge.read_trust(change)),
            "Untrusted",
        )


# Row 2 ---------------------------------------------------------------------------------------------


def _named_in(form: str, kind: str) -> Prepare:
    """Have the tag be signed by dave's other key, whose name is read from this form of it."""

    def change(stage: Stage) -> None:
        key = KINDS[kind]()
        dave_also_has(key)(stage)
        name = read_keys(FORMS[form](key.private), where=form).sole_key(form).fingerprint
        tag_signed_by(name)(stage)

    return change


def _keyids() -> dict[str, str]:
    """Return names that other programs give ci-7's or bob's key."""
    bob: Any = KEYS["bob"].private
    rsa: Any = rsa_2048().private
    ssh = base64.b64encode(bytes.fromhex(digest_of(ssh_blob(bob)))).decode().rstrip("=")
    return {
        "our fingerprint": KEYS["ci-7"].public.fingerprint,
        "the SPKI with a compressed point": digest_of(forge.compressed(bob)),
        "the SPKI under RSASSA-PSS": digest_of(pss_spki(rsa, PSS_ALGORITHM)),
        "the certificate": digest_of(x509_certificate(bob).tbs_certificate_bytes),
        "the SSH fingerprint": f"SHA256:{ssh}",
        "the OpenPGP fingerprint": PgpKey(bob).fingerprint.hex(),
        "capital letters": KEYS["ci-7"].public.keyid.upper(),
        "an algorithm before it": f"sha256:{KEYS['ci-7'].public.keyid}",
        "a blank after it": f"{KEYS['ci-7'].public.keyid} ",
    }


def row_2() -> Iterator[Technique]:
    """Yield row 2: one key in another encoding."""
    for kind in KINDS:
        for form in FORMS:
            yield not_signed_by(2, f"{kind} read from {form}", _named_in(form, kind))
    for name, data in forge.odd_spkis().items():
        odd = base64.b64encode(data).decode()
        yield not_roster(
            2,
            f"roster: {name}",
            about(odd, lambda stage, odd: stage.person("dave")["credentials"][0].update(spki=odd)),
        )
        if name not in ("a certificate instead of its key", "the RSASSA-PSS identifier"):
            yield not_read(2, f"key file: {name}", about(data, lambda _, data: read_keys(data, where="file")))
    for label, keyid in _keyids().items():
        yield blocks_everyone(
            2,
            f"DSSE: a key id that is {label}",
            about(keyid, lambda stage, keyid: forge.signed_also(stage, TESTS, KEYS["ci-7"], keyid)),
            "BUILDER-UNKNOWN",
        )


# Row 3 ---------------------------------------------------------------------------------------------


def row_3() -> Iterator[Technique]:
    """Yield row 3: a renewed certificate: another serial, subject or validity."""
    private = KINDS["P-256"]().private
    renewed = {
        "serial": x509_certificate(private, serial=4711),
        "subject": x509_certificate(private, name="Somebody Else"),
        "subject and serial": x509_certificate(private, name="dave (2027)", serial=1),
    }
    for label, found in renewed.items():
        key = read_keys(found.public_bytes(Encoding.DER), where="certificate").sole_key("certificate")
        yield not_signed_by(
            3,
            f"a certificate with another {label}",
            all_of(dave_also_has(KINDS["P-256"]()), tag_signed_by(key.fingerprint)),
        )
    yield not_signed_by(
        3,
        "CMS in a JAR by a certificate of old",
        all_of(
            dave_also_has(KINDS["P-256"](), state="retired", stateSince="2026-02-01T00:00:00Z"),
            forge.with_artifact("app.jar", lambda: forge.zipped(**{"META-INF__DAVE_dot_EC": cms(private)})),
        ),
    )
    yield not_roster(
        3,
        "the same key enrolled anew after it expired",
        all_of(
            dave_also_has(HOME, validTo="2026-02-01T00:00:00Z"),
            dave_also_has(HOME, validFrom="2026-02-01T00:00:00Z"),
        ),
    )
    yield not_roster(
        3,
        "a builder's key in a renewed certificate, for somebody else",
        lambda stage: stage.person("carol")["credentials"].append(credential(KEYS["bob"], "countersign")),
    )


# Row 4 ---------------------------------------------------------------------------------------------

PRIMARY: Final = PgpKey(edwards("dave pgp").private)
SUBKEY: Final = PgpKey(p256("dave pgp sub").private, created=1_710_000_000)


def _keyring_of_dave(*parts: bytes) -> Prepare:
    """Enrol every key an OpenPGP certificate shows, under the names it shows."""

    def change(stage: Stage) -> None:
        for found in read_keys(certificate(PRIMARY, *parts), where="certificate").keys:
            key = next(one for one in (edwards("dave pgp"), p256("dave pgp sub")) if one.public == found.key)
            dave_also_has(key)(stage)
            alias("dave", found.alias or "")(stage)

    return change


def row_4() -> Iterator[Technique]:
    """Yield row 4: an OpenPGP or in-toto subkey."""
    made = packet(2, SUBKEY.sign(0, b"document"))
    answered = bound(PRIMARY, SUBKEY, answered_by=SUBKEY)
    jar = forge.zipped(**{"META-INF__DAVE_dot_EC": cms(p256("dave pgp sub").private)})
    ways: dict[str, Prepare] = {
        "signs the tag": tag_signed_by(SUBKEY.alias),
        "signs the tag, named by key id": tag_signed_by(f"openpgp:{SUBKEY.fingerprint[-8:].hex().upper()}"),
        "signs a commit": lambda stage: stage.source.update(
            people=[{"role": "signer", "identity": signer_names(made, where="commit")[0]}]
        ),
        "signs evidence as a plain key": lambda stage: forge.signed_also(
            stage, TESTS, p256("dave pgp sub"), p256("dave pgp sub").public.keyid
        ),
        "signs an artifact beside it": forge.with_artifact("pump-2.4.0.bin.sig", lambda: made),
        "signs an artifact in armor": forge.with_artifact("notes.txt", lambda: armored(made, "SIGNATURE")),
        "signs a JAR as a plain key": forge.with_artifact("app.jar", lambda: jar),
        "signs over SSH": forge.with_artifact(
            "pump-2.4.0.bin.sig", lambda: sshsig(p256("dave pgp sub").private)
        ),
    }
    for label, way in ways.items():
        yield not_signed_by(4, f"a bound subkey {label}", all_of(way, _keyring_of_dave(answered)))
    unbound = {name: way for name, way in ways.items() if "plain key" not in name and "SSH" not in name}
    for label, way in unbound.items():
        yield blocks_everyone(
            4,
            f"an unbound subkey {label}",
            all_of(way, _keyring_of_dave(bound(PRIMARY, SUBKEY))),
            "BUILDER-UNKNOWN",
        )
    yield not_read(
        4,
        "an unbound subkey in a certificate to be enrolled",
        lambda _: read_keys(certificate(PRIMARY, bound(PRIMARY, SUBKEY)), where="c").sole_key("c"),
    )
    wheel = forge.zipped(**{"pump-2_dot_dist-info__RECORD_dot_jws": forge.jws(HOME)})
    yield not_signed_by(
        4,
        "a wheel signed by the key in its header",
        all_of(forge.with_artifact("pump-2-py3-none-any.whl", lambda: wheel), dave_also_has(HOME)),
    )
