"""The compute of a Neon branch. Every branch of a stack has one read-write compute."""

from typing import TYPE_CHECKING

from edge_postgres.core.json_types import Json
from edge_postgres.http.errors import AmbiguousOutcome

if TYPE_CHECKING:
    from edge_postgres.origins.neon.api import NeonApi

COMPUTE = {
    "min_cu": "autoscaling_limit_min_cu",
    "max_cu": "autoscaling_limit_max_cu",
    "suspend_after_seconds": "suspend_timeout_seconds",
}
"""The settings of a compute: by the name of an input, the name of the same setting in Neon's API."""

NEON_DEFAULTS = {"suspend_timeout_seconds": 0}
"""Values in a request that reset a setting of a compute to Neon's default, by the setting's name in Neon's API."""


def render_compute(props: Json) -> Json:
    """Returns the compute settings that the inputs contain, under their names in Neon's API."""
    return {field: props[key] for key, field in COMPUTE.items() if props.get(key) is not None}


def read_compute(neon: "NeonApi", project_id: str, branch_id: str, props: Json) -> Json:
    """Returns the current values of those compute settings that the inputs contain.

    If the branch has no compute, each value is None.
    """
    endpoint = neon.find_endpoint(project_id, branch_id) or {}
    return {key: endpoint.get(field) for key, field in COMPUTE.items() if props.get(key) is not None}


def update_compute(neon: "NeonApi", project_id: str, branch_id: str, olds: Json, news: Json) -> None:
    """Updates the compute from old to new settings. Creates the compute if it does not exist."""
    if all(olds.get(key) == news.get(key) for key in COMPUTE):
        return
    unset = {field for key, field in COMPUTE.items() if olds.get(key) is not None and news.get(key) is None}
    body = {**{field: NEON_DEFAULTS[field] for field in unset & NEON_DEFAULTS.keys()}, **render_compute(news)}
    endpoint = neon.find_endpoint(project_id, branch_id)
    if endpoint is None:
        try:
            created = {"branch_id": branch_id, "type": "read_write", **body}
            neon.create(f"/projects/{project_id}/endpoints", {"endpoint": created})
            return
        except AmbiguousOutcome:
            endpoint = neon.find_endpoint(project_id, branch_id)
            if endpoint is None:
                raise
    neon.send_idempotent("PATCH", f"/projects/{project_id}/endpoints/{endpoint['id']}", {"endpoint": body})
