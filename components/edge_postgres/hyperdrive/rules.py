"""Validation rules of Hyperdrive: TLS mode, connection limit, caching. Pure."""

from typing import TYPE_CHECKING

from edge_postgres.core.errors import ValidationError
from edge_postgres.core.numbers import to_int
from edge_postgres.core.plan import Plan
from edge_postgres.hyperdrive.limits import (
    HYPERDRIVE_CONNECTIONS_CEILING,
    HYPERDRIVE_CONNECTIONS_FLOOR,
    HYPERDRIVE_MAX_AGE_CEILING,
)
from edge_postgres.origin.contract import SSLMODES
from edge_postgres.origin.hosts import is_ip_address

if TYPE_CHECKING:
    from pulumi_cloudflare import HyperdriveConfigCachingArgsDict, HyperdriveConfigMtlsArgsDict


def validate_sslmode(sslmode: str | None, host: str | None = None, *, subject: str) -> str | None:
    """Returns the TLS mode, or None if omitted. Rejects a mode that Hyperdrive or the host does not support."""
    if sslmode not in (None, *SSLMODES):
        raise ValidationError(
            subject,
            f"must be one of `require`, `verify-ca`, `verify-full`, got {sslmode}",
            "Set one of them; Hyperdrive always connects to the database with TLS.",
        )
    if sslmode == "verify-full" and host and is_ip_address(host):
        raise ValidationError(
            subject,
            f"is verify-full, which requires a host name, got the IP address {host}",
            "Set the host name that the server's certificate contains, or set `verify-ca`.",
        )
    return sslmode


def validate_mtls(
    sslmode: str | None,
    *,
    service: bool,
    ca_certificate_id: str | None,
    mtls_certificate_id: str | None = None,
    subject: str,
) -> "HyperdriveConfigMtlsArgsDict | None":
    """Returns the TLS settings of a configuration, or None if omitted.

    `require` excludes a CA, the verify modes require one. A client certificate can be combined with each mode.
    """
    if service:
        raise ValidationError(
            subject, "cannot be combined with `service_id`; a Workers VPC service has its own TLS settings", "Omit it."
        )
    rendered: HyperdriveConfigMtlsArgsDict = {}
    if mtls_certificate_id:
        rendered["mtls_certificate_id"] = mtls_certificate_id
    if validate_sslmode(sslmode, subject=subject) in (None, "require"):
        if ca_certificate_id:
            raise ValidationError(
                subject,
                f"is {sslmode or 'omitted'}, which cannot be combined with `ca_certificate_id`",
                "Set `verify-ca` or `verify-full`, or omit `ca_certificate_id`.",
            )
        return {"sslmode": "require", **rendered} if sslmode or rendered else None
    if not ca_certificate_id:
        raise ValidationError(
            subject,
            f"is {sslmode}, which requires `ca_certificate_id`; Hyperdrive verifies only against an uploaded CA",
            "Set `ca_certificate_id`, or set `require`, which encrypts but does not verify the server.",
        )
    return {"sslmode": str(sslmode), "ca_certificate_id": ca_certificate_id, **rendered}


def validate_limit(
    limit: float,
    *,
    plan: Plan,
    ceiling: float | None = None,
    max_connections: float | None = None,
    reserved: float | None = None,
    subject: str,
) -> int:
    """Returns a connection limit as an integer: from 5 to the plan's maximum, below the database's own limit."""
    limit = to_int(limit, subject=subject)
    if limit < HYPERDRIVE_CONNECTIONS_FLOOR:
        raise ValidationError(
            subject,
            f"must be at least {HYPERDRIVE_CONNECTIONS_FLOOR}, got {limit} (Hyperdrive's minimum)",
            f"Set {HYPERDRIVE_CONNECTIONS_FLOOR} or more.",
        )
    ceiling = HYPERDRIVE_CONNECTIONS_CEILING[plan] if ceiling is None else ceiling
    if limit > ceiling:
        raise ValidationError(
            subject,
            f"must be at most {ceiling:g}, got {limit} (maximum of the {plan.value} plan, or `connection_ceiling`)",
            f"Set {ceiling:g} or less, or set `connection_ceiling` to the maximum that Cloudflare granted you.",
        )
    return validate_share(limit, max_connections, reserved, subject=subject)


