"""Rules for Pages projects: name, CPU time, domains and runtime. Pure."""

import re
from collections.abc import Collection, Iterable, Mapping
from typing import cast

from edge_postgres.core.errors import ValidationError
from edge_postgres.workers.compatibility import render_flags, validate_date
from edge_postgres.workers.drivers import Driver

_PROJECT_NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,56}[a-z0-9])?")
_ASSETS = "ASSETS"


def validate_project_name(project_name: str, *, subject: str) -> str:
    """Returns the name of a project, which is the host name before `.pages.dev`.

    Cloudflare's own generator requires this form: github.com/cloudflare/workers-sdk,
    `packages/create-cloudflare/src/validators.ts`, read 2026-11-21.
    """
    if not _PROJECT_NAME.fullmatch(project_name):
        raise ValidationError(
            subject,
            f"must be 1 to 58 lower-case letters, digits and hyphens, got {project_name}",
            "Start and end the name with a letter or a digit.",
        )
    return project_name


def reject_assets_name(groups: Mapping[str, Iterable[str]], *, subject: str) -> None:
    """Raises ``ValidationError`` for a binding with the name of the static files."""
    for group, names in groups.items():
        if _ASSETS in names:
            raise ValidationError(
                f"{subject}.{group}",
                f"has the reserved name {_ASSETS} (Pages binds the static files to it)",
                "Rename it.",
            )


def validate_cpu_ms(cpu_ms: float, *, subject: str) -> int:
    """Returns milliseconds of CPU time as an integer; other languages send a float."""
    if not isinstance(cpu_ms, int | float) or not float(cpu_ms).is_integer() or cpu_ms < 1:
        raise ValidationError(subject, f"must be an integer of at least 1, got {cpu_ms}", "Set milliseconds.")
    return int(cpu_ms)


def validate_zones(domains: Collection[str], zones: Collection[str], *, subject: str) -> None:
    """Raises ``ValidationError`` for a zone whose domain is not among the domains."""
    for domain in zones:
        if domain not in domains:
            raise ValidationError(f"{subject}.zones", f"must be one of `domains`, got {domain}", "Add it to `domains`.")


def validate_runtime(
    environment: Mapping[str, object], which: str, project: Mapping[str, object], driver: Driver | None, *, subject: str
) -> tuple[str, list[str]]:
    """Returns date and flags of an environment. The defaults are the project's, and errors have their path then.

    Args:
        environment: The arguments of the environment.
        which: `production` or `preview`.
        project: The arguments of the project.
        driver: Driver in the Functions, if any.
        subject: Path of the project.

    Raises:
        ValidationError: The date or the flags are invalid, or the driver does not run with them.
    """
    date, path = _find_runtime_setting("compatibility_date", environment, which, project, subject)
    date = validate_date(cast("str", date), driver, subject=path)
    flags, path = _find_runtime_setting("compatibility_flags", environment, which, project, subject)
    return date, render_flags(cast("list[str]", flags or []), date, driver, subject=path)


def _find_runtime_setting(
    key: str, environment: Mapping[str, object], which: str, project: Mapping[str, object], subject: str
) -> tuple[object, str]:
    """Returns the value of the environment, or else of the project, and its path."""
    value = environment.get(key)
    if value is not None:
        return value, f"{subject}.{which}.{key}"
    return project.get(key), f"{subject}.{key}"


def format_shared_database(consent: str, *, subject: str) -> str:
    """Returns the warning about previews with production's database.

    Args:
        consent: The argument that accepts it.
        subject: Path of the preview environment.
    """
    return (
        f"{subject}: uses the database of production, so anyone who pushes a branch can read and write it. Use a "
        f"separate database for previews, or set `{consent}`."
    )
