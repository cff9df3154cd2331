"""All connection pools of one emulator."""

import asyncio
import itertools
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

import psutil

from localcloud.account import Account
from localcloud.pooling.origin import PooledOrigin, PoolTarget
from localcloud.pooling.pool import Pool
from localcloud.pooling.program import Program

# Longer than the response timeout of a Worker whose request began before the change, plus its work in `waitUntil`.
RETIREMENT_SECONDS = 70.0
END_TIMEOUT_SECONDS = 5.0
CA_VARIABLE = "LOCALCLOUD_CA_FILE"
"""Names the PEM file of the CA of the databases that this local cloud runs. Without it, none of them is verified."""


class Pooling(Protocol):
    """Provides pools for origins."""

    async def ensure_pools(self, origins: Mapping[str, PooledOrigin]) -> dict[str, str]:
        """Ensures a pool for each origin. Returns the URLs, which are secrets, by the names of the origins."""

    def retire_others(self, origins: Mapping[str, PooledOrigin]) -> None:
        """Closes all other pools after the time in which a client may still use them."""

    async def close(self) -> None: ...


class NoPooling:
    """Provides no pools, on a machine without PgBouncer."""

    async def ensure_pools(self, origins: Mapping[str, PooledOrigin]) -> dict[str, str]:
        """Returns the URLs of databases whose certificate is verified. Others have the URL of their configuration."""
        ca_file = _local_ca_file()
        return {
            name: origin.verified_url(ca_file)
            for name, origin in origins.items()
            if ca_file and origin.needs_verification
        }

    def retire_others(self, origins: Mapping[str, PooledOrigin]) -> None:  # noqa: ARG002
        return

    async def close(self) -> None:
        return


class Pools:
    """Provides one PgBouncer pool for each origin.

    A new password or limit changes the existing pool. A new database, user, address or TLS setting creates a new pool
    at once. For a short time, the last transactions of the old pool can exceed the limit of the new pool.
    """

    def __init__(
        self, program: Program, folder: Path, account: Account | None, retirement_seconds: float = RETIREMENT_SECONDS
    ) -> None:
        """``folder`` is used by these pools only. Processes and files that a killed emulator left there are removed."""
        self._program = program
        self._folder = folder
        self._account = account
        self._retirement_seconds = retirement_seconds
        self._pools: dict[tuple[str, PoolTarget], Pool] = {}
        self._retired: dict[Pool, asyncio.Task[None]] = {}
        self._folder_numbers = itertools.count(1)
        _remove_leftovers(folder)
        folder.mkdir(mode=0o711)

    async def ensure_pools(self, origins: Mapping[str, PooledOrigin]) -> dict[str, str]:
        """Raises ``PoolError`` if a pool cannot be started. Existing pools keep running."""
        return {name: (await self._pool(name, origin)).url for name, origin in _verified(origins).items()}

    def retire_others(self, origins: Mapping[str, PooledOrigin]) -> None:
        kept = {(name, origin.target) for name, origin in _verified(origins).items()}
        for name, target in self._pools.keys() - kept:
            pool = self._pools.pop((name, target))
            self._retired[pool] = asyncio.create_task(self._close_later(pool))

    async def close(self) -> None:
        """Closes all pools and the connections through them."""
        for closing in self._retired.values():
            closing.cancel()
        await asyncio.gather(*self._retired.values(), return_exceptions=True)
        await asyncio.gather(*map(Pool.close, [*self._pools.values(), *self._retired]))
        self._retired.clear()
        self._pools.clear()
        shutil.rmtree(self._folder, ignore_errors=True)

    async def _close_later(self, pool: Pool) -> None:
        await asyncio.sleep(self._retirement_seconds)
        await pool.close()
        del self._retired[pool]

    async def _pool(self, name: str, origin: PooledOrigin) -> Pool:
        pool = self._pools.get((name, origin.target))
        if pool is None:
            pool = Pool(self._program, self._folder / f"{name}-{next(self._folder_numbers)}", self._account, origin)
            await pool.open()
            self._pools[name, origin.target] = pool
        elif pool.origin != origin:
            pool.change(origin)
        return pool


def _verified(origins: Mapping[str, PooledOrigin]) -> dict[str, PooledOrigin]:
    ca_file = _local_ca_file()
    return {
        name: origin.verified_by(ca_file) if ca_file and origin.needs_verification else origin
        for name, origin in origins.items()
    }


def _local_ca_file() -> Path | None:
    name = os.environ.get(CA_VARIABLE)
    return Path(name) if name else None


def _remove_leftovers(folder: Path) -> None:
    settings = {str(path) for path in folder.glob("*/*.ini")}
    for process in psutil.process_iter(["cmdline"]):
        if process.info["cmdline"] and process.info["cmdline"][-1] in settings:
            process.kill()
            psutil.wait_procs([process], END_TIMEOUT_SECONDS)
    shutil.rmtree(folder, ignore_errors=True)
