"""One pool: a PgBouncer process and the task that restarts it."""

import asyncio
import contextlib
import logging
import secrets
import shutil
import signal
from asyncio.subprocess import Process
from pathlib import Path
from urllib.parse import quote

from localcloud.account import Account, command_as
from localcloud.errors import LocalCloudError
from localcloud.pooling.files import HOST, PoolFiles, name_in_pool
from localcloud.pooling.origin import PooledOrigin
from localcloud.pooling.program import Program
from localcloud.ports import free_port

START_TIMEOUT_SECONDS = 5.0
PORT_ATTEMPTS = 3
SHORTEST_DELAY_SECONDS = 0.1
LONGEST_DELAY_SECONDS = 5.0
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}

log = logging.getLogger(__name__)


class PoolError(LocalCloudError):
    """A pool cannot be started. The message is for the API client that needs it."""


class Pool:
    """A PgBouncer process. Clients authenticate with the pool's password and do not learn the database's password."""

    def __init__(self, program: Program, folder: Path, account: Account | None, origin: PooledOrigin) -> None:
        self.origin = origin
        self._program = program
        self._files = PoolFiles(folder, account)
        self._password = secrets.token_urlsafe(32)
        self._port = 0
        self._process: Process | None = None
        self._supervision: asyncio.Task[None] | None = None

    @property
    def url(self) -> str:
        """The connection URL for clients: a secret. It does not change until the pool is closed."""
        target = self.origin.target
        credentials = f"{quote(target.user, safe='')}:{self._password}"
        return f"postgres://{credentials}@{HOST}:{self._port}/{name_in_pool(target.database)}?sslmode=disable"

    async def open(self) -> None:
        """Starts PgBouncer and waits until clients can connect. Raises ``PoolError``."""
        for _ in range(PORT_ATTEMPTS):
            self._port = free_port()
            self._files.create()
            self._files.write_users(self.origin.target.user, self._password)
            self._files.write_settings(self._program, self._port, self.origin)
            self._process = await self._start_process()
            if await self._wait_until_listening(self._process):
                self._supervision = asyncio.create_task(self._supervise(self._process))
                return
            await self.close()
        raise PoolError(
            f"PgBouncer at `{self._program.path}` does not start. Run `python -m localcloud logs cloudflare` and fix "
            "the cause, or uninstall PgBouncer so that Workers connect to the database directly."
        )

    def change(self, origin: PooledOrigin) -> None:
        """Changes the password or the limit. Open connections stay, and new connections use the new values."""
        self.origin = origin
        self._files.write_settings(self._program, self._port, origin)
        # A process that has just ended reads the new settings when it is restarted.
        with contextlib.suppress(ProcessLookupError):
            if self._process:
                self._process.send_signal(signal.SIGHUP)

    async def close(self) -> None:
        if self._supervision:
            self._supervision.cancel()
            await asyncio.wait([self._supervision])
        if self._process:
            # It has no state to save, and since 1.23 it reacts to SIGTERM by waiting for its clients.
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()
        shutil.rmtree(self._files.folder, ignore_errors=True)

    async def _start_process(self) -> Process:
        try:
            return await asyncio.create_subprocess_exec(
                *command_as(self._files.account, [str(self._program.path), str(self._files.settings)]),
                env=ENVIRONMENT,
                cwd=self._files.folder,
                stdin=asyncio.subprocess.DEVNULL,
                # The same session, so that stopping the session stops this process too. A separate process group,
                # so that Ctrl-C reaches only the emulator.
                process_group=0,
            )
        except OSError as error:
            raise PoolError(f"`{self._program.path}` cannot be started: {error.strerror}.") from None

    async def _wait_until_listening(self, process: Process) -> bool:
        """Waits until the process listens on its port. Returns False if it ends or takes too long."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(START_TIMEOUT_SECONDS):
                while process.returncode is None:
                    with contextlib.suppress(OSError):
                        _, writer = await asyncio.open_connection(HOST, self._port)
                        writer.close()
                        return process.returncode is None
                    await asyncio.sleep(0.01)
        return False

    async def _supervise(self, process: Process) -> None:
        """Restarts PgBouncer whenever it ends."""
        delay = SHORTEST_DELAY_SECONDS
        while True:
            status = await process.wait()
            log.warning("PgBouncer of %s ended with exit status %s, restarting it", self._files.folder.name, status)
            await asyncio.sleep(delay)
            try:
                self._process = process = await self._start_process()
            except PoolError as error:
                log.warning("%s", error)
            has_started = await self._wait_until_listening(process)
            delay = SHORTEST_DELAY_SECONDS if has_started else min(2 * delay, LONGEST_DELAY_SECONDS)
