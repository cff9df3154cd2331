"""The bindings of a Worker in the API's form, sorted by name."""

import re
from collections.abc import Iterable, Mapping
from operator import itemgetter
from types import MappingProxyType
from typing import TYPE_CHECKING, cast

from edge_postgres.core.errors import ValidationError
from edge_postgres.core.plan import Plan
from edge_postgres.workers.bindings.kinds import KINDS, OTHER, RESERVED_NAMES
from edge_postgres.workers.bindings.values import render_other, render_value, validate_secret
from edge_postgres.workers.database_variables import DatabaseVariables
from edge_postgres.workers.limits import WORKER_VARIABLES_CEILING

if TYPE_CHECKING:
    from pulumi_cloudflare import WorkersScriptBindingArgsDict

_NAME = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*")
_NO_VARIABLES: Mapping[str, DatabaseVariables] = MappingProxyType({})

VARIABLES = ("vars", "secrets", "json", "direct", "serverless")
"""The arguments whose bindings Cloudflare counts as variables of a Worker."""


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
    rendered: list[Mapping[str, object]] = [
        {
            "name": name,
            "type": kind.api_type,
            **render_value(value, name, kind, subject=f"{subject}.{kind.argument}.{name}"),
        }
        for kind in KINDS
        for name, value in groups[kind.argument].items()
    ]
    for name, given in groups[OTHER].items():
        api_type, fields = render_other(given, subject=f"{subject}.{OTHER}.{name}")
        rendered.append({"name": name, "type": api_type, **fields})
    rendered += [{"name": name, "type": "assets"} for name in groups["assets"]]
    for group, found in database_variables.items():
        rendered += [{"name": name, "type": "plain_text", "text": value} for name, value in found.plain.items()]
        rendered += [
            {
                "name": name,
                "type": "secret_text",
                "text": validate_secret(value, subject=f"{subject}.{group}.{name}"),
            }
            for name, value in found.secret.items()
        ]
    return cast("list[WorkersScriptBindingArgsDict]", sorted(rendered, key=itemgetter("name")))


def group_bindings(args: Mapping[str, object]) -> dict[str, Mapping[str, object]]:
    """Returns the bindings among the arguments of a component: for each argument, the values by binding name."""
    found: dict[str, Mapping[str, object]] = {}
    for argument in (*(kind.argument for kind in KINDS), OTHER):
        value = args.get(argument) or {}
        found[argument] = {value: None} if isinstance(value, str) else cast("Mapping[str, object]", value)
    assets = cast("Mapping[str, str]", args.get("assets") or {})
    return {**found, "assets": {assets["binding"]: None} if assets.get("binding") else {}}


def validate_bindings(groups: Mapping[str, Iterable[str]], plan: Plan, *, subject: str) -> None:
    """Checks the names of all bindings of a Worker, and the number of its variables.

    Args:
        groups: The names of the bindings, by argument.
        plan: Workers plan of the account.
        subject: Path of the arguments.

    Raises:
        ValidationError: A name is invalid, reserved or used twice, or the plan allows fewer variables.
    """
    argument_of: dict[str, str] = {}
    for group, names in groups.items():
        for name in names:
            if not _NAME.fullmatch(name):
                raise ValidationError(
                    f"{subject}.{group}",
                    f"must have JavaScript names, got {name}",
                    "Use letters, digits and `_`, and start with a letter.",
                )
            if name in RESERVED_NAMES:
                raise ValidationError(
                    f"{subject}.{group}",
                    f"has the reserved name {name} ({RESERVED_NAMES[name]})",
                    "Rename the binding.",
                )
            if other_argument := argument_of.get(name):
                raise ValidationError(
                    f"{subject}.{group}",
                    f"must have unique names, got {name}, which `{other_argument}` has too",
                    "Rename one of the two bindings.",
                )
            argument_of[name] = group
    ceiling = WORKER_VARIABLES_CEILING[plan]
    if (count := sum(len(list(groups.get(group, ()))) for group in VARIABLES)) > ceiling:
        raise ValidationError(
            f"{subject}.vars",
            f"must have at most {ceiling} variables on the {plan.value} plan, including `secrets`, got {count}",
            "Remove variables, or put several values into one variable as JSON.",
        )
