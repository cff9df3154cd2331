"""What a Pages project takes and what it refuses: its name, its CPU time, its domains. Pure."""

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from edge_postgres.core.errors import Refusal
from edge_postgres.workers.compatibility import checked_date, rendered_flags
from edge_postgres.workers.drivers import Driver

_PROJECT_NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,56}[a-z0-9])?")
_ASSETS = "ASSETS"


def checked_project_name(project_name: str, subject: str) -> str:
    """A name that can stand before `.pages.dev`.

    The form that Cloudflare's own generator asks for: github.com/cloudflare/workers-sdk,
    `packages/create-cloudflare/src/validators.ts`, read 2026-11-21.
    """
    if not _PROJECT_NAME.fullmatch(project_name):
        raise Refusal(
            subject,
            f"is {project_name}",
            "Use 1 to 58 lower-case letters, digits and hyphens, no hyphen at either end.",
        )
    return project_name


def refuse_assets(subject: str, groups: Mapping[str, Iterable[str]]) -> None:
    """Raises ``Refusal`` for a binding that has the name of the static files' own."""
    for group, names in groups.items():
        if _ASSETS in names:
            raise Refusal(
                f"{subject}.{group}",
                f"has the name {_ASSETS}, under which Pages gives a Function the static files",
                "Rename it.",
            )


def checked_cpu_ms(subject: str, cpu_ms: float) -> int:
    """Milliseconds of CPU time, whole; other languages send them as a float."""
    if not isinstance(cpu_ms, int | float) or not float(cpu_ms).is_integer() or cpu_ms < 1:
        raise Refusal(subject, f"is {cpu_ms}", "Give whole milliseconds, 1 or more.")
    return int(cpu_ms)


def refuse_stray_zones(name: str, domains: Collection[str], zones: Mapping[str, Any]) -> None:
    """Raises ``Refusal`` for the zone of a domain that is none of the project's."""
    for domain in zones:
        if domain not in domains:
            raise Refusal(f"{name}.zones", f"has {domain}, which is not among the `domains`", "Add it there.")


def checked_runtime(
    name: str, which: str, project: Mapping[str, Any], environment: Mapping[str, Any], driver: Driver | None
) -> tuple[str, list[str]]:
    """Date and flags of an environment, the project's where it has none; a refusal names who states them."""

    def found(key: str, default: Any) -> tuple[Any, str]:
        stated = environment.get(key)
        subject = f"{name}.{key}" if stated is None else f"{name}.{which}.{key}"
        return (project.get(key) or default if stated is None else stated), subject

    date = checked_date(*found("compatibility_date", None), driver)
    flags, subject = found("compatibility_flags", [])
    return date, rendered_flags(flags, date, subject, driver)


def shared_database(subject: str, consent: str) -> str:
    """What to know where previews are bound to production's database. ``consent``: the argument that accepts it."""
    return (
        f"`{subject}` reaches the database of production: whoever pushes a branch reads and writes it. Give previews a "
        f"database of their own, or say that they may: `{consent}`."
    )
