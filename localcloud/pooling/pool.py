"""One pool: a PgBouncer and what keeps it running."""

import asyncio
import contextlib
import logging
import secrets
import shutil
import signal
from asyncio.subprocess import Process
from pathlib import Path
from urllib.parse import quote

from localcloud.account import Account, popen_user
from localcloud.errors import LocalCloudError
from localcloud.pooling.files import HOST, PoolFiles, name_in_pool
from localcloud.pooling.origin import PooledOrigin
from localcloud.pooling.program import Program
from localcloud.ports import free_port

START_PATIENCE_SECONDS = 5.0
PORT_TRIES = 3
SHORTEST_PAUSE_SECONDS = 0.1
LONGEST_PAUSE_SECONDS = 5.0
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}

log = logging.getLogger(__name__)


class PoolError(LocalCloudError):
    """A pool cannot be had; one sentence for whoever wanted it."""


class Pool:
    """Clients sign in with a password of the pool's own: that of the database stays between the pool and it."""

    def __init__(self, program: Program, folder: Path, account: Account | None, origin: PooledOrigin) -> None:
        self.origin = origin
        self._program = program
        self._files = PoolFiles(folder, account)
        self._password = secrets.token_urlsafe(32)
        self._port = 0
        self._process: Process | None = None
        self._keeping: asyncio.Task[None] | None = None

    @property
    def url(self) -> str:
        """Where clients connect: a secret. It stays the same as long as the pool is there."""
        place = self.origin.place
        credentials = f"{quote(place.user, safe='')}:{self._password}"
        return f"postgres://{credentials}@{HOST}:{self._port}/{name_in_pool(place.database)}?sslmode=disable"

    async def open(self) -> None:
        """Returns once clients can connect. Raises ``PoolError``."""
        for _ in range(PORT_TRIES):
            self._port = free_port()
            self._files.make()
            self._files.write_users(self.origin.place.user, self._password)
            self._files.write_settings(self._program, self._port, self.origin)
            self._process = await self._started()
            if await self._accepts(self._process):
                self._keeping = asyncio.create_task(self._keep(self._process))
                return
            await self.close()
        raise PoolError(
            f"PgBouncer at `{self._program.path}` does not start; the log of the local cloud's part `cloudflare` has "
            "its reason. Mend that, or remove PgBouncer to have Workers connect to the database directly."
        )

    def change(self, origin: PooledOrigin) -> None:
        """Another password or limit. Nobody is disconnected; connections follow as they are made anew."""
        self.origin = origin
        self._files.write_settings(self._program, self._port, origin)
        # One that has just ended reads the new settings when it starts anew.
        with contextlib.suppress(ProcessLookupError):
            if self._process:
                self._process.send_signal(signal.SIGHUP)

    async def close(self) -> None:
        if self._keeping:
            self._keeping.cancel()
            await asyncio.wait([self._keeping])
        if self._process:
            # It has nothing to lose, and from 1.23 on it meets SIGTERM by waiting for its clients.
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()
        shutil.rmtree(self._files.folder, ignore_errors=True)

    async def _started(self) -> Process:
        try:
            return await asyncio.create_subprocess_exec(
                str(self._program.path),
                str(self._files.settings),
                env=ENVIRONMENT,
                cwd=self._files.folder,
                stdin=asyncio.subprocess.DEVNULL,
                # Of our session, so that whoever ends all of that ends it too; but Ctrl-C is for us alone.
                process_group=0,
                **popen_user(self._files.account),
            )
        except OSError as error:
            raise PoolError(f"`{self._program.path}` cannot be started: {error.strerror}.") from None

    async def _accepts(self, process: Process) -> bool:
        """Waits until somebody listens, or the process has ended."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(START_PATIENCE_SECONDS):
                while process.returncode is None:
                    with contextlib.suppress(OSError):
                        _, writer = await asyncio.open_connection(HOST, self._port)
                        writer.close()
                        return process.returncode is None
                    await asyncio.sleep(0.01)
        return False

    async def _keep(self, process: Process) -> None:
        """Starts it anew whenever it ends."""
        pause = SHORTEST_PAUSE_SECONDS
        while True:
            status = await process.wait()
            log.warning("PgBouncer of %s ended with status %s: starting it anew", self._files.folder.name, status)
            await asyncio.sleep(pause)
            try:
                self._process = process = await self._started()
            except PoolError as error:
                log.warning("%s", error)
            has_started = await self._accepts(process)
            pause = SHORTEST_PAUSE_SECONDS if has_started else min(2 * pause, LONGEST_PAUSE_SECONDS)
