"""Preview stacks, `pr-123`: each lives as long as a pull request, beside production and never in its place.

A preview stack is made from a template and destroyed by a machine. What it states is therefore looked at for names
that another stack has as well, and for databases that are not its own.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from edge_postgres.stack.errors import SettingError
from edge_postgres.stack.model import LOCAL, PREVIEW, is_local

TEMPLATE = "pr"
"""The stack that preview stacks are copied from; nobody deploys it."""

PLACEHOLDER = "${stack}"
"""What stands in a stack file for the name of the stack."""

# What there is once in an account or in the world. A star is any name or index.
UNIQUE = (
    "workers.*.scriptName",
    "workers.*.domains.*",
    "pages.*.projectName",
    "pages.*.domains.*",
    "databases.*.route.hostname",
    "databases.*.hyperdrive.configName",
    "databases.*.hyperdrive.fresh.configName",
)


def is_preview(stack: str) -> bool:
    """Whether a stack lives as long as a pull request."""
    return stack.removeprefix(f"{LOCAL}-").startswith(PREVIEW)


def preview_errors(raw: Mapping[str, Any], stack: str) -> Iterator[SettingError]:
    """What is wrong with a configuration because its stack comes and goes, or because it does not."""
    if stack == TEMPLATE:
        copy = f"{PREVIEW}123"
        yield SettingError(
            "(stack)", f"is `{TEMPLATE}`, the template of preview stacks. Deploy a copy of it, such as `{copy}`."
        )
        return
    for path, database in _found(raw, "databases.*"):
        if isinstance(database, Mapping):
            yield from _own_database(stack, path, database)
    if not is_preview(stack):
        return
    for path, value in [each for pattern in UNIQUE for each in _found(raw, pattern)]:
        if isinstance(value, str) and stack not in value:
            yield SettingError(path, f"is {value}, which other stacks have as well. Put `{PLACEHOLDER}` into it.")
    for path, routes in _found(raw, "workers.*.routes"):
        for pattern in routes if isinstance(routes, Mapping) else ():
            if stack not in pattern:
                yield SettingError(
                    path, f"has {pattern}, which other stacks have as well. Put `{PLACEHOLDER}` into it."
                )
    for path, namespace in _found(raw, "kv.*.id"):
        yield SettingError(
            path, f"is {namespace}, which others write to. Leave it out: the stack makes one of its own."
        )


def _own_database(stack: str, path: str, database: Mapping[str, Any]) -> Iterator[SettingError]:
    provider, own = database.get("provider"), database.get("previewDatabase")
    if own is not None and not is_preview(stack) and not is_local(stack):
        yield SettingError(
            f"{path}.previewDatabase", f"would be dropped with this stack. Only preview stacks, `{PREVIEW}…`, have one."
        )
    if not is_preview(stack):
        return
    if provider in ("existing", "supabase") and own is None and database.get("noProductionData") is not True:
        yield SettingError(
            path,
            f'is a database that is there already. Say `previewDatabase: "{PLACEHOLDER}"`, which makes one on its '
            "server and drops it with the stack, or `noProductionData: true` where nothing of production's is in it.",
        )
    if provider == "neon" and _at(database, "project.existing") is not None:
        branch = _at(database, "branch.name")
        if not isinstance(branch, str) or stack not in branch:
            yield SettingError(
                f"{path}.branch.name",
                f'is {branch or "left out"}; a preview has a branch of its own. Say `"{PLACEHOLDER}"`.',
            )
        if _at(database, "branch.expiresAfter") is None:
            yield SettingError(
                f"{path}.branch.expiresAfter",
                "is not stated; a branch that nobody deletes stays, and is billed. Say `7d`, or as long as a review "
                "takes at most.",
            )


def _at(tree: Any, path: str) -> Any:
    return next((value for _, value in _found(tree, path)), None)


def _found(tree: Any, pattern: str, above: str = "") -> Iterator[tuple[str, Any]]:
    """What stands at the places of a pattern, with the path of each."""
    name, _, rest = pattern.partition(".")
    if isinstance(tree, list) and name == "*":
        entries: Iterator[tuple[str, Any]] = ((f"{above}[{index}]", value) for index, value in enumerate(tree))
    elif isinstance(tree, Mapping):
        below = tree if name == "*" else {name: tree[name]} if name in tree else {}
        entries = ((f"{above}.{key}" if above else key, value) for key, value in below.items())
    else:
        return
    for path, value in entries:
        if rest:
            yield from _found(value, rest, path)
        else:
            yield path, value
