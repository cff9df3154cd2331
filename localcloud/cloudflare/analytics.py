"""The GraphQL Analytics API: `graphql`. Its figures are those of the gateway, for the last 24 hours."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graphql import (
    ExecutionResult,
    FieldNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLResolveInfo,
    OperationType,
    SelectionSetNode,
    execute_sync,
    get_operation_ast,
    parse,
    specified_rules,
    validate,
)
from graphql.validation import VariablesInAllowedPositionRule
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from localcloud.cloudflare import analytics_groups
from localcloud.cloudflare.analytics_groups import Content, Row
from localcloud.cloudflare.analytics_schema import create_schema
from localcloud.cloudflare.cloud import Cloud
from localcloud.cloudflare.envelope import ApiError, Json, json_object
from localcloud.emulation.generated_values import now
from localcloud.gateway.pools import PoolError

LARGEST_LIMIT = 10_000
"""https://developers.cloudflare.com/analytics/graphql-api/limits/ (not checked)"""
LARGEST_TOKENS = 2_000
SCHEMA = create_schema()
RULES = [rule for rule in specified_rules if rule is not VariablesInAllowedPositionRule]
"""Cloudflare's own examples use a variable of the type `Date` as a `Time`."""
UNKNOWN_FIELD = re.compile(r"Cannot query field '(\w+)'")


@dataclass(frozen=True)
class Account:
    """The datasets of one account."""

    configurations: Sequence[Mapping[str, Any]]
    """The figures of its Hyperdrive configurations, as the gateway sends them."""

    def hyperdriveQueriesAdaptiveGroups(self, info: GraphQLResolveInfo[Any], **arguments: Any) -> list[Json]:  # noqa: N802
        return _dataset(info, analytics_groups.query_rows(self.configurations), analytics_groups.query_group, arguments)

    def hyperdrivePoolSizesAdaptiveGroups(self, info: GraphQLResolveInfo[Any], **arguments: Any) -> list[Json]:  # noqa: N802
        return _dataset(info, analytics_groups.pool_rows(self.configurations), analytics_groups.pool_group, arguments)


@dataclass(frozen=True)
class Viewer:
    """The accounts that the token may read: all accounts of the local cloud."""

    cloud: Cloud
    configurations: Sequence[Mapping[str, Any]]

    def accounts(self, _: GraphQLResolveInfo[Any], filter: Json) -> list[Account]:  # noqa: A002
        owned = {config["id"] for config in self.cloud.store.owned("hyperdrive", filter["accountTag"])}
        return [Account([each for each in self.configurations if each["name"] in owned])]


async def query(request: Request) -> Response:
    cloud = Cloud.of(request)
    try:
        body = await json_object(request)
    except ApiError as error:
        return _response(None, [GraphQLError(error.message)])
    try:
        configurations = await cloud.pooling.figures()
    except PoolError as error:
        return _response(None, [GraphQLError(str(error))])
    result = _execute(body, Viewer(cloud, configurations))
    return _response(result.data, result.errors)


def _execute(body: Json, viewer: Viewer) -> ExecutionResult:
    text, variables, name = body.get("query"), body.get("variables"), body.get("operationName")
    if not isinstance(text, str) or not isinstance(variables, dict | None) or not isinstance(name, str | None):
        return _failed([GraphQLError("`query` must be a string, `variables` an object, `operationName` a string")])
    try:
        document = parse(text, max_tokens=LARGEST_TOKENS)
    except (GraphQLError, RecursionError) as error:
        return _failed([error if isinstance(error, GraphQLError) else GraphQLError("the query is nested too deeply")])
    errors = validate(SCHEMA, document, RULES)
    operation = get_operation_ast(document, name)
    if not errors and operation and operation.operation is not OperationType.QUERY:
        errors = [GraphQLError("only queries are supported")]
    if errors:
        return _failed(errors)
    return execute_sync(SCHEMA, document, {"viewer": viewer}, variable_values=variables, operation_name=name)


def _failed(errors: Sequence[GraphQLError]) -> ExecutionResult:
    return ExecutionResult(data=None, errors=list(errors))


def _response(data: Any, errors: Sequence[GraphQLError] | None) -> Response:
    """Returns a response in Cloudflare's format. An error leads to no data, and to the status 200.

    https://developers.cloudflare.com/analytics/graphql-api/errors/ (April 2026)
    """
    described = [_describe(error) for error in errors or ()]
    return JSONResponse({"data": None if described else data, "errors": described or None})


def _describe(error: GraphQLError) -> Json:
    """Returns an error. Cloudflare's message is in https://github.com/cloudflare/cloudflare-docs/pull/3471."""
    unknown = UNKNOWN_FIELD.match(error.message)
    message = f'unknown field "{unknown[1]}"' if unknown else error.message
    path = [str(part) for part in error.path] if error.path else None
    return {"message": message, "path": path, "extensions": {"timestamp": now()}}


def _dataset(info: GraphQLResolveInfo[Any], rows: Sequence[Row], content: Content, arguments: Json) -> list[Json]:
    limit = arguments["limit"]
    if not 1 <= limit <= LARGEST_LIMIT:
        raise GraphQLError(f"limit must be positive number and not greater than {LARGEST_LIMIT}, got {limit}")
    found = [row for row in rows if analytics_groups.matches(row, arguments.get("filter") or {})]
    selected = sorted(set(_dimensions(info)))
    groups = analytics_groups.groups_of(found, content, selected)
    for order in reversed(arguments.get("orderBy") or []):
        name, _, direction = order.rpartition("_")
        if name != "count" and name not in selected:
            raise GraphQLError(f"cannot order by {name}, because it is not in `dimensions`")
        groups.sort(key=lambda group: group.get(name, group["dimensions"].get(name)), reverse=direction == "DESC")
    return groups[:limit]


def _dimensions(info: GraphQLResolveInfo[Any]) -> Iterator[str]:
    """Yields the names of the selected dimensions."""
    for node in info.field_nodes:
        for field in _fields(info, node.selection_set):
            if field.name.value == "dimensions":
                yield from (each.name.value for each in _fields(info, field.selection_set))


def _fields(info: GraphQLResolveInfo[Any], selection: SelectionSetNode | None) -> Iterator[FieldNode]:
    """Yields the fields of a selection, with those of its fragments, except for `__typename`."""
    for node in selection.selections if selection else ():
        if isinstance(node, FieldNode):
            if not node.name.value.startswith("__"):
                yield node
        elif isinstance(node, FragmentSpreadNode):
            yield from _fields(info, info.fragments[node.name.value].selection_set)
        else:
            yield from _fields(info, getattr(node, "selection_set", None))


ENDPOINTS = [Route("/graphql", query, methods=["POST"])]
