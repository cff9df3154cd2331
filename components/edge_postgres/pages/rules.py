"""What a Pages project takes and what it refuses: its name, its CPU time, its domains. Pure."""

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from edge_postgres.core.errors import ValidationError
from edge_postgres.workers.compatibility import render_flags, validate_date
from edge_postgres.workers.drivers import Driver

_PROJECT_NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,56}[a-z0-9])?")
_ASSETS = "ASSETS"


def validate_project_name(project_name: str, *, subject: str) -> str:
    """A name that can stand before `.pages.dev`.

    The form that Cloudflare's own generator asks for: github.com/cloudflare/workers-sdk,
    `packages/create-cloudflare/src/validators.ts`, read 2026-11-21.
    """
    if not _PROJECT_NAME.fullmatch(project_name):
        raise ValidationError(
            subject,
            f"is {project_name}",
            "Use 1 to 58 lower-case letters, digits and hyphens, no hyphen at either end.",
        )
    return project_name


def reject_assets_name(groups: Mapping[str, Iterable[str]], *, subject: str) -> None:
    """Raises ``ValidationError`` for a binding that has the name of the static files' own."""
    for group, names in groups.items():
        if _ASSETS in names:
            raise ValidationError(
                f"{subject}.{group}",
                f"has the name {_ASSETS}, under which Pages gives a Function the static files",
                "Rename it.",
            )


def validate_cpu_ms(cpu_ms: float, *, subject: str) -> int:
    """Milliseconds of CPU time, whole; other languages send them as a float."""
    if not isinstance(cpu_ms, int | float) or not float(cpu_ms).is_integer() or cpu_ms < 1:
        raise ValidationError(subject, f"is {cpu_ms}", "Give whole milliseconds, 1 or more.")
    return int(cpu_ms)


def validate_zones(domains: Collection[str], zones: Mapping[str, Any], *, subject: str) -> None:
    """Raises ``ValidationError`` for the zone of a domain that is none of the project's."""
    for domain in zones:
        if domain not in domains:
            raise ValidationError(
                f"{subject}.zones", f"has {domain}, which is not among the `domains`", "Add it there."
            )


def validate_runtime(
    environment: Mapping[str, Any], which: str, project: Mapping[str, Any], driver: Driver | None, *, subject: str
) -> tuple[str, list[str]]:
    """Date and flags of an environment, the project's where it has none; a refusal names who states them."""

    def found(key: str, default: Any) -> tuple[Any, str]:
        stated = environment.get(key)
        path = f"{subject}.{key}" if stated is None else f"{subject}.{which}.{key}"
        return (project.get(key) or default if stated is None else stated), path

    date, path = found("compatibility_date", None)
    date = validate_date(date, driver, subject=path)
    flags, path = found("compatibility_flags", [])
    return date, render_flags(flags, date, driver, subject=path)


def format_shared_database(consent: str, *, subject: str) -> str:
    """What to know where previews are bound to production's database. ``consent``: the argument that accepts it."""
    return (
        f"{subject}: reaches the database of production: whoever pushes a branch reads and writes it. Give previews a "
        f"database of their own, or say that they may: `{consent}`."
    )
