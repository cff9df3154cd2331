"""The form of the IDs that Cloudflare gives to accounts, zones, KV namespaces and Secrets Stores."""

import re
from collections.abc import Mapping
from typing import Literal

from edge_postgres.core.errors import ValidationError

Noun = Literal["account ID", "zone ID", "namespace ID", "store ID"]

_FIXES: Mapping[Noun, str] = {
    "account ID": "Copy the account ID from the address of the dashboard, or run `wrangler whoami`.",
    "zone ID": "Copy the zone ID from the zone's overview page in the dashboard.",
    "namespace ID": "Run `wrangler kv namespace list`, which shows the namespace IDs of the account.",
    "store ID": "Run `wrangler secrets-store store list --remote`, which shows the store ID of the account.",
}


def validate_hex_id(value: str, noun: Noun, *, subject: str) -> str:
    """Returns the ID unchanged.

    Args:
        value: The ID.
        noun: The kind of ID, which selects the fix of the message.
        subject: The path, for the message.

    Raises:
        ValidationError: The value is not 32 lower-case hexadecimal digits.
    """
    if not re.fullmatch(r"[0-9a-f]{32}", value):
        raise ValidationError(subject, f"must be 32 hexadecimal digits (0-9, a-f), got {value}", _FIXES[noun])
    return value
