"""The comparison of a Worker that is a script."""

from collections.abc import Iterator, Mapping

from pydantic.alias_generators import to_camel

from edge_postgres.core.args import snake_case
from edge_postgres.core.json_types import Json, JsonInput, JsonValue
from edge_postgres.stack.drift.api import CloudflareApi
from edge_postgres.stack.drift.bindings import compare_bindings
from edge_postgres.stack.drift.difference import NOTHING, Difference, show
from edge_postgres.stack.drift.state import Resource, State

SETTINGS = ("limits", "placement", "observability", "tail_consumers", "logpush")
"""Settings of a script, except those of its runtime, with the API's names."""
_ANSWERED = ("last_analyzed_at", "status")
"""Fields of `placement` that the API computes."""
_SEEN_BY_REFRESH = ("observability", "logpush")
"""Settings that a refresh also compares if the state does not set them."""


def compare_script(resource: Resource, state: State, api: CloudflareApi) -> Iterator[Difference]:
    """Yields the differences of a ``cloudflare.WorkersScript``: of its settings, and of each deployed version."""
    inputs, path = resource.inputs, resource.path
    script = ("accounts", inputs["accountId"], "workers", "scripts", inputs["scriptName"])
    settings = api.find(*script, "settings")
    if settings is None:
        yield Difference(path, f"the script {inputs['scriptName']}", NOTHING)
        return
    shares = find_deployed(api, *script)
    if len(shares) > 1:
        yield Difference(f"{path}.rollout", "one version with 100 %", describe_shares(shares))
    versions = [api.find(*script, "versions", id_) for id_ in shares]
    if not versions:
        yield from compare_version(resource, {"bindings": settings.get("bindings"), "script_runtime": settings}, state)
    for version in versions:
        yield from compare_version(resource, (version or {}).get("resources") or {}, state)
    yield from compare_settings(path, inputs, settings)


def compare_version(resource: Resource, resources: Json, state: State, script_name: str = "") -> Iterator[Difference]:
    """Yields the differences between the state and the `resources` of a version in the API."""
    inputs, path = resource.inputs, resource.path
    runtime = resources.get("script_runtime") or {}
    yield from compare_bindings(
        path,
        inputs.get("bindings") or [],
        resources.get("bindings") or [],
        state,
        script_name=script_name or str(inputs.get("scriptName", "")),
        kept=inputs.get("keepBindings") or (),
    )
    yield from compare_runtime(path, inputs, runtime)


def compare_runtime(path: str, inputs: JsonInput, runtime: JsonInput) -> Iterator[Difference]:
    """Yields the differences of compatibility date and flags."""
    if inputs.get("compatibilityDate") != runtime.get("compatibility_date"):
        date, now = inputs.get("compatibilityDate"), runtime.get("compatibility_date")
        yield Difference(f"{path}.compatibilityDate", show(date), show(now))
    flags, now = (sorted(each or ()) for each in (inputs.get("compatibilityFlags"), runtime.get("compatibility_flags")))
    if flags != now:
        yield Difference(f"{path}.compatibilityFlags", show(flags), show(now))


def compare_settings(path: str, inputs: JsonInput, answer: JsonInput) -> Iterator[Difference]:
    """Yields the differences of the other settings. The answer can have more fields than the state."""
    for setting in SETTINGS:
        before, now = _normal(inputs.get(to_camel(setting))), _normal(answer.get(setting))
        if before is None and setting in _SEEN_BY_REFRESH:
            continue
        if not _has_all(before, now) or (before is None and now is not None):
            yield Difference(f"{path}.{to_camel(setting)}", show(before), show(now))


def find_deployed(api: CloudflareApi, *script: str) -> dict[str, float]:
    """Returns the percentages of the active deployment, by the ID of the version. Empty without a deployment."""
    answer = api.find(*script, "deployments") or {}
    deployments = answer.get("deployments") or []
    return {each["version_id"]: each["percentage"] for each in deployments[0]["versions"]} if deployments else {}


def describe_shares(shares: Mapping[str, float]) -> str:
    """Returns the versions of a deployment and their percentages in one line."""
    return ", ".join(f"version {id_} with {share:g} %" for id_, share in sorted(shares.items())) or NOTHING


def _normal(value: JsonValue) -> JsonValue:
    """Returns a setting with the API's names, without empty values and without computed fields."""
    if isinstance(value, Mapping):
        found = {snake_case(key): _normal(each) for key, each in value.items() if key not in _ANSWERED}
        return {key: each for key, each in found.items() if each is not None} or None
    if isinstance(value, list | tuple):
        return [_normal(each) for each in value] or None
    return value


def _has_all(before: JsonValue, now: JsonValue) -> bool:
    if isinstance(before, Mapping):
        return isinstance(now, Mapping) and all(_has_all(value, now.get(key)) for key, value in before.items())
    if isinstance(before, list) and isinstance(now, list):
        return len(before) == len(now) and all(any(_has_all(each, other) for other in now) for each in before)
    return before is None or bool(before == now)
