"""The comparison of the custom domains and routes of a Worker. A refresh reads only those of the state."""

from collections.abc import Iterator

from edge_postgres.stack.drift.api import CloudflareApi
from edge_postgres.stack.drift.difference import NOTHING, Difference, show
from edge_postgres.stack.drift.state import Resource, State

_DOMAIN = "cloudflare:index/workersCustomDomain:WorkersCustomDomain"
_ROUTE = "cloudflare:index/workersRoute:WorkersRoute"


def compare_addresses(resource: Resource, state: State, api: CloudflareApi) -> Iterator[Difference]:
    """Yields the domains and the routes of a script that the state does not have.

    The API is asked only for domains of accounts, and for routes of zones, of which the state has some. Otherwise the
    token would need permissions that the stack does not need.
    """
    account, script = resource.inputs["accountId"], resource.inputs["scriptName"]
    domains = [each.inputs for each in state.of_type(_DOMAIN) if each.inputs["accountId"] == account]
    hosts = {each["hostname"] for each in domains}
    for found in (api.find("accounts", account, "workers", "domains") or []) if domains else ():
        if found.get("service") == script and found["hostname"] not in hosts:
            yield Difference(f"{resource.path}.domains", NOTHING, show(found["hostname"]))
    routes = [each.inputs for each in state.of_type(_ROUTE)]
    patterns = {(each["zoneId"], each["pattern"]) for each in routes}
    for zone in sorted({each["zoneId"] for each in routes}):
        for found in api.find("zones", zone, "workers", "routes") or []:
            if found.get("script") == script and (zone, found["pattern"]) not in patterns:
                yield Difference(f"{resource.path}.routes", NOTHING, show(found["pattern"]))
