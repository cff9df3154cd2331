"""The Postgres server of the local cloud."""

import asyncio
import shutil
import signal
import ssl
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar
from urllib.parse import quote

import asyncpg
import psutil

from localcloud import node
from localcloud.account import command_as
from localcloud.certificates import Certificates
from localcloud.credentials import Credentials
from localcloud.errors import LocalCloudError
from localcloud.ports import Ports
from localcloud.postgres_files import PostgresFiles
from localcloud.process import BackgroundProcess
from localcloud.service import Launch, Report, Service
from localcloud.state_directory import StateDirectory

SUPERUSER = "postgres"
ROLE = "app"
DATABASE = "app"
HOST = "127.0.0.1"
INITDB_TIMEOUT_SECONDS = 120.0
STOP_TIMEOUT_SECONDS = 15.0
CONNECT_TIMEOUT_SECONDS = 4.0
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}
ACCESS_RULES = f"hostssl all all {HOST}/32 scram-sha-256\n"
ITEMS = """
    create table public.items (
        id bigint generated always as identity primary key,
        name text not null,
        created_at timestamptz not null default now()
    );
    insert into public.items (name) values ('one'), ('two'), ('three');
"""


@dataclass(frozen=True)
class Postgres(Service):
    """A real Postgres server on 127.0.0.1 that accepts only TLS connections with SCRAM passwords.

    Database `app` is owned by login role `app` and contains table `public.items` with three rows. The role is not a
    superuser, and may create databases.
    """

    state_directory: StateDirectory
    max_connections: int = 100
    durable: bool = True
    """False (in tests) makes writes faster, and a crash of the machine may lose data."""

    name: ClassVar[str] = "postgres"
    ports: ClassVar[tuple[str, ...]] = ("postgres",)
    stop_signal: ClassVar[signal.Signals] = signal.SIGINT  # "fast" shutdown: closes connections and writes all data

    def url(self, role: str = ROLE, database: str = DATABASE, sslmode: str = "require") -> str:
        """Returns a connection URL of role `app` or superuser `postgres`, password included: a secret."""
        passwords = {ROLE: self._credentials.app_password, SUPERUSER: self._credentials.superuser_password}
        if role not in passwords:
            raise LocalCloudError(f"The local cloud has no password of role `{role}`. Use `app` or `postgres`.")
        password = quote(passwords[role], safe="")
        return f"postgres://{role}:{password}@{HOST}:{self.port}/{quote(database, safe='')}?sslmode={sslmode}"

    @property
    def admin_url(self) -> str:
        """The connection URL of the superuser on database `postgres`: a secret. Clients verify the certificate."""
        verified = f"verify-full&sslrootcert={quote(str(self.ca_file), safe='')}"
        return self.url(role=SUPERUSER, database="postgres", sslmode=verified)

    @property
    def port(self) -> int:
        return Ports(self.state_directory).of("postgres")

    @property
    def ca_file(self) -> Path:
        """PEM file of the CA that signed the server's certificate."""
        return Certificates.ensure(self.state_directory.folder("certificates")).ca_file

    def prepare(self, report: Report) -> None:
        node.ensure_packages(report)
        files = PostgresFiles.of(self.state_directory)
        files.prepare()
        if files.data.exists():
            self.stop_leftovers()
            _remove_stale_lock(files.data)
        else:
            report("postgres: creating the database cluster")
            self._create_cluster(files)
        files.write("pg_hba.conf", ACCESS_RULES.encode())
        certificates = Certificates.ensure(self.state_directory.folder("certificates"))
        for source in (certificates.server_certificate, certificates.server_key):
            files.write(source.name, source.read_bytes())

    def launch(self, ports: Mapping[str, int]) -> Launch:
        files = PostgresFiles.of(self.state_directory)
        settings = {
            "listen_addresses": HOST,
            "port": str(ports["postgres"]),
            "unix_socket_directories": "",
            "ssl": "on",
            "ssl_cert_file": "server.pem",
            "ssl_key_file": "server.key",
            "max_connections": str(self.max_connections),
            "fsync": "on" if self.durable else "off",
            "log_line_prefix": "%m [%p] %u@%d ",
        }
        flags = [flag for name, value in settings.items() for flag in ("-c", f"{name}={value}")]
        command = (files.program("postgres"), "-D", str(files.data), *flags)
        return Launch(command, ENVIRONMENT, directory=files.data.parent, account=files.account)

    def is_healthy(self, ports: Mapping[str, int]) -> bool:
        try:
            return asyncio.run(self._accepts_connections(ports["postgres"]))
        except asyncpg.InvalidPasswordError:
            raise LocalCloudError(
                f"The local Postgres rejects the password in `{self.state_directory.path / 'secrets.json'}`. "
                "Run `python -m localcloud down --remove`, which deletes both, then `up`."
            ) from None

    def finish_start(self, ports: Mapping[str, int]) -> None:
        asyncio.run(self._seed(ports["postgres"]))

    def stop_leftovers(self) -> None:
        """Stops Postgres processes of the data directory: backends of a killed server, or a server without a record.

        Each has a separate session and no parent process. Their common property is the working directory.
        """
        data = str(PostgresFiles.of(self.state_directory).data.resolve())
        for process in psutil.process_iter(["name", "cwd"]):
            if (process.info["name"], process.info["cwd"]) == ("postgres", data):
                with suppress(psutil.NoSuchProcess):
                    # SIGQUIT is an immediate shutdown, from which the next start recovers.
                    BackgroundProcess.of(process.pid).stop(signal.SIGQUIT, STOP_TIMEOUT_SECONDS)

    def remove(self) -> None:
        PostgresFiles.of(self.state_directory).remove()

    @property
    def _credentials(self) -> Credentials:
        return Credentials.of(self.state_directory)

    def _create_cluster(self, files: PostgresFiles) -> None:
        unfinished = files.data.with_name("data.new")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        files.change_owner(unfinished)
        password = unfinished.with_name("password")
        password.touch(mode=0o600)
        files.change_owner(password)
        password.write_text(self._credentials.superuser_password)
        command = [files.program("initdb"), f"--pgdata={unfinished}", f"--username={SUPERUSER}", f"--pwfile={password}"]
        command += ["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C"]
        command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        try:
            result = subprocess.run(
                command_as(files.account, command),
                env=ENVIRONMENT,
                cwd=unfinished.parent,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=INITDB_TIMEOUT_SECONDS,
            )
        finally:
            password.unlink()
        if result.returncode != 0:
            last = (result.stderr.strip() or result.stdout.strip()).splitlines()[-1:]
            raise LocalCloudError(
                f"`initdb` failed to create the database cluster in `{files.data}`: {' '.join(last)}. "
                "Set LOCALCLOUD_POSTGRES_URL to use a running server."
            )
        unfinished.rename(files.data)

    async def _connect(self, role: str, database: str, port: int) -> asyncpg.Connection:
        password = self._credentials.superuser_password if role == SUPERUSER else self._credentials.app_password
        return await asyncpg.connect(
            host=HOST,
            port=port,
            user=role,
            password=password,
            database=database,
            ssl=ssl.create_default_context(cafile=str(self.ca_file)),
            timeout=CONNECT_TIMEOUT_SECONDS,
            # Postgres logs failed statements, and a statement that sets a password contains it.
            server_settings={"log_min_error_statement": "panic"} if role == SUPERUSER else None,
        )

    async def _accepts_connections(self, port: int) -> bool:
        try:
            connection = await self._connect(SUPERUSER, "postgres", port)
        except asyncpg.InvalidPasswordError:
            raise
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
            return False
        await connection.close(timeout=CONNECT_TIMEOUT_SECONDS)
        return True

    async def _seed(self, port: int) -> None:
        """Creates the role, the database and the table, each if it does not exist."""
        admin = await self._connect(SUPERUSER, "postgres", port)
        try:
            exists = await admin.fetchval("select 1 from pg_roles where rolname = $1", ROLE)
            statement = f"{'alter' if exists else 'create'} role %I login nosuperuser createdb password %L"
            password = self._credentials.app_password
            template = f"select format('{statement}', $1::text, $2::text)"
            await admin.execute(await admin.fetchval(template, ROLE, password))
            if not await admin.fetchval("select 1 from pg_database where datname = $1", DATABASE):
                await admin.execute(f"create database {DATABASE} owner {ROLE}")
        finally:
            await admin.close()
        app = await self._connect(ROLE, DATABASE, port)
        try:
            if not await app.fetchval("select to_regclass('public.items')"):
                async with app.transaction():
                    await app.execute(ITEMS)
        finally:
            await app.close()


def _remove_stale_lock(data: Path) -> None:
    """Deletes a stale lock file, which would prevent the server from starting.

    A lock is stale if its pid now belongs to another program, or to a dead server that is a zombie process: many
    containers have no init process that reaps zombies. Postgres itself handles every other lock.
    """
    lock = data / "postmaster.pid"
    try:
        process = psutil.Process(int(lock.read_text().split()[0]))
        is_held = process.name() == "postgres" and process.status() != psutil.STATUS_ZOMBIE
    except (FileNotFoundError, IndexError, ValueError, psutil.NoSuchProcess):
        return
    if not is_held:
        lock.unlink(missing_ok=True)
