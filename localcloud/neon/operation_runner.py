"""Runs the operations of a change step by step.

The operations of a project run sequentially. Each read advances the current operation by one status: a request for
operations, branches or computes, and a request that is rejected because the project is locked.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta

from localcloud.emulation.generated_values import new_uuid, now
from localcloud.emulation.server import LocalServer
from localcloud.emulation.store import Draft, Record, Records
from localcloud.neon.listeners import Listeners, active, idle
from localcloud.neon.operation_scripts import DONE, ENDED, OperationScripts
from localcloud.neon.records import BRANCHES, ENDPOINTS, OPERATIONS, ROLES


@dataclass(frozen=True)
class Action:
    """The effect of an operation."""

    action: str
    branch_id: str
    endpoint_id: str | None = None
    role: str | None = None
    """Role whose password is set by ``verifier``."""
    verifier: str | None = None


@dataclass(frozen=True)
class OperationRunner:
    """Schedules and advances operations."""

    operation_scripts: OperationScripts
    delay_seconds: float
    server: LocalServer
    listeners: Listeners

    def schedule(self, draft: Draft, project_id: str, actions: Sequence[Action]) -> list[Record]:
        """Creates operations for the actions. Returns their records."""
        begun = []
        for action in actions:
            walk = self.operation_scripts.take(action.action)
            fields = {key: value for key, value in asdict(action).items() if value is not None}
            effect = {key: fields.pop(key) for key in ("role", "verifier") if key in fields}
            operation = {
                "id": new_uuid(),
                "project_id": project_id,
                **fields,
                "failures_count": 0,
                "created_at": now(),
                "_left": walk.statuses,
                "_error": walk.error,
                "_effect": effect,
            }
            operation = _advance_operation(operation)
            draft.put(OPERATIONS, project_id, operation["id"], operation)
            begun.append(operation)
        return begun

    async def advance(self, draft: Draft, project_id: str) -> None:
        """Advances the current operation by one status, and applies its effect when it has finished."""
        operation = current_operation(draft, project_id)
        if operation is None or not operation["_left"] or self._is_too_early(operation):
            return
        operation = _advance_operation(operation)
        draft.put(OPERATIONS, project_id, operation["id"], operation)
        if operation["status"] in DONE:
            await self._take_effect(draft, operation)

    def _is_too_early(self, operation: Record) -> bool:
        changed = datetime.fromisoformat(operation["updated_at"])
        return datetime.now(UTC) < changed + timedelta(seconds=self.delay_seconds)

    async def _take_effect(self, draft: Draft, operation: Record) -> None:
        project_id, action = operation["project_id"], operation["action"]
        branch = draft.get(BRANCHES, project_id, operation["branch_id"])
        endpoint = draft.get(ENDPOINTS, project_id, operation.get("endpoint_id", ""))
        if action in ("create_timeline", "create_branch") and branch:
            changed = {key: value for key, value in branch.items() if key != "pending_state"}
            draft.put(
                BRANCHES, project_id, branch["id"], {**changed, "current_state": "ready", "state_changed_at": now()}
            )
        elif action == "start_compute" and endpoint:
            draft.put(ENDPOINTS, project_id, endpoint["id"], active(endpoint))
        elif action == "suspend_compute" and endpoint:
            draft.put(ENDPOINTS, project_id, endpoint["id"], idle(endpoint))
            self.listeners.disconnect(endpoint)
        if branch and operation["_effect"]:
            role = draft.get(ROLES, branch["id"], operation["_effect"]["role"])
            if role is not None:
                await self.server.set_password(role["_physical"], operation["_effect"]["verifier"])
                draft.put(ROLES, branch["id"], role["name"], {**role, "_operation": None})


def current_operation(records: Records, project_id: str) -> Record | None:
    """Returns the oldest operation that has not ended, while which the project is locked."""
    return next((each for each in records.owned(OPERATIONS, project_id) if each["status"] not in ENDED), None)


def _advance_operation(operation: Record) -> Record:
    status, *left = operation["_left"]
    stepped = {**operation, "status": status, "updated_at": now(), "_left": left}
    stepped["total_duration_ms"] = _milliseconds(stepped)
    if status in ("failed", "error"):
        stepped["error"] = operation["_error"]
    if status == "failed":
        stepped["failures_count"] = operation["failures_count"] + 1
    return stepped


def _milliseconds(operation: Record) -> int:
    begun, ended = (datetime.fromisoformat(operation[key]) for key in ("created_at", "updated_at"))
    return int((ended - begun).total_seconds() * 1000)
