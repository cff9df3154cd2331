"""Validation rules of Hyperdrive: TLS mode, connection limit and caching."""

from typing import TYPE_CHECKING

from edge_postgres.core.errors import ValidationError
from edge_postgres.core.numbers import to_int
from edge_postgres.core.plan import Plan
from edge_postgres.hyperdrive.limits import (
    HYPERDRIVE_CONNECTIONS_CEILING,
    HYPERDRIVE_CONNECTIONS_FLOOR,
    HYPERDRIVE_MAX_AGE_CEILING,
)
from edge_postgres.origin.contract import SCHEMES, SSLMODES
from edge_postgres.origin.hosts import is_ip_address

if TYPE_CHECKING:
    from pulumi_cloudflare import HyperdriveConfigCachingArgsDict, HyperdriveConfigMtlsArgsDict


def validate_scheme(scheme: str | None, *, subject: str) -> str:
    """Returns the URL scheme, by default `postgres`. Raises `ValidationError` unless it is a scheme of Postgres."""
    if scheme not in (None, *SCHEMES):
        raise ValidationError(
            subject, f"must be one of `postgres`, `postgresql`, got {scheme}", "Set one of them. Both are equivalent."
        )
    return scheme or SCHEMES[0]


def validate_sslmode(sslmode: str | None, host: str | None = None, *, subject: str) -> str | None:
    """Returns the TLS mode unchanged, or None if omitted.

    Raises:
        ValidationError: Hyperdrive does not support the mode, or the mode requires a host name and the host is an IP
            address.
    """
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
) -> "HyperdriveConfigMtlsArgsDict":
    """Returns the `mtls` input of a Hyperdrive configuration, with the mode `require` if no mode is set.

    `require` cannot be combined with a CA. `verify-ca` and `verify-full` require a CA. Each mode can be combined with a
    client certificate. `service` is true if the origin is a Workers VPC service.

    Raises:
        ValidationError: The origin is a Workers VPC service, Hyperdrive does not support the mode, or the mode does not
            fit the CA.
    """
    if service:
        raise ValidationError(
            subject,
            "cannot be combined with `service_id`, because a Workers VPC service has its own TLS settings",
            "Omit the TLS settings of the origin.",
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
        return {"sslmode": "require", **rendered}
    if not ca_certificate_id:
        raise ValidationError(
            subject,
            f"is {sslmode}, which requires `ca_certificate_id`; Hyperdrive verifies only against an uploaded CA",
            "Set `ca_certificate_id`, or set `require`, which encrypts but does not verify the server.",
            stack_file_fix=f"Set `hyperdrive.tls` to `{{mode: {sslmode}, caFile: …}}`, or set `sslmode: require`, "
            "which encrypts but does not verify the server.",
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
    """Returns the connection limit as an integer.

    Raises:
        ValidationError: The limit is not an integer, is below 5, is above `ceiling` or else the maximum of the plan, or
            is too high for the database.
    """
    limit = to_int(limit, subject=subject)
    source = f"maximum of the {plan.value} plan" if ceiling is None else "value of `connection_ceiling`"
    ceiling = HYPERDRIVE_CONNECTIONS_CEILING[plan] if ceiling is None else ceiling
    if limit < HYPERDRIVE_CONNECTIONS_FLOOR:
        raise ValidationError(
            subject,
            f"must be at least {HYPERDRIVE_CONNECTIONS_FLOOR}, got {limit} (Hyperdrive's minimum)",
            f"Set a number from {HYPERDRIVE_CONNECTIONS_FLOOR} to {ceiling:g}.",
        )
    if limit > ceiling:
        raise ValidationError(
            subject,
            f"must be at most {ceiling:g}, got {limit} ({source})",
            f"Set a number from {HYPERDRIVE_CONNECTIONS_FLOOR} to {ceiling:g}, or set `connection_ceiling` to the "
            "maximum that Cloudflare granted you.",
        )
    return validate_database_limit(limit, max_connections, reserved, subject=subject)


def validate_database_limit(
    limit: int, max_connections: float | None = None, reserved: float | None = None, *, subject: str
) -> int:
    """Returns the limit unchanged.

    Hyperdrive can exceed its limit, so one connection must remain even if the database reserves none. If
    `max_connections` is None, the limit is not checked.

    Raises:
        ValidationError: The limit exceeds the connections that the database accepts and does not reserve. Or the
            database reserves none, and the limit leaves no connection free.
    """
    if max_connections is None:
        return limit
    unusable = max(reserved or 0, 1)
    usable = max_connections - unusable
    if limit > usable:
        lower = f"Set a number from {HYPERDRIVE_CONNECTIONS_FLOOR} to {usable:g}, or use a larger database."
        raise ValidationError(
            subject,
            f"must be at most {usable:g}, got {limit} (the database accepts {max_connections:g} connections, of which "
            f"{unusable:g} must stay free)",
            f"{lower if usable >= HYPERDRIVE_CONNECTIONS_FLOOR else 'Use a larger database.'} If the database accepts "
            "more connections, set `max_connections` of its origin.",
        )
    return limit


def split_limit(limit: float, fresh_share: float, *, subject: str) -> dict[str, int]:
    """Returns the limits of a pair, with the keys `cached` and `fresh`. Each is at least 5, and their sum is `limit`.

    Args:
        limit: Connections of both configurations together.
        fresh_share: Fraction of the limit that the fresh configuration gets.
        subject: Path of the pair with a dot at its end, such as `main.`, or an empty string.

    Raises:
        ValidationError: The fraction is not between 0 and 1, or the limit is not an integer of at least 10.
    """
    limit, floor = to_int(limit, subject=f"{subject}connection_limit"), int(HYPERDRIVE_CONNECTIONS_FLOOR)
    if not 0 < fresh_share < 1:
        raise ValidationError(
            f"{subject}fresh_share",
            f"must be above 0 and below 1, got {fresh_share:g}",
            "Set a fraction between 0 and 1, such as 0.3.",
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
    """Returns the `caching` input of a Hyperdrive configuration.

    Raises:
        ValidationError: The settings are neither `disabled` alone nor two valid ages in seconds.
    """
    if disabled:
        if max_age is not None or stale_while_revalidate is not None:
            raise ValidationError(
                subject,
                "is disabled, which cannot be combined with `max_age` or `stale_while_revalidate`",
                "Omit `disabled`, or omit `max_age` and `stale_while_revalidate`.",
            )
        return {"disabled": True}
    if max_age is None or stale_while_revalidate is None:
        raise ValidationError(
            subject,
            "requires both `max_age` and `stale_while_revalidate`, or no cache",
            "Set both ages, or set `disabled` alone. A cached read can be as old as the sum of both ages.",
            stack_file_fix="Set `none`, or both ages. A cached read can be as old as the sum of both ages.",
        )
    max_age = to_int(max_age, subject=f"{subject}.max_age")
    stale_while_revalidate = to_int(stale_while_revalidate, subject=f"{subject}.stale_while_revalidate")
    if not 1 <= max_age <= HYPERDRIVE_MAX_AGE_CEILING:
        raise ValidationError(
            f"{subject}.max_age",
            f"must be between 1 and {HYPERDRIVE_MAX_AGE_CEILING}, got {max_age} (seconds)",
            f"Set 1 to {HYPERDRIVE_MAX_AGE_CEILING}. To disable the cache, set `disabled` instead of the ages.",
            stack_file_fix=f"Set 1 to {HYPERDRIVE_MAX_AGE_CEILING}. To disable the cache, set `caching: none`.",
        )
    if stale_while_revalidate < 0:
        raise ValidationError(
            f"{subject}.stale_while_revalidate",
            f"must be at least 0, got {stale_while_revalidate} (seconds)",
            "Set 0 or more.",
        )
    return {"disabled": False, "max_age": max_age, "stale_while_revalidate": stale_while_revalidate}
