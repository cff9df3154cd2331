"""Compatibility date and flags of a Worker: which runtime it gets, and whether that runtime has Node's modules.

Database drivers need Node compatibility. How a Worker gets it depends on its date:

- before 2024-09-23 the runtime lacks what the drivers use;
- until 2026-08-03 the flag ``nodejs_compat`` turns it on
  (https://developers.cloudflare.com/workers/runtime-apis/nodejs/, read 2026-11-21);
- from 2026-08-04 it is on by default, and older runtimes refuse to start with the flag
  (https://developers.cloudflare.com/changelog/post/2026-08-04-nodejs-compat-default/, read 2026-11-21).
"""

import datetime
from collections.abc import Sequence

from edge_postgres.core.errors import ValidationError
from edge_postgres.workers.drivers import Driver, needs_node

DRIVERS_FROM = datetime.date(2024, 9, 23)
NODE_BY_DEFAULT_FROM = datetime.date(2026, 8, 4)

NODE_FLAGS = ("nodejs_compat", "nodejs_compat_v2")
NO_NODE_FLAGS = ("no_nodejs_compat", "no_nodejs_compat_v2")


def validate_date(date: str, driver: Driver | None, *, subject: str) -> str:
    """A compatibility date, ``YYYY-MM-DD``, that the driver runs at."""
    try:
        parsed = datetime.date.fromisoformat(date)
    except (TypeError, ValueError):
        raise ValidationError(subject, f"is {date}, which is no date", 'Write it as "YYYY-MM-DD", in quotes.') from None
    if needs_node(driver) and parsed < DRIVERS_FROM:
        raise ValidationError(
            subject,
            f"is {date}; database drivers load from {DRIVERS_FROM} on",
            f"Use {NODE_BY_DEFAULT_FROM} or later, or at least {DRIVERS_FROM} with the flag `nodejs_compat`.",
        )
    return parsed.isoformat()


def render_flags(flags: Sequence[str], date: str, driver: Driver | None, *, subject: str) -> list[str]:
    """The flags to send for a checked date, sorted; without the Node flag where the date implies it.

    Raises ``ValidationError`` where a driver is left without Node compatibility, or a flag is none.
    """
    if "node_compat" in flags:
        raise ValidationError(
            subject,
            "has node_compat, which wrangler 4 removed",
            f"Use `nodejs_compat`, or a date from {NODE_BY_DEFAULT_FROM} on and no flag.",
        )
    if twice := sorted({flag for flag in flags if list(flags).count(flag) > 1}):
        raise ValidationError(subject, f"has {twice[0]} twice", "State each flag once.")
    if needs_node(driver) and (opposed := [flag for flag in NO_NODE_FLAGS if flag in flags]):
        raise ValidationError(
            subject, f"has {opposed[0]}; the driver {driver.value} needs Node compatibility", "Leave the flag out."
        )
    if datetime.date.fromisoformat(date) >= NODE_BY_DEFAULT_FROM:
        return sorted(set(flags) - set(NODE_FLAGS))
    if needs_node(driver) and not set(NODE_FLAGS) & set(flags):
        raise ValidationError(
            subject,
            f"lacks nodejs_compat; at {date} the driver {driver.value} loads only with it",
            f"Add `nodejs_compat`, or use a compatibility date from {NODE_BY_DEFAULT_FROM} on.",
        )
    return sorted(flags)
