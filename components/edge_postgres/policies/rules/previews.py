"""Preview stacks: names of their own, and databases that may be lost nowhere else."""

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

# What there is once in an account or in the world, by type.
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


def own_name(resource: Resource, _: Options) -> Iterator[str]:
    key = _UNIQUE[resource.type]
    name = resource.at(key)
    if is_preview(resource.stack) and isinstance(name, str) and resource.stack not in name:
        yield f"{key}: is without the name of the stack, {resource.stack}: other stacks have it as well."


def at_home(resource: Resource, _: Options) -> Iterator[str]:
    if not (is_preview(resource.stack) or is_local(resource.stack)):
        yield f"The stack is {resource.stack}, and the database is dropped with it."


RULES = (
    ResourceRule(
        name="preview-names",
        holds="What a preview stack makes has the stack's name in its own.",
        remedy="Put the name of the stack into it; `${stack}` stands for it in a stack file.",
        severity=Severity.HIGH,
        sees="names of configurations, Workers, Pages projects, domains, routes and KV namespaces on stacks `pr-…`",
        blind_to="a preview whose stack is named otherwise",
        types=frozenset(_UNIQUE),
        check=own_name,
    ),
    ResourceRule(
        name="disposable-database",
        holds="A database that is dropped with its stack belongs to a preview.",
        remedy="Deploy it on a stack `pr-…`, or take an origin whose database stays.",
        severity=Severity.CRITICAL,
        sees="the databases of `PreviewDatabase`, and the name of the stack",
        blind_to="branches and projects that their vendor lets expire",
        types=frozenset({PREVIEW_DATABASE}),
        check=at_home,
    ),
)
