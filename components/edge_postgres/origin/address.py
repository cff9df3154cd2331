"""Rules of a database's address: a host alone, the database itself and no pooler, public or behind a route. Pure."""

from typing import Any

from edge_postgres.core.errors import ValidationError
from edge_postgres.core.numbers import to_int
from edge_postgres.origin.hosts import Endpoint, Reach, endpoint_of, is_host, reach_of, way_to_direct

WAY_IN = (
    "Take a public host, or a route: `service_id` (Workers VPC), or `access_client_id` and `access_client_secret` "
    "(Tunnel with Access)."
)


def validate_host(host: str, *, subject: str) -> str:
    """A host name or an IP address. What else stands there may be a URL with a password: it is not shown."""
    if not is_host(host):
        raise ValidationError(
            subject,
            "is no host name and no IP address",
            "Give the host alone, without scheme, user, port or brackets; a connection string belongs in `url`.",
        )
    return host


def validate_direct(
    host: str, *, port: float | None, endpoint: str | None, user: str | None = None, subject: str
) -> dict[str, Any]:
    """An address where the database itself answers; a stated endpoint counts for more than what the name tells."""
    host = validate_host(host, subject=f"{subject}.host")
    port = None if port is None else to_int(port, subject=f"{subject}.port")
    told = endpoint_of(host, port or 0)
    if endpoint not in (None, Endpoint.DIRECT.value, Endpoint.POOLED.value):
        raise ValidationError(f"{subject}.endpoint", f"is {endpoint}", "Say `direct` or `pooled`.")
    if (endpoint or told.value) == Endpoint.POOLED.value:
        raise ValidationError(
            f"{subject}.host",
            f"is {host}, a pooled endpoint; Hyperdrive is a transaction pooler itself, and two in a row break prepared "
            "statements",
            way_to_direct(host, port or 0, user),
        )
    return {"host": host, "port": port}


def validate_public(
    address: dict[str, Any], *, subject: str, allow_loopback: bool, reach: str | None = None
) -> dict[str, Any]:
    """An address that Cloudflare can reach over the Internet; ``reach`` says it where the name does not."""
    host, port = address["host"], address["port"]
    if not 1 <= port <= 65535:
        raise ValidationError(f"{subject}.port", f"is {port}", "Use a whole number from 1 to 65535.")
    told = validate_reach(host, reach, subject=f"{subject}.reach")
    if told is Reach.PUBLIC or (told is Reach.LOOPBACK and allow_loopback):
        return address
    raise ValidationError(
        f"{subject}.host",
        f"is {host}, which only this {'machine' if told is Reach.LOOPBACK else 'network'} can reach; Cloudflare "
        "dials from the Internet",
        WAY_IN,
    )


def validate_reach(host: str, stated: str | None, *, subject: str) -> Reach:
    """From where a host can be reached; a stated ``public`` does not make a private address public."""
    if stated not in (None, Reach.PUBLIC.value, Reach.PRIVATE.value):
        raise ValidationError(subject, f"is {stated}", "Say `public` or `private`.")
    told = reach_of(host)
    return Reach.PRIVATE if told is Reach.PUBLIC and stated == Reach.PRIVATE.value else told
