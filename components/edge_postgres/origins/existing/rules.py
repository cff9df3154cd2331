"""What an existing database may be given by: one connection string, or its parts, and one route. Pure."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from edge_postgres.core.errors import ValidationError
from edge_postgres.origin.connection_string import ConnectionString
from edge_postgres.origin.contract import SSLMODES
from edge_postgres.origin.rules import port_of, validate_database, validate_url, validate_user

_PARTS = ("host", "port", "database", "user", "password")


def reject_contradictions(args: Mapping[str, Any], *, subject: str) -> None:
    """Raises ``ValidationError`` where the arguments name no database, or two, or two routes to it."""
    stated = [part for part in _PARTS if part in args]
    if "url" in args and stated:
        raise ValidationError(
            f"{subject}.url", f"stands beside `{stated[0]}`", "Give the connection string, or its parts, not both."
        )
    if "service_id" in args:
        for other in ("url", "host", "port", "access_client_id", "access_client_secret"):
            if other in args:
                raise ValidationError(
                    f"{subject}.service_id",
                    f"stands beside `{other}`; a Workers VPC service knows the address itself",
                    "With a service, give `database`, `user` and `password` only.",
                )
    if ("access_client_id" in args) != ("access_client_secret" in args):
        raise ValidationError(
            f"{subject}.access_client_id", "and `access_client_secret` belong together", "Give both, or neither."
        )
    if "access_client_id" in args and "port" in args:
        raise ValidationError(
            f"{subject}.port", "stands beside `access_client_id`; the tunnel knows the port", "Leave the port out."
        )
    needed = () if "url" in args else ("user", "password") if "service_id" in args else ("host", "user", "password")
    if missing := [part for part in needed if part not in args]:
        raise ValidationError(
            f"{subject}.{missing[0]}", "is not given, and neither is `url`", "Give one connection string, or all parts."
        )


def read_connection_string(url: str, *, has_port: bool, has_sslmode: bool, subject: str) -> ConnectionString:
    """Parses and validates a connection string, and adds the vendor's database and port if the string omits them.

    Args:
        url: The string. No message contains a part of it that could be secret.
        has_port: False for a database behind Access, whose tunnel has the port.
        has_sslmode: Whether an argument overrides the TLS mode of the string.
        subject: Path for messages.
    """
    parsed = ConnectionString.parse(validate_url(url, subject=subject), subject=subject)
    validate_user(parsed.user, subject=subject)
    if not has_sslmode and parsed.sslmode not in (None, *SSLMODES):
        raise ValidationError(
            subject, "states an `sslmode` that Hyperdrive does not speak", f"Use one of {', '.join(SSLMODES)}."
        )
    return replace(
        parsed,
        database=validate_database(parsed.database, parsed.host, subject=subject),
        port=parsed.port or (port_of(parsed.host, subject=subject) if has_port else None),
    )
