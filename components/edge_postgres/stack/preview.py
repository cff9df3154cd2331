"""Validates the settings of preview stacks, such as `pr-123`. A preview stack exists as long as its pull request.

A pipeline copies a preview stack from the template stack, and destroys the preview stack when the pull request is
closed. The settings of a preview stack must not contain names that other stacks use. The databases of a preview stack
must not contain production data.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from edge_postgres.stack.errors import SettingError
from edge_postgres.stack.model import LOCAL, PREVIEW, is_local
from edge_postgres.stack.raw_settings import find_setting, find_settings

TEMPLATE = "pr"
"""Name of the template stack, which preview stacks are copied from and which is never deployed."""

PLACEHOLDER = "${stack}"
"""Placeholder for the name of the stack in a stack file."""

UNIQUE = (
    "workers.*.scriptName",
    "workers.*.domains.*",
    "workers.*.routeRecords.*",
    "pages.*.projectName",
    "pages.*.domains.*",
    "databases.*.route.hostname",
    "queues.*.queueName",
    "workers.*.workflows.*.workflowName",
    "databases.*.hyperdrive.configName",
    "databases.*.hyperdrive.fresh.configName",
)
"""Settings whose values are unique in an account, or worldwide. A star matches any key or index."""


def is_preview(stack: str) -> bool:
    """Returns whether a stack is a preview stack: `pr-NAME`, or `local-pr-NAME` on the local cloud."""
    return stack.removeprefix(f"{LOCAL}-").startswith(PREVIEW)


def preview_errors(raw: Mapping[str, Any], stack: str) -> Iterator[SettingError]:
    """Yields an error for each setting that a preview stack must not have, or that only a preview stack may have."""
    if stack == TEMPLATE:
        copy = f"{PREVIEW}123"
        yield SettingError(
            "(stack)", f"must not be `{TEMPLATE}`, the template of preview stacks. Deploy a copy, such as `{copy}`."
        )
        return
    for path, database in find_settings(raw, "databases.*"):
        if isinstance(database, Mapping):
            yield from _database_errors(stack, path, database)
    if not is_preview(stack):
        return
    for path, value in [found for pattern in UNIQUE for found in find_settings(raw, pattern)]:
        if isinstance(value, str) and stack not in value:
            yield _without_stack_name(path, value)
    for path, routes in find_settings(raw, "workers.*.routes"):
        for pattern in routes if isinstance(routes, Mapping) else ():
            if stack not in pattern:
                yield _without_stack_name(path, pattern)
    for path, kept in find_settings(raw, "databases.*.hyperdrive.keep"):
        for name in kept if isinstance(kept, Mapping) else ():
            if stack not in name:
                yield _without_stack_name(path, name)
    for path, configuration in find_settings(raw, "hyperdriveConfigurations.*"):
        if isinstance(configuration, Mapping) and configuration.get("noProductionData") is not True:
            yield SettingError(
                path,
                "is an existing Hyperdrive configuration, whose database can contain production data. Set "
                "`noProductionData: true` if it contains no production data.",
            )
    for path, queue in find_settings(raw, "queues.*.id"):
        yield SettingError(
            path,
            f"must not be set in a preview stack, got {queue}, whose messages belong to other stacks. Remove `id`, "
            "so that the stack creates a separate queue.",
        )
    for path, namespace in find_settings(raw, "kv.*.id"):
        yield SettingError(
            path,
            f"must not be set in a preview stack, got {namespace}, which other stacks use. Remove `id`, so that the "
            "stack creates a separate namespace.",
        )


def _without_stack_name(path: str, value: str) -> SettingError:
    return SettingError(
        path,
        f"must contain the name of the stack, got {value}. Add `{PLACEHOLDER}`, because other stacks use this value.",
    )


def _database_errors(stack: str, path: str, database: Mapping[str, Any]) -> Iterator[SettingError]:
    """Yields the errors of an entry of `databases`."""
    provider, preview_database = database.get("provider"), database.get("previewDatabase")
    if preview_database is not None and not is_preview(stack) and not is_local(stack):
        yield SettingError(
            f"{path}.previewDatabase",
            f"is only for preview stacks, `{PREVIEW}…`, because the database is deleted with its stack. Remove "
            "`previewDatabase`.",
        )
    if not is_preview(stack):
        return
    is_shared = provider in ("existing", "supabase") and preview_database is None
    if is_shared and database.get("noProductionData") is not True:
        yield SettingError(
            path,
            "is an existing database, which can contain production data. Set "
            f'`previewDatabase: "{PLACEHOLDER}"` to create a separate database on its server, or set '
            "`noProductionData: true` if it contains no production data.",
        )
    if provider == "neon" and find_setting(database, "project.existing") is not None:
        branch = find_setting(database, "branch.name")
        if not isinstance(branch, str) or stack not in branch:
            yield SettingError(
                f"{path}.branch.name",
                f'must contain the name of the stack, got {branch or "no name"}. Set `"{PLACEHOLDER}"`, so that each '
                "preview has a separate branch.",
            )
        if find_setting(database, "branch.expiresAfter") is None:
            yield SettingError(
                f"{path}.branch.expiresAfter",
                "is required, because Neon bills a branch until it is deleted. Set `7d`, or the longest duration of a "
                "review.",
            )
