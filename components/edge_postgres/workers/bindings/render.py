"""The bindings of a Worker in the API's form, sorted by name."""

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, cast

from edge_postgres.core.errors import ValidationError
from edge_postgres.core.plan import Plan
from edge_postgres.workers.bindings.kinds import KINDS, OTHER
from edge_postgres.workers.bindings.names import validate_binding_names
from edge_postgres.workers.bindings.values import render_other, render_value, validate_secret
from edge_postgres.workers.database_variables import DatabaseVariables
from edge_postgres.workers.limits import WORKER_VARIABLES_CEILING

if TYPE_CHECKING:
    from pulumi_cloudflare import WorkersScriptBindingArgsDict

_NO_VARIABLES: Mapping[str, DatabaseVariables] = MappingProxyType({})

VARIABLES = ("vars", "secrets", "json", "direct", "serverless")
"""The groups that count as variables of a Worker."""


def render_bindings(
    args: Mapping[str, object],
    plan: Plan,
    database_variables: Mapping[str, DatabaseVariables] = _NO_VARIABLES,
    *,
    subject: str,
) -> "list[WorkersScriptBindingArgsDict]":
    """Returns the bindings in the API's form, sorted by name, so that their order never causes a change.

    Args:
        args: The arguments of a component.
        plan: Workers plan of the account.
        database_variables: The variables of the arguments `direct` and `serverless`, by argument.
        subject: Path of the arguments.

    Raises:
        ValidationError: A name is invalid, reserved or used twice, a plain variable holds a password, a value does not
            fit its kind, or the plan allows fewer variables.
    """
    groups = group_bindings(args)
    names = {group: [*found.plain, *found.secret] for group, found in database_variables.items()}
    validate_bindings({**groups, **names}, plan, subject=subject)
    rendered = [
        *_render_known_kinds(groups, subject=subject),
        *_render_other_kinds(groups, subject=subject),
        *_render_database_variables(database_variables, subject=subject),
    ]
    return sorted(rendered, key=lambda binding: str(binding["name"]))


def group_bindings(args: Mapping[str, object]) -> dict[str, Mapping[str, object]]:
    """Returns the bindings among the arguments of a component: values by name, by argument."""
    found: dict[str, Mapping[str, object]] = {}
    for argument in (*(kind.argument for kind in KINDS), OTHER):
        value = args.get(argument) or {}
        found[argument] = {value: None} if isinstance(value, str) else cast("Mapping[str, object]", value)
    assets = cast("Mapping[str, str]", args.get("assets") or {})
    return {**found, "assets": {assets["binding"]: None} if assets.get("binding") else {}}


def validate_bindings(groups: Mapping[str, Iterable[str]], plan: Plan, *, subject: str) -> None:
    """Raises `ValidationError` for duplicate or invalid names, and for more variables than the plan allows."""
    validate_binding_names(groups, subject=subject)
    ceiling = WORKER_VARIABLES_CEILING[plan]
    if (count := sum(len(list(groups.get(group, ()))) for group in VARIABLES)) > ceiling:
        raise ValidationError(
            f"{subject}.vars",
            f"and `secrets` must be at most {ceiling} on the {plan.value} plan, got {count}",
            "Put several values into one variable as JSON.",
        )


def _binding(name: str, api_type: str, fields: Mapping[str, object]) -> "WorkersScriptBindingArgsDict":
    return cast("WorkersScriptBindingArgsDict", {"name": name, "type": api_type, **fields})


def _render_known_kinds(
    groups: Mapping[str, Mapping[str, object]], *, subject: str
) -> "Iterator[WorkersScriptBindingArgsDict]":
    for kind in KINDS:
        for name, value in groups[kind.argument].items():
            fields = render_value(value, name, kind, subject=f"{subject}.{kind.argument}.{name}")
            yield _binding(name, kind.api_type, fields)


def _render_other_kinds(
    groups: Mapping[str, Mapping[str, object]], *, subject: str
) -> "Iterator[WorkersScriptBindingArgsDict]":
    for name, given in groups[OTHER].items():
        api_type, fields = render_other(given, subject=f"{subject}.{OTHER}.{name}")
        yield _binding(name, api_type, fields)
    for name in groups["assets"]:
        yield _binding(name, "assets", {})


def _render_database_variables(
    database_variables: Mapping[str, DatabaseVariables], *, subject: str
) -> "Iterator[WorkersScriptBindingArgsDict]":
    for group, found in database_variables.items():
        for name, value in found.plain.items():
            yield _binding(name, "plain_text", {"text": value})
        for name, value in found.secret.items():
            secret = validate_secret(value, subject=f"{subject}.{group}.{name}")
            yield _binding(name, "secret_text", {"text": secret})
