"""The state of one emulator, and the deployment of its Workers."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request

from localcloud.cloudflare.deployment import workers_in
from localcloud.cloudflare.envelope import ApiError
from localcloud.cloudflare.pooled_origins import pooled_origins
from localcloud.cloudflare.redaction import redact
from localcloud.cloudflare.runtime import Runtime, RuntimeUnreachable, ScriptRejected, Worker
from localcloud.cloudflare.settings import Settings, TunnelStatus
from localcloud.cloudflare.undeclared import Undeclared
from localcloud.emulation.faults import Faults
from localcloud.emulation.request_log import RequestLog, log
from localcloud.emulation.store import Draft, Records, Store
from localcloud.gateway.origin import PooledOrigin
from localcloud.gateway.pools import NoPooling, PoolError, Pooling


@dataclass(eq=False)
class Change:
    """A change that waits for its deployment."""

    draft: Draft
    error: ApiError | None = None


@dataclass
class Cloud:
    """The emulator of Cloudflare's API."""

    settings: Settings
    store: Store
    runtime: Runtime
    pooling: Pooling = field(default_factory=NoPooling)
    request_log: RequestLog = field(default_factory=lambda: RequestLog(redact))
    faults: Faults = field(default_factory=Faults)
    tunnel_status: TunnelStatus = field(init=False)
    """Initial status of new tunnels."""
    undeclared: Undeclared = field(default_factory=Undeclared)
    rejects_unplanned_results: bool = False
    """Whether the local cloud's provider compares a result with its plan, as Terraform does and Pulumi does not."""
    _deploying: asyncio.Lock = field(default_factory=asyncio.Lock)
    _waiting: list[Change] = field(default_factory=list)
    """The changes that are not committed yet, oldest first."""
    _deployed: list[Worker] | None = None

    def __post_init__(self) -> None:
        self.tunnel_status = self.settings.tunnel_status
        self.undeclared.mode = self.settings.undeclared

    @staticmethod
    def of(request: Request) -> "Cloud":
        cloud = request.app.state.emulator
        assert isinstance(cloud, Cloud)
        return cloud

    def health(self) -> dict[str, Any]:
        return {"plan": self.settings.plan, "workersPort": self.settings.public_port}

    @asynccontextmanager
    async def change(self) -> AsyncIterator[Draft]:
        """Makes a change that affects Workers. It is committed if the runtime accepts it, else discarded completely.

        Changes that arrive during a deployment are deployed together by the next one. The draft contains the waiting
        changes, so that the body of the context must not await. Raises ``ApiError`` with the message of the runtime.
        """
        change = Change(self._merged(self._waiting).draft())
        yield change.draft
        self._waiting.append(change)
        try:
            async with self._deploying:
                if change in self._waiting:
                    await self._commit(list(self._waiting))
        finally:
            if change in self._waiting:
                self._waiting.remove(change)
        if change.error:
            raise change.error

    async def push(self) -> None:
        """Deploys the Workers of the store to the runtime."""
        async with self._deploying:
            await self._deploy(self.store)

    async def reset(self) -> None:
        """Deletes all records, logged requests and rules of fault injection."""
        async with self._deploying:
            for _, namespace in self.store.every("kv_namespaces"):
                await self.runtime.delete_namespace(namespace["id"])
            self.store.clear()
            await self._deploy(self.store)
        self.faults.clear()
        self.tunnel_status = self.settings.tunnel_status
        self.undeclared.clear(self.settings.undeclared)
        self.rejects_unplanned_results = False
        self.request_log.clear()

    async def start(self) -> None:
        try:
            await self.push()
        except ApiError as error:
            log.warning("the runtime rejects the Workers of the store: %s", error.message)

    async def close(self) -> None:
        await self.pooling.close()
        await self.runtime.close()

    async def _commit(self, changes: Sequence[Change]) -> None:
        """Commits changes with one deployment. If it fails, commits each half separately, so that others succeed."""
        merged = self._merged(changes)
        try:
            await self._deploy(merged)
        except ApiError as error:
            if len(changes) > 1 and not isinstance(error, RuntimeUnreachable):
                middle = len(changes) // 2
                await self._commit(changes[:middle])
                await self._commit(changes[middle:])
                return
            for change in changes:
                change.error = error
        else:
            self.store.commit(merged)
        self._waiting = [each for each in self._waiting if each not in changes]

    def _merged(self, changes: Sequence[Change]) -> Draft:
        draft = self.store.draft()
        for change in changes:
            draft.merge(change.draft)
        return draft

    async def _deploy(self, records: Records) -> None:
        """Ensures the pools, then deploys the Workers that use them, and finally retires unused pools."""
        origins = pooled_origins(records)
        try:
            await self._run(workers_in(records, await self._serve(origins)))
        except ApiError:
            origins = pooled_origins(self.store)
            await self._serve(origins)
            raise
        finally:
            await self._retire(origins)

    async def _serve(self, origins: Mapping[str, PooledOrigin]) -> dict[str, str]:
        try:
            return await self.pooling.ensure_pools(origins)
        except PoolError as error:
            raise ApiError(500, 10013, str(error)) from None

    async def _retire(self, origins: Mapping[str, PooledOrigin]) -> None:
        """A gateway that does not respond has no pools to retire."""
        try:
            await self.pooling.retire_others(origins)
        except PoolError as error:
            log.warning("%s", error)

    async def _run(self, workers: list[Worker]) -> None:
        if workers == self._deployed:
            return
        try:
            await self.runtime.apply(workers)
        except ScriptRejected as error:
            raise ApiError(400, 10021, str(error)) from None
        except RuntimeUnreachable:
            self._deployed = None
            raise
        self._deployed = workers


def account_of(request: Request) -> str:
    """Returns the account of the path. Raises ``ApiError``.

    Every account exists. Real ids have 32 hexadecimal digits, and the local cloud also accepts `local`.
    """
    account: str = request.path_params["account_id"]
    if not account.replace("-", "").replace("_", "").isalnum() or len(account) > 32:
        raise ApiError(404, 7003, f"Could not route to /accounts/{account}, perhaps your object identifier is invalid?")
    return account
