"""The comparison of a Worker that is made of versions."""

from collections.abc import Iterator

from edge_postgres.stack.drift.api import CloudflareApi
from edge_postgres.stack.drift.difference import Difference
from edge_postgres.stack.drift.scripts import compare_version, describe_shares, find_deployed
from edge_postgres.stack.drift.state import Resource, State


def compare_deployment(resource: Resource, state: State, api: CloudflareApi) -> Iterator[Difference]:
    """Yields the differences of a ``cloudflare.WorkersDeployment``: other versions, and what they bind.

    A version never changes. Therefore a version of the state has no differences, and neither has the previous version
    of a gradual rollout, whose bindings the state does not have.
    """
    inputs, path = resource.inputs, resource.path
    declared = {each["versionId"]: each["percentage"] for each in inputs["versions"]}
    script = ("accounts", inputs["accountId"], "workers", "scripts", inputs["scriptName"])
    deployed = find_deployed(api, *script)
    if deployed == declared:
        return
    yield Difference(f"{path}.rollout", describe_shares(declared), describe_shares(deployed))
    own = next(
        (each for each in state.of_type("cloudflare:index/workerVersion:WorkerVersion") if each.id in declared), None
    )
    for id_ in deployed:
        if own is not None and id_ not in declared:
            version = api.find(*script, "versions", id_) or {}
            yield from compare_version(own, version.get("resources") or {}, state, inputs["scriptName"])
