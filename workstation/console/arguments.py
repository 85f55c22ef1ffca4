"""The grammar of the command line."""

from __future__ import annotations

from argparse import ArgumentParser
from functools import partial

from workstation.console import (
    anywhere_commands,
    desk_commands,
    evidence_commands,
    journal_commands,
    journal_grammar,
    plan_commands,
    policy_commands,
    record_commands,
    request_commands,
    screen_command,
    sheet_command,
    store_commands,
    trust_grammar,
    verify_commands,
    why_commands,
)
from workstation.console.checkout import add_source_options
from workstation.console.demo.command import demo
from workstation.console.diff_command import add_diff
from workstation.console.grammar import Commands, add_command, add_group, top_parser
from workstation.core.receipt import Result


def parser() -> ArgumentParser:
    """Return the parser of the whole command line."""
    top = top_parser()
    commands = top.add_subparsers(metavar="COMMAND", required=True)
    _builder(commands)
    _workstation(commands)
    _deployer(commands)
    _trust(commands)
    _journal(commands)
    _anywhere(commands)
    return top


def _builder(commands: Commands) -> None:
    group = add_group(commands, "request", "Make or show a request (builder).")
    create = add_command(group, "create", request_commands.create)
    create.add_argument("--product", required=True, metavar="PURL", help="package URL with a version")
    create.add_argument("--channel", required=True)
    create.add_argument("--artifact", nargs="+", required=True, metavar="PATH")
    create.add_argument("--evidence", nargs="+", default=[], metavar="PATH")
    create.add_argument("--previous", metavar="RELEASE", help="directory of the release this follows")
    create.add_argument("--source", metavar="URI")
    create.add_argument("--from", metavar="REV")
    create.add_argument("--to", metavar="REV")
    create.add_argument("--identity", action="append", default=[], metavar="WHO", help="author or committer")
    add_source_options(create)
    create.add_argument("--good-for", type=int, default=request_commands.GOOD_FOR_DAYS, metavar="DAYS")
    create.add_argument("--key", required=True, metavar="KEY", help="pem:PATH or a PKCS#11 URI")
    create.add_argument("--out", required=True, metavar="DIR")
    add_command(group, "show", request_commands.show).add_argument("directory", metavar="DIR")
    sheet = add_command(group, "sheet", sheet_command.sheet)
    sheet.add_argument("directory", metavar="DIR")
    sheet.add_argument("--out", required=True, metavar="FILE", help="a PDF to print")
    evidence = add_command(group, "evidence", evidence_commands.sign)
    evidence.add_argument("statement", metavar="STATEMENT", help="an in-toto statement in JSON")
    evidence.add_argument("--key", required=True, metavar="KEY", help="pem:PATH or a PKCS#11 URI")
    evidence.add_argument("--out", required=True, metavar="FILE")
    plan = add_command(group, "plan", plan_commands.plan)
    plan.add_argument("--product", required=True, metavar="PURL")
    plan.add_argument("--channel", required=True)
    plan.add_argument("--trigger", action="append", required=True, metavar="WHO", help="who starts the build")
    plan.add_argument("--builder", action="append", required=True, metavar="URI", help="where it runs")
    plan.add_argument("--also", action="append", default=[], metavar="WHO", help="who else has a hand in it")
    plan.add_argument("--trust", metavar="DIR", help="the trust root (else the workstation's)")
    plan.add_argument("--root", metavar="FILE", help="the custodians' root.json (else the one in DIR)")
    plan.add_argument("--at", metavar="TIME", help="plan for this time")


def _workstation(commands: Commands) -> None:
    made = add_command(commands, "commission", journal_commands.commission)
    made.add_argument("--origin", required=True, help="the journal's name, such as ws1.example.org/journal")
    made.add_argument("--outgoing", required=True, metavar="DIR", help="where releases are written")
    made.add_argument("--seal-out", required=True, metavar="FILE", help="new file for K_0, to be taken away")
    made.add_argument("--production", action="store_true", help="refuse SoftHSM and modules not listed")
    add_command(commands, "intake", desk_commands.intake).add_argument("directory", metavar="DIR")
    add_command(commands, "queue", desk_commands.queue)
    review = add_command(commands, "review", desk_commands.review)
    review.add_argument("request", metavar="REQUEST")
    review.add_argument("--token", metavar="URI", help="your card: who is to sign opens the review with it")
    review.add_argument("--html", metavar="FILE", help="also write the diff as a page")
    sign = add_command(commands, "countersign", desk_commands.countersign)
    sign.add_argument("request", metavar="REQUEST")
    sign.add_argument("--token", required=True, metavar="URI")
    sign.add_argument("--acknowledge", nargs="*", default=[], metavar="FINDING")
    sign.add_argument("--comment", default="", metavar="TEXT")
    decline = add_command(commands, "decline", desk_commands.decline)
    decline.add_argument("request", metavar="REQUEST")
    decline.add_argument("--token", required=True, metavar="URI")
    decline.add_argument("--reason", required=True, metavar="TEXT")
    asked = add_command(commands, "why", why_commands.why_blocked)
    asked.add_argument("request", metavar="REQUEST")
    asked.add_argument("--token", metavar="URI", help="for whom; it is asked no PIN (else for everybody)")
    release = add_command(commands, "release", desk_commands.release)
    release.add_argument("request", metavar="REQUEST")
    release.add_argument("--out", required=True, metavar="DIR")
    trim = add_command(commands, "trim", store_commands.trim)
    trim.add_argument("--dry-run", action="store_true", help="only say what would be dropped")
    screen = add_command(commands, "desk", screen_command.desk)
    screen.add_argument(
        "--medium", action="append", default=[], metavar="DIR", help="look here as if it were a medium"
    )


