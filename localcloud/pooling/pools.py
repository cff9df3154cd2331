"""All pools of one emulator."""

import asyncio
import itertools
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

import psutil

from localcloud.account import Account
from localcloud.pooling.origin import Place, PooledOrigin
from localcloud.pooling.pool import Pool
from localcloud.pooling.program import Program

# Longer than a Worker may stay silent in a request that began before the change, and its work after the answer.
RETIREMENT_SECONDS = 70.0
END_PATIENCE_SECONDS = 5.0


class Pooling(Protocol):
    async def serve(self, origins: Mapping[str, PooledOrigin]) -> dict[str, str]:
        """Has a pool for each origin; their URLs, which are secrets, by the names of the origins."""

    def retire_others(self, origins: Mapping[str, PooledOrigin]) -> None:
        """Ends the other pools once nobody can be using them any more."""

    async def close(self) -> None: ...


class NoPooling:
    """For a machine without PgBouncer."""

    async def serve(self, origins: Mapping[str, PooledOrigin]) -> dict[str, str]:  # noqa: ARG002
        return {}

    def retire_others(self, origins: Mapping[str, PooledOrigin]) -> None:  # noqa: ARG002
        return

    async def close(self) -> None:
        return


class Pools:
    """One pool for each origin.

    Another password or limit is a matter of the same pool. Another database, user, address or TLS mode gets a pool of
    its own at once, and for a moment the old one's last transactions come on top of the new one's limit.
    """

    def __init__(
        self, program: Program, folder: Path, account: Account | None, retirement_seconds: float = RETIREMENT_SECONDS
    ) -> None:
        """``folder`` is these pools' alone: what a process that was killed left there is ended and deleted."""
        self._program = program
        self._folder = folder
        self._account = account
        self._retirement_seconds = retirement_seconds
        self._pools: dict[tuple[str, Place], Pool] = {}
        self._retired: dict[Pool, asyncio.Task[None]] = {}
        self._numbers = itertools.count(1)
        _end_leftovers(folder)
        folder.mkdir(mode=0o711)

    async def serve(self, origins: Mapping[str, PooledOrigin]) -> dict[str, str]:
        """Raises ``PoolError``; the pools that were there go on."""
        return {name: (await self._pool(name, origin)).url for name, origin in origins.items()}

    def retire_others(self, origins: Mapping[str, PooledOrigin]) -> None:
        for name, place in self._pools.keys() - {(name, origin.place) for name, origin in origins.items()}:
            pool = self._pools.pop((name, place))
            self._retired[pool] = asyncio.create_task(self._end_later(pool))

    async def close(self) -> None:
        """Ends all of them, and what is connected through them."""
        for ending in self._retired.values():
            ending.cancel()
        await asyncio.gather(*self._retired.values(), return_exceptions=True)
        await asyncio.gather(*map(Pool.close, [*self._pools.values(), *self._retired]))
        self._retired.clear()
        self._pools.clear()
        shutil.rmtree(self._folder, ignore_errors=True)

    async def _end_later(self, pool: Pool) -> None:
        await asyncio.sleep(self._retirement_seconds)
        await pool.close()
        del self._retired[pool]

    async def _pool(self, name: str, origin: PooledOrigin) -> Pool:
        pool = self._pools.get((name, origin.place))
        if pool is None:
            pool = Pool(self._program, self._folder / f"{name}-{next(self._numbers)}", self._account, origin)
            await pool.open()
            self._pools[name, origin.place] = pool
        elif pool.origin != origin:
            pool.change(origin)
        return pool


def _end_leftovers(folder: Path) -> None:
    settings = {str(path) for path in folder.glob("*/*.ini")}
    for process in psutil.process_iter(["cmdline"]):
        if process.info["cmdline"] and process.info["cmdline"][-1] in settings:
            process.kill()
            psutil.wait_procs([process], END_PATIENCE_SECONDS)
    shutil.rmtree(folder, ignore_errors=True)
