"""Rules for Pages projects: name, domains and runtime."""

import re
from collections.abc import Collection, Iterable, Mapping
from typing import cast

from edge_postgres.core.errors import ValidationError
from edge_postgres.workers.compatibility import find_node_need, render_flags, validate_date
from edge_postgres.workers.drivers import Driver

_PROJECT_NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,56}[a-z0-9])?")
_ASSETS = "ASSETS"


def validate_project_name(project_name: str, *, subject: str) -> str:
    """Returns the name of a project unchanged. It is the host name before `.pages.dev`.

    Source: github.com/cloudflare/workers-sdk, `packages/create-cloudflare/src/validators.ts`, read on 2026-11-21.

    Raises:
        ValidationError: The name has another form than Cloudflare's own generator requires.
    """
    if not _PROJECT_NAME.fullmatch(project_name):
        raise ValidationError(
            subject,
            f"must be 1 to 58 lower-case letters, digits and hyphens, got {project_name}",
            "Use only these characters, and start and end the name with a letter or a digit.",
        )
    return project_name


def reject_assets_name(groups: Mapping[str, Iterable[str]], *, subject: str) -> None:
    """Raises ``ValidationError`` for a binding with the name `ASSETS`, which Pages uses for the static files."""
    for group, names in groups.items():
        if _ASSETS in names:
            raise ValidationError(
                f"{subject}.{group}",
                f"has the reserved name {_ASSETS} (Pages binds the static files to it)",
                "Rename the binding.",
            )


def validate_zones(domains: Collection[str], zones: Collection[str], *, subject: str) -> None:
    """Raises ``ValidationError`` for a zone of a domain that the project does not have."""
    for domain in zones:
        if domain not in domains:
            raise ValidationError(
                f"{subject}.zones",
                f"must be one of `domains`, got {domain}",
                "Add the domain to `domains`, or remove it from `zones`.",
            )


def validate_runtime(
    environment: Mapping[str, object], which: str, project: Mapping[str, object], driver: Driver | None, *, subject: str
) -> tuple[str, list[str]]:
    """Returns the compatibility date and the flags of an environment, by default those of the project.

    An error has the path of the value: in the environment, or in the project.

    Args:
        environment: The arguments of the environment.
        which: `production` or `preview`.
        project: The arguments of the project.
        driver: Driver in the Functions, if any.
        subject: Path of the project.

    Raises:
        ValidationError: The date or the flags are invalid, or the driver does not run with them.
    """
    needs = find_node_need(driver, has_hyperdrive=bool(environment.get("hyperdrive")))
    date, path = _find_runtime_setting("compatibility_date", environment, which, project, subject)
    date = validate_date(cast("str", date), needs, subject=path)
    flags, path = _find_runtime_setting("compatibility_flags", environment, which, project, subject)
    return date, render_flags(cast("list[str]", flags or []), date, needs, subject=path)


def _find_runtime_setting(
    key: str, environment: Mapping[str, object], which: str, project: Mapping[str, object], subject: str
) -> tuple[object, str]:
    """Returns a setting of the environment, or else of the project, and the path of the setting."""
    value = environment.get(key)
    if value is not None:
        return value, f"{subject}.{which}.{key}"
    return project.get(key), f"{subject}.{key}"


def format_shared_database(consent: str, *, subject: str) -> str:
    """Returns the warning about previews with production's database.

    Args:
        consent: The argument that accepts the shared database.
        subject: Path of the preview environment.
    """
    return (
        f"{subject}: uses the database of production, so anyone who pushes a branch can read and write it. Use a "
        f"separate database for previews, or set `{consent}`."
    )
