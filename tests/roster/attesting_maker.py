"""A maker of tokens that attest, as YubiKeys do. TEST ONLY: nobody should believe it."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, load_der_public_key
from cryptography.x509.oid import NameOID

SINCE, UNTIL = datetime(2016, 3, 14, tzinfo=UTC), datetime(2052, 4, 17, tzinfo=UTC)
ARC = "1.3.6.1.4.1.41482.3."


def name(text):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


class Authority:
    """A certificate and its key: a maker's root, something between, or what is in a token's slot F9."""

    def __init__(self, text, issuer=None, *, depth=None, ca=True, since=SINCE, until=UNTIL, basic=True):
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.text = text
        builder = begun(text, self.key.public_key(), since, until)
        if basic:
            builder = builder.add_extension(x509.BasicConstraints(ca, depth), critical=True)
        self.certificate = signed(builder, issuer or self)

    @property
    def der(self):
        return self.certificate.public_bytes(Encoding.DER)

    def attest(self, spki, *, serial=4711, firmware=(5, 7, 1), pin=3, touch=2, **changes):
        """Return the certificate this token gives a key in it."""
        number = serial.to_bytes(serial.bit_length() // 8 + 1, "big")
        said = {"3": bytes(firmware), "7": b"\x02" + bytes([len(number)]) + number, "8": bytes([pin, touch])}
        span = changes.pop("since", SINCE), changes.pop("until", UNTIL)
        builder = begun("Test PIV Attestation 9c", load_der_public_key(spki), *span)
        for arc, value in (said | changes).items():
            if value is not None:
                kind = x509.UnrecognizedExtension(x509.ObjectIdentifier(ARC + arc), value)
                builder = builder.add_extension(kind, critical=False)
        return signed(builder, self).public_bytes(Encoding.DER)


def begun(text, public, since, until):
    builder = x509.CertificateBuilder().subject_name(name(text)).public_key(public)
    builder = builder.not_valid_before(since).not_valid_after(until)
    return builder.serial_number(x509.random_serial_number())


def signed(builder, issuer):
    return builder.issuer_name(name(issuer.text)).sign(issuer.key, hashes.SHA256())


@cache
def maker():
    """Return the root of a maker, the same all the time."""
    return Authority("Test Token Maker Root", depth=1)


@cache
def token():
    """Return a token of that maker: its key in F9."""
    return Authority("Test Token", maker(), depth=0)
