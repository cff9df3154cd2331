"""What a Worker finds in its ``env``: bindings by name, rendered in the API's form and in a fixed order."""

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from edge_postgres.core.errors import ValidationError
from edge_postgres.core.plan import Plan
from edge_postgres.workers.bindings.kinds import KINDS, OTHER
from edge_postgres.workers.bindings.names import validate_binding_names
from edge_postgres.workers.bindings.values import render_other, render_value, validate_secret
from edge_postgres.workers.database_variables import DatabaseVariables
from edge_postgres.workers.limits import WORKER_VARIABLES_CEILING

_NO_VARIABLES: Mapping[str, DatabaseVariables] = MappingProxyType({})

VARIABLES = ("vars", "secrets", "json", "direct", "serverless")
"""What counts as a variable of a Worker."""


def render_bindings(
    args: Mapping[str, Any],
    plan: Plan,
    database_variables: Mapping[str, DatabaseVariables] = _NO_VARIABLES,
    *,
    subject: str,
) -> list[Any]:
    """The bindings as the API takes them, sorted by name so that the order never makes a difference.

    Args:
        args: The arguments of a component.
        database_variables: The variables of its arguments `direct` and `serverless`, by argument.

    Raises ``ValidationError`` for a name that is given twice, is reserved or is no JavaScript name, for a password
    among the
    plain variables, for a value that its kind does not take, and for more variables than the plan allows.
    """
    groups = group_bindings(args)
    names = {group: [*found.plain, *found.secret] for group, found in database_variables.items()}
    validate_bindings({**groups, **names}, plan, subject=subject)
    rendered = [
        *_own(groups, subject=subject),
        *_others(groups, subject=subject),
        *_dialled(database_variables, subject=subject),
    ]
    return sorted(rendered, key=lambda binding: str(binding["name"]))


def group_bindings(args: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """The bindings among the arguments of a component: name to value, by argument."""
    found: dict[str, Mapping[str, Any]] = {}
    for argument in (*(kind.argument for kind in KINDS), OTHER):
        bound = args.get(argument) or {}
        found[argument] = {bound: None} if isinstance(bound, str) else bound
    assets = args.get("assets") or {}
    return {**found, "assets": {assets["binding"]: None} if assets.get("binding") else {}}


def validate_bindings(groups: Mapping[str, Iterable[str]], plan: Plan, *, subject: str) -> None:
    """Raises `ValidationError` for duplicate or invalid names, and for more variables than the plan allows."""
    validate_binding_names(groups, subject=subject)
    ceiling = WORKER_VARIABLES_CEILING[plan]
    if (count := sum(len(list(groups.get(group, ()))) for group in VARIABLES)) > ceiling:
        raise ValidationError(
            f"{subject}.vars",
            f"and `secrets` are {count}; a Worker on the {plan.value} plan has at most {ceiling}",
            "Put several values into one variable as JSON.",
        )


def _own(groups: Mapping[str, Mapping[str, Any]], *, subject: str) -> Iterator[dict[str, Any]]:
    for kind in KINDS:
        for name, value in groups[kind.argument].items():
            fields = render_value(value, name, kind, subject=f"{subject}.{kind.argument}.{name}")
            yield {"name": name, "type": kind.api_type, **fields}


def _others(groups: Mapping[str, Mapping[str, Any]], *, subject: str) -> Iterator[dict[str, Any]]:
    for name, fields in groups[OTHER].items():
        yield {"name": name, **render_other(fields, subject=f"{subject}.{OTHER}.{name}")}
    for name in groups["assets"]:
        yield {"name": name, "type": "assets"}


def _dialled(database_variables: Mapping[str, DatabaseVariables], *, subject: str) -> Iterator[dict[str, Any]]:
    for group, found in database_variables.items():
        for name, text in found.plain.items():
            yield {"name": name, "type": "plain_text", "text": text}
        for name, text in found.secret.items():
            secret = validate_secret(text, subject=f"{subject}.{group}.{name}")
            yield {"name": name, "type": "secret_text", "text": secret}
