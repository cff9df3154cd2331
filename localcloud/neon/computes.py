"""What the settings of a compute are, and which operations a change of its branch asks of it."""

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
from localcloud.neon.records import ENDPOINTS, endpoint_of
from localcloud.neon.work import Action

LEAST, MOST = "autoscaling_limit_min_cu", "autoscaling_limit_max_cu"
# Of a project that states none; from memory.
DEFAULTS = {LEAST: 0.25, MOST: 2, "suspend_timeout_seconds": 0}
KEPT = ("name", "disabled", "settings", "provisioner")


async def new_compute(neon: Neon, draft: Draft, project: Record, branch: Record, wanted: Compute) -> Record:
    """A compute that has not started, with what is ``wanted`` of it and the defaults of its project."""
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
        **sizes_of({**DEFAULTS, **_sizes(project["default_endpoint_settings"])}, wanted),
        **kept(wanted),
    }
    endpoint["current_state"] = "idle" if endpoint["disabled"] else "init"
    endpoint["_ports"] = await neon.doors.open(project["id"], endpoint_id)
    draft.put(ENDPOINTS, project["id"], endpoint_id, endpoint)
    return endpoint


def begun(neon: Neon, draft: Draft, endpoint: Record, actions: Sequence[Action]) -> tuple[Record, list[Record]]:
    """The compute, which lets nobody in before the last of the operations has finished, and the operations."""
    operations = neon.work.begin(draft, endpoint["project_id"], actions)
    if operations:
        is_stopping = actions[-1].action == "suspend_compute"
        pending = {"pending_state": "idle" if is_stopping else "active"}
        endpoint = {**endpoint, **pending, "_operation": operations[-1]["id"]}
    draft.put(ENDPOINTS, endpoint["project_id"], endpoint["id"], endpoint)
    return endpoint, operations


def action(name: str, endpoint: Record) -> Action:
    return Action(name, branch_id=endpoint["branch_id"], endpoint_id=endpoint["id"])


def kept(wanted: Compute) -> dict[str, Any]:
    """What is stored as it is stated."""
    return {key: value for key, value in wanted.stated().items() if key in KEPT}


def sizes_of(settings: dict[str, Any], stated: Compute) -> dict[str, Any]:
    """Limits and timeout as they are ``stated``, else as they were; a limit that is stated alone moves the other."""
    sizes = {**_sizes(settings), **_sizes(stated.stated())}
    if stated.autoscaling_limit_max_cu is None:
        sizes[MOST] = max(sizes[LEAST], sizes[MOST])
    elif stated.autoscaling_limit_min_cu is None:
        sizes[LEAST] = min(sizes[LEAST], sizes[MOST])
    return sizes


def needed_compute(records: Records, branch: Record) -> Record:
    """Raises ``ApiError``: roles and databases are made by a compute. What Neon does without one is not known."""
    endpoint = endpoint_of(records, branch)
    if endpoint is None:
        raise ApiError(422, "the branch has no read_write endpoint; create one first")
    return endpoint


def applied(draft: Draft, branch: Record, **effect: str) -> list[Action]:
    """What brings a change of roles or databases to the compute: one that sleeps wakes for it, and sleeps again.

    ``effect``: a role and the verifier of the password it gets.
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
