"""What the builder's CI makes beside the artifacts: provenance, SBOM and test results, signed by its key."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from workstation.console.demo.releases import PACKAGE, SOURCE, PublicRelease
from workstation.core import statement, strict_json
from workstation.core.identity import Digest
from workstation.core.strict_json import JsonObject, JsonValue
from workstation.process.child import clean_environment
from workstation.process.command import run
from workstation.release.layout_writer import hashed_file
from workstation.tokens.pem import PemKey
from workstation.tokens.signing_key import signed_envelope

BUILDER_ID = "https://ci.example.org/builders/ci-7"
TRIGGERED_BY = "forge:1002"


def evidence_for(release: PublicRelease, artifacts: Sequence[Path], key: PemKey, out: Path) -> list[Path]:
    """Write provenance, test results and SBOM for the artifacts; returns their paths."""
    out.mkdir(parents=True, exist_ok=True)
    subjects: list[JsonValue] = [
        {"name": path.name, "digest": {"sha256": hashed_file(path)[0]}} for path in artifacts
    ]
    documents = {
        "provenance.dsse.json": _signed(subjects, statement.PROVENANCE, _provenance(release), key),
        "tests.dsse.json": _signed(subjects, statement.TEST_RESULT, _tests(artifacts), key),
        "sbom.cdx.json": strict_json.dump(_sbom(release, artifacts)),
    }
    for name, data in documents.items():
        (out / name).write_bytes(data)
    return [out / name for name in documents]


def _signed(subjects: list[JsonValue], predicate_type: str, predicate: JsonObject, key: PemKey) -> bytes:
    payload: JsonObject = {
        "_type": statement.STATEMENT_TYPE,
        "subject": subjects,
        "predicateType": predicate_type,
        "predicate": predicate,
    }
    return signed_envelope(strict_json.dump(payload), key).received


def _provenance(release: PublicRelease) -> JsonObject:
    return {
        "buildDefinition": {
            "buildType": "https://ci.example.org/build-types/python-package/v1",
            "externalParameters": {"tag": release.tag},
            "internalParameters": {"actorId": TRIGGERED_BY, "triggeringActorId": TRIGGERED_BY},
            "resolvedDependencies": [{"uri": f"{SOURCE}@refs/tags/{release.tag}"}],
        },
        "runDetails": {"builder": {"id": BUILDER_ID}, "metadata": {"invocationId": f"run-{release.version}"}},
    }


def _tests(artifacts: Sequence[Path]) -> JsonObject:
    """Try what can be tried without a network: whether the wheel imports and parses an address."""
    wheel = next(path for path in artifacts if path.suffix == ".whl")
    program = (
        f"import {PACKAGE}; assert {PACKAGE}.util.parse_url('https://example.org/x').host == 'example.org'"
    )
    ended = run(
        [sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, {str(wheel)!r}); {program}"],
        environment=clean_environment(),
    )
    name = f"import {PACKAGE} from the wheel and parse an address"
    passed: list[JsonValue] = [] if ended.status else [name]
    failed: list[JsonValue] = [name] if ended.status else []
    return {
        "result": "FAILED" if ended.status else "PASSED",
        "configuration": [{"name": "python", "annotations": {"version": sys.version.split()[0]}}],
        "passedTests": passed,
        "failedTests": failed,
    }


def _sbom(release: PublicRelease, artifacts: Sequence[Path]) -> JsonObject:
    wheel = next(path for path in artifacts if path.suffix == ".whl")
    components: list[JsonValue] = [_file_component(path, hashed_file(path)[0]) for path in artifacts]
    purl = f"pkg:pypi/{PACKAGE}@{release.version}"
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": {
                "type": "library",
                "name": PACKAGE,
                "version": release.version,
                "purl": purl,
                "hashes": [{"alg": "SHA-256", "content": hashed_file(wheel)[0]}],
            },
        },
        "components": components,
    }


def _file_component(path: Path, digest: Digest) -> JsonObject:
    return {"type": "file", "name": path.name, "hashes": [{"alg": "SHA-256", "content": digest}]}
