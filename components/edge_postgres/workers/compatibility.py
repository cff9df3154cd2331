"""Compatibility date and flags of a Worker, which select the runtime and decide whether it has Node's modules.

Most database drivers need Node compatibility. The compatibility date of a Worker decides how the Worker gets it:

- before 2024-09-23 the runtime lacks modules that the drivers use;
- until 2026-08-03 the flag ``nodejs_compat`` turns Node compatibility on
  (https://developers.cloudflare.com/workers/runtime-apis/nodejs/, read 2026-11-21);
- from 2026-08-04 Node compatibility is on by default, and the component does not send the flag. Some releases of the
  local runtime do not start with such a date and the flag
  (https://developers.cloudflare.com/changelog/post/2026-08-04-nodejs-compat-default/, read 2026-11-21).
"""

import datetime
from collections.abc import Sequence

from edge_postgres.core.errors import ValidationError
from edge_postgres.workers.drivers import Driver, needs_node

DRIVERS_FROM = datetime.date(2024, 9, 23)
"""First compatibility date with all modules that the drivers use."""
NODE_BY_DEFAULT_FROM = datetime.date(2026, 8, 4)
"""First compatibility date on which Node compatibility is on by default."""

NODE_FLAGS = ("nodejs_compat", "nodejs_compat_v2")
_BEHIND_HYPERDRIVE = "the driver behind a Hyperdrive binding"

NO_NODE_FLAGS = ("no_nodejs_compat", "no_nodejs_compat_v2")


def find_node_need(driver: Driver | None, *, has_hyperdrive: bool = False) -> str | None:
    """Returns the part of a Worker that needs Node compatibility, such as `the driver pg`, or None.

    A Hyperdrive binding alone counts too: all drivers that can use it, except `rust-postgres`, need Node compatibility.
    """
    if needs_node(driver):
        return f"the driver {driver.value}"
    return _BEHIND_HYPERDRIVE if driver is None and has_hyperdrive else None


def validate_date(date: str, needs: str | None, *, subject: str) -> str:
    """Returns the compatibility date as ``YYYY-MM-DD``.

    Args:
        date: The date.
        needs: The part of the Worker that needs Node compatibility, as ``find_node_need`` returns it.
        subject: Path of the date.

    Raises:
        ValidationError: The value is no date, or the driver does not run with that date.
    """
    try:
        parsed = datetime.date.fromisoformat(date)
    except (TypeError, ValueError):
        raise ValidationError(subject, f"must be a date, got {date}", 'Set a string such as "2026-11-01".') from None
    if needs is not None and parsed < DRIVERS_FROM:
        raise ValidationError(
            subject,
            f"must be {DRIVERS_FROM} or later with a database driver, got {date}",
            f"Set {NODE_BY_DEFAULT_FROM} or later, or set {DRIVERS_FROM} or later with the flag `nodejs_compat`."
            + _other_driver(needs),
        )
    return parsed.isoformat()


def render_flags(flags: Sequence[str], date: str, needs: str | None, *, subject: str) -> list[str]:
    """Returns the sorted compatibility flags for the API, without the Node flags from 2026-08-04 on.

    Args:
        flags: The flags.
        date: The compatibility date.
        needs: The part of the Worker that needs Node compatibility, as ``find_node_need`` returns it.
        subject: Path of the flags.

    Raises:
        ValidationError: The driver needs Node compatibility, which these flags turn off or do not turn on. Or a flag
            is repeated, or `node_compat` is among the flags.
    """
    if "node_compat" in flags:
        raise ValidationError(
            subject,
            "must not contain node_compat, which wrangler 4 removed",
            f"Set `nodejs_compat` instead, or a compatibility date of {NODE_BY_DEFAULT_FROM} or later without a flag.",
        )
    if repeated := sorted({flag for flag in flags if list(flags).count(flag) > 1}):
        raise ValidationError(subject, f"must be unique, got {repeated[0]} twice", "List each flag once.")
    if needs is not None and (opposed := [flag for flag in NO_NODE_FLAGS if flag in flags]):
        raise ValidationError(
            subject,
            f"must not contain {opposed[0]}, because {needs} needs Node compatibility",
            "Remove the flag." + _other_driver(needs),
        )
    if datetime.date.fromisoformat(date) >= NODE_BY_DEFAULT_FROM:
        return sorted(set(flags) - set(NODE_FLAGS))
    if needs is not None and not set(NODE_FLAGS) & set(flags):
        raise ValidationError(
            subject,
            f"must contain nodejs_compat, because {needs} does not load without it on {date}",
            f"Add `nodejs_compat`, or set a compatibility date of {NODE_BY_DEFAULT_FROM} or later."
            + _other_driver(needs),
        )
    return sorted(flags)


def _other_driver(needs: str) -> str:
    return " Set `driver: rust-postgres` if the Worker uses Rust." if needs == _BEHIND_HYPERDRIVE else ""
