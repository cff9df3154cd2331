"""Plain variables: whoever may look at a Worker reads them."""

from collections.abc import Iterator
from typing import Any

from pulumi_policy import Severity

from edge_postgres.policies.declared import Resource, entries, items
from edge_postgres.policies.rule import NAMES, Option, Options, ResourceRule, matches, refused
from edge_postgres.policies.rules.workers import ENVIRONMENTS
from edge_postgres.policies.tokens import PAGES, SCRIPT, WORKER_VERSION
from edge_postgres.workers.bindings.values import validate_variable

# The API's field that holds the text, by the type of a binding.
_PLAIN = {"plain_text": "text", "json": "json"}


def plain(resource: Resource, options: Options) -> Iterator[str]:
    for subject, name, text in variables(resource):
        if text is not None and not matches(name, options["except"]):
            yield from refused(validate_variable, text, name, subject=f"{subject}{name}")


def variables(resource: Resource) -> Iterator[tuple[str, str, Any]]:
    """The plain variables of a Worker or a Pages project: place, name and text."""
    for binding in entries(resource.at("bindings")):
        if isinstance(binding, dict) and isinstance(binding.get("name"), str) and binding.get("type") in _PLAIN:
            yield "bindings.", binding["name"], binding.get(_PLAIN[binding["type"]])
    for which in ENVIRONMENTS if resource.type == PAGES else ():
        for name, variable in items(resource.at(f"deploymentConfigs.{which}.envVars")):
            if isinstance(variable, dict) and variable.get("type") in (None, "plain_text"):
                yield f"deploymentConfigs.{which}.envVars.", name, variable.get("value")


RULES = (
    ResourceRule(
        name="no-password-in-plain",
        holds="No plain variable of a Worker holds a password.",
        remedy="Bind it as `secret_text`, or leave the database to Hyperdrive, which holds the password itself.",
        severity=Severity.CRITICAL,
        sees="names and texts of plain and JSON variables: a name such as `API_TOKEN`, a URL with a password",
        blind_to="a secret whose name and text look like nothing: the SDK hands secrets to rules in plain text, so no "
        "rule can tell them from the rest; what the script itself holds",
        own_options={"except": Option("names of variables that look like secrets and are none", NAMES, [])},
        types=frozenset({SCRIPT, WORKER_VERSION, PAGES}),
        check=plain,
    ),
)
