"""The settings of computes, and the operations that a change of a branch schedules for its compute."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from localcloud.emulation.generated_values import now
from localcloud.emulation.postgres_proxy import HOST
from localcloud.emulation.store import Draft, Record, Records
from localcloud.neon.bodies import Compute
from localcloud.neon.cloud import Neon
from localcloud.neon.errors import ApiError
from localcloud.neon.names import new_endpoint_id
from localcloud.neon.operation_runner import Action
from localcloud.neon.plan_limits import check_compute
from localcloud.neon.records import ENDPOINTS, endpoint_of

LEAST, MOST = "autoscaling_limit_min_cu", "autoscaling_limit_max_cu"
# Defaults of a project. The values are not verified.
DEFAULTS = {LEAST: 0.25, MOST: 2, "suspend_timeout_seconds": 0}
KEPT = ("name", "disabled", "settings", "provisioner")


async def create_compute(neon: Neon, draft: Draft, project: Record, branch: Record, requested: Compute) -> Record:
    """Creates a compute that is not started, with the ``requested`` settings and the defaults of its project."""
    endpoint_id = new_endpoint_id()
    endpoint = {
        "id": endpoint_id,
        "project_id": project["id"],
        "branch_id": branch["id"],
        "region_id": project["region_id"],
        "host": HOST,
        "proxy_host": HOST,
        "type": "read_write",
        "disabled": False,
        "settings": {},
        "pooler_enabled": False,
        "pooler_mode": "transaction",
        "passwordless_access": True,
        "provisioner": "k8s-neonvm",
        "creation_source": "console",
        "created_at": now(),
        "updated_at": now(),
        **sizes_of({**DEFAULTS, **_sizes(project["default_endpoint_settings"])}, requested),
        **stored_settings(requested),
    }
    check_compute(neon.settings.plan, endpoint)
    endpoint["current_state"] = "idle" if endpoint["disabled"] else "init"
    endpoint["_ports"] = await neon.listeners.open(project["id"], endpoint_id)
    draft.put(ENDPOINTS, project["id"], endpoint_id, endpoint)
    return endpoint


def schedule_operations(
    neon: Neon, draft: Draft, endpoint: Record, actions: Sequence[Action]
) -> tuple[Record, list[Record]]:
    """Schedules operations. Returns them, and the compute, which rejects logins until the last one has finished."""
    operations = neon.operation_runner.schedule(draft, endpoint["project_id"], actions)
    if operations:
        is_stopping = actions[-1].action == "suspend_compute"
        pending = {"pending_state": "idle" if is_stopping else "active"}
        endpoint = {**endpoint, **pending, "_operation": operations[-1]["id"]}
    draft.put(ENDPOINTS, endpoint["project_id"], endpoint["id"], endpoint)
    return endpoint, operations


def action(name: str, endpoint: Record) -> Action:
    return Action(name, branch_id=endpoint["branch_id"], endpoint_id=endpoint["id"])


def stored_settings(requested: Compute) -> dict[str, Any]:
    """Returns the settings that are stored unchanged."""
    return {key: value for key, value in requested.given_fields().items() if key in KEPT}


def sizes_of(settings: dict[str, Any], given: Compute) -> dict[str, Any]:
    """Returns limits and timeout, ``given`` or unchanged. If only one limit is given, the other is adjusted to it."""
    sizes = {**_sizes(settings), **_sizes(given.given_fields())}
    if given.autoscaling_limit_max_cu is None:
        sizes[MOST] = max(sizes[LEAST], sizes[MOST])
    elif given.autoscaling_limit_min_cu is None:
        sizes[LEAST] = min(sizes[LEAST], sizes[MOST])
    return sizes


def require_compute(records: Records, branch: Record) -> Record:
    """Returns the compute of a branch, which creates roles and databases. Raises ``ApiError`` if there is none.

    The behaviour of Neon in this case is not known.
    """
    endpoint = endpoint_of(records, branch)
    if endpoint is None:
        raise ApiError(422, "the branch has no read_write endpoint; create one first")
    return endpoint


def apply_actions(draft: Draft, branch: Record, **effect: str) -> list[Action]:
    """Returns the actions that apply a change of roles or databases. A suspended compute starts for it and stops again.

    ``effect`` is a role and the verifier of its new password.
    """
    endpoint = endpoint_of(draft, branch)
    if endpoint is None:
        return []
    apply = replace(action("apply_config", endpoint), **effect)
    if endpoint["current_state"] == "active":
        return [apply]
    sleep = [action("suspend_compute", endpoint)] if endpoint["current_state"] == "idle" else []
    return [action("start_compute", endpoint), apply, *sleep]


def _sizes(settings: Mapping[str, Any]) -> dict[str, Any]:
    return {key: settings[key] for key in DEFAULTS if key in settings}
