"""All that one emulator holds, and how an endpoint gets at it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request

from localcloud.cloudflare.deployment import workers_in
from localcloud.cloudflare.envelope import Refused
from localcloud.cloudflare.redaction import redacted
from localcloud.cloudflare.runtime import Runtime, RuntimeRefused, RuntimeUnreachable, Worker
from localcloud.cloudflare.settings import Settings
from localcloud.emulation.faults import Faults
from localcloud.emulation.request_log import RequestLog
from localcloud.emulation.store import Draft, Records, Store


@dataclass
class Cloud:
    settings: Settings
    store: Store
    runtime: Runtime
    request_log: RequestLog = field(default_factory=lambda: RequestLog(redacted))
    faults: Faults = field(default_factory=Faults)
    _deploying: asyncio.Lock = field(default_factory=asyncio.Lock)
    _deployed: list[Worker] | None = None

    @staticmethod
    def of(request: Request) -> "Cloud":
        cloud = request.app.state.emulator
        assert isinstance(cloud, Cloud)
        return cloud

    def health(self) -> dict[str, Any]:
        return {"plan": self.settings.plan, "workersPort": self.settings.public_port}

    @asynccontextmanager
    async def change(self) -> AsyncIterator[Draft]:
        """A change that Workers can feel: it is kept when the runtime takes it, else nothing of it is.

        Raises ``Refused`` with the runtime's own words. One change at a time: each deploys all Workers.
        """
        async with self._deploying:
            draft = self.store.draft()
            yield draft
            await self._deploy(draft)
            self.store.accept(draft)

    async def push(self) -> None:
        """Has the runtime run what the store holds."""
        async with self._deploying:
            await self._deploy(self.store)

    async def reset(self) -> None:
        """As if newly made."""
        async with self._deploying:
            for _, namespace in self.store.every("kv_namespaces"):
                await self.runtime.delete_namespace(namespace["id"])
            self.store.clear()
            await self._deploy(self.store)
        self.faults.clear()
        self.request_log.clear()

    async def _deploy(self, records: Records) -> None:
        workers = workers_in(records)
        if workers == self._deployed:
            return
        try:
            await self.runtime.apply(workers)
        except RuntimeRefused as refused:
            raise Refused(400, 10021, str(refused)) from None
        except RuntimeUnreachable:
            self._deployed = None
            raise
        self._deployed = workers


def account_of(request: Request) -> str:
    """The account of the path.

    Every account exists; the real ids are 32 hexadecimal digits, and `local` will do here.
    """
    account: str = request.path_params["account_id"]
    if not account.replace("-", "").replace("_", "").isalnum() or len(account) > 32:
        raise Refused(404, 7003, f"Could not route to /accounts/{account}, perhaps your object identifier is invalid?")
    return account
