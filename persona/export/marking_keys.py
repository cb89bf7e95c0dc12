"""The key with which an archive seals what the program made: its own, made once, offline.

    root ─signs─▶ intermediate ─signs─▶ signer ─signs─▶ the seal in a file (C2PA)

Nobody outside is asked. The keys of the root and of the intermediate are thrown away as soon as
they have signed, so that nobody can ever make a second signer of this archive; what is left is one
file, ``signing.pem``, readable by its owner only. The certificates name a random number and no
person, and are valid for a hundred years: a seal without a time stamp is good only as long as its
certificate, and a grandchild shall still be able to check it.
"""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from persona.atomic import write_file
from persona.errors import EngineError, WorkspaceError
from persona.workspace import Workspace

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.x509 import Certificate, KeyUsage, Name

FILE = "signing.pem"
_YEARS = 100
_CERTIFICATE = b"-----BEGIN CERTIFICATE-----"


@dataclass(frozen=True)
class SigningKey:
    """What seals: a private key, the certificates that it is known by, and their root (PEM)."""

    private: bytes
    chain: bytes
    root: bytes


def signing_key(workspace: Workspace) -> SigningKey:
    """Return the key of an archive; it is made with the first file that is sealed.

    Raises:
        EngineError: its file is damaged.
        WorkspaceError: the folder cannot be written, or another program holds it.
    """
    from filelock import FileLock, Timeout

    file = workspace.root / FILE
    try:
        if not file.is_file():
            with FileLock(workspace.root / f".{FILE}.lock", timeout=10):
                if not file.is_file():
                    write_file(file, _made(), private=True)
        return _parts(file.read_bytes())
    except (OSError, Timeout) as error:
        raise WorkspaceError(
            f"The key that seals spoken answers ({FILE}) cannot be read or written. Check that "
            "the folder of this persona is yours and that the disk is not full."
        ) from error


def known_root(workspace: Workspace) -> bytes:
    """Return the certificate that this archive's seals lead to; empty before the first seal.

    Raises:
        EngineError: the file of the key is damaged.
    """
    file = workspace.root / FILE
    return _parts(file.read_bytes()).root if file.is_file() else b""


def _parts(content: bytes) -> SigningKey:
    """Take ``signing.pem`` apart: key, signer, intermediate, root."""
    private, *certificates = content.split(_CERTIFICATE)
    if len(certificates) != 3 or b"PRIVATE KEY" not in private:
        raise EngineError(
            f"{FILE}, the key that seals spoken answers, is damaged. Restore it from a backup; or "
            "remove it, and a new one is made: answers spoken before are then known by hash only."
        )
    signer, intermediate, root = (_CERTIFICATE + one for one in certificates)
    return SigningKey(private, signer + intermediate, root)


def _made() -> bytes:
    """Make three keys, keep one, and return it with the three certificates."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    number = secrets.token_hex(8)
    names = [_name(number, role) for role in ("root", "intermediate", "signer")]
    keys = [ec.generate_private_key(ec.SECP256R1()) for _ in names]
    root, intermediate, signer = (
        _certificate(names, keys, place, authority=place < 2) for place in range(3)
    )
    private = keys[2].private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    certificates = (
        one.public_bytes(serialization.Encoding.PEM) for one in (signer, intermediate, root)
    )
    return private + b"".join(certificates)


def _name(number: str, role: str) -> "Name":
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, f"memorial-persona archive {number}"),
            x509.NameAttribute(NameOID.COMMON_NAME, role),
        ]
    )


def _certificate(
    names: "list[Name]", keys: "list[EllipticCurvePrivateKey]", place: int, *, authority: bool
) -> "Certificate":
    """Return a certificate as C2PA 2.2, section 14.5, wants it: who signs is one place before."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.x509.oid import ExtendedKeyUsageOID

    above, public = max(0, place - 1), keys[place].public_key()
    now, issuer = datetime.now(UTC), keys[above].public_key()
    made = (
        x509.CertificateBuilder(names[above], names[place], public, x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))  # clocks of old machines are late
        .not_valid_after(now + timedelta(days=_YEARS * 365))
        .add_extension(x509.BasicConstraints(authority, 1 - place if authority else None), True)
        .add_extension(_usage(authority=authority), True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer), False)
    )
    if not authority:
        usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION])
        made = made.add_extension(usage, False)
    return made.sign(keys[above], hashes.SHA256())


def _usage(*, authority: bool) -> "KeyUsage":
    from cryptography import x509

    return x509.KeyUsage(
        digital_signature=not authority,
        key_cert_sign=authority,
        crl_sign=authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
