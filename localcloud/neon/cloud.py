"""The state of one emulator, and changes of it."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request

from localcloud.emulation.faults import Faults
from localcloud.emulation.postgres_proxy import PostgresProxy
from localcloud.emulation.redaction import redact_json
from localcloud.emulation.request_log import LoggedRequest, RequestLog
from localcloud.emulation.server import LocalServer
from localcloud.emulation.serving import StartError
from localcloud.emulation.store import Draft, Record, Store
from localcloud.neon.errors import LOCKED, LOCKED_MESSAGE, ApiError
from localcloud.neon.listeners import Listeners, has_expired
from localcloud.neon.operation_runner import OperationRunner, current_operation
from localcloud.neon.operation_scripts import OperationScripts
from localcloud.neon.records import BRANCHES, ENDPOINTS, EVERYONE, PROJECTS, get_or_404
from localcloud.neon.server_objects import ServerObjects
from localcloud.neon.settings import Settings
from localcloud.ports import is_free


@dataclass
class Neon:
    settings: Settings
    store: Store
    server: LocalServer
    proxy: PostgresProxy
    request_log: RequestLog = field(default_factory=lambda: RequestLog(_body))
    faults: Faults = field(default_factory=Faults)

    def __post_init__(self) -> None:
        self.operation_scripts = OperationScripts(self.settings.operation_reads)
        self.listeners = Listeners(self.settings, self.store, self.proxy)
        self.server_objects = ServerObjects(self.server, self.listeners)
        self.operation_runner = OperationRunner(
            self.operation_scripts, self.settings.operation_delay_seconds, self.server, self.listeners
        )
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    @staticmethod
    def of(request: Request) -> "Neon":
        neon = request.app.state.emulator
        assert isinstance(neon, Neon)
        return neon

    @classmethod
    async def for_project(cls, request: Request) -> tuple["Neon", Record]:
        """Returns the emulator and the project of the path. Raises ``ApiError`` with 404."""
        neon, project_id = cls.of(request), request.path_params["project_id"]
        async with neon._draft(project_id) as draft:
            await neon._expire(draft, project_id)
        return neon, get_or_404(neon.store, PROJECTS, EVERYONE, project_id)

    @classmethod
    async def advance_project(cls, request: Request) -> tuple["Neon", Record]:
        """As ``for_project``, and advances the current operation of the project by one status."""
        neon, project = await cls.for_project(request)
        async with neon._draft(project["id"]) as draft:
            await neon.operation_runner.advance(draft, project["id"])
        return neon, project

    @asynccontextmanager
    async def change(self, project_id: str) -> AsyncIterator[Draft]:
        """Changes a project. The change is committed unless an exception is raised.

        Raises ``ApiError`` with 423 if an operation is running.
        """
        async with self._draft(project_id) as draft:
            is_locked = current_operation(draft, project_id) is not None
            if is_locked:
                await self.operation_runner.advance(draft, project_id)
            else:
                yield draft
        if is_locked:
            raise ApiError(LOCKED, LOCKED_MESSAGE)

    def check_ports(self) -> None:
        """Raises ``StartError`` if another process uses a port of a compute."""
        for _, endpoint in self.store.every(ENDPOINTS):
            for port in endpoint["_ports"].values():
                if not is_free(port):
                    raise StartError(
                        f"Port {port} of the compute `{endpoint['id']}` is in use by another process. Stop it, or move "
                        f"`{self.settings.store}` to start without projects."
                    )

    async def start(self) -> None:
        """Opens the stored ports, which are in connection strings of clients."""
        for _, endpoint in self.store.every(ENDPOINTS):
            await self.listeners.open(endpoint["project_id"], endpoint["id"], endpoint["_ports"])

    def health(self) -> dict[str, Any]:
        return {"projects": len(self.store.owned(PROJECTS, EVERYONE))}

    async def reset(self) -> None:
        """Deletes all records, objects on the server, logged requests and rules of fault injection."""
        for project in self.store.owned(PROJECTS, EVERYONE):
            async with self._draft(project["id"]) as draft:
                await self.server_objects.remove_project(draft, project["id"])
        self.store.clear()
        self.operation_scripts.clear()
        self.faults.clear()
        self.request_log.clear()

    async def close(self) -> None:
        await self.proxy.close_all()
        await self.server.close()

    @asynccontextmanager
    async def _draft(self, project_id: str) -> AsyncIterator[Draft]:
        async with self._locks[project_id]:
            draft = self.store.draft()
            yield draft
            if draft.changes:
                self.store.commit(draft)

    async def _expire(self, draft: Draft, project_id: str) -> None:
        """Deletes expired branches, which have no children."""
        for branch in draft.owned(BRANCHES, project_id):
            if has_expired(branch):
                await self.server_objects.remove_branch(draft, branch)


def _body(request: LoggedRequest) -> Any:
    """Returns the body unchanged, because no request to this API contains a secret."""
    return redact_json(request.body, lambda _: frozenset())
