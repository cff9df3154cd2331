"""Certificates in PEM: parsing, selection of a CA, keys and validity. The functions read no clock and no file."""

import datetime
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from edge_postgres.core.errors import ValidationError

if TYPE_CHECKING:
    from cryptography import x509

EXPIRY_WARNING_PERIOD = datetime.timedelta(days=30)
"""Time before the expiry of a certificate in which a warning is shown."""
_BLOCK = re.compile(r"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----\n?", re.DOTALL)


@dataclass(frozen=True)
class Certificate:
    """One certificate: PEM, common name, validity, and whether the certificate may sign other certificates."""

    pem: str
    common_name: str
    ends: datetime.datetime
    begins: datetime.datetime
    is_ca: bool


def certificates_of(pem: str, *, subject: str) -> list[Certificate]:
    """Returns the certificates of a PEM string, in the order of the string.

    Raises:
        ValidationError: The string contains no certificate, or an unreadable certificate.
    """
    from cryptography import x509

    found: list[Certificate] = []
    for block in _BLOCK.findall(pem):
        try:
            parsed = x509.load_pem_x509_certificate(block.encode())
        except ValueError:
            raise ValidationError(
                subject,
                f"has a certificate that cannot be read, number {len(found) + 1} in the text",
                "Set complete certificates in PEM.",
            ) from None
        found.append(
            Certificate(
                pem=block.strip() + "\n",
                common_name=_common_name(parsed),
                ends=parsed.not_valid_after_utc,
                begins=parsed.not_valid_before_utc,
                is_ca=_is_ca(parsed),
            )
        )
    if not found:
        raise ValidationError(
            subject, "has no certificate", "Set a certificate in PEM, which begins with `-----BEGIN CERTIFICATE-----`."
        )
    return found


def select_ca(pem: str, common_name: str | None, *, subject: str) -> Certificate:
    """Returns the single CA of a PEM string, because Hyperdrive accepts one CA.

    Args:
        common_name: A part of the CA's common name, which selects the CA from a bundle. None if the string has one
            certificate only.

    Raises:
        ValidationError: The string has no certificate or several certificates with this common name, or the
            certificate with this common name is not that of a CA.
    """
    found = [
        each for each in certificates_of(pem, subject=subject) if common_name is None or common_name in each.common_name
    ]
    if len(found) != 1:
        names = ", ".join(f"`{each.common_name}`" for each in found or certificates_of(pem, subject=subject))
        raise ValidationError(
            subject,
            f"must contain exactly one CA, got {len(found)} certificates"
            + (f" with `{common_name}` in the common name" if common_name else ""),
            "Set `ca_common_name` to a part of one of these common names, which "
            f"belongs to the CA that signed the server's certificate: {names}.",
        )
    if not found[0].is_ca:
        raise ValidationError(
            subject,
            f"must be the certificate of a CA, got the certificate of `{found[0].common_name}`",
            "Set the certificate of the CA that signed this certificate.",
        )
    return found[0]


def reject_wrong_key(certificate_pem: str, key_pem: str, *, subject: str) -> None:
    """Raises ``ValidationError`` for a private key that is unreadable, has a passphrase, or does not fit the
    certificate."""
    from cryptography import x509
    from cryptography.hazmat.primitives import serialization

    try:
        key = serialization.load_pem_private_key(key_pem.encode(), password=None)
    except TypeError:
        raise ValidationError(
            subject,
            "must not have a passphrase, because Cloudflare must read the key",
            "Remove the passphrase from the key.",
        ) from None
    except ValueError:
        raise ValidationError(
            subject, "must be a private key in PEM", "Set the private key of the client certificate."
        ) from None
    if key.public_key() != x509.load_pem_x509_certificate(certificate_pem.encode()).public_key():
        raise ValidationError(
            subject, "does not belong to the client certificate", "Set the key that was created with the certificate."
        )


def days_left(certificate: Certificate, now: datetime.datetime, *, subject: str) -> int | None:
    """Returns the days until a certificate expires if it expires within 30 days, else None.

    Raises:
        ValidationError: The certificate is not valid at the time ``now``.
    """
    if now >= certificate.ends:
        raise ValidationError(
            subject, f"expired on {certificate.ends:%Y-%m-%d} (`{certificate.common_name}`)", "Set a valid certificate."
        )
    if now < certificate.begins:
        raise ValidationError(
            subject,
            f"is not valid before {certificate.begins:%Y-%m-%d} (`{certificate.common_name}`)",
            "Wait until then, or set another certificate.",
        )
    left = certificate.ends - now
    return left.days if left <= EXPIRY_WARNING_PERIOD else None


def _common_name(certificate: "x509.Certificate") -> str:
    from cryptography.x509.oid import NameOID

    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(names[0].value) if names else certificate.subject.rfc4514_string()


def _is_ca(certificate: "x509.Certificate") -> bool:
    from cryptography import x509

    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        # A certificate of version 1 has no extensions. A self-signed certificate of this version is a CA.
        return certificate.issuer == certificate.subject
