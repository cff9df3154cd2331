"""Certificates in PEM: which one is meant, what it is good for, how long it is valid. Reads no clock and no file."""

import datetime
import ipaddress
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from edge_postgres.core.errors import ValidationError

if TYPE_CHECKING:
    from cryptography import x509

WARNED_BEFORE_END = datetime.timedelta(days=30)
_BLOCK = re.compile(r"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----\n?", re.DOTALL)


@dataclass(frozen=True)
class Certificate:
    """One certificate: its text, whom it names, when it ends, and whether it may sign others."""

    pem: str
    common_name: str
    ends: datetime.datetime
    begins: datetime.datetime
    is_authority: bool


def certificates_of(pem: str, *, subject: str) -> list[Certificate]:
    """The certificates of a text, in its order.

    Raises ``ValidationError`` where there is none, or one that cannot be read.
    """
    from cryptography import x509

    found: list[Certificate] = []
    for block in _BLOCK.findall(pem):
        try:
            parsed = x509.load_pem_x509_certificate(block.encode())
        except ValueError:
            raise ValidationError(
                subject, f"has a certificate that cannot be read, number {len(found) + 1}", "Give whole PEM blocks."
            ) from None
        found.append(
            Certificate(
                pem=block.strip() + "\n",
                common_name=_common_name(parsed),
                ends=parsed.not_valid_after_utc,
                begins=parsed.not_valid_before_utc,
                is_authority=_is_authority(parsed),
            )
        )
    if not found:
        raise ValidationError(subject, "has no certificate", "Give PEM: it begins with `-----BEGIN CERTIFICATE-----`.")
    return found


def authority(pem: str, common_name: str | None, *, subject: str) -> Certificate:
    """The one authority of a text: Hyperdrive takes one. ``common_name`` is a part of its name, for a bundle."""
    found = [
        each for each in certificates_of(pem, subject=subject) if common_name is None or common_name in each.common_name
    ]
    if len(found) != 1:
        names = ", ".join(f"`{each.common_name}`" for each in found or certificates_of(pem, subject=subject))
        raise ValidationError(
            subject,
            f"has {len(found)} authorities" + (f" of the name `{common_name}`" if common_name else "") + "; Hyperdrive "
            "verifies against exactly one",
            f"Name the one that signed the server's certificate, by a part of its common name. Here are {names}.",
        )
    if not found[0].is_authority:
        raise ValidationError(
            subject,
            f"is the certificate of `{found[0].common_name}`, which is no authority",
            "Give the certificate of the authority that signed it.",
        )
    return found[0]


def reject_wrong_key(certificate_pem: str, key_pem: str, *, subject: str) -> None:
    """Raises ``ValidationError`` for a private key that is not the certificate's, or that has a passphrase."""
    from cryptography import x509
    from cryptography.hazmat.primitives import serialization

    try:
        key = serialization.load_pem_private_key(key_pem.encode(), password=None)
    except TypeError:
        raise ValidationError(
            subject, "has a passphrase; Cloudflare has to read it", "Give the key without one."
        ) from None
    except ValueError:
        raise ValidationError(subject, "is no private key in PEM", "Give the key of the client certificate.") from None
    if key.public_key() != x509.load_pem_x509_certificate(certificate_pem.encode()).public_key():
        raise ValidationError(
            subject, "does not belong to the client certificate", "Give the two that were made together."
        )


def days_left(certificate: Certificate, now: datetime.datetime, *, subject: str) -> int | None:
    """Returns the days until a certificate expires soon, else None. Raises `ValidationError` for one not valid now."""
    if now >= certificate.ends:
        raise ValidationError(
            subject, f"ended on {certificate.ends:%Y-%m-%d} (`{certificate.common_name}`)", "Give one that is valid."
        )
    if now < certificate.begins:
        raise ValidationError(
            subject,
            f"is not valid before {certificate.begins:%Y-%m-%d} (`{certificate.common_name}`)",
            "Wait, or give another.",
        )
    left = certificate.ends - now
    return left.days if left <= WARNED_BEFORE_END else None


def is_address(host: str) -> bool:
    """Whether a host is an IP address."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _common_name(certificate: "x509.Certificate") -> str:
    from cryptography.x509.oid import NameOID

    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(names[0].value) if names else certificate.subject.rfc4514_string()


def _is_authority(certificate: "x509.Certificate") -> bool:
    from cryptography import x509

    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        # Version 1 knows no extensions; what signs itself is an authority there.
        return certificate.issuer == certificate.subject
