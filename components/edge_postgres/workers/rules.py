"""Rules for the name of a Worker, its addresses, the receivers of its logs, and the bindings that it keeps."""

import re
from collections.abc import Sequence

import pulumi

from edge_postgres.core.cloudflare_zones import is_in_zone_of_cloudflare
from edge_postgres.core.errors import ValidationError

_SCRIPT_NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_HOSTNAME = re.compile(r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+([a-z]{2,63}|xn--[a-z0-9-]{1,59})", re.IGNORECASE)


def validate_script_name(script_name: str, *, subject: str) -> str:
    """Returns the name of a script unchanged. Raises `ValidationError` for a name that is not a host name's label."""
    if not _SCRIPT_NAME.fullmatch(script_name):
        raise ValidationError(
            subject,
            f"must be 1 to 63 lower-case letters, digits and hyphens, got {script_name}",
            "Use only these characters, and start and end the name with a letter or a digit.",
        )
    return script_name


def validate_domain(hostname: str, *, subject: str) -> str:
    """Returns the host name of a custom domain in lower case.

    Raises:
        ValidationError: The value has a scheme, a path or a wildcard, is no host name, or is in a zone of Cloudflare.
    """
    if not _HOSTNAME.fullmatch(hostname):
        raise ValidationError(
            subject,
            f"must be one host name, got {hostname}",
            "Write it in ASCII (`xn--…`), without scheme, path, port and final dot. For a wildcard or a path, use "
            "`routes` of a Worker.",
        )
    _reject_cloudflare_zone(hostname, subject=subject)
    return hostname.lower()


def validate_route_pattern(pattern: str, *, subject: str) -> str:
    """Returns the pattern of a route unchanged.

    Patterns of several Workers can match one URL. The most specific pattern selects the Worker, so only equal patterns
    collide. Source: https://developers.cloudflare.com/workers/configuration/routing/routes/ (not checked; an older
    copy of the page was read on 2026-12-01).

    Raises:
        ValidationError: The pattern has a scheme, a query or an IP address, or its host name is in a zone of
            Cloudflare. Or it has a ``*`` that is neither at the start of the host name nor at the end of the path.
    """
    if not re.fullmatch(r"(\*|\*?[a-z0-9.-]*[a-z0-9-])(/[^?#*\s]*\*?)?", pattern, re.IGNORECASE):
        raise ValidationError(
            subject,
            f"must be a host name and a path, got {pattern}",
            "Write a pattern such as `example.com/api/*`, with `*` only at the ends.",
        )
    host = pattern.partition("/")[0]
    if not host.startswith("*") and not _HOSTNAME.fullmatch(host):
        raise ValidationError(
            subject,
            f"must have a host name of one of your zones, got {pattern}",
            "Write a full host name such as `example.com`, not an IP address.",
        )
    _reject_cloudflare_zone(host, subject=subject)
    return pattern


def _reject_cloudflare_zone(host: str, *, subject: str) -> None:
    if is_in_zone_of_cloudflare(host):
        raise ValidationError(
            subject,
            f"must be in one of your zones, got {host}",
            "Use a host name of a zone of the account. For the address below workers.dev, set `workers_dev`.",
        )


def validate_tail_consumers(
    names: Sequence[pulumi.Input[str]] | None, script_name: str, *, subject: str
) -> list[pulumi.Input[str]] | None:
    """Returns the names of the scripts that receive the logs, or None if omitted.

    Raises:
        ValidationError: The script would receive its own logs, which would never end, or a script is listed twice.
    """
    if names is None:
        return None
    for name in names:
        if name == script_name:
            raise ValidationError(
                subject, f"must not contain the script itself, got {name}", "Remove this name, or set another script."
            )
        if isinstance(name, str) and list(names).count(name) > 1:
            raise ValidationError(subject, f"must be unique, got {name} twice", "List each script once.")
    return list(names)


def reject_files(files: object, *, subject: str) -> None:
    """Raises ``ValidationError`` for additional modules of a script.

    Source: `model.go` of `workers_script` in Cloudflare's provider at v5.22.0, which uploads only the main module.
    """
    if files is not None:
        raise ValidationError(
            f"{subject}.files",
            "cannot be set for a script, because Cloudflare's provider uploads only its main module",
            "Use `WorkerRollout` instead of `Worker`.",
        )


def validate_keep_bindings(types: Sequence[str], *, subject: str) -> list[str]:
    """Returns the types of bindings that Cloudflare keeps, sorted. Raises `ValidationError` for an invalid type."""
    for kind in types:
        if not isinstance(kind, str) or not re.fullmatch(r"[a-z0-9_]+", kind):
            raise ValidationError(
                subject, f"must be types of bindings, got {kind}", "Use the API's types, for example `secret_text`."
            )
    return sorted(set(types))
