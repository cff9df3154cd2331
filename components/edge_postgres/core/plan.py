"""The Workers plan of a Cloudflare account; many of Cloudflare's limits depend on it."""

from enum import StrEnum


class Plan(StrEnum):
    """The Workers plan of the Cloudflare account."""

    FREE = "free"
    """Workers Free."""
    PAID = "paid"
    """Workers Paid."""
