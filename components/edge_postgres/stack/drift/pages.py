"""The comparison of a Pages project: the bindings of both environments, domains, and the age of the deployment."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from pydantic.alias_generators import to_camel

from edge_postgres.core.args import snake_case
from edge_postgres.core.json_types import Json, JsonInput, JsonValue
from edge_postgres.pages.environment import BINDING_MAPS
from edge_postgres.stack.drift.api import CloudflareApi
from edge_postgres.stack.drift.bindings import show_configuration
from edge_postgres.stack.drift.difference import NOTHING, Difference, show
from edge_postgres.stack.drift.scripts import compare_runtime, compare_settings
from edge_postgres.stack.drift.state import Resource, State

_HYPERDRIVE = "hyperdrive_bindings"
_ARGUMENTS = {**{api: argument for argument, api, _ in BINDING_MAPS}, "ai_bindings": "ai"}
_NO_BINDINGS = ("env_vars", "limits", "placement")
"""Objects of an environment that are no maps of bindings."""
_DOMAIN = "cloudflare:index/pagesDomain:PagesDomain"


def compare_project(resource: Resource, state: State, api: CloudflareApi) -> Iterator[Difference]:
    """Yields the differences of a ``cloudflare.PagesProject``."""
    inputs, path = resource.inputs, resource.path
    project = api.find("accounts", inputs["accountId"], "pages", "projects", inputs["name"])
    if project is None:
        yield Difference(path, f"the project {inputs['name']}", NOTHING)
        return
    configs = inputs.get("deploymentConfigs") or {}
    for environment, declared in configs.items():
        found = (project.get("deployment_configs") or {}).get(environment) or {}
        yield from _compare_environment(f"{path}.{environment}", declared, found, state)
    own = {each.inputs["name"] for each in state.of_type(_DOMAIN) if each.inputs["projectName"] == inputs["name"]}
    for host in project.get("domains") or []:
        if host not in own and host != project.get("subdomain"):
            yield Difference(f"{path}.domains", NOTHING, show(host))
    if (configs.get("production") or {}).get("hyperdriveBindings"):
        yield from _compare_age(resource, project.get("canonical_deployment") or _newest(inputs, api))


def _compare_environment(path: str, declared: JsonInput, found: Json, state: State) -> Iterator[Difference]:
    before = {snake_case(key): value for key, value in declared.items() if isinstance(value, Mapping)}
    maps = {key for key, value in {**before, **found}.items() if isinstance(value, Mapping)} - set(_NO_BINDINGS)
    for key in sorted(maps, key=lambda each: (each != _HYPERDRIVE, each)):
        yield from _compare_map(path, key, before.get(key) or {}, found.get(key) or {}, state)
    yield from _compare_variables(path, before.get("env_vars") or {}, found.get("env_vars") or {})
    yield from compare_runtime(path, declared, found)
    yield from compare_settings(path, declared, found)
    if "failOpen" in declared and declared["failOpen"] != found.get("fail_open"):
        yield Difference(f"{path}.failOpen", show(declared["failOpen"]), show(found.get("fail_open")))


def _compare_map(path: str, key: str, before: JsonInput, now: JsonInput, state: State) -> Iterator[Difference]:
    for name in sorted({*before, *now}):
        declared = {snake_case(field): value for field, value in (before.get(name) or {}).items()}
        found = now.get(name)
        # The environment of a service is `production`, which the API does not always return.
        is_same = (
            name in before
            and isinstance(found, Mapping)
            and all(
                found.get(field, "production" if field == "environment" else None) == value
                for field, value in declared.items()
            )
        )
        if not is_same:
            at = f"{path}.{to_camel(_ARGUMENTS.get(key, key))}.{name}"
            yield Difference(at, _target(key, before.get(name), state), _target(key, found, state))


def _compare_variables(path: str, before: JsonInput, now: JsonInput) -> Iterator[Difference]:
    """Yields the differences of the variables. Secret variables are compared by name only."""
    for name in sorted({*before, *now}):
        declared, found = before.get(name), now.get(name)
        is_secret = "secret_text" in (each["type"] for each in (declared, found) if each is not None)
        at = f"{path}.{'secrets' if is_secret else 'vars'}.{name}"
        if declared is None or found is None or declared["type"] != found["type"]:
            yield Difference(at, *(NOTHING if each is None else f"{each['type']} {name}" for each in (declared, found)))
        elif not is_secret and declared.get("value") != found.get("value"):
            yield Difference(at, show(declared.get("value"), name), show(found.get("value"), name))


def _target(key: str, binding: JsonValue, state: State) -> str:
    """Returns a readable form of the target of a binding."""
    if not isinstance(binding, Mapping):
        return NOTHING
    if key == _HYPERDRIVE:
        return show_configuration(binding.get("id"), state)
    field = next((field for _, api, field in BINDING_MAPS if api == key), "")
    return show(binding.get(field) or binding.get(to_camel(field)) if field else dict(binding))


def _newest(inputs: JsonInput, api: CloudflareApi) -> Json:
    """Returns the newest successful deployment of production; an empty one without deployments."""
    path = ("accounts", inputs["accountId"], "pages", "projects", inputs["name"], "deployments")
    deployments: list[Json] = api.find(*path, query={"env": "production"}) or []
    return next((each for each in deployments if each["latest_stage"]["status"] == "success"), {})


def _compare_age(resource: Resource, deployment: Json) -> Iterator[Difference]:
    """Yields a difference if the settings of the project are newer than the deployment of production.

    A deployment keeps the bindings of its creation. The second rotation after it ends its database password.
    """
    created = deployment.get("created_on")
    if created and resource.modified and _time(created) < _time(resource.modified):
        yield Difference(
            f"{resource.path}.production",
            f"settings of {resource.modified}",
            f"a deployment of {created}, which has older bindings. Deploy the content again",
        )


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)
