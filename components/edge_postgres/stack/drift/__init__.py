"""Differences between the state of a stack and Cloudflare that `pulumi refresh` does not detect.

Cloudflare's provider keeps the bindings of the state (`workers_script/custom.go` and `pages_project/custom.go` of
https://github.com/cloudflare/terraform-provider-cloudflare at v5.22.0). It reads a deployment by its ID, even if
another deployment is active. Therefore the drift step reads scripts, deployed versions and Pages projects itself. This
package sends only GET requests. It does not compare what a refresh compares, such as the content of a script.
"""

from collections.abc import Iterator, Mapping

from edge_postgres.core.json_types import Json
from edge_postgres.stack.drift.addresses import compare_addresses
from edge_postgres.stack.drift.api import CloudflareApi, DriftError
from edge_postgres.stack.drift.difference import Difference, report
from edge_postgres.stack.drift.pages import compare_project
from edge_postgres.stack.drift.scripts import compare_script
from edge_postgres.stack.drift.state import Resource, State, read_state
from edge_postgres.stack.drift.versions import compare_deployment

__all__ = ["Difference", "DriftError", "find_drift", "report"]


def find_drift(export: Json, environment: Mapping[str, str]) -> list[Difference]:
    """Returns the differences between a state and Cloudflare.

    Args:
        export: Output of `pulumi stack export --show-secrets`. The secrets of bindings are compared by name only.
        environment: Variables with the API token and the address of the API, where the state's provider has none.

    Raises:
        DriftError: The API rejected a request or did not respond, there is no API token, or the state is encrypted.
    """
    state = read_state(export)
    found = [difference for resource in state.resources for difference in _compare(resource, state, environment)]
    return list(dict.fromkeys(found))


def _compare(resource: Resource, state: State, environment: Mapping[str, str]) -> Iterator[Difference]:
    if resource.type not in _TYPES:
        return
    api = CloudflareApi.connect(state.provider_of(resource), environment)
    if resource.type == "cloudflare:index/workersScript:WorkersScript":
        yield from compare_script(resource, state, api)
        yield from compare_addresses(resource, state, api)
    elif resource.type == "cloudflare:index/workersDeployment:WorkersDeployment":
        yield from compare_deployment(resource, state, api)
        yield from compare_addresses(resource, state, api)
    else:
        yield from compare_project(resource, state, api)


_TYPES = (
    "cloudflare:index/workersScript:WorkersScript",
    "cloudflare:index/workersDeployment:WorkersDeployment",
    "cloudflare:index/pagesProject:PagesProject",
)
