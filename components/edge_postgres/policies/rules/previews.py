"""Policy rules for preview stacks.

The names of their resources contain the stack's name, and only their databases are deleted with the stack.
"""

from collections.abc import Iterator

from pulumi_policy import Severity

from edge_postgres.policies.declared import Resource
from edge_postgres.policies.rule import Options, ResourceRule
from edge_postgres.policies.tokens import (
    HYPERDRIVE,
    KV,
    PAGES,
    PAGES_DOMAIN,
    PREVIEW_DATABASE,
    SCRIPT,
    WORKER,
    WORKERS_DOMAIN,
    WORKERS_ROUTE,
)
from edge_postgres.stack.model import is_local
from edge_postgres.stack.preview import is_preview

# Properties that must be unique in an account or worldwide, by type.
_UNIQUE = {
    HYPERDRIVE: "name",
    SCRIPT: "scriptName",
    WORKER: "name",
    WORKERS_DOMAIN: "hostname",
    WORKERS_ROUTE: "pattern",
    PAGES: "name",
    PAGES_DOMAIN: "name",
    KV: "title",
}


def check_name(resource: Resource, _: Options) -> Iterator[str]:
    key = _UNIQUE[resource.type]
    name = resource.at(key)
    if is_preview(resource.stack) and isinstance(name, str) and resource.stack not in name:
        yield f"{key}: must contain the name of the stack, {resource.stack}, because other stacks use the same program."


def check_stack(resource: Resource, _: Options) -> Iterator[str]:
    if not (is_preview(resource.stack) or is_local(resource.stack)):
        yield f"The stack {resource.stack} is not a preview, and the database is deleted with its stack."


RULES = (
    ResourceRule(
        name="preview-names",
        description="Names of a preview stack's resources must contain the name of the stack.",
        fix="Add the name of the stack to the name of the resource. In a stack file, write `${stack}`.",
        severity=Severity.HIGH,
        inputs="names of Hyperdrive configurations, Workers, Pages projects, domains, routes and KV namespaces"
        " on stacks `pr-…`",
        limitations="previews on stacks with other names",
        types=frozenset(_UNIQUE),
        check=check_name,
    ),
    ResourceRule(
        name="disposable-database",
        description="Only a preview stack or a local stack may have a database that is deleted with its stack.",
        fix="Deploy to a stack `pr-…`, or use an origin whose database is kept.",
        severity=Severity.CRITICAL,
        inputs="the databases of `PreviewDatabase`, and the name of the stack",
        limitations="branches and projects that expire at their vendor",
        types=frozenset({PREVIEW_DATABASE}),
        check=check_stack,
    ),
)
