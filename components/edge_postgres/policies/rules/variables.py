"""Policy rule for plain variables, which every user with access to the Worker can read."""

from collections.abc import Iterator

from pulumi_policy import Severity

from edge_postgres.policies.declared import Resource, entries, items
from edge_postgres.policies.rule import NAMES, Option, Options, ResourceRule, matches, problems_of
from edge_postgres.policies.rules.workers import ENVIRONMENTS
from edge_postgres.policies.tokens import PAGES, SCRIPT, WORKER_VERSION
from edge_postgres.workers.bindings.values import validate_variable

# The API's field with the value, by the type of a binding.
_PLAIN = {"plain_text": "text", "json": "json"}


def check_variables(resource: Resource, options: Options) -> Iterator[str]:
    for subject, name, text in plain_variables(resource):
        if text is not None and not matches(name, options["except"]):
            yield from problems_of(validate_variable, text, name, subject=f"{subject}{name}")


def plain_variables(resource: Resource) -> Iterator[tuple[str, str, str | None]]:
    """Yields the plain variables of a Worker or a Pages project, each as the prefix of its path, its name and its
    value."""
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
        description="A plain variable of a Worker must not contain a password.",
        fix="Bind the variable as `secret_text`, or use Hyperdrive, which stores the password itself.",
        severity=Severity.CRITICAL,
        inputs="names and values of plain and JSON variables: a name such as `API_TOKEN`, a URL with a password",
        limitations="a secret with an inconspicuous name and value, because the SDK passes secrets to rules as plain "
        "text; values in the script itself",
        own_options={"except": Option("names of variables that only look like secrets", NAMES, [])},
        types=frozenset({SCRIPT, WORKER_VERSION, PAGES}),
        check=check_variables,
    ),
)
