"""The form of the ids that Cloudflare gives to accounts, zones, KV namespaces and stores of secrets."""

import re
from collections.abc import Mapping
from typing import Literal

from edge_postgres.core.errors import ValidationError

Noun = Literal["account id", "zone id", "namespace id", "store id"]

_FIXES: Mapping[Noun, str] = {
    "account id": "Copy the account id from the address of the dashboard, or run `wrangler whoami`.",
    "zone id": "Copy the zone id from the zone's overview page in the dashboard.",
    "namespace id": "Run `wrangler kv namespace list`, which shows the namespace ids of the account.",
    "store id": "Run `wrangler secrets-store store list --remote`, which shows the store id of the account.",
}


def validate_hex_id(value: str, noun: Noun, *, subject: str) -> str:
    """Returns the id.

    Raises:
        ValidationError: The value is not 32 lower-case hexadecimal digits.
    """
    if not re.fullmatch(r"[0-9a-f]{32}", value):
        raise ValidationError(subject, f"must be 32 hexadecimal digits (0-9, a-f), got {value}", _FIXES[noun])
    return value