def _deployer(commands: Commands) -> None:
    verify = add_command(commands, "verify", verify_commands.verify)
    verify.add_argument("directory", metavar="DIR")
    verify.add_argument("--root", required=True, metavar="FILE", help="the custodians' root.json")
    verify.add_argument("--known", metavar="DIR", help="remember versions here and refuse older ones")
    verify.add_argument("--at", metavar="TIME", help="judge the trust root's expiry at this time")
    group = add_group(commands, "receipt", "Make or admit a receipt.")
    create = add_command(group, "create", verify_commands.receipt_create)
    create.add_argument("directory", metavar="DIR")
    create.add_argument("--environment", required=True, metavar="NAME")
    create.add_argument("--result", required=True, choices=[result.value for result in Result])
    create.add_argument("--token", required=True, metavar="URI", help="PKCS#11 URI or pem:PATH")
    create.add_argument("--root", metavar="FILE", help="verify first, from this root.json")
    create.add_argument("--out", required=True, metavar="FILE")
    add_command(group, "admit", verify_commands.receipt_admit).add_argument("file", metavar="FILE")


def _trust(commands: Commands) -> None:
    group = add_group(commands, "trust", "Make, show, change or apply the trust root.")
    trust_grammar.add_trust(partial(add_command, group))
    group = add_group(commands, "roster", "Draft, show or compare the roster.")
    trust_grammar.add_roster(partial(add_command, group))
    _policy(add_group(commands, "policy", "Check, show, compare or try the policy."))


def _policy(group: Commands) -> None:
    add_command(group, "lint", policy_commands.lint).add_argument("file", metavar="FILE")
    shown = add_command(group, "show", policy_commands.show)
    shown.add_argument("file", nargs="?", metavar="FILE", help="a policy file (else the one followed here)")
    compared = add_command(group, "diff", policy_commands.diff)
    compared.add_argument("old", metavar="OLD")
    compared.add_argument("new", metavar="NEW")
    tried = add_command(group, "simulate", policy_commands.simulate)
    tried.add_argument("--policy", required=True, metavar="FILE", help="the proposed policy")


def _journal(commands: Commands) -> None:
    group = add_group(commands, "journal", "Read, verify and prove the journal.")
    record_commands.add_filter_options(add_command(group, "show", record_commands.show))
    record_commands.add_export_options(add_command(group, "export", record_commands.export))
    record_commands.add_report_options(add_command(group, "report", record_commands.report))
    verify = add_command(group, "verify", journal_commands.verify)
    verify.add_argument("--seal", metavar="FILE", help="K_0, for what only it can tell")
    verify.add_argument("--release", action="append", default=[], metavar="DIR", help="a release that left")
    verify.add_argument(
        "--note", action="append", default=[], metavar="FILE", help="a checkpoint kept outside"
    )
    add_command(group, "checkpoint", journal_commands.checkpoint)
    add_command(group, "key", journal_commands.station_key).add_argument("--out", metavar="FILE")
    prove = add_command(group, "prove", journal_commands.prove)
    prove.add_argument("entry", type=int, metavar="ENTRY")
    prove.add_argument("--out", metavar="FILE", help="also write the proof to a new file (C2SP tlog-proof)")
    journal_grammar.add_holders(partial(add_command, group))
    journal_grammar.add_memories(partial(add_command, group))


def _anywhere(commands: Commands) -> None:
    add_diff(commands)
    add_command(commands, "fingerprint", anywhere_commands.fingerprint).add_argument(
        "file", nargs="+", metavar="FILE"
    )
    add_command(commands, "doctor", anywhere_commands.doctor)
    shown = add_command(commands, "demo", demo)
    shown.add_argument("--directory", default="build/demo", metavar="DIR", help="the demo's world, made anew")
