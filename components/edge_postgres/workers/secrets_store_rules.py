"""What a secret of the Secrets Store may be, and how its versions are called. Pure."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from edge_postgres.core.errors import ValidationError
from edge_postgres.workers.limits import SECRETS_STORE_VALUE_BYTES

# https://developers.cloudflare.com/api/resources/secrets_store/, read on 2026-11-21; the API wants them in this order.
SCOPES = ("access", "ai_gateway", "dex", "workers")
WORKERS = "workers"
"""The scope that a binding of a Worker needs."""


def validate_secret_name(name: str, *, subject: str) -> str:
    """A name without spaces, that is also one part of the path where its value is set."""
    if not re.fullmatch(r"[A-Za-z0-9_-]+", name):
        raise ValidationError(subject, f"has the name {name}", "Use letters, digits, `_` and `-`.")
    return name


def validate_scopes(scopes: Iterable[str], *, subject: str) -> list[str]:
    """The services that may use a secret, in the order that the API wants."""
    found = sorted(set(scopes))
    known = ", ".join(f"`{scope}`" for scope in SCOPES)
    if unknown := [scope for scope in found if scope not in SCOPES]:
        raise ValidationError(subject, f"has {unknown[0]}, which is no scope", f"Use {known}.")
    if not found:
        raise ValidationError(subject, "is empty; nothing could use the secret", f"Use some of {known}.")
    return found


def validate_version(version: float, *, subject: str) -> int:
    """The number of a version: 1, 2, 3, ..."""
    if not isinstance(version, int | float) or not float(version).is_integer() or version < 1:
        raise ValidationError(subject, f"is {version}", "Use a whole number, 1 or more.")
    return int(version)


def validate_value(value: str, *, subject: str) -> str:
    """A value that the store takes. No message shows it."""
    if not isinstance(value, str):
        raise ValidationError(subject, "is no text", "Write it in quotes.")
    if not value:
        raise ValidationError(subject, "is empty", "Set it, or take the secret out.")
    if (size := len(value.encode())) > SECRETS_STORE_VALUE_BYTES:
        raise ValidationError(
            subject, f"has {size} bytes; the store takes {SECRETS_STORE_VALUE_BYTES}", "Split it, or keep it in R2."
        )
    return value


def format_stored_name(name: str, version: int) -> str:
    """The name of a version: `stripe-key`, `stripe-key-v2`, ... The first one has none, so that it can be later."""
    return name if version == 1 else f"{name}-v{version}"


def reject_duplicate_names(names: Sequence[str], *, subject: str) -> None:
    """Raises ``ValidationError`` where two secrets, or their versions, have one name."""
    name, count = Counter(names).most_common(1)[0] if names else ("", 0)
    if count > 1:
        raise ValidationError(subject, f"has two secrets that are called {name} in the store", "Rename one of them.")


def validate_count(count: int, ceiling: float, *, subject: str) -> int:
    """Not more secrets than an account has room for."""
    if count > ceiling:
        raise ValidationError(
            subject,
            f"are {count} with the previous versions; an account has {ceiling:g} at most",
            "Use `secrets` of a Worker for some, drop previous versions, or state a `secrets_ceiling` of your own.",
        )
    return count
