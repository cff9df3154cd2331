"""Compatibility date and flags of a Worker, which select the runtime and decide whether it has Node's modules.

Database drivers need Node compatibility. How a Worker gets it depends on its date:

- before 2024-09-23 the runtime lacks modules that the drivers use;
- until 2026-08-03 the flag ``nodejs_compat`` turns it on
  (https://developers.cloudflare.com/workers/runtime-apis/nodejs/, read 2026-11-21);
- from 2026-08-04 it is on by default, and older runtimes do not start with the flag
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
    """Returns a compatibility date, ``YYYY-MM-DD``.

    Raises:
        ValidationError: The value is no date, or the driver does not run with that date.
    """
    try:
        parsed = datetime.date.fromisoformat(date)
    except (TypeError, ValueError):
        raise ValidationError(subject, f"must be a date, got {date}", 'Write it as "YYYY-MM-DD", in quotes.') from None
    if needs_node(driver) and parsed < DRIVERS_FROM:
        raise ValidationError(
            subject,
            f"must be {DRIVERS_FROM} or later with a database driver, got {date}",
            f"Use {NODE_BY_DEFAULT_FROM} or later, or at least {DRIVERS_FROM} with the flag `nodejs_compat`.",
        )
    return parsed.isoformat()


def render_flags(flags: Sequence[str], date: str, driver: Driver | None, *, subject: str) -> list[str]:
    """Returns the flags to send for a validated date, sorted; without the Node flag if the date implies it.

    Raises:
        ValidationError: The driver has no Node compatibility, a flag was removed from wrangler, or it is repeated.
    """
    if "node_compat" in flags:
        raise ValidationError(
            subject,
            "must not contain node_compat, which wrangler 4 removed",
            f"Use `nodejs_compat`, or a date from {NODE_BY_DEFAULT_FROM} on and no flag.",
        )
    if repeated := sorted({flag for flag in flags if list(flags).count(flag) > 1}):
        raise ValidationError(subject, f"must be unique, got {repeated[0]} twice", "List each flag once.")
    if needs_node(driver) and (opposed := [flag for flag in NO_NODE_FLAGS if flag in flags]):
        raise ValidationError(
            subject,
            f"must not contain {opposed[0]}, because the driver {driver.value} needs Node compatibility",
            "Remove the flag.",
        )
    if datetime.date.fromisoformat(date) >= NODE_BY_DEFAULT_FROM:
        return sorted(set(flags) - set(NODE_FLAGS))
    if needs_node(driver) and not set(NODE_FLAGS) & set(flags):
        raise ValidationError(
            subject,
            f"must contain nodejs_compat, because the driver {driver.value} does not load without it at {date}",
            f"Add `nodejs_compat`, or use a compatibility date from {NODE_BY_DEFAULT_FROM} on.",
        )
    return sorted(flags)
