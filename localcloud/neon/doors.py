"""The two ports of a compute: they stand for its host names, the direct one and the one with `-pooler`.

Nothing pools behind the second one: it takes more clients, and that is all.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from localcloud.emulation.generated_values import now
from localcloud.emulation.postgres_proxy import LoginRejected, PostgresProxy, Target
from localcloud.emulation.store import Record, Store
from localcloud.neon.records import BRANCHES, DATABASES, ENDPOINTS, OPERATIONS, ROLES
from localcloud.neon.settings import POOLER_CLIENTS, Settings
from localcloud.neon.walks import DONE
from localcloud.ports import free_port

WRONG_PASSWORD = "28P01"  # noqa: S105
NO_SUCH_DATABASE = "3D000"
CANNOT_CONNECT_NOW = "57P03"


@dataclass(frozen=True)
class Doors:
    settings: Settings
    store: Store
    proxy: PostgresProxy

    async def open(self, project_id: str, endpoint_id: str, ports: dict[str, int] | None = None) -> dict[str, int]:
        """Opens the ports, free ones where none are given, and returns them. Raises ``OSError``."""

        def lead(user: str, database: str) -> Target:
            return self._led(project_id, endpoint_id, user, database)

        def connection_limit() -> int:
            endpoint = self.store.get(ENDPOINTS, project_id, endpoint_id) or {"autoscaling_limit_min_cu": 0.0}
            return self.settings.connections(endpoint["autoscaling_limit_min_cu"])

        ports = ports or {"direct": free_port(), "pooled": free_port()}
        await self.proxy.open(ports["direct"], lead, connection_limit)
        try:
            await self.proxy.open(ports["pooled"], lead, lambda: POOLER_CLIENTS)
        except OSError:
            await self.proxy.close(ports["direct"])
            raise
        return ports

    async def close(self, endpoint: Record) -> None:
        for port in endpoint["_ports"].values():
            await self.proxy.close(port)

    def disconnect(self, endpoint: Record) -> None:
        """Breaks off all sessions."""
        for port in endpoint["_ports"].values():
            self.proxy.disconnect(port)

    def _led(self, project_id: str, endpoint_id: str, user: str, name: str) -> Target:
        """Where a sign-in leads; it wakes a compute that sleeps. Raises ``SignInRefused``."""
        endpoint = self.store.get(ENDPOINTS, project_id, endpoint_id)
        branch = self.store.get(BRANCHES, project_id, endpoint["branch_id"]) if endpoint else None
        if endpoint is None or branch is None or has_expired(branch):
            raise LoginRejected(CANNOT_CONNECT_NOW, "there is no such compute any more")
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
        """Whether the operation that a record waits for has done its work."""
        operation = self.store.get(OPERATIONS, record["project_id"], record.get("_operation") or "")
        return operation is None or operation["status"] in DONE


def has_expired(branch: Record) -> bool:
    moment = branch.get("expires_at")
    return moment is not None and datetime.fromisoformat(moment) <= datetime.now(UTC)


def active(endpoint: Record) -> Record:
    """The compute, as it is once it has started."""
    changed = {key: value for key, value in endpoint.items() if key != "pending_state"}
    return {**changed, "current_state": "active", "started_at": now(), "last_active": now()}


def idle(endpoint: Record) -> Record:
    """The compute, as it is once it sleeps."""
    changed = {key: value for key, value in endpoint.items() if key != "pending_state"}
    return {**changed, "current_state": "idle", "suspended_at": now()}
