"""The form of the IDs that Cloudflare gives to accounts, zones and resources."""

import re
from collections.abc import Mapping
from typing import Literal

import pulumi

from edge_postgres.core.errors import ValidationError
from edge_postgres.core.inputs import apply_input

Noun = Literal["account ID", "zone ID", "namespace ID", "store ID", "configuration ID", "queue ID"]

LOCAL_ACCOUNT = "local"
"""ID of the account that the local cloud emulates. Cloudflare has no account with this ID."""

_FIXES: Mapping[Noun, str] = {
    "account ID": "Copy the account ID from the address of the dashboard, or run `wrangler whoami`.",
    "zone ID": "Copy the zone ID from the zone's overview page in the dashboard.",
    "namespace ID": "Run `wrangler kv namespace list`, which shows the namespace IDs of the account.",
    "configuration ID": "Run `wrangler hyperdrive list`, which shows the configuration IDs of the account.",
    "queue ID": "Run `wrangler queues list`, which shows the queue IDs of the account.",
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
    if not isinstance(value, str) or not re.fullmatch(r"[0-9a-f]{32}", value):
        raise ValidationError(subject, f"must be 32 hexadecimal digits (0-9, a-f), got {value}", _FIXES[noun])
    return value


def render_account_id(account_id: pulumi.Input[str], *, subject: str) -> pulumi.Input[str]:
    """Returns the account ID of a component's arguments unchanged.

    Args:
        account_id: The ID: 32 hexadecimal digits, or `local` in the local cloud.
        subject: The path of the component, for the message.

    Raises:
        ValidationError: The ID has another form. For an Output, the error is raised during the deployment.
    """

    def validate(known: str) -> str:
        return (
            known if known == LOCAL_ACCOUNT else validate_hex_id(known, "account ID", subject=f"{subject}.account_id")
        )

    return apply_input(account_id, validate)
