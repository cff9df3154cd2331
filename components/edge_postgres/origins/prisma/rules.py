"""Validation of the arguments for a Prisma Postgres database. The functions use neither Pulumi nor Prisma's API."""

import re
from collections.abc import Mapping

from edge_postgres.core.errors import ValidationError
from edge_postgres.core.numbers import to_int
from edge_postgres.origin.limits import PRISMA_RESERVED_CONNECTIONS
from edge_postgres.origin.slot import Slot
from edge_postgres.origins.prisma.limits import MAX_CONNECTIONS, PrismaPlan


def validate_region(region: str, *, subject: str) -> str:
    """Returns the region unchanged. Raises `ValidationError` for a value without the form of a region.

    The provider checks later whether Prisma has the region.
    """
    if not re.fullmatch(r"[a-z]+(-[a-z]+)+-[0-9]+", region):
        raise ValidationError(
            subject, f"must be a region of Prisma, got {region}", "Set a region such as `eu-central-1`."
        )
    return region


def reject_contradictions(args: Mapping[str, object], *, subject: str) -> None:
    """Rejects arguments that contradict each other.

    Raises:
        ValidationError: An existing project gets a name, or the database of a backup is missing.
    """
    reject_named_existing_project(
        args.get("project_id"), args.get("project_name"), setting="project_id", subject=f"{subject}.project_name"
    )
    if "source_backup_id" in args and "source_database_id" not in args:
        raise ValidationError(
            f"{subject}.source_backup_id",
            "requires `source_database_id`",
            "Set the ID of the database from which the backup was created.",
        )


def reject_named_existing_project(project_id: object, project_name: object, *, setting: str, subject: str) -> None:
    """Raises `ValidationError` if the ID of an existing project and a name for it are both set.

    Args:
        project_id: ID of the existing project, or None.
        project_name: Name for a new project, or None.
        setting: The argument or setting by which the user sets ``project_id``. The message contains it.
        subject: Path of the argument or setting by which the user sets ``project_name``. The message begins with it.
    """
    if project_id is not None and project_name is not None:
        raise ValidationError(
            subject,
            f"cannot be combined with `{setting}`, because an existing project already has a name",
            f"Omit this name, or omit `{setting}` to create a project.",
        )


def validate_consumer(key: str, *, subject: str) -> None:
    """Raises `ValidationError` if the key of a consumer cannot be part of the name of a resource, or is a slot."""
    if key in tuple(Slot) or not re.fullmatch(r"[a-z][a-z0-9-]*", key):
        raise ValidationError(
            subject,
            f"must have keys of lower-case letters, digits and `-` that are no slot, got {key}",
            "Set a key such as `direct`.",
        )


def validate_connection_name(name: str, least: int = 3, most: int = 63, *, subject: str) -> str:
    """Returns the name of a connection unchanged. Raises `ValidationError` for another number of characters."""
    if not least <= len(name) <= most:
        raise ValidationError(
            subject, f"must have {least} to {most} characters, got {name}", "Set a name of an accepted length."
        )
    return name


def validate_connection_names(names: Mapping[str, str], *, has_slots: bool, subject: str) -> None:
    """Validates the names of the connections of a database.

    Args:
        names: Names by consumer. The key of the main consumer is the empty string.
        has_slots: Whether each name gets the suffix of a slot, which has 2 characters.
        subject: Path of the component.

    Raises:
        ValidationError: A name has a length that Prisma rejects, or two consumers have the same name.
    """
    # Source: https://www.prisma.io/openapi.json, as published on 2026-09-17: 3 to 65 characters.
    least, most = (1, 63) if has_slots else (3, 65)
    for key, name in names.items():
        path = f"{subject}.consumers.{key}" if key else f"{subject}.connection_name"
        validate_connection_name(name, least, most, subject=path)
        if list(names.values()).count(name) > 1:
            raise ValidationError(
                path,
                f"must be unique among the connections of a database, got {name}",
                "Set another name for this consumer.",
            )


def connections_of(plan: PrismaPlan, max_connections: float | None = None, *, subject: str) -> tuple[int, int]:
    """Returns two numbers: the connections that a database accepts in total, and those that Prisma reserves."""
    most = MAX_CONNECTIONS[plan] if max_connections is None else to_int(max_connections, subject=subject)
    return int(most), int(PRISMA_RESERVED_CONNECTIONS)
