"""What an upload of a certificate holds: rules, and what the API reads out of a PEM text. Nothing here is stored.

Sources: https://developers.cloudflare.com/api/resources/mtls_certificates/ and
https://developers.cloudflare.com/hyperdrive/configuration/tls-ssl-certificates-for-hyperdrive/ (November 2026), which
asks for the one authority that signed, not for a bundle. The codes of wrong contents are documented for custom
certificates only (https://developers.cloudflare.com/ssl/edge-certificates/custom-certificates/troubleshooting/); that
they hold here is an assumption. An expired certificate is taken: no page says otherwise, and signing in shows it.
"""

from typing import Any

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from localcloud.cloudflare.envelope import ApiError, Json

UNREADABLE = 1003
NOT_AN_AUTHORITY = 1411
NO_PAIR = 2200


def read(body: Json) -> Json:
    """The content of a new record, private key included. Raises ``ApiError``, never with a word of the key."""
    is_authority, pem, key = body.get("ca"), body.get("certificates"), body.get("private_key")
    if not isinstance(is_authority, bool):
        raise ApiError(400, UNREADABLE, "`ca` is true or false")
    chain = _certificates(pem)
    if is_authority:
        _refuse_no_authority(chain)
    else:
        _refuse_no_leaf(chain[0], key)
    if key is not None:
        _refuse_other_key(chain[0], key)
    first = chain[0]
    content: Json = {
        "ca": is_authority,
        "certificates": pem,
        "issuer": first.issuer.rfc4514_string(),
        "serial_number": str(first.serial_number),
        "signature": _signature(first),
        "expires_on": first.not_valid_after_utc.isoformat().replace("+00:00", "Z"),
        "type": "custom",
    }
    return content | {name: body[name] for name in ("name", "private_key") if body.get(name)}


def _certificates(pem: Any) -> list[x509.Certificate]:
    """Leaf first."""
    try:
        return x509.load_pem_x509_certificates(pem.encode())
    except (ValueError, AttributeError):
        raise ApiError(400, UNREADABLE, "Unable to parse certificate: `certificates` is one PEM text") from None


def _refuse_no_authority(chain: list[x509.Certificate]) -> None:
    if len(chain) > 1:
        raise ApiError(
            400,
            NOT_AN_AUTHORITY,
            f"`certificates` holds {len(chain)} certificates; an authority is one certificate. Of a bundle, upload the "
            "one that signed the server's certificate.",
        )
    if not _is_authority(chain[0]):
        raise ApiError(
            400, NOT_AN_AUTHORITY, "With `ca` true the certificate has to be one: its basic constraints lack CA:TRUE."
        )


def _refuse_no_leaf(leaf: x509.Certificate, key: Any) -> None:
    if _is_authority(leaf):
        raise ApiError(400, NOT_AN_AUTHORITY, "With `ca` false the leaf comes first; the first certificate is a CA.")
    if not key:
        raise ApiError(400, NO_PAIR, "A client certificate needs its `private_key`.")


def _refuse_other_key(certificate: x509.Certificate, key: Any) -> None:
    try:
        pair = load_pem_private_key(key.encode(), password=None)
    except (ValueError, TypeError, AttributeError, UnsupportedAlgorithm):
        raise ApiError(400, NO_PAIR, "Unable to parse `private_key`: it is one PEM text, without a password") from None
    if pair.public_key() != certificate.public_key():
        raise ApiError(400, NO_PAIR, "The certificate and private key pair you uploaded is invalid")


def _is_authority(certificate: x509.Certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False


def _signature(certificate: x509.Certificate) -> str:
    """`ECDSAWithSHA256`, `SHA256WithRSA`: as Go names them."""
    name = certificate.signature_algorithm_oid._name
    if name.startswith("ecdsa-with-"):
        return f"ECDSAWith{name.removeprefix('ecdsa-with-')}"
    if name.endswith("WithRSAEncryption"):
        return f"{name.removesuffix('WithRSAEncryption').upper()}WithRSA"
    return name
