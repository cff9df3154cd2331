"""The Postgres server of the local cloud."""

import asyncio
import shutil
import signal
import ssl
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar
from urllib.parse import quote

import asyncpg
import psutil

from localcloud import node
from localcloud.account import popen_user
from localcloud.certificates import Certificates
from localcloud.credentials import Credentials
from localcloud.errors import LocalCloudError
from localcloud.home import Home
from localcloud.part import Launch, Part, Report
from localcloud.ports import Ports
from localcloud.postgres_files import PostgresFiles
from localcloud.process import BackgroundProcess

SUPERUSER = "postgres"
ROLE = "app"
DATABASE = "app"
HOST = "127.0.0.1"
INITDB_TIMEOUT_SECONDS = 120.0
STOP_PATIENCE_SECONDS = 15.0
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
class Postgres(Part):
    """A real server: TLS only, scram, on 127.0.0.1.

    Database `app` belongs to login role `app` and holds table `public.items` with three rows. The role is no superuser;
    it may make databases.
    """

    home: Home
    max_connections: int = 100
    durable: bool = True
    """False (tests): a crash of the machine may lose data, and writes are faster."""

    name: ClassVar[str] = "postgres"
    ports: ClassVar[tuple[str, ...]] = ("postgres",)
    stop_signal: ClassVar[signal.Signals] = signal.SIGINT  # "fast": connections are closed, data is written

    def url(self, role: str = ROLE, database: str = DATABASE, sslmode: str = "require") -> str:
        """A connection URL, password included: a secret. Roles: `app`, and `postgres`, the superuser."""
        passwords = {ROLE: self._credentials.app_password, SUPERUSER: self._credentials.superuser_password}
        if role not in passwords:
            raise LocalCloudError(f"The local Postgres knows no password of role `{role}`. Use `app` or `postgres`.")
        password = quote(passwords[role], safe="")
        return f"postgres://{role}:{password}@{HOST}:{self.port}/{quote(database, safe='')}?sslmode={sslmode}"

    @property
    def admin_url(self) -> str:
        """The superuser on database `postgres`: a secret."""
        return self.url(role=SUPERUSER, database="postgres")

    @property
    def port(self) -> int:
        return Ports(self.home).of("postgres")

    @property
    def ca_file(self) -> Path:
        """The authority that signed the server's certificate, PEM."""
        return Certificates.ensure(self.home.folder("certificates")).ca_file

    def prepare(self, report: Report) -> None:
        node.ensure_packages(report)
        files = PostgresFiles.of(self.home)
        files.prepare()
        if files.data.exists():
            self.end_leftovers()
            _free_lock(files.data)
        else:
            report("postgres: making the database cluster")
            self._make_cluster(files)
        (files.data / "pg_hba.conf").write_text(ACCESS_RULES)
        certificates = Certificates.ensure(self.home.folder("certificates"))
        for source in (certificates.server_certificate, certificates.server_key):
            copy = files.data / source.name
            copy.touch(mode=0o600)
            copy.write_bytes(source.read_bytes())
            copy.chmod(0o600)
            files.give(copy)

    def launch(self, ports: Mapping[str, int]) -> Launch:
        files = PostgresFiles.of(self.home)
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
            return asyncio.run(self._answers(ports["postgres"]))
        except asyncpg.InvalidPasswordError:
            raise LocalCloudError(
                f"The local Postgres refuses the password in `{self.home.path / 'secrets.json'}`. "
                "`python -m localcloud down --remove` deletes both; then use `up`."
            ) from None

    def settle(self, ports: Mapping[str, int]) -> None:
        asyncio.run(self._seed(ports["postgres"]))

    def end_leftovers(self) -> None:
        """Ends what still works on the data: connections of a server that was killed, or a server nobody remembers.

        Each is in a session of its own and has no parent any more; they share the working directory.
        """
        data = str(PostgresFiles.of(self.home).data.resolve())
        for process in psutil.process_iter(["name", "cwd", "create_time"]):
            if (process.info["name"], process.info["cwd"]) == ("postgres", data):
                leftover = BackgroundProcess(process.pid, process.info["create_time"])
                leftover.stop(signal.SIGQUIT, STOP_PATIENCE_SECONDS)  # at once; the next start recovers

    def remove(self) -> None:
        PostgresFiles.of(self.home).remove()

    @property
    def _credentials(self) -> Credentials:
        return Credentials.of(self.home)

    def _make_cluster(self, files: PostgresFiles) -> None:
        unfinished = files.data.with_name("data.new")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        files.give(unfinished)
        password = unfinished.with_name("password")
        password.touch(mode=0o600)
        files.give(password)
        password.write_text(self._credentials.superuser_password)
        command = [files.program("initdb"), f"--pgdata={unfinished}", f"--username={SUPERUSER}", f"--pwfile={password}"]
        command += ["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C"]
        command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        try:
            made = subprocess.run(
                command,
                env=ENVIRONMENT,
                cwd=unfinished.parent,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=INITDB_TIMEOUT_SECONDS,
                **popen_user(files.account),
            )
        finally:
            password.unlink()
        if made.returncode != 0:
            last = (made.stderr.strip() or made.stdout.strip()).splitlines()[-1:]
            raise LocalCloudError(
                f"Postgres cannot make its database cluster in `{files.data}`: {' '.join(last)}. "
                "Set LOCALCLOUD_POSTGRES_URL to use a server that runs already."
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
            # a statement that fails is logged, and one that sets a password would tell it
            server_settings={"log_min_error_statement": "panic"} if role == SUPERUSER else None,
        )

    async def _answers(self, port: int) -> bool:
        try:
            connection = await self._connect(SUPERUSER, "postgres", port)
        except asyncpg.InvalidPasswordError:
            raise
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
            return False
        await connection.close(timeout=CONNECT_TIMEOUT_SECONDS)
        return True

    async def _seed(self, port: int) -> None:
        """Role, database and table, each where it is missing."""
        admin = await self._connect(SUPERUSER, "postgres", port)
        try:
            known = await admin.fetchval("select 1 from pg_roles where rolname = $1", ROLE)
            statement = f"{'alter' if known else 'create'} role %I login nosuperuser createdb password %L"
            password = self._credentials.app_password
            filled_in = f"select format('{statement}', $1::text, $2::text)"
            await admin.execute(await admin.fetchval(filled_in, ROLE, password))
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


def _free_lock(data: Path) -> None:
    """Takes away a lock that would keep the server from starting although nobody holds it.

    Its pid is another program's by now, or a dead server's that nobody waited for: a container often has no process
    that would. Any other lock that a crash left is Postgres's to judge.
    """
    lock = data / "postmaster.pid"
    try:
        process = psutil.Process(int(lock.read_text().split()[0]))
        is_held = process.name() == "postgres" and process.status() != psutil.STATUS_ZOMBIE
    except (FileNotFoundError, IndexError, ValueError, psutil.NoSuchProcess):
        return
    if not is_held:
        lock.unlink(missing_ok=True)
