"""The two ports of a compute, which represent its direct host name and its host name with `-pooler`.

The second port has no pool. It only accepts more clients.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from localcloud.emulation.generated_values import now
from localcloud.emulation.postgres_proxy import LoginRejected, PostgresProxy, Target
from localcloud.emulation.store import Record, Store
from localcloud.neon.operation_scripts import DONE
from localcloud.neon.records import BRANCHES, DATABASES, ENDPOINTS, OPERATIONS, ROLES
from localcloud.neon.settings import POOLER_CLIENTS, Settings
from localcloud.ports import free_port

WRONG_PASSWORD = "28P01"  # noqa: S105
NO_SUCH_DATABASE = "3D000"
CANNOT_CONNECT_NOW = "57P03"


@dataclass(frozen=True)
class Listeners:
    """Opens and closes ports of computes."""

    settings: Settings
    store: Store
    proxy: PostgresProxy

    async def open(self, project_id: str, endpoint_id: str, ports: dict[str, int] | None = None) -> dict[str, int]:
        """Opens the given or free ports and returns them. Raises ``OSError``."""

        def route(user: str, database: str) -> Target:
            return self._route(project_id, endpoint_id, user, database)

        def connection_limit() -> int:
            endpoint = self.store.get(ENDPOINTS, project_id, endpoint_id)
            if endpoint is None:
                return 0
            return self.settings.connections(endpoint["autoscaling_limit_min_cu"], endpoint["autoscaling_limit_max_cu"])

        ports = ports or {"direct": free_port(), "pooled": free_port()}
        await self.proxy.open(ports["direct"], route, connection_limit)
        try:
            await self.proxy.open(ports["pooled"], route, lambda: POOLER_CLIENTS)
        except OSError:
            await self.proxy.close(ports["direct"])
            raise
        return ports

    async def close(self, endpoint: Record) -> None:
        for port in endpoint["_ports"].values():
            await self.proxy.close(port)

    def disconnect(self, endpoint: Record) -> None:
        """Closes all sessions of a compute."""
        for port in endpoint["_ports"].values():
            self.proxy.disconnect(port)

    def _route(self, project_id: str, endpoint_id: str, user: str, name: str) -> Target:
        """Returns the target of a login, and starts a suspended compute. Raises ``LoginRejected``."""
        endpoint = self.store.get(ENDPOINTS, project_id, endpoint_id)
        branch = self.store.get(BRANCHES, project_id, endpoint["branch_id"]) if endpoint else None
        if endpoint is None or branch is None or has_expired(branch):
            raise LoginRejected(CANNOT_CONNECT_NOW, "the compute no longer exists")
        if endpoint["disabled"]:
            raise LoginRejected(CANNOT_CONNECT_NOW, "the compute is disabled; enable it by the API")
        if not self._is_done(endpoint):
            raise LoginRejected(CANNOT_CONNECT_NOW, "the compute is not ready: its operations have not finished")
        role = self.store.get(ROLES, branch["id"], user)
        if role is None or not self._is_done({**role, "project_id": project_id}):
            raise LoginRejected(WRONG_PASSWORD, f'password authentication failed for user "{user}"')
        database = self.store.get(DATABASES, branch["id"], name)
        if database is None or not self._is_done({**database, "project_id": project_id}):
            raise LoginRejected(NO_SUCH_DATABASE, f'database "{name}" does not exist')
        if endpoint["current_state"] != "active":
            self.store.put(ENDPOINTS, project_id, endpoint_id, active(endpoint))
        return Target(role["_physical"], database["_physical"])

    def _is_done(self, record: Record) -> bool:
        """Whether the operation of a record has finished."""
        operation = self.store.get(OPERATIONS, record["project_id"], record.get("_operation") or "")
        return operation is None or operation["status"] in DONE


def has_expired(branch: Record) -> bool:
    moment = branch.get("expires_at")
    return moment is not None and datetime.fromisoformat(moment) <= datetime.now(UTC)


def active(endpoint: Record) -> Record:
    """Returns the compute as started."""
    changed = {key: value for key, value in endpoint.items() if key != "pending_state"}
    return {**changed, "current_state": "active", "started_at": now(), "last_active": now()}


def idle(endpoint: Record) -> Record:
    """Returns the compute as suspended."""
    changed = {key: value for key, value in endpoint.items() if key != "pending_state"}
    return {**changed, "current_state": "idle", "suspended_at": now()}
