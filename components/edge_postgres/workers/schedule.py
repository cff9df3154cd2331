"""When a Worker runs by itself: cron expressions in Cloudflare's dialect.

https://developers.cloudflare.com/workers/configuration/cron-triggers/#supported-cron-expressions, read 2026-11-21.
"""

import re
from collections.abc import Sequence

from edge_postgres.core.errors import ValidationError
from edge_postgres.core.plan import Plan
from edge_postgres.workers.limits import WORKER_CRONS_CEILING

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
# Name, lowest, highest, words for the numbers from the lowest on, and what else may stand there.
_FIELDS = (
    ("minute", 0, 59, (), r""),
    ("hour", 0, 23, (), r""),
    ("day of the month", 1, 31, (), r"L|LW|\d+W"),
    ("month", 1, 12, _MONTHS, r""),
    ("day of the week", 1, 7, _DAYS, r"(\d|[a-z]{3})(L|#[1-5])"),
)


def validate_crons(crons: Sequence[str], plan: Plan, *, subject: str) -> list[str]:
    """The expressions, sorted, with one blank between their fields. They are in UTC, and 1 is Sunday.

    Raises ``ValidationError`` for what is no expression, for one that stands twice, and for more than the plan allows.
    """
    found = sorted(_checked(cron, subject=subject) for cron in crons)
    if twice := sorted({cron for cron in found if found.count(cron) > 1}):
        raise ValidationError(subject, f"has {twice[0]} twice", "State each expression once.")
    if len(found) > (ceiling := WORKER_CRONS_CEILING[plan]):
        raise ValidationError(
            subject,
            f"has {len(found)} expressions; an account on the {plan.value} plan has at most {ceiling} of them",
            "Let one schedule do several things.",
        )
    return found


def _checked(cron: str, *, subject: str) -> str:
    parts = cron.split() if isinstance(cron, str) else []
    if len(parts) != len(_FIELDS):
        raise ValidationError(
            subject,
            f"has {cron}, which has not five fields",
            'Write minute, hour, day, month and weekday: "0 3 * * *".',
        )
    for part, (name, lowest, highest, words, more) in zip(parts, _FIELDS, strict=True):
        for item in part.split(","):
            if not (more and re.fullmatch(more, item, re.IGNORECASE)) and not _is_range(item, lowest, highest, words):
                raise ValidationError(
                    subject,
                    f"has {cron}, where {item or 'nothing'} is no {name}",
                    f"Use {lowest} to {highest}{', 1 is Sunday' if words is _DAYS else ''}, `*`, `,`, `-` and `/`.",
                )
    return " ".join(parts)


def _is_range(item: str, lowest: int, highest: int, words: Sequence[str]) -> bool:
    """Whether this is ``*``, one number or word, or two of them with a hyphen, each with a step or without."""
    span, slash, step = item.lower().partition("/")
    if slash and not re.fullmatch(r"[1-9]\d*", step):
        return False
    if span == "*":
        return True
    numbers = [words.index(end) + lowest if end in words else end for end in span.split("-")]
    if len(numbers) > 2 or not all(isinstance(end, int) or re.fullmatch(r"\d+", end) for end in numbers):
        return False
    return all(lowest <= int(end) <= highest for end in numbers) and int(numbers[0]) <= int(numbers[-1])
