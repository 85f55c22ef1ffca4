"""A builder's software key in a PEM file (`pem:PATH`): PKCS#8, unencrypted."""

from __future__ import annotations

from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from workstation.core.errors import Malformed, MediaError
from workstation.core.public_key import PSS_SALT_BYTES, PublicKey, from_loaded

MAX_BYTES = 64 * 1024


def public_key_in(path: Path) -> PublicKey:
    """Return the public key in a PEM file (SubjectPublicKeyInfo); raises MediaError and Malformed."""
    try:
        with path.open("rb") as file:
            loaded = load_pem_public_key(file.read(MAX_BYTES))
    except OSError as error:
        raise MediaError(str(path), f"cannot be read: {error.strerror}") from error
    except (ValueError, UnsupportedAlgorithm) as error:
        raise Malformed(str(path), "a public key in PEM wanted") from error
    return from_loaded(loaded, where=str(path))


class PemKey:
    """A software key. Builders may use one; an approver never does."""

    def __init__(self, path: Path) -> None:
        """Read the key; raises MediaError when it cannot be read, Malformed when it is no key of ours."""
        try:
            with path.open("rb") as file:
                data = file.read(MAX_BYTES)
        except OSError as error:
            raise MediaError(str(path), f"cannot be read: {error.strerror}") from error
        try:
            self._key = load_pem_private_key(data, password=None)
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise Malformed(str(path), "an unencrypted PKCS#8 private key in PEM wanted") from error
        self._public = from_loaded(self._key.public_key(), where=str(path))

    @property
    def public_key(self) -> PublicKey:
        """The public half."""
        return self._public

    def sign(self, message: bytes) -> bytes:
        """Return a signature in published form."""
        match self._key:
            case ec.EllipticCurvePrivateKey():
                hashed = hashes.SHA384() if self._key.curve.name == "secp384r1" else hashes.SHA256()
                return self._key.sign(message, ec.ECDSA(hashed))
            case ed25519.Ed25519PrivateKey():
                return self._key.sign(message)
            case rsa.RSAPrivateKey():
                scheme = padding.PSS(padding.MGF1(hashes.SHA256()), PSS_SALT_BYTES)
                return self._key.sign(message, scheme, hashes.SHA256())
            case _:
                raise Malformed("key", f"{type(self._key).__name__} cannot sign here")
