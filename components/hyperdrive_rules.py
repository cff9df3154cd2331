"""What Hyperdrive takes and what it refuses: addresses, TLS, connections, caching. Pure."""

from typing import Any

from components.errors import Refusal
from components.hosts import Endpoint, Reach, endpoint_of, reach_of, way_to_direct
from components.limits import (
    HYPERDRIVE_CONNECTIONS_CEILING,
    HYPERDRIVE_CONNECTIONS_FLOOR,
    HYPERDRIVE_MAX_AGE_CEILING,
    Plan,
)

SSLMODES = ("require", "verify-ca", "verify-full")
"""The TLS modes that Hyperdrive speaks. https://developers.cloudflare.com/hyperdrive/reference/, read 2026-11-21."""


def checked_direct(subject: str, *, host: str, port: float | None, endpoint: str | None) -> dict[str, Any]:
    """An address where the database itself answers."""
    told = endpoint_of(host, int(port or 0))
    if endpoint not in (None, Endpoint.DIRECT.value, Endpoint.POOLED.value):
        raise Refusal(f"{subject}.endpoint", f"is {endpoint}", "Say `direct` or `pooled`.")
    if (endpoint or told.value) == Endpoint.POOLED.value:
        raise Refusal(
            f"{subject}.host",
            f"is {host}, a pooled endpoint; Hyperdrive is a transaction pooler itself, and two in a row break prepared "
            "statements",
            way_to_direct(host, int(port or 0)),
        )
    return {"host": host, "port": port}


def checked_public(subject: str, address: dict[str, Any], *, allow_loopback: bool) -> dict[str, Any]:
    """An address that Cloudflare can reach over the Internet."""
    host, port = address["host"], address["port"]
    if not 1 <= port <= 65535 or port != int(port):
        raise Refusal(f"{subject}.port", f"is {port:g}", "Use a whole number from 1 to 65535.")
    reach = reach_of(host)
    if reach is Reach.PUBLIC or (reach is Reach.LOOPBACK and allow_loopback):
        return address
    raise Refusal(
        f"{subject}.host",
        f"is {host}, which only this {'machine' if reach is Reach.LOOPBACK else 'network'} can reach; Cloudflare "
        "dials from the Internet",
        "Take a public host, or a route: `service_id` (Workers VPC), or `access_client_id` and `access_client_secret` "
        "(Tunnel with Access).",
    )


def checked_mtls(
    subject: str, *, service: bool, sslmode: str | None, ca_certificate_id: str | None
) -> dict[str, str] | None:
    """TLS as Hyperdrive speaks it: `require` without a CA, the verify modes with one."""
    if service:
        raise Refusal(
            subject, "stands beside `service_id`; a Workers VPC service has TLS settings of its own", "Leave it out."
        )
    if sslmode in (None, "require"):
        if ca_certificate_id:
            raise Refusal(
                subject, f"is {sslmode or 'not stated'} beside `ca_certificate_id`; only the verify modes take a CA",
                "Say `verify-ca` or `verify-full`, or leave the certificate out.",
            )  # fmt: skip
        return {"sslmode": "require"} if sslmode else None
    if sslmode in ("verify-ca", "verify-full"):
        if not ca_certificate_id:
            raise Refusal(
                subject,
                f"is {sslmode}; Hyperdrive verifies against an uploaded CA only",
                "Give `ca_certificate_id`, or say `require` (encrypted, without proof of identity).",
            )
        return {"sslmode": sslmode, "ca_certificate_id": ca_certificate_id}
    raise Refusal(subject, f"is {sslmode}; Hyperdrive always uses TLS", "Use `require`, `verify-ca` or `verify-full`.")


def checked_limit(
    subject: str,
    plan: Plan,
    limit: float,
    ceiling: float | None = None,
    max_connections: float | None = None,
    reserved: float | None = None,
) -> int:
    """A whole number from 5 to the plan's ceiling, below what the database accepts.

    The limit is soft, so it has to leave at least one connection of the database free.
    """
    if limit != int(limit) or limit < HYPERDRIVE_CONNECTIONS_FLOOR:
        raise Refusal(
            subject,
            f"is {limit:g}; Hyperdrive opens at least {HYPERDRIVE_CONNECTIONS_FLOOR} connections to the origin",
            f"Use a whole number of {HYPERDRIVE_CONNECTIONS_FLOOR} or more.",
        )
    ceiling = HYPERDRIVE_CONNECTIONS_CEILING[plan] if ceiling is None else ceiling
    if limit > ceiling:
        raise Refusal(
            subject,
            f"is {limit:g}; an account on the {plan.value} plan may open {ceiling:g}",
            f"Use {ceiling:g} or less, or state the ceiling of your agreement.",
        )
    if max_connections is not None:
        usable = max_connections - max(reserved or 0, 1)
        if limit > usable:
            raise Refusal(
                subject,
                f"is {limit:g}; the database accepts {max_connections:g} connections, {usable:g} of them usable",
                f"Use {usable:g} or less, or a larger database.",
            )
    return int(limit)


def checked_caching(
    subject: str,
    disabled: bool | None = None,
    max_age: float | None = None,
    stale_while_revalidate: float | None = None,
) -> dict[str, Any]:
    """No cache, or both ages within their bounds."""
    if disabled:
        if max_age is not None or stale_while_revalidate is not None:
            raise Refusal(subject, "is disabled and states an age", "Leave the ages out, or `disabled`.")
        return {"disabled": True}
    if max_age is None or stale_while_revalidate is None:
        raise Refusal(
            subject,
            "is not stated",
            "Say `disabled`, or both `max_age` and `stale_while_revalidate`: a cached read can be as old as their sum.",
        )
    if max_age != int(max_age) or not 1 <= max_age <= HYPERDRIVE_MAX_AGE_CEILING:
        raise Refusal(
            f"{subject}.max_age",
            f"is {max_age:g} s; Hyperdrive keeps an answer for at most {HYPERDRIVE_MAX_AGE_CEILING} s",
            f"Use 1 to {HYPERDRIVE_MAX_AGE_CEILING}, or no cache.",
        )
    if stale_while_revalidate != int(stale_while_revalidate) or stale_while_revalidate < 0:
        raise Refusal(
            f"{subject}.stale_while_revalidate",
            f"is {stale_while_revalidate:g} s",
            "Use a whole number of 0 or more.",
        )
    return {
        "disabled": False,
        "max_age": int(max_age),
        "stale_while_revalidate": int(stale_while_revalidate),
    }
