"""The compute of a Neon branch: every branch of a stack has one that reads and writes."""

from typing import TYPE_CHECKING, Any

from edge_postgres.http.errors import LostAnswer

if TYPE_CHECKING:
    from edge_postgres.origins.neon.api import Neon

Json = dict[str, Any]

COMPUTE = {
    "min_cu": "autoscaling_limit_min_cu",
    "max_cu": "autoscaling_limit_max_cu",
    "suspend_after_seconds": "suspend_timeout_seconds",
}
"""Inputs that are settings of a compute, and Neon's names for them."""

NEONS_OWN = {"suspend_timeout_seconds": 0}
"""What gives a setting back to Neon."""


def compute_body(props: Json) -> Json:
    """The settings in Neon's words, as far as they are stated."""
    return {neons: props[ours] for ours, neons in COMPUTE.items() if props.get(ours) is not None}


def actual_compute(neon: "Neon", project_id: str, branch_id: str, props: Json) -> Json:
    """The settings that are stated, as they are; None for each where there is no compute."""
    endpoint = neon.endpoint(project_id, branch_id) or {}
    return {ours: endpoint.get(neons) for ours, neons in COMPUTE.items() if props.get(ours) is not None}


def change_compute(neon: "Neon", project_id: str, branch_id: str, olds: Json, news: Json) -> None:
    """Brings the compute from old settings to new ones; makes it where it is gone."""
    if all(olds.get(ours) == news.get(ours) for ours in COMPUTE):
        return
    unset = {neons for ours, neons in COMPUTE.items() if olds.get(ours) is not None and news.get(ours) is None}
    body = {**{neons: NEONS_OWN[neons] for neons in unset & NEONS_OWN.keys()}, **compute_body(news)}
    endpoint = neon.endpoint(project_id, branch_id)
    if endpoint is None:
        try:
            made = {"branch_id": branch_id, "type": "read_write", **body}
            neon.made(f"/projects/{project_id}/endpoints", {"endpoint": made})
            return
        except LostAnswer:
            endpoint = neon.endpoint(project_id, branch_id)
            if endpoint is None:
                raise
    neon.repeated("PATCH", f"/projects/{project_id}/endpoints/{endpoint['id']}", {"endpoint": body})
