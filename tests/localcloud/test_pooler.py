"""Connection pools: behaviour for clients and the database, and recovery after crashes."""

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import asyncpg
import httpx
import psutil
import pytest

from localcloud.account import Account
from localcloud.emulator import WITHOUT_PGBOUNCER, CloudflareEmulator
from localcloud.pooling import program, work_directory
from localcloud.pooling.files import APPLICATION_NAME
from localcloud.pooling.origin import PooledOrigin, PoolTarget, Tls
from localcloud.pooling.pool import PoolError
from localcloud.pooling.pools import Pools
from localcloud.pooling.program import Program
from localcloud.ports import Ports, free_port
from localcloud.postgres import Postgres
from localcloud.runtime import WorkerRuntime
from localcloud.state_directory import StateDirectory
from localcloud.supervisor import Supervisor
from tests.localcloud.cloudflare.api import CONFIGS, config, result
from tests.localcloud.cloudflare.pem import create_certificate
from tests.localcloud.cloudflare.test_hyperdrive import public_origin
from tests.localcloud.cloudflare.test_start import start_error

TIMEOUT_SECONDS = 15
LIMIT = 5
MODES = ("verify-ca", "verify-full")
SLEEP = "select pg_sleep(0.02)"
LONG_SLEEP = "select pg_sleep(0.1)"
"""Long enough for a pool to grow to its limit, even on a slow machine."""
BACKENDS = f"select count(*) from pg_stat_activity where application_name = '{APPLICATION_NAME}'"

Scenario = Callable[[Pools], Coroutine[Any, Any, None]]


@pytest.fixture(scope="session")
def pgbouncer() -> Program:
    found = Program.find()
    if found is None:
        pytest.skip("PgBouncer is not installed")
    return found


@pytest.fixture
def gentle(pgbouncer: Program) -> None:
    if not pgbouncer.reloads_without_disconnecting:
        pytest.skip("this PgBouncer may reject clients when its settings change")


@pytest.fixture
def folder(state_directory: StateDirectory, pgbouncer: Program) -> Path:
    work_directory.prepare(state_directory)
    return work_directory.pools_folder(state_directory)


@pytest.fixture
def play(folder: Path, pgbouncer: Program) -> Callable[[Scenario], None]:
    """Runs a scenario with separate pools."""

    def play(scenario: Scenario) -> None:
        asyncio.run(_played(Pools(pgbouncer, folder, Account.unprivileged(), retirement_seconds=0.5), scenario))

    return play


async def _played(pools: Pools, scenario: Scenario) -> None:
    try:
        async with asyncio.timeout(3 * TIMEOUT_SECONDS):
            await scenario(pools)
    finally:
        await pools.close()


@pytest.fixture
def origin(postgres: Postgres) -> PooledOrigin:
    url = urlsplit(postgres.url())
    target = PoolTarget(str(url.hostname), int(url.port or 0), url.path[1:], str(url.username))
    return PooledOrigin(target, unquote(str(url.password)), LIMIT)


@pytest.fixture
def role(postgres: Postgres) -> Iterator[Callable[[str, str], None]]:
    """Creates a role or changes its password. Drops the role after the test."""
    names = set()

    def role(name: str, password: str) -> None:
        verb = "alter" if name in names else "create"
        asyncio.run(query_value(postgres.admin_url, f"{verb} role {_name(name)} login password {_literal(password)}"))
        names.add(name)

    yield role
    for name in names:
        asyncio.run(query_value(postgres.admin_url, f"drop role {_name(name)}"))


async def query_value(url: str, query: str, *, timeout: float = TIMEOUT_SECONDS, **options: Any) -> Any:
    """Connects, runs a query and returns its only value."""
    # PgBouncer before 1.21 does not support prepared statements in transaction mode.
    client = await asyncpg.connect(url, timeout=timeout, statement_cache_size=0, **options)
    try:
        return await client.fetchval(query, timeout=timeout)
    finally:
        client.terminate()