def validate_share(
    limit: int, max_connections: float | None = None, reserved: float | None = None, *, subject: str
) -> int:
    """Returns a limit below what the database accepts.

    Hyperdrive's limit is approximate, so at least one connection has to remain unallocated.
    """
    if max_connections is None:
        return limit
    usable = max_connections - max(reserved or 0, 1)
    if limit > usable:
        lower = f"Set {usable:g} or less, or use a larger database."
        raise ValidationError(
            subject,
            f"must be at most {usable:g}, got {limit} (the database accepts {max_connections:g} connections)",
            lower if usable >= HYPERDRIVE_CONNECTIONS_FLOOR else "Use a larger database.",
        )
    return limit


def split_limit(limit: float, fresh_share: float, *, subject: str) -> dict[str, int]:
    """Returns the limits of a pair, `cached` and `fresh`: each at least 5, their sum the limit.

    Args:
        limit: Connections of both configurations together.
        fresh_share: Fraction of the limit that the fresh configuration gets.
        subject: Prefix of both arguments' paths, `main.`.
    """
    limit, floor = to_int(limit, subject=f"{subject}connection_limit"), int(HYPERDRIVE_CONNECTIONS_FLOOR)
    if not 0 < fresh_share < 1:
        raise ValidationError(
            f"{subject}fresh_share", f"must be above 0 and below 1, got {fresh_share:g}", "Set a fraction such as 0.3."
        )
    if limit < 2 * floor:
        raise ValidationError(
            f"{subject}connection_limit",
            f"must be at least {2 * floor}, got {limit} (at least {floor} for each configuration of the pair)",
            f"Set {2 * floor} or more, or use one configuration instead of a pair.",
        )
    fresh = min(max(round(limit * fresh_share), floor), limit - floor)
    return {"cached": limit - fresh, "fresh": fresh}


def validate_caching(
    disabled: bool | None = None,
    max_age: float | None = None,
    stale_while_revalidate: float | None = None,
    *,
    subject: str,
) -> "HyperdriveConfigCachingArgsDict":
    """Returns the cache settings of a configuration: disabled, or both ages in seconds."""
    if disabled:
        if max_age is not None or stale_while_revalidate is not None:
            raise ValidationError(
                subject,
                "is disabled, which cannot be combined with `max_age` or `stale_while_revalidate`",
                "Omit `disabled`, or omit both ages.",
            )
        return {"disabled": True}
    if max_age is None or stale_while_revalidate is None:
        raise ValidationError(
            subject,
            "requires `disabled`, or both `max_age` and `stale_while_revalidate`",
            "Set one of the two; a cached read can be as old as the sum of both ages.",
        )
    max_age = to_int(max_age, subject=f"{subject}.max_age")
    stale_while_revalidate = to_int(stale_while_revalidate, subject=f"{subject}.stale_while_revalidate")
    if not 1 <= max_age <= HYPERDRIVE_MAX_AGE_CEILING:
        raise ValidationError(
            f"{subject}.max_age",
            f"must be between 1 and {HYPERDRIVE_MAX_AGE_CEILING}, got {max_age} (seconds)",
            f"Set 1 to {HYPERDRIVE_MAX_AGE_CEILING}, or disable the cache.",
        )
    if stale_while_revalidate < 0:
        raise ValidationError(
            f"{subject}.stale_while_revalidate",
            f"must be at least 0, got {stale_while_revalidate} (seconds)",
            "Set 0 or more.",
        )
    return {"disabled": False, "max_age": max_age, "stale_while_revalidate": stale_while_revalidate}
