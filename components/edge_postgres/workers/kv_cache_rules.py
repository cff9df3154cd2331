"""What a KV namespace may be called and where it may lie. Pure."""

import re
from enum import StrEnum

from edge_postgres.core.errors import ValidationError


class Jurisdiction(StrEnum):
    """Where Cloudflare may store the values of a namespace."""

    EU = "eu"
    """The European Union."""
    FEDRAMP = "fedramp"
    """Data centres with a FedRAMP authorisation."""
    US = "us"
    """The United States."""


def validate_title(title: str, *, subject: str) -> str:
    """A title that somebody can read."""
    if not title.strip():
        raise ValidationError(subject, "is empty", "Write one, or leave it out.")
    return title


def validate_namespace_id(namespace_id: str, *, subject: str) -> str:
    """The id of a namespace: 32 hexadecimal digits."""
    if not re.fullmatch(r"[0-9a-f]{32}", namespace_id):
        raise ValidationError(
            subject,
            f"is {namespace_id}; a namespace id has 32 hexadecimal digits",
            "`wrangler kv namespace list` shows the account's.",
        )
    return namespace_id
