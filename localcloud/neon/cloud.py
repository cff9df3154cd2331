"""All that one emulator holds, and how a request gets at it."""

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
from localcloud.neon.doors import Doors, has_expired
from localcloud.neon.errors import LOCKED, LOCKED_MESSAGE, ApiError
from localcloud.neon.physical import Physical
from localcloud.neon.records import BRANCHES, ENDPOINTS, EVERYONE, PROJECTS, children, known
from localcloud.neon.settings import Settings
from localcloud.neon.walks import Walks
from localcloud.neon.work import Work, at_work
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
        self.walks = Walks(self.settings.operation_looks)
        self.doors = Doors(self.settings, self.store, self.proxy)
        self.physical = Physical(self.server, self.doors)
        self.work = Work(self.walks, self.settings.operation_delay_seconds, self.server, self.doors)
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    @staticmethod
    def of(request: Request) -> "Neon":
        neon = request.app.state.emulator
        assert isinstance(neon, Neon)
        return neon

    @classmethod
    async def at(cls, request: Request) -> tuple["Neon", Record]:
        """With the project of the path. Raises ``ApiError`` with 404."""
        neon, project_id = cls.of(request), request.path_params["project_id"]
        async with neon._draft(project_id) as draft:
            await neon._expire(draft, project_id)
        return neon, known(neon.store, PROJECTS, EVERYONE, project_id)

    @classmethod
    async def looked_at(cls, request: Request) -> tuple["Neon", Record]:
        """As ``at``; what is at work there is one state further."""
        neon, project = await cls.at(request)
        async with neon._draft(project["id"]) as draft:
            await neon.work.step(draft, project["id"])
        return neon, project

    @asynccontextmanager
    async def change(self, project_id: str) -> AsyncIterator[Draft]:
        """A change of a project: it is kept where nothing is raised.

        Raises ``ApiError`` with 423 where work goes on.
        """
        async with self._draft(project_id) as draft:
            is_locked = at_work(draft, project_id) is not None
            if is_locked:
                await self.work.step(draft, project_id)
            else:
                yield draft
        if is_locked:
            raise ApiError(LOCKED, LOCKED_MESSAGE)

    def check_ports(self) -> None:
        """Raises ``StartError`` where somebody else has a port of a compute."""
        for _, endpoint in self.store.every(ENDPOINTS):
            for port in endpoint["_ports"].values():
                if not is_free(port):
                    raise StartError(
                        f"Port {port} of the compute `{endpoint['id']}` is taken by another process. End it, or move "
                        f"`{self.settings.store}` away to start without projects."
                    )

    async def start(self) -> None:
        """Opens the ports that the store knows of: they are in strings that clients have."""
        for _, endpoint in self.store.every(ENDPOINTS):
            await self.doors.open(endpoint["project_id"], endpoint["id"], endpoint["_ports"])

    def health(self) -> dict[str, Any]:
        return {"projects": len(self.store.owned(PROJECTS, EVERYONE))}

    async def reset(self) -> None:
        """As if newly made."""
        for project in self.store.owned(PROJECTS, EVERYONE):
            async with self._draft(project["id"]) as draft:
                await self.physical.remove_project(draft, project["id"])
        self.store.clear()
        self.walks.clear()
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
        """Removes the branches whose time is over. One that has children stays until they are gone."""
        for branch in draft.owned(BRANCHES, project_id)[::-1]:
            if has_expired(branch) and not children(draft, branch):
                await self.physical.remove_branch(draft, branch)


def _body(request: LoggedRequest) -> Any:
    """No secret is ever sent to this API."""
    return redact_json(request.body, lambda _: frozenset())
