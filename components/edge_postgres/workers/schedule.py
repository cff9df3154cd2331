"""The schedule of a Worker: cron expressions in Cloudflare's dialect.

Source: https://developers.cloudflare.com/workers/configuration/cron-triggers/#supported-cron-expressions, read on
2026-11-21.
"""

import re
from collections.abc import Sequence

from edge_postgres.core.errors import ValidationError
from edge_postgres.core.limits import ACCOUNT_LIMITS, AccountResource
from edge_postgres.core.plan import Plan

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
# Name, lowest number, highest number, names of the numbers from the lowest on, pattern of other values.
_FIELDS = (
    ("minute", 0, 59, (), r""),
    ("hour", 0, 23, (), r""),
    ("day of the month", 1, 31, (), r"L|LW|\d+W"),
    ("month", 1, 12, _MONTHS, r""),
    ("day of the week", 1, 7, _DAYS, r"(\d|[a-z]{3})(L|#[1-5])"),
)


def validate_crons(crons: Sequence[str], plan: Plan, *, subject: str) -> list[str]:
    """Returns the cron expressions, sorted, with one blank between their fields.

    The expressions are in UTC. As a day of the week, 1 is Sunday.

    Raises:
        ValidationError: An expression is invalid or repeated, or the plan allows fewer expressions.
    """
    found = sorted(_validate_cron(cron, subject=subject) for cron in crons)
    if repeated := sorted({cron for cron in found if found.count(cron) > 1}):
        raise ValidationError(subject, f"must be unique, got {repeated[0]} twice", "List each expression once.")
    if len(found) > (ceiling := ACCOUNT_LIMITS[AccountResource.CRON_TRIGGERS][plan]):
        raise ValidationError(
            subject,
            f"must have at most {ceiling} expressions in an account on the {plan.value} plan, got {len(found)}",
            "Remove expressions. One expression can start several tasks.",
        )
    return found


def _validate_cron(cron: str, *, subject: str) -> str:
    parts = cron.split() if isinstance(cron, str) else []
    if len(parts) != len(_FIELDS):
        raise ValidationError(
            subject,
            f"must have five fields, got {cron}",
            'Write minute, hour, day of the month, month and day of the week, such as "0 3 * * *".',
        )
    for part, (name, lowest, highest, names, others) in zip(parts, _FIELDS, strict=True):
        for item in part.split(","):
            if not (others and re.fullmatch(others, item, re.IGNORECASE)) and not _is_range(
                item, lowest, highest, names
            ):
                raise ValidationError(
                    subject,
                    f"must have a valid {name}, got {item or 'an empty value'} in {cron}",
                    f"Use numbers from {lowest} to {highest}{' (1 is Sunday)' if names is _DAYS else ''}, or `*`. "
                    "Separate several numbers by `,`, the ends of a range by `-`, and a step by `/`.",
                )
    return " ".join(parts)


def _is_range(item: str, lowest: int, highest: int, names: Sequence[str]) -> bool:
    """Returns whether an item is ``*``, a number or name, or a range with a hyphen. A step can follow each of them."""
    span, slash, step = item.lower().partition("/")
    if slash and not re.fullmatch(r"[1-9]\d*", step):
        return False
    if span == "*":
        return True
    numbers = [names.index(end) + lowest if end in names else end for end in span.split("-")]
    if len(numbers) > 2 or not all(isinstance(end, int) or re.fullmatch(r"\d+", end) for end in numbers):
        return False
    return all(lowest <= int(end) <= highest for end in numbers) and int(numbers[0]) <= int(numbers[-1])
