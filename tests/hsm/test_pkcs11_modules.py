"""PKCS#11 modules by path and digest."""

from __future__ import annotations

import hashlib
import shutil
from typing import TYPE_CHECKING

import pytest
from token_fixtures import SOFTHSM

from hsm.errors import TokenCode, TokenError
from hsm.link import TokenWorker
from hsm.module import ModulePath, allowed_module

if TYPE_CHECKING:
    from pathlib import Path

    from token_fixtures import Holders


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_module_with_the_wanted_digest_is_loaded(holders: Holders) -> None:
    module = ModulePath(path=SOFTHSM, sha256=_digest(SOFTHSM))
    with TokenWorker(module, environment=holders.environment) as worker:
        assert worker.tokens()


def test_a_module_with_another_digest_is_never_loaded_and_both_are_named(holders: Holders) -> None:
    pin = holders.pin("alice")
    module = ModulePath(path=SOFTHSM, sha256="0" * 64)
    with TokenWorker(module, environment=holders.environment) as worker:
        with pytest.raises(TokenError) as refusal:
            worker.identify(holders.uri("alice"), b"sixteen or more fresh bytes", pin)

        assert worker.pid is None
    assert refusal.value.code is TokenCode.MODULE_REFUSED
    assert _digest(SOFTHSM) in refusal.value.detail
    assert "0" * 64 in refusal.value.detail
    assert not any(pin)


def test_a_file_that_is_no_module_is_refused(tmp_path: Path) -> None:
    impostor = tmp_path / "module.so"
    impostor.write_bytes(b"no library")
    with (
        TokenWorker(ModulePath(path=impostor), environment={}) as worker,
        pytest.raises(TokenError) as refusal,
    ):
        worker.tokens()

    assert refusal.value.code is TokenCode.MODULE_REFUSED


def test_a_module_that_cannot_initialise_is_refused(tmp_path: Path) -> None:
    nowhere = {"SOFTHSM2_CONF": str(tmp_path / "missing.conf")}
    with (
        TokenWorker(ModulePath(path=SOFTHSM), environment=nowhere) as worker,
        pytest.raises(TokenError) as refusal,
    ):
        worker.tokens()

    assert refusal.value.code is TokenCode.MODULE_REFUSED


def test_a_missing_module_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TokenError) as refusal:
        ModulePath(path=tmp_path / "missing.so").check()

    assert refusal.value.code is TokenCode.MODULE_REFUSED


@pytest.mark.parametrize("name", ["libsofthsm2.so", "opensc-pkcs11.so"])
def test_production_refuses_softhsm_by_whatever_name(tmp_path: Path, name: str) -> None:
    module = tmp_path / name
    shutil.copy(SOFTHSM, module)
    with pytest.raises(TokenError) as refusal:
        allowed_module(module, {module: _digest(module)}, production=True)

    assert refusal.value.code is TokenCode.MODULE_REFUSED
    assert "SoftHSM" in refusal.value.detail


def test_production_refuses_what_is_not_listed(tmp_path: Path) -> None:
    module = tmp_path / "vendor.so"
    module.write_bytes(b"a vendor's module")
    with pytest.raises(TokenError) as refusal:
        allowed_module(module, {}, production=True)

    assert refusal.value.code is TokenCode.MODULE_REFUSED


def test_production_takes_a_listed_module(tmp_path: Path) -> None:
    module = tmp_path / "vendor.so"
    module.write_bytes(b"a vendor's module")
    allow = {module: _digest(module)}

    assert allowed_module(module, allow, production=True) == ModulePath(path=module, sha256=allow[module])


@pytest.mark.parametrize("production", [True, False])
def test_a_listed_module_with_another_digest_is_refused(tmp_path: Path, production: bool) -> None:
    module = tmp_path / "vendor.so"
    module.write_bytes(b"a vendor's module")
    with pytest.raises(TokenError) as refusal:
        allowed_module(module, {module: "0" * 64}, production=production)

    assert refusal.value.code is TokenCode.MODULE_REFUSED


def test_development_takes_softhsm_unlisted() -> None:
    assert allowed_module(SOFTHSM, {}, production=False) == ModulePath(path=SOFTHSM)
