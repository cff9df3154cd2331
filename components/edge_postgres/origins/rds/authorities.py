"""The CAs of RDS: the one that signs the certificate of a server, and the one that Hyperdrive verifies it with.

Source: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL.html, which was not checked.
"""

from edge_postgres.core.errors import ValidationError

DEFAULT_CA = "rds-ca-rsa2048-g1"
_COMMON_NAMES = {DEFAULT_CA: "RSA2048 G1", "rds-ca-rsa4096-g1": "RSA4096 G1", "rds-ca-ecc384-g1": "ECC384 G1"}
"""Part of the common name of a CA, by its identifier at RDS."""


def reject_other_ca(common_name: str, ca_identifier: str | None, *, subject: str) -> None:
    """Rejects a CA of RDS that did not sign the certificate of the server.

    Args:
        common_name: Common name of the CA that Hyperdrive verifies the server with.
        ca_identifier: Identifier of the CA that signs the server's certificate. None for the default.
        subject: Path of the CA that Hyperdrive uses.

    Raises:
        ValidationError: The common name belongs to another CA of RDS.
    """
    identifier = ca_identifier or DEFAULT_CA
    needed = _COMMON_NAMES.get(identifier)
    if needed and needed not in common_name and any(name in common_name for name in _COMMON_NAMES.values()):
        raise ValidationError(
            subject,
            f"selects the CA `{common_name}`, but {identifier} signs the certificate of the server",
            f"Set `ca_common_name` to `{needed}`, or set another `ca_identifier`.",
        )
