"""What Hyperdrive takes and what it refuses: addresses, TLS, connections, caching. Pure."""

from typing import Any

from edge_postgres.core.errors import ValidationError
from edge_postgres.core.numbers import to_int
from edge_postgres.core.plan import Plan
from edge_postgres.hyperdrive.limits import (
    HYPERDRIVE_CONNECTIONS_CEILING,
    HYPERDRIVE_CONNECTIONS_FLOOR,
    HYPERDRIVE_MAX_AGE_CEILING,
)
from edge_postgres.origin.certificates import is_address
from edge_postgres.origin.contract import SSLMODES


def validate_sslmode(sslmode: str | None, host: str | None = None, *, subject: str) -> str | None:
    """A TLS mode that Hyperdrive speaks and that the host allows, or none stated."""
    if sslmode not in (None, *SSLMODES):
        raise ValidationError(
            subject, f"is {sslmode}; Hyperdrive always uses TLS", "Use `require`, `verify-ca` or `verify-full`."
        )
    if sslmode == "verify-full" and host and is_address(host):
        raise ValidationError(
            subject,
            f"is verify-full for {host}; certificates name hosts, not addresses",
            "Give the host name that the server's certificate has, or say `verify-ca`.",
        )
    return sslmode


def validate_mtls(
    sslmode: str | None,
    *,
    service: bool,
    ca_certificate_id: str | None,
    mtls_certificate_id: str | None = None,
    subject: str,
) -> dict[str, str] | None:
    """TLS as Hyperdrive speaks it: `require` without a CA, the verify modes with one; a client certificate with any."""
    if service:
        raise ValidationError(
            subject, "stands beside `service_id`; a Workers VPC service has TLS settings of its own", "Leave it out."
        )
    client = {"mtls_certificate_id": mtls_certificate_id} if mtls_certificate_id else {}
    if validate_sslmode(sslmode, subject=subject) in (None, "require"):
        if ca_certificate_id:
            raise ValidationError(
                subject, f"is {sslmode or 'not stated'} beside `ca_certificate_id`; only the verify modes take a CA",
                "Say `verify-ca` or `verify-full`, or leave the certificate out.",
            )  # fmt: skip
        return {"sslmode": "require", **client} if sslmode or client else None
    if not ca_certificate_id:
        raise ValidationError(
            subject,
            f"is {sslmode}; Hyperdrive verifies against an uploaded CA only",
            "Give `ca_certificate_id`, or say `require` (encrypted, without proof of identity).",
        )
    return {"sslmode": str(sslmode), "ca_certificate_id": ca_certificate_id, **client}


def validate_limit(
    limit: float,
    *,
    plan: Plan,
    ceiling: float | None = None,
    max_connections: float | None = None,
    reserved: float | None = None,
    subject: str,
) -> int:
    """A whole number from 5 to the plan's ceiling, below what the database accepts."""
    limit = to_int(limit, subject=subject)
    if limit < HYPERDRIVE_CONNECTIONS_FLOOR:
        raise ValidationError(
            subject,
            f"is {limit}; Hyperdrive opens at least {HYPERDRIVE_CONNECTIONS_FLOOR} connections to the origin",
            f"Use a whole number of {HYPERDRIVE_CONNECTIONS_FLOOR} or more.",
        )
    ceiling = HYPERDRIVE_CONNECTIONS_CEILING[plan] if ceiling is None else ceiling
    if limit > ceiling:
        raise ValidationError(
            subject,
            f"is {limit}; an account on the {plan.value} plan may open {ceiling:g}",
            f"Use {ceiling:g} or less, or state the ceiling of your agreement.",
        )
    return validate_share(limit, max_connections, reserved, subject=subject)


def validate_share(
    limit: int, max_connections: float | None = None, reserved: float | None = None, *, subject: str
) -> int:
    """A limit below what the database accepts: it is soft, so at least one connection has to stay free."""
    if max_connections is None:
        return limit
    usable = max_connections - max(reserved or 0, 1)
    if limit > usable:
        enough = f"Use {usable:g} or less, or a larger database."
        raise ValidationError(
            subject,
            f"is {limit}; the database accepts {max_connections:g} connections, {usable:g} of them usable",
            enough if usable >= HYPERDRIVE_CONNECTIONS_FLOOR else "Take a larger database.",
        )
    return limit


def split_limit(limit: float, fresh_share: float, *, subject: str) -> dict[str, int]:
    """The limits of a pair: whole, together the limit, each at least the floor. ``subject`` leads to both arguments."""
    limit, floor = to_int(limit, subject=f"{subject}connection_limit"), int(HYPERDRIVE_CONNECTIONS_FLOOR)
    if not 0 < fresh_share < 1:
        raise ValidationError(f"{subject}fresh_share", f"is {fresh_share:g}", "Use a number above 0 and below 1.")
    if limit < 2 * floor:
        raise ValidationError(
            f"{subject}connection_limit",
            f"is {limit}; each of the two configurations opens at least {floor} connections",
            f"Use {2 * floor} or more, or one configuration instead of a pair.",
        )
    fresh = min(max(round(limit * fresh_share), floor), limit - floor)
    return {"cached": limit - fresh, "fresh": fresh}


def validate_caching(
    disabled: bool | None = None,
    max_age: float | None = None,
    stale_while_revalidate: float | None = None,
    *,
    subject: str,
) -> dict[str, Any]:
    """No cache, or both ages within their bounds."""
    if disabled:
        if max_age is not None or stale_while_revalidate is not None:
            raise ValidationError(subject, "is disabled and states an age", "Leave the ages out, or `disabled`.")
        return {"disabled": True}
    if max_age is None or stale_while_revalidate is None:
        raise ValidationError(
            subject,
            "is not stated",
            "Say `disabled`, or both `max_age` and `stale_while_revalidate`: a cached read can be as old as their sum.",
        )
    max_age = to_int(max_age, subject=f"{subject}.max_age")
    stale_while_revalidate = to_int(stale_while_revalidate, subject=f"{subject}.stale_while_revalidate")
    if not 1 <= max_age <= HYPERDRIVE_MAX_AGE_CEILING:
        raise ValidationError(
            f"{subject}.max_age",
            f"is {max_age} s; Hyperdrive keeps an answer for at most {HYPERDRIVE_MAX_AGE_CEILING} s",
            f"Use 1 to {HYPERDRIVE_MAX_AGE_CEILING}, or no cache.",
        )
    if stale_while_revalidate < 0:
        raise ValidationError(
            f"{subject}.stale_while_revalidate",
            f"is {stale_while_revalidate} s",
            "Use a whole number of 0 or more.",
        )
    return {"disabled": False, "max_age": max_age, "stale_while_revalidate": stale_while_revalidate}
