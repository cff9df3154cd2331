"""Rules for the secrets of a Secrets Store, and the names of their versions."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from edge_postgres.core.errors import ValidationError
from edge_postgres.workers.limits import SECRETS_STORE_VALUE_BYTES

# Source: https://developers.cloudflare.com/api/resources/secrets_store/, read on 2026-11-21. The API requires
# this order.
SCOPES = ("access", "ai_gateway", "dex", "workers")
WORKERS = "workers"
"""The scope that a binding of a Worker needs."""


def validate_secret_name(name: str, *, subject: str) -> str:
    """Returns the name of a secret unchanged. It is also a part of the path of the value in the stack's configuration.

    Raises:
        ValidationError: The name has other characters than letters, digits, `_` and `-`.
    """
    if not re.fullmatch(r"[A-Za-z0-9_-]+", name):
        raise ValidationError(
            subject, f"must have names of letters, digits, `_` and `-`, got {name}", "Rename the secret."
        )
    return name


def validate_prefix(prefix: str, *, subject: str) -> str:
    """Returns the prefix of secrets' names unchanged. An empty prefix is valid.

    Raises:
        ValidationError: The prefix has other characters than letters, digits, `_` and `-`.
    """
    if not re.fullmatch(r"[A-Za-z0-9_-]*", prefix):
        raise ValidationError(subject, f"must have only letters, digits, `_` and `-`, got {prefix}", "Set another one.")
    return prefix


def validate_store(store_id: object, store_name: object, *, subject: str) -> None:
    """Raises `ValidationError` unless either the ID of an existing store or the name of a new one is set."""
    if (store_id is None) == (store_name is None):
        problem = "is required" if store_id is None else "cannot be combined with `store_name`"
        raise ValidationError(subject, problem, "Set the ID of the account's store, or `store_name` to create a store.")


def validate_scopes(scopes: Iterable[str], *, subject: str) -> list[str]:
    """Returns the services that may use a secret, in the order that the API requires.

    Raises:
        ValidationError: A service is unknown, or there is none.
    """
    found = sorted(set(scopes))
    known = ", ".join(f"`{scope}`" for scope in SCOPES)
    if unknown := [scope for scope in found if scope not in SCOPES]:
        raise ValidationError(subject, f"must be one of {known}, got {unknown[0]}", "Set one or more of them.")
    if not found:
        raise ValidationError(
            subject, "must not be empty, because no service could use the secret", f"Set one or more of {known}."
        )
    return found


def validate_version(version: float, *, subject: str) -> int:
    """Returns the number of a version. Raises `ValidationError` unless the number is an integer of at least 1."""
    if not isinstance(version, int | float) or not float(version).is_integer() or version < 1:
        raise ValidationError(
            subject, f"must be an integer of at least 1, got {version}", "Set an integer of 1 or more."
        )
    return int(version)


def validate_value(value: str, *, subject: str) -> str:
    """Returns the value unchanged. Raises `ValidationError`, without the value, for a value that the store rejects."""
    if not isinstance(value, str):
        raise ValidationError(subject, "must be a string", "Set a string.", stack_file_fix="Write the value in quotes.")
    if not value:
        raise ValidationError(subject, "must not be empty", "Set a value, or remove the secret.")
    if (size := len(value.encode())) > SECRETS_STORE_VALUE_BYTES:
        raise ValidationError(
            subject,
            f"must have at most {SECRETS_STORE_VALUE_BYTES} bytes, got {size}",
            "Split the value into several secrets.",
        )
    return value


def format_stored_name(name: str, version: int) -> str:
    """Returns the name of a version in the store: `stripe-key`, `stripe-key-v2`, ...

    The first version has no suffix, so that a secret can get versions later.
    """
    return name if version == 1 else f"{name}-v{version}"


def reject_duplicate_names(names: Sequence[str], *, subject: str) -> None:
    """Raises ``ValidationError`` if two secrets, or their versions, have one name in the store."""
    name, count = Counter(names).most_common(1)[0] if names else ("", 0)
    if count > 1:
        raise ValidationError(
            subject, f"must have unique names in the store, got {name} twice", "Rename one of the secrets."
        )


def validate_count(count: int, ceiling: float, *, subject: str) -> int:
    """Returns the number of secrets unchanged. Raises `ValidationError` for a number above the limit of the account."""
    if count > ceiling:
        raise ValidationError(
            subject,
            f"must be at most {ceiling:g} in an account, got {count} with the previous versions",
            "Move some secrets to `secrets` of a Worker, remove previous versions, or set a higher `secrets_ceiling`.",
        )
    return count
