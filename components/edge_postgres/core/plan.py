"""`Plan`: the Workers plan of a Cloudflare account, on which many of Cloudflare's limits depend."""

from enum import StrEnum
from typing import TYPE_CHECKING, Literal


class Plan(StrEnum):
    """The Workers plan of the Cloudflare account."""

    FREE = "free"
    """The plan Workers Free."""
    PAID = "paid"
    """The plan Workers Paid."""


if TYPE_CHECKING:
    PlanInput = Plan | Literal["free", "paid"]
else:
    PlanInput = Plan