async def becomes(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(TIMEOUT_SECONDS):
        while not is_so():
            await asyncio.sleep(0.02)


async def reaches(counts: list[int], number: int) -> None:
    await becomes(lambda: counts[-1:] == [number])


async def decreases_to(counts: list[int], number: int) -> None:
    await becomes(lambda: bool(counts) and counts[-1] <= number)


async def gets_nothing(url: str) -> None:
    """Asserts that a client times out, because it waits for a connection that the database rejects."""
    with pytest.raises((asyncpg.PostgresError, TimeoutError)):
        await query_value(url, "select 1", timeout=0.5)


async def answer_in_time(url: str) -> Any:
    """Retries the query until the connection succeeds, and returns its value."""
    async with asyncio.timeout(TIMEOUT_SECONDS):
        while True:
            with contextlib.suppress(OSError):
                return await query_value(url, "select 1")
            await asyncio.sleep(0.02)


@contextlib.asynccontextmanager
async def counted(postgres: Postgres) -> AsyncIterator[list[int]]:
    """Collects the numbers of connections to the database that it observes continuously."""
    counts: list[int] = []
    watcher = await asyncpg.connect(postgres.admin_url)

    async def watch() -> None:
        while True:
            counts.append(await watcher.fetchval(BACKENDS))
            await asyncio.sleep(0.005)

    watching = asyncio.create_task(watch())
    try:
        yield counts
    finally:
        watching.cancel()
        await asyncio.wait([watching])
        await watcher.close()


@contextlib.asynccontextmanager
async def busy_clients(url: str, count: int = 8) -> AsyncIterator[None]:
    """Runs clients that query without a pause. Any error in a client fails the test."""
    is_over = asyncio.Event()

    async def ask() -> int:
        client, answers = await asyncpg.connect(url, timeout=TIMEOUT_SECONDS, statement_cache_size=0), 0
        while not is_over.is_set():
            await client.fetchval(SLEEP, timeout=TIMEOUT_SECONDS)
            answers += 1
        await client.close()
        return answers

    clients = [asyncio.create_task(ask()) for _ in range(count)]
    try:
        await asyncio.sleep(0.2)
        yield
        await asyncio.sleep(0.2)
    finally:
        is_over.set()
        answers = await asyncio.gather(*clients)
    assert all(answers)


def processes(folder: Path) -> list[psutil.Process]:
    found = [each for each in psutil.process_iter(["cmdline"]) if each.info["cmdline"]]
    return [each for each in found if each.info["cmdline"][-1].startswith(f"{folder}/")]


def test_fifty_clients_share_the_connections_of_the_limit(
    play: Callable[[Scenario], None], postgres: Postgres, origin: PooledOrigin
) -> None:
    async def scenario(pools: Pools) -> None:
        url = (await pools.ensure_pools({"main": origin}))["main"]
        async with counted(postgres) as counts:
            await asyncio.gather(*(query_value(url, LONG_SLEEP) for _ in range(50)))
        assert max(counts) == LIMIT

    play(scenario)


@pytest.mark.parametrize(("before", "after"), [(8, 5), (5, 8)])
def test_a_changed_limit_is_enforced(
    play: Callable[[Scenario], None], postgres: Postgres, origin: PooledOrigin, before: int, after: int
) -> None:
    async def scenario(pools: Pools) -> None:
        for limit in (before, after):
            url = (await pools.ensure_pools({"main": replace(origin, connections=limit)}))["main"]
            async with counted(postgres) as counts:
                await decreases_to(counts, limit)
                counts.clear()
                await asyncio.gather(*(query_value(url, LONG_SLEEP) for _ in range(50)))
            assert max(counts) == limit

    play(scenario)


@pytest.mark.parametrize(("before", "after"), [(8, 5), (5, 8)])
def test_a_changed_limit_disconnects_no_client(
    gentle: None,
    play: Callable[[Scenario], None],
    postgres: Postgres,
    origin: PooledOrigin,
    before: int,
    after: int,
) -> None:
    async def scenario(pools: Pools) -> None:
        url = (await pools.ensure_pools({"main": replace(origin, connections=before)}))["main"]
        async with counted(postgres) as counts, busy_clients(url, 20):
            await reaches(counts, before)
            assert await pools.ensure_pools({"main": replace(origin, connections=after)}) == {"main": url}
            await reaches(counts, after)

    play(scenario)


def test_a_changed_password_is_used_and_disconnects_no_client(
    gentle: None,
    play: Callable[[Scenario], None],
    postgres: Postgres,
    origin: PooledOrigin,
    role: Callable[[str, str], None],
) -> None:
    role("rotated", "first")
    first = replace(origin, target=replace(origin.target, user="rotated"), password="first")
    second = replace(first, password="second")

    async def scenario(pools: Pools) -> None:
        url = (await pools.ensure_pools({"main": first}))["main"]
        async with counted(postgres) as counts, busy_clients(url):
            # The database would reject new connections of a growing pool until the pool has the new password.
            await reaches(counts, LIMIT)
            await query_value(postgres.admin_url, "alter role rotated password 'second'")
            assert await pools.ensure_pools({"main": second}) == {"main": url}
        await query_value(
            postgres.admin_url, "select pg_terminate_backend(pid) from pg_stat_activity where usename='rotated'"
        )
        assert await query_value(url, "select current_user") == "rotated"

    play(scenario)


def test_a_pool_fails_if_the_password_changes_only_in_the_database(
    play: Callable[[Scenario], None], postgres: Postgres, origin: PooledOrigin, role: Callable[[str, str], None]
) -> None:
    role("revoked", "first")
    first = replace(origin, target=replace(origin.target, user="revoked"), password="first")

    async def scenario(pools: Pools) -> None:
        url = (await pools.ensure_pools({"main": first}))["main"]
        assert await query_value(url, "select current_user") == "revoked"
        await query_value(postgres.admin_url, "alter role revoked password 'second'")
        await query_value(
            postgres.admin_url, "select pg_terminate_backend(pid) from pg_stat_activity where usename='revoked'"
        )
        await gets_nothing(url)

    play(scenario)


def test_clients_authenticate_with_a_separate_password_of_the_pool(
    play: Callable[[Scenario], None], origin: PooledOrigin
) -> None:
    async def scenario(pools: Pools) -> None:
        url = (await pools.ensure_pools({"main": origin}))["main"]
        assert quote(origin.password, safe="") not in url
        assert await query_value(url, "select current_user") == "app"
        with pytest.raises(asyncpg.PostgresError):
            await query_value(url, "select 1", password=origin.password)

    play(scenario)


def test_another_user_gets_another_pool_and_transactions_of_the_old_pool_finish(
    play: Callable[[Scenario], None], origin: PooledOrigin, role: Callable[[str, str], None], folder: Path
) -> None:
    role("other", "secret")
    other = replace(origin, target=replace(origin.target, user="other"), password="secret")

    async def scenario(pools: Pools) -> None:
        old = (await pools.ensure_pools({"main": origin}))["main"]
        client = await asyncpg.connect(old, statement_cache_size=0)
        async with client.transaction():
            new = (await pools.ensure_pools({"main": other}))["main"]
            pools.retire_others({"main": other})
            assert await query_value(new, "select current_user") == "other"
            assert await query_value(old, "select current_user") == "app"
            assert await client.fetchval("select current_user") == "app"
        await client.close()

        await becomes(lambda: len(processes(folder)) == 1)
        with pytest.raises(ConnectionRefusedError):
            await query_value(old, "select 1")
        assert await query_value(new, "select current_user") == "other"

    play(scenario)


def test_a_restart_creates_a_new_pool(play: Callable[[Scenario], None], origin: PooledOrigin) -> None:
    async def scenario(pools: Pools) -> None:
        before = await pools.ensure_pools({"main": origin})
        restarted = replace(origin, target=replace(origin.target, restarted_on="2026-11-21T12:00:00Z"))
        after = await pools.ensure_pools({"main": restarted})
        assert before != after
        assert await query_value(after["main"], "select current_user") == "app"

    play(scenario)


def test_a_removed_origin_has_no_pool_and_no_connections(
    play: Callable[[Scenario], None], postgres: Postgres, origin: PooledOrigin, folder: Path
) -> None:
    async def scenario(pools: Pools) -> None:
        url = (await pools.ensure_pools({"main": origin}))["main"]
        await query_value(url, "select 1")
        pools.retire_others({})
        await becomes(lambda: not any(folder.iterdir()))
        assert processes(folder) == []
        with pytest.raises(ConnectionRefusedError):
            await query_value(url, "select 1")
        assert await query_value(postgres.admin_url, BACKENDS) == 0

    play(scenario)


def test_a_killed_pool_is_restarted_at_the_same_address(
    play: Callable[[Scenario], None], origin: PooledOrigin, folder: Path
) -> None:
    async def scenario(pools: Pools) -> None:
        url = (await pools.ensure_pools({"main": origin}))["main"]
        (killed,) = processes(folder)
        killed.kill()
        await becomes(lambda: [each.pid for each in processes(folder)] not in ([], [killed.pid]))
        assert await answer_in_time(url) == 1
        (running,) = processes(folder)
        assert running.pid != killed.pid

    play(scenario)


def test_pools_of_a_killed_emulator_are_stopped(
    play: Callable[[Scenario], None], origin: PooledOrigin, folder: Path, pgbouncer: Program
) -> None:
    async def scenario(pools: Pools) -> None:
        url = (await pools.ensure_pools({"main": origin}))["main"]
        (left,) = processes(folder)
        assert pools._pools
        for pool in pools._pools.values():
            assert pool._supervision is not None
            pool._supervision.cancel()  # as if the emulator that supervises it had been killed
        Pools(pgbouncer, folder, Account.unprivileged())
        assert not left.is_running() or left.status() == psutil.STATUS_ZOMBIE
        assert list(folder.iterdir()) == []
        with pytest.raises(ConnectionRefusedError):
            await query_value(url, "select 1")

    play(scenario)


def test_closing_ends_every_process_and_deletes_every_file(
    play: Callable[[Scenario], None], origin: PooledOrigin, folder: Path
) -> None:
    async def scenario(pools: Pools) -> None:
        await pools.ensure_pools({"one": origin, "two": origin})
        pools.retire_others({"one": origin})
        assert len(processes(folder)) == 2

    play(scenario)
    assert processes(folder) == []
    assert not folder.exists()


def test_the_error_about_a_pool_that_does_not_start_is_one_sentence(
    folder: Path, origin: PooledOrigin, pgbouncer: Program
) -> None:
    async def scenario(pools: Pools) -> None:
        with pytest.raises(PoolError, match="PgBouncer at `/bin/false` does not start"):
            await pools.ensure_pools({"main": origin})
        assert list(folder.iterdir()) == []

    broken = replace(pgbouncer, path=Path("/bin/false"))
    asyncio.run(_played(Pools(broken, folder, Account.unprivileged()), scenario))


def test_its_files_are_readable_to_its_account_only(
    play: Callable[[Scenario], None], origin: PooledOrigin, folder: Path
) -> None:
    async def scenario(pools: Pools) -> None:
        client = create_certificate("a client")
        tls = Tls("verify-full", create_certificate("a CA").certificate, client.certificate, client.key)
        await pools.ensure_pools({"main": replace(origin, target=replace(origin.target, tls=tls))})
        found = {path.name: path.stat() for path in folder.glob("*/*")}
        assert sorted(found) == ["ca.pem", "cert.pem", "key.pem", "pgbouncer.ini", "users.txt"]
        assert {status.st_mode & 0o777 for status in found.values()} == {0o600}
        (process,) = processes(folder)
        assert {status.st_uid for status in found.values()} == {process.uids().real}
        assert process.uids().real != 0

    play(scenario)


def test_no_secret_is_on_a_command_line_in_the_environment_or_in_the_log(
    play: Callable[[Scenario], None],
    origin: PooledOrigin,
    folder: Path,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LOCALCLOUD_API_TOKEN", "token-of-the-emulator")
    seen: list[str] = []
    url = ""

    async def scenario(pools: Pools) -> None:
        nonlocal url
        url = (await pools.ensure_pools({"main": origin}))["main"]
        await query_value(url, "select 1")
        with pytest.raises(asyncpg.PostgresError):
            await query_value(url, "select 1", password="a-wrong-one")
        await pools.ensure_pools({"main": replace(origin, password="another-one")})
        (process,) = processes(folder)
        seen.extend([*process.cmdline(), *process.environ().values()])

    play(scenario)
    logged = capfd.readouterr()
    assert "listening on 127.0.0.1" in logged.err
    text = " ".join([*seen, logged.out, logged.err])
    secrets = [origin.password, str(urlsplit(url).password), "a-wrong-one", "another-one", "token-of-the-emulator"]
    assert [secret for secret in secrets if secret in text] == []


def test_it_listens_on_this_machine_only(play: Callable[[Scenario], None], origin: PooledOrigin, folder: Path) -> None:
    async def scenario(pools: Pools) -> None:
        await pools.ensure_pools({"main": origin})
        (process,) = processes(folder)
        assert {each.laddr.ip for each in process.net_connections("all") if each.laddr and each.status == "LISTEN"} == {
            "127.0.0.1"
        }

    play(scenario)


@pytest.mark.parametrize("sslmode", MODES)
def test_a_server_certificate_of_the_given_ca_is_accepted(
    play: Callable[[Scenario], None], postgres: Postgres, origin: PooledOrigin, sslmode: str
) -> None:
    tls = Tls(sslmode, postgres.ca_file.read_text())

    async def scenario(pools: Pools) -> None:
        url = (await pools.ensure_pools({"main": replace(origin, target=replace(origin.target, tls=tls))}))["main"]
        assert await query_value(url, "select ssl from pg_stat_ssl where pid = pg_backend_pid()") is True

    play(scenario)


@pytest.mark.parametrize("ca_certificate", [create_certificate("another CA", is_ca=True).certificate, None])
def test_a_server_certificate_of_another_ca_is_rejected(
    play: Callable[[Scenario], None], origin: PooledOrigin, ca_certificate: str | None
) -> None:
    tls = Tls("verify-ca", ca_certificate)

    async def scenario(pools: Pools) -> None:
        url = (await pools.ensure_pools({"main": replace(origin, target=replace(origin.target, tls=tls))}))["main"]
        await gets_nothing(url)

    play(scenario)


def test_verify_full_rejects_a_server_with_another_name(
    play: Callable[[Scenario], None], postgres: Postgres, origin: PooledOrigin
) -> None:
    async def scenario(pools: Pools) -> None:
        async def pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            with contextlib.suppress(OSError):
                while chunk := await reader.read(65536):
                    writer.write(chunk)
                writer.close()

        async def lead(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            there = await asyncio.open_connection(origin.target.host, origin.target.port)
            await asyncio.gather(pipe(reader, there[1]), pipe(there[0], writer))

        async with await asyncio.start_server(lead, "127.0.0.2", 0) as server:
            port = server.sockets[0].getsockname()[1]
            target = replace(origin.target, host="127.0.0.2", port=port)
            ca_certificate = postgres.ca_file.read_text()
            origins = {mode: replace(origin, target=replace(target, tls=Tls(mode, ca_certificate))) for mode in MODES}
            urls = await pools.ensure_pools(origins)
            assert await query_value(urls["verify-ca"], "select 1") == 1
            await gets_nothing(urls["verify-full"])

    play(scenario)


@pytest.mark.parametrize("database", ["a 'b' \"c\" = d", "*", "pgbouncer", "with-dash_and.dot"])
def test_names_and_passwords_may_contain_any_character(
    play: Callable[[Scenario], None],
    postgres: Postgres,
    origin: PooledOrigin,
    role: Callable[[str, str], None],
    database: str,
) -> None:
    user, password = 'it\'s "a" user;#', "p%40 /?#:@&=+ü'\"\\"
    role(user, password)
    target = replace(origin.target, user=user, database=database)

    async def scenario(pools: Pools) -> None:
        await query_value(postgres.admin_url, f"create database {_name(database)}")
        try:
            url = (await pools.ensure_pools({"main": replace(origin, target=target, password=password)}))["main"]
            assert await query_value(url, "select current_user || '|' || current_database()") == f"{user}|{database}"
        finally:
            await query_value(postgres.admin_url, f"drop database {_name(database)} with (force)")

    play(scenario)


def test_settings_of_one_transaction_do_not_affect_the_next(
    play: Callable[[Scenario], None], origin: PooledOrigin
) -> None:
    async def scenario(pools: Pools) -> None:
        url = (await pools.ensure_pools({"main": replace(origin, connections=1)}))["main"]
        await query_value(url, "select set_config('search_path', 'elsewhere', false)")
        assert await query_value(url, "select current_setting('search_path')") == '"$user", public'
        assert await query_value(url, "select current_setting('application_name')") == APPLICATION_NAME

    play(scenario)


def test_a_prepared_statement_is_available_in_later_transactions(
    play: Callable[[Scenario], None], origin: PooledOrigin, pgbouncer: Program
) -> None:
    if not pgbouncer.keeps_prepared_statements:
        pytest.skip("this PgBouncer keeps none")

    async def scenario(pools: Pools) -> None:
        url = (await pools.ensure_pools({"main": origin}))["main"]
        client = await asyncpg.connect(url)
        statement = await client.prepare("select $1::int + 1")
        async with busy_clients(url):
            assert [await statement.fetchval(number) for number in range(30)] == list(range(1, 31))
        await client.close()

    play(scenario)


def test_a_restarted_emulator_stops_the_pools_of_the_killed_one_and_its_own_at_its_end(
    state_directory: StateDirectory, postgres: Postgres, folder: Path
) -> None:
    supervisor, service = Supervisor(state_directory), CloudflareEmulator(state_directory)

    def started() -> list[int]:
        supervisor.ensure(service, print)
        return [each.pid for each in processes(folder)]

    supervisor.ensure(WorkerRuntime(state_directory), print)
    assert started() == []
    with httpx.Client(headers={"authorization": f"Bearer {service.key}"}, timeout=30, trust_env=False) as client:
        result(client.post(f"{service.base_url}{CONFIGS}", json=config(origin=public_origin(postgres))))
    (first,) = started()
    pid = supervisor.status(service).pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    (second,) = started()
    assert second != first
    supervisor.stop(service.name, print)
    assert processes(folder) == []
    assert public_origin(postgres)["password"] not in state_directory.log("cloudflare").read_text()


def test_the_error_about_a_program_that_does_not_run_is_one_sentence(tmp_path: Path) -> None:
    error = start_error(tmp_path, free_port(), "--pgbouncer", "/bin/false", "--pools", str(tmp_path / "pools"))
    assert "`--pgbouncer` must be a working PgBouncer" in error


@pytest.fixture
def emulator(state_directory: StateDirectory) -> CloudflareEmulator:
    Ports(state_directory).choose(("workers", "workers-control"), print)
    return CloudflareEmulator(state_directory)


def prepared(emulator: CloudflareEmulator) -> tuple[list[str], tuple[str, ...]]:
    """Returns what the service reports before its start, and its command."""
    reports: list[str] = []
    emulator.prepare(reports.append)
    return reports, emulator.launch({"cloudflare": 1}).command


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder on the PATH."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(program, "SERVER_FOLDERS", ())
    return tmp_path


def put_pgbouncer(programs: Path, output: str) -> Path:
    file = programs / "pgbouncer"
    file.write_text(f"#!/bin/sh\necho '{output}'\n")
    file.chmod(0o755)
    return file


def test_without_pgbouncer_the_emulator_starts_and_reports_it(programs: Path, emulator: CloudflareEmulator) -> None:
    reports, command = prepared(emulator)
    assert reports == [f"cloudflare: {WITHOUT_PGBOUNCER}"]
    assert "--pgbouncer" not in command


def test_another_program_named_pgbouncer_is_not_used(programs: Path, emulator: CloudflareEmulator) -> None:
    put_pgbouncer(programs, "SomethingElse 1.24.1")
    assert prepared(emulator)[0] == [f"cloudflare: {WITHOUT_PGBOUNCER}"]


@pytest.mark.parametrize(
    ("version", "limitations"),
    [
        ("1.20.1", ["prepared statements", "reject Workers"]),
        ("1.21.0", ["reject Workers"]),
        ("1.24.0", []),
        ("2.0", []),
    ],
)
def test_an_old_pgbouncer_is_used_and_its_limitations_are_reported(
    programs: Path, emulator: CloudflareEmulator, version: str, limitations: list[str]
) -> None:
    file = put_pgbouncer(programs, f"PgBouncer {version}")
    reports, command = prepared(emulator)
    assert [each for each in ("prepared statements", "reject Workers") if each in " ".join(reports)] == limitations
    assert len(reports) == len(limitations)
    assert command[command.index("--pgbouncer") + 1] == str(file)


def test_pools_can_be_disabled(programs: Path, emulator: CloudflareEmulator) -> None:
    put_pgbouncer(programs, "PgBouncer 1.24.1")
    assert prepared(replace(emulator, pooled=False))[0] == []
    assert "--pgbouncer" not in replace(emulator, pooled=False).launch({"cloudflare": 1}).command


def _name(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
