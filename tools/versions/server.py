"""A temporary Postgres server of one major version, which accepts TLS connections on 127.0.0.1."""

import asyncio
import secrets
import signal
import ssl
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import asyncpg

from localcloud.account import command_as
from localcloud.certificates import Certificates
from localcloud.guard import guarded
from localcloud.instance import Instance
from localcloud.ports import free_port
from localcloud.postgres import ACCESS_RULES, ENVIRONMENT, HOST
from localcloud.postgres_files import PostgresFiles
from localcloud.state_directory import StateDirectory
from tools.matrix import CellFailure
from tools.versions.programs import package_of

START_TIMEOUT_SECONDS = 120.0
STATEMENT_TIMEOUT_SECONDS = 60.0
STOP_TIMEOUT_SECONDS = 30.0


class RejectedStatement(Exception):
    """The server rejected a statement. The message contains the error and the statement."""


@dataclass(frozen=True)
class Login:
    """A role that can connect, and its password."""

    name: str
    password: str


@dataclass(frozen=True)
class Server:
    """A running server."""

    port: int
    ca_file: Path
    superuser: Login

    def run(self, login: Login, database: str, *statements: str) -> object:
        """Executes statements in one session. Returns the first value of the last one.

        Raises:
            RejectedStatement: The server rejects a statement.
        """

        async def run() -> object:
            session = await self._connect(login, database)
            try:
                value = None
                for statement in statements:
                    try:
                        value = await session.fetchval(statement)
                    except asyncpg.PostgresError as error:
                        raise RejectedStatement(f"{error.sqlstate} {error}: {statement}") from None
                return value
            finally:
                await session.close()

        return asyncio.run(run())

    async def _connect(self, login: Login, database: str) -> asyncpg.Connection:
        return await asyncpg.connect(
            host=HOST,
            port=self.port,
            user=login.name,
            password=login.password,
            database=database,
            ssl=ssl.create_default_context(cafile=str(self.ca_file)),
            timeout=START_TIMEOUT_SECONDS,
            command_timeout=STATEMENT_TIMEOUT_SECONDS,
        )


@contextmanager
def running_server(version: str, superuser: str) -> Iterator[Server]:
    """Runs a server with an empty cluster, and deletes both at the end, also if this process is killed.

    Args:
        version: Major version.
        superuser: Name of the superuser, which at a vendor belongs to the vendor.
    """
    package = package_of(version)
    if package is None:
        raise CellFailure(f"Postgres {version} is not installed for this platform.")
    with tempfile.TemporaryDirectory(prefix="edge-postgres-") as name, guarded(Path(name)):
        state_directory = StateDirectory(Path(name) / "cloud")
        state_directory.prepare()
        try:
            files = _programs_in_place(PostgresFiles.of(state_directory, package))
            files.prepare()
            login = Login(superuser, secrets.token_hex())
            _create_cluster(files, version, login)
            certificates = Certificates.ensure(state_directory.folder("certificates"))
            for source in (certificates.server_certificate, certificates.server_key):
                files.write(source.name, source.read_bytes())
            files.write("pg_hba.conf", ACCESS_RULES.encode())
            server = Server(free_port(), certificates.ca_file, login)
            with _running_process(files, server.port, state_directory.folder("logs") / "postgres.log") as process:
                _wait(server, process)
                yield server
        finally:
            Instance(state_directory.path).stop(lambda _: None, remove=True)


def _programs_in_place(files: PostgresFiles) -> PostgresFiles:
    """Returns the files with the programs of the package itself, if the account can use them, which saves a copy."""
    native = files.package / "native"
    if files.account is None or not files.account.can_enter(native / "bin"):
        return files
    for program in (native / "bin").iterdir():
        program.chmod(0o755)
    return replace(files, native=native)


def _create_cluster(files: PostgresFiles, version: str, superuser: Login) -> None:
    files.data.mkdir(mode=0o700)
    files.change_owner(files.data)
    password = files.data.with_name("password")
    password.touch(mode=0o600)
    files.change_owner(password)
    password.write_text(superuser.password)
    locale = ["--locale=C"]
    if int(version) >= 17:  # older versions have no locale provider without a library of the machine
        locale += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    command = [files.program("initdb"), f"--pgdata={files.data}", f"--username={superuser.name}"]
    command += [f"--pwfile={password}", "--auth=scram-sha-256", "--encoding=UTF8", "--no-sync", *locale]
    try:
        subprocess.run(
            command_as(files.account, command),
            env=ENVIRONMENT,
            cwd=files.data.parent,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=True,
            timeout=START_TIMEOUT_SECONDS,
        )
    except subprocess.CalledProcessError as error:
        raise CellFailure(f"initdb: {error.stderr.decode(errors='replace')[-300:]}") from None
    finally:
        password.unlink()


@contextmanager
def _running_process(files: PostgresFiles, port: int, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    settings = {
        "listen_addresses": HOST,
        "port": str(port),
        "unix_socket_directories": "",
        "ssl": "on",
        "ssl_cert_file": "server.pem",
        "ssl_key_file": "server.key",
        "fsync": "off",
    }
    flags = [flag for name, value in settings.items() for flag in ("-c", f"{name}={value}")]
    command = command_as(files.account, [files.program("postgres"), "-D", str(files.data), *flags])
    with (
        log.open("ab") as output,
        subprocess.Popen(
            command,
            env=ENVIRONMENT,
            cwd=files.data.parent,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        ) as process,
    ):
        try:
            yield process
        finally:
            process.send_signal(signal.SIGINT)  # fast shutdown
            process.wait(STOP_TIMEOUT_SECONDS)


def _wait(server: Server, process: subprocess.Popen[bytes]) -> None:
    """Waits until the server accepts connections."""
    end = time.monotonic() + START_TIMEOUT_SECONDS
    while True:
        try:
            server.run(server.superuser, "postgres", "select 1")
        except (OSError, asyncpg.PostgresError) as error:
            if process.poll() is not None or time.monotonic() > end:
                raise CellFailure(f"the server does not start: {error}") from None
            time.sleep(0.1)
        else:
            return
