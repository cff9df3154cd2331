"""`Plan`: the Workers plan of a Cloudflare account, on which many of Cloudflare's limits depend."""

from enum import StrEnum


class Plan(StrEnum):
    """The Workers plan of the Cloudflare account."""

    FREE = "free"
    """The plan Workers Free."""
    PAID = "paid"
    """The plan Workers Paid."""
