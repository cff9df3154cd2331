"""The state of one emulator, and changes of it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request

from localcloud.emulation.connections import HOST, create_listener
from localcloud.emulation.faults import Faults
from localcloud.emulation.postgres_proxy import PostgresProxy
from localcloud.emulation.redaction import redact_json
from localcloud.emulation.request_log import LoggedRequest, RequestLog
from localcloud.emulation.server import LocalServer
from localcloud.emulation.serving import StartError
from localcloud.emulation.store import Draft, Store
from localcloud.prisma.listeners import Listeners
from localcloud.prisma.provisioning import Provisioning
from localcloud.prisma.records import DATABASES, PROJECTS, matching
from localcloud.prisma.settings import Settings


@dataclass
class Workspace:
    """The emulator of Prisma's API."""

    settings: Settings
    store: Store
    server: LocalServer
    proxy: PostgresProxy
    request_log: RequestLog = field(default_factory=lambda: RequestLog(_body))
    faults: Faults = field(default_factory=Faults)
    failures: int = 0
    """Number of next databases that end with the status `failure`."""
    _changing: asyncio.Lock = field(default_factory=asyncio.Lock)

    @staticmethod
    def of(request: Request) -> "Workspace":
        workspace = request.app.state.emulator
        assert isinstance(workspace, Workspace)
        return workspace

    @property
    def provisioning(self) -> Provisioning:
        return Provisioning(self.server, Listeners(self.store, self.proxy, self.settings.plan.connections))

    def health(self) -> dict[str, Any]:
        kept = {kind: len(matching(self.store, kind)) for kind in (PROJECTS, DATABASES)}
        return {"plan": self.settings.plan, **kept}

    @asynccontextmanager
    async def change(self) -> AsyncIterator[Draft]:
        """Makes a change, which is committed unless an exception is raised.

        Changes run one at a time, because they also affect the server.
        """
        async with self._changing:
            draft = self.store.draft()
            yield draft
            if draft.changes:
                self.store.commit(draft)

    def check_ports(self) -> None:
        """Raises ``StartError`` if a port is in use.

        Connection strings of clients contain the ports, which cannot change.
        """
        for database in matching(self.store, DATABASES):
            for name, port in database["ports"].items():
                try:
                    create_listener(port).close()
                except OSError as error:
                    raise StartError(
                        f"The {name} port {port} of database `{database['id']}` on {HOST} cannot be used: {error}. "
                        f"Stop the process that uses it, or move `{self.settings.store}` to start with an empty "
                        "workspace."
                    ) from None
        if self.settings.databases_port is not None:
            try:
                create_listener(self.settings.databases_port).close()
            except (OSError, OverflowError) as error:
                port = self.settings.databases_port
                raise StartError(
                    f"Port {port} on {HOST} cannot be used: {error}. Choose another with `--databases-port`."
                ) from None

    async def start(self) -> None:
        """Opens the stored ports."""
        for database in matching(self.store, DATABASES):
            await self.provisioning.reopen(database)
        if self.settings.databases_port is not None:
            await self.provisioning.listeners.open_to_all(self.settings.databases_port)

    async def reset(self) -> None:
        """Deletes all records, objects on the server, logged requests and rules of fault injection."""
        async with self._changing:
            draft = self.store.draft()
            for database in matching(self.store, DATABASES):
                await self.provisioning.remove_database(draft, database)
            self.store.clear()
        self.failures = 0
        self.faults.clear()
        self.request_log.clear()

    async def close(self) -> None:
        await self.proxy.close_all()
        await self.server.close()


def _body(request: LoggedRequest) -> Any:
    """Returns the body unchanged, because no request to this API contains a secret."""
    return redact_json(request.body, lambda _: frozenset())
