"""Tokens, as the rest of the world may use them: list, identify, sign, derive.

Every signature is verified under the key it was asked of before anybody else sees it: a fast card
swap makes a module show one card's certificate while another card signs.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Self

from hsm import answers, checks, keys, public
from hsm.child import WorkerProcess
from hsm.errors import TokenCode, TokenError
from hsm.facts import CandidateKey, IdentifiedKey, KeyProtection, TokenFacts
from hsm.requests import data_request, key_id, key_request

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hsm.module import ModulePath
    from hsm.uri import TokenUri
    from hsm.wire import Message


class TokenWorker:
    """One PKCS#11 module in a process of its own, started when first needed and after a crash.

    Every method raises TokenError, and every PIN handed in is wiped, whatever happens. Nothing is
    ever tried twice. `seconds` is how long one request may take, a touch included.
    """

    def __init__(self, module: ModulePath, *, environment: Mapping[str, str], seconds: float = 30) -> None:
        self._module = module
        self._environment = dict(environment)
        self._seconds = seconds
        self._turn = threading.Lock()
        self._process: WorkerProcess | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def pid(self) -> int | None:
        """The worker's process id while it runs, else None."""
        process = self._process
        return process.pid if process is not None and process.running else None

    def tokens(self) -> tuple[TokenFacts, ...]:
        """Return every initialised token in reach, as it is now."""
        with self._turn:
            return self._tokens()

    def token(self, uri: TokenUri) -> TokenFacts:
        """Return the one token `uri` names."""
        with self._turn:
            return self._one_token(uri)

    def public_key(self, uri: TokenUri) -> CandidateKey:
        """Return the key `uri` names, read without a PIN: what the token claims, nothing proved."""
        with self._turn:
            return self._candidate(uri)

    def identify(self, uri: TokenUri, challenge: bytes, pin: bytearray | None) -> IdentifiedKey:
        """Have the token prove it holds the key it shows, over a challenge of at least 16 fresh bytes.

        `pin` is None for a token with a pin pad. A token that shows another key than it signs with
        is `signature_mismatch`.
        """
        with checks.wiped(pin), self._turn:
            checks.refuse_challenge(challenge)
            candidate = self._candidate(uri)
            signature, protection = self._signed(uri, candidate, checks.IDENTIFY_DOMAIN + challenge, pin)
            return IdentifiedKey(
                candidate=candidate, challenge=bytes(challenge), signature=signature, protection=protection
            )

    def sign(self, uri: TokenUri, identified: IdentifiedKey, message: bytes, pin: bytearray | None) -> bytes:
        """Return the identified key's signature over `message`, verified, in published form.

        `token_changed` when the slot no longer holds the identified token and key.
        """
        with checks.wiped(pin), self._turn:
            checks.refuse_message(message)
            checks.verify_identified(identified)
            candidate = self._candidate(uri)
            checks.refuse_changed(candidate, identified.candidate)
            return self._signed(uri, candidate, message, pin)[0]

    def derive(self, uri: TokenUri, peer_point: bytes, pin: bytearray | None) -> bytearray:
        """Return the 32-byte ECDH secret of a P-256 key and an uncompressed point; the caller wipes it.

        The shared x-coordinate itself (SP 800-56A, 5.7.1.2), through no key derivation function.
        """
        with checks.wiped(pin), self._turn:
            checks.refuse_point(peer_point)
            token = self._one_token(uri)
            request = key_request("derive", uri, token) | {"peer_point": peer_point.hex()}
            checks.refuse_pin(token, pin)
            process = self._running()
            process.ask(request, secret=pin, seconds=self._seconds)
            return checks.whole_secret(process.receive_secret(self._seconds))

    def read_data(self, uri: TokenUri, name: str) -> tuple[bytes, ...]:
        """Return the values of the public data object `name` on a token; no PIN is asked."""
        with self._turn:
            return answers.data_values(self._ask(data_request("read-data", name, self._one_token(uri))))

    def write_data(self, uri: TokenUri, name: str, value: bytes, pin: bytearray | None) -> None:
        """Put `value` (at most 4096 bytes) under `name` on the one token `uri` names."""
        with checks.wiped(pin), self._turn:
            token = self._one_token(uri)
            checks.refuse_pin(token, pin)
            self._ask(data_request("write-data", name, token) | {"value": value.hex()}, pin)

    def kill(self) -> None:
        """End the worker now, from any thread; a request under way raises `worker_crashed`."""
        process = self._process
        if process is not None:
            process.kill()

    def close(self) -> None:
        """End the worker in good order; a later request starts another."""
        with self._turn:
            process, self._process = self._process, None
            if process is not None:
                process.close()

    def _running(self) -> WorkerProcess:
        if self._process is not None and not self._process.running:
            self._process.close()
            self._process = None
        if self._process is None:
            self._module.check()
            self._process = WorkerProcess(self._module.path, self._environment)
        return self._process

    def _ask(self, request: Message, pin: bytearray | None = None) -> Message:
        return self._running().ask(request, secret=pin, seconds=self._seconds)

    def _tokens(self) -> tuple[TokenFacts, ...]:
        return answers.tokens(self._ask({"op": "tokens"}))

    def _one_token(self, uri: TokenUri) -> TokenFacts:
        if uri.module_path is not None and uri.module_path != str(self._module.path):
            raise TokenError(
                TokenCode.MODULE_REFUSED, f"{uri.module_path} found, {self._module.path} is loaded"
            )
        matching = [facts for facts in self._tokens() if uri.matches(facts)]
        if not matching:
            raise TokenError(TokenCode.TOKEN_MISSING, f"no token matches {uri}, one wanted")
        if len(matching) > 1:
            names = ", ".join(f"{facts.label} ({facts.serial})" for facts in matching)
            raise TokenError(
                TokenCode.KEY_AMBIGUOUS, f"{len(matching)} tokens match {uri}, one wanted: {names}"
            )
        return matching[0]

    def _candidate(self, uri: TokenUri) -> CandidateKey:
        token = self._one_token(uri)
        certificate, numbers = answers.shown_key(self._ask(key_request("read", uri, token)))
        spki = public.spki_of(certificate, numbers)
        return CandidateKey(
            spki_der=spki,
            certificate_der=certificate,
            key_id=key_id(uri),
            scheme=keys.scheme_of(spki),
            token=token,
        )

    def _signed(
        self, uri: TokenUri, key: CandidateKey, message: bytes, pin: bytearray | None
    ) -> tuple[bytes, KeyProtection]:
        checks.refuse_pin(key.token, pin)
        data = keys.to_be_signed(key.scheme, message).hex()
        request = key_request("sign", uri, key.token) | {"scheme": key.scheme, "data": data}
        raw, protection = answers.signature(self._ask(request, pin))
        signature = keys.published(key.scheme, raw)
        keys.verify(key.spki_der, key.scheme, message, signature)
        return signature, protection
