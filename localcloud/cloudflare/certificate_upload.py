"""Validation of an uploaded certificate, and the fields that the API derives from the PEM string.

Sources: https://developers.cloudflare.com/api/resources/mtls_certificates/ and
https://developers.cloudflare.com/hyperdrive/configuration/tls-ssl-certificates-for-hyperdrive/ (November 2026), which
requires the one CA that signed the certificate, not a bundle. The codes of invalid contents are documented only for
custom certificates (https://developers.cloudflare.com/ssl/edge-certificates/custom-certificates/troubleshooting/).
Their use here is an assumption. Expired certificates are accepted, because no page mentions a check, and connecting
to the database fails.
"""

from typing import Any

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from localcloud.cloudflare.envelope import ApiError, Json

UNREADABLE = 1003
NOT_A_CA = 1411
NO_PAIR = 2200


def parse_upload(body: Json) -> Json:
    """Returns the content of a new record, private key included. Raises ``ApiError``, which never contains the key."""
    is_ca, pem, key = body.get("ca"), body.get("certificates"), body.get("private_key")
    if not isinstance(is_ca, bool):
        raise ApiError(400, UNREADABLE, "`ca` must be true or false")
    chain = _certificates(pem)
    if is_ca:
        _validate_ca(chain)
    else:
        _validate_client_certificate(chain[0], key)
    if key is not None:
        _validate_key_pair(chain[0], key)
    first = chain[0]
    content: Json = {
        "ca": is_ca,
        "certificates": pem,
        "issuer": first.issuer.rfc4514_string(),
        "serial_number": str(first.serial_number),
        "signature": _signature(first),
        "expires_on": first.not_valid_after_utc.isoformat().replace("+00:00", "Z"),
        "type": "custom",
    }
    return content | {name: body[name] for name in ("name", "private_key") if body.get(name)}


def _certificates(pem: Any) -> list[x509.Certificate]:
    """Parses the certificates, of which the first is the client or server certificate."""
    try:
        return x509.load_pem_x509_certificates(pem.encode())
    except (ValueError, AttributeError):
        raise ApiError(400, UNREADABLE, "Unable to parse certificate: `certificates` must be one PEM string") from None


def _validate_ca(chain: list[x509.Certificate]) -> None:
    if len(chain) > 1:
        raise ApiError(
            400,
            NOT_A_CA,
            f"`certificates` has {len(chain)} certificates, but must be one CA certificate. From a bundle, upload the "
            "certificate that signed the server's certificate.",
        )
    if not _is_ca(chain[0]):
        raise ApiError(
            400, NOT_A_CA, "With `ca` true the certificate must be a CA: its basic constraints lack CA:TRUE."
        )


def _validate_client_certificate(first: x509.Certificate, key: Any) -> None:
    if _is_ca(first):
        raise ApiError(400, NOT_A_CA, "With `ca` false the first certificate must be the client's, but it is a CA.")
    if not key:
        raise ApiError(400, NO_PAIR, "A client certificate needs its `private_key`.")


def _validate_key_pair(certificate: x509.Certificate, key: Any) -> None:
    try:
        pair = load_pem_private_key(key.encode(), password=None)
    except (ValueError, TypeError, AttributeError, UnsupportedAlgorithm):
        raise ApiError(
            400, NO_PAIR, "Unable to parse `private_key`: it must be one PEM string without a password"
        ) from None
    if pair.public_key() != certificate.public_key():
        raise ApiError(400, NO_PAIR, "The certificate and private key pair you uploaded is invalid")


def _is_ca(certificate: x509.Certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False


def _signature(certificate: x509.Certificate) -> str:
    """Returns the name of the signature algorithm as in Go: `ECDSAWithSHA256`, `SHA256WithRSA`."""
    name = certificate.signature_algorithm_oid._name
    if name.startswith("ecdsa-with-"):
        return f"ECDSAWith{name.removeprefix('ecdsa-with-')}"
    if name.endswith("WithRSAEncryption"):
        return f"{name.removesuffix('WithRSAEncryption').upper()}WithRSA"
    return name
