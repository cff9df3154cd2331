"""The local Postgres: what a client finds, and what an accident leaves."""

import asyncio
import os
import shutil
import signal
import socket
import ssl
import subprocess
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import psutil
import pytest

from localcloud import certificates
from localcloud.certificates import Certificates
from localcloud.credentials import Credentials
from localcloud.errors import LocalCloudError
from localcloud.external_postgres import ExternalPostgres
from localcloud.home import Home
from localcloud.keeper import Keeper
from localcloud.part import Health
from localcloud.ports import free_port
from localcloud.postgres import Postgres
from localcloud.postgres_files import PostgresFiles


def fetched(url: str, query: str, **options: Any) -> list[dict[str, Any]]:
    async def fetch() -> list[dict[str, Any]]:
        connection = await asyncpg.connect(url, timeout=10, **options)
        try:
            return [dict(record) for record in await connection.fetch(query)]
        finally:
            await connection.close()

    return asyncio.run(fetch())


@pytest.fixture
def own(home: Home) -> Postgres:
    """A server of the test's own, not started yet."""
    return Postgres(home, durable=False)


def started(server: Postgres) -> int:
    """Pid of the server."""
    keeper = Keeper(server.home)
    keeper.ensure(server, print)
    pid = keeper.status(server).pid
    assert pid is not None
    return pid


def test_the_table_items_has_three_rows(postgres: Postgres) -> None:
    rows = fetched(postgres.url(), "select id, name from items order by id")
    assert rows == [{"id": 1, "name": "one"}, {"id": 2, "name": "two"}, {"id": 3, "name": "three"}]


def test_the_role_app_owns_its_table_and_is_no_superuser(postgres: Postgres) -> None:
    query = "select tableowner, rolsuper from pg_tables join pg_roles on rolname = tableowner where tablename = 'items'"
    assert fetched(postgres.url(), query) == [{"tableowner": "app", "rolsuper": False}]


def test_the_superuser_has_an_address_of_its_own(postgres: Postgres) -> None:
    query = "select rolsuper from pg_roles where rolname = current_user"
    assert fetched(postgres.admin_url, query) == [{"rolsuper": True}]


def test_an_unknown_role_has_no_address(postgres: Postgres) -> None:
    with pytest.raises(LocalCloudError, match="no password of role `eve`"):
        postgres.url(role="eve")


def test_a_connection_without_tls_is_refused(postgres: Postgres) -> None:
    with pytest.raises(asyncpg.InvalidAuthorizationSpecificationError, match="no encryption"):
        fetched(postgres.url(sslmode="disable"), "select 1")


def test_a_wrong_password_is_refused(postgres: Postgres) -> None:
    with pytest.raises(asyncpg.InvalidPasswordError):
        fetched(postgres.url(), "select 1", password="wrong")


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_the_certificate_is_good_for(postgres: Postgres, host: str) -> None:
    url = postgres.url().replace("127.0.0.1", host)
    query = "select ssl from pg_stat_ssl where pid = pg_backend_pid()"
    rows = fetched(url, query, ssl=ssl.create_default_context(cafile=str(postgres.ca_file)))
    assert rows == [{"ssl": True}]


def test_the_certificate_is_not_good_without_its_authority(postgres: Postgres) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        fetched(postgres.url(), "select 1", ssl=ssl.create_default_context())


def test_it_listens_on_this_machine_only(postgres: Postgres) -> None:
    assert fetched(postgres.url(), "show listen_addresses") == [{"listen_addresses": "127.0.0.1"}]


def test_as_many_connections_as_asked_for(home: Home) -> None:
    server = Postgres(home, max_connections=17, durable=False)
    started(server)
    assert fetched(server.url(), "show max_connections") == [{"max_connections": "17"}]


def test_text_is_unicode(postgres: Postgres) -> None:
    assert fetched(postgres.url(), "select upper('ærø') as text") == [{"text": "ÆRØ"}]


def test_no_password_is_on_a_command_line_or_in_the_log(postgres: Postgres) -> None:
    credentials = Credentials.of(postgres.home)
    pid = Keeper(postgres.home).status(postgres).pid
    seen = " ".join(psutil.Process(pid).cmdline()) + postgres.home.log("postgres").read_text()
    assert [secret for secret in (credentials.app_password, credentials.superuser_password) if secret in seen] == []


def test_passwords_lie_in_one_file_that_only_its_owner_reads(own: Postgres) -> None:
    started(own)
    passwords = (Credentials.of(own.home).superuser_password, Credentials.of(own.home).app_password)
    folders = (own.home.path, PostgresFiles.of(own.home).data.parent)
    files = {path for folder in folders for path in folder.glob("*") if path.is_file()}
    holding = [path for path in files if any(password in path.read_text() for password in passwords)]
    assert [(path.name, path.stat().st_mode & 0o777) for path in holding] == [("secrets.json", 0o600)]


def test_data_outlives_kill_9(own: Postgres) -> None:
    pid = started(own)
    fetched(own.url(), "insert into items (name) values ('four')")
    os.kill(pid, signal.SIGKILL)
    assert started(own) != pid
    assert fetched(own.url(), "select count(*) from items") == [{"count": 4}]


def test_a_busy_connection_of_a_killed_server_is_in_nobodys_way(own: Postgres) -> None:
    pid = started(own)

    async def kill_while_busy() -> None:
        connection = await asyncpg.connect(own.url(), timeout=10)
        query = asyncio.create_task(connection.execute("select count(*) from generate_series(1, 1000000000)"))
        await asyncio.sleep(0.2)
        os.kill(pid, signal.SIGKILL)
        await asyncio.to_thread(started, own)
        with pytest.raises((asyncpg.PostgresError, OSError)):
            await query

    asyncio.run(kill_while_busy())
    assert fetched(own.url(), "select 1 as one") == [{"one": 1}]


def test_deleted_rows_stay_deleted(own: Postgres) -> None:
    started(own)
    fetched(own.url(), "delete from items")
    Keeper(own.home).stop(own.name, print)
    started(own)
    assert fetched(own.url(), "select count(*) from items") == [{"count": 0}]


def test_an_unfinished_cluster_is_made_anew(own: Postgres) -> None:
    unfinished = PostgresFiles.of(own.home).data.with_name("data.new")
    unfinished.mkdir(parents=True)
    (unfinished / "PG_VERSION").write_text("18\n")
    started(own)
    assert not unfinished.exists()


def test_a_server_that_nobody_remembers_is_replaced(own: Postgres) -> None:
    forgotten = started(own)
    (own.home.path / "parts.json").unlink()
    assert started(own) != forgotten
    assert not psutil.pid_exists(forgotten) or psutil.Process(forgotten).status() == psutil.STATUS_ZOMBIE


def test_a_lock_of_a_pid_that_is_now_somebody_elses_is_in_nobodys_way(own: Postgres) -> None:
    started(own)
    Keeper(own.home).stop(own.name, print)
    lock = PostgresFiles.of(own.home).data / "postmaster.pid"
    lock.write_text(f"{os.getpid()}\n{lock.parent}\n")
    started(own)
    assert fetched(own.url(), "select 1 as one") == [{"one": 1}]


def test_a_lock_of_a_dead_server_that_nobody_waited_for_is_in_nobodys_way(own: Postgres, tmp_path: Path) -> None:
    started(own)
    Keeper(own.home).stop(own.name, print)
    program = shutil.copy(shutil.which("true") or "", tmp_path / "postgres")
    with subprocess.Popen([program]) as dead:
        while psutil.Process(dead.pid).status() != psutil.STATUS_ZOMBIE:
            time.sleep(0.01)
        lock = PostgresFiles.of(own.home).data / "postmaster.pid"
        lock.write_text(f"{dead.pid}\n{lock.parent}\n")
        started(own)
    assert fetched(own.url(), "select 1 as one") == [{"one": 1}]


def test_another_password_than_the_databases_is_told_with_the_way_out(own: Postgres) -> None:
    started(own)
    Keeper(own.home).stop(own.name, print)
    (own.home.path / "secrets.json").unlink()
    with pytest.raises(LocalCloudError, match="down --remove"):
        started(own)


def test_removal_leaves_nothing(own: Postgres) -> None:
    started(own)
    data = PostgresFiles.of(own.home).data
    Keeper(own.home).stop(own.name, print)
    own.remove()
    own.home.remove()
    assert not data.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to become somebody else")
class TestAsRoot:
    def test_the_server_is_not_roots(self, postgres: Postgres) -> None:
        pid = Keeper(postgres.home).status(postgres).pid
        assert psutil.Process(pid).username() == "nobody"

    def test_its_data_is_closed_to_others_and_its_program_is_roots(self, postgres: Postgres) -> None:
        files = PostgresFiles.of(postgres.home)
        assert files.data.stat().st_mode & 0o777 == 0o700
        assert Path(files.program("postgres")).stat().st_uid == 0

    def test_a_directory_that_is_another_users_is_refused(self, own: Postgres) -> None:
        lodging = PostgresFiles.of(own.home).lodging
        assert lodging is not None
        lodging.mkdir()
        os.chown(lodging, 65534, 65534)
        with pytest.raises(LocalCloudError, match="belongs to another user"):
            started(own)

    def test_a_temporary_directory_that_others_cannot_enter_is_passed_over(
        self, own: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        closed = tmp_path / "closed"
        closed.mkdir(mode=0o700)
        monkeypatch.setattr("tempfile.tempdir", str(closed))
        lodging = PostgresFiles.of(own.home).lodging
        assert lodging is not None
        assert closed not in lodging.parents


def test_certificates_are_kept_while_they_are_good(tmp_path: Path) -> None:
    first = Certificates.ensure(tmp_path).server_certificate.read_bytes()
    assert Certificates.ensure(tmp_path).server_certificate.read_bytes() == first


@pytest.mark.parametrize("name", ["ca.pem", "server.pem", "server.key"])
def test_certificates_are_made_anew_when_one_is_damaged(tmp_path: Path, name: str) -> None:
    first = Certificates.ensure(tmp_path).ca_file.read_bytes()
    (tmp_path / name).write_text("damaged")
    assert Certificates.ensure(tmp_path).ca_file.read_bytes() != first


def test_certificates_are_made_anew_before_they_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = Certificates.ensure(tmp_path).ca_file.read_bytes()
    monkeypatch.setattr(certificates, "RENEWED_BEFORE_END", certificates.VALID)
    assert Certificates.ensure(tmp_path).ca_file.read_bytes() != first


def test_an_external_server_is_used_as_it_is(postgres: Postgres) -> None:
    external = ExternalPostgres(postgres.url())
    external.check()
    assert external.status().health is Health.EXTERNAL
    assert external.url() == postgres.url()
    assert urlsplit(external.url(database="other")).path == "/other"


def test_an_external_server_that_is_down_is_told_without_its_password() -> None:
    external = ExternalPostgres(f"postgres://app:sentinel-secret@127.0.0.1:{free_port()}/app")
    assert external.status().health is Health.UNREACHABLE
    with pytest.raises(LocalCloudError) as refused:
        external.check()
    assert "cannot be used" in str(refused.value)
    assert "unset LOCALCLOUD_POSTGRES_URL" in str(refused.value)
    assert "sentinel-secret" not in str(refused.value) + repr(external)


def test_an_external_server_that_says_nothing_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("localcloud.external_postgres.TIMEOUT_SECONDS", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        external = ExternalPostgres(f"postgres://app:word@127.0.0.1:{silent.getsockname()[1]}/app")
        with pytest.raises(LocalCloudError, match="no answer within"):
            external.check()


@pytest.mark.parametrize(
    "url",
    ["mysql://app:sentinel@h/app", "postgres://h/app", "postgres://app:sentinel@h", "postgres://app:sentinel@h:x/app"],
)
def test_an_incomplete_address_of_an_external_server_is_refused(url: str) -> None:
    with pytest.raises(LocalCloudError, match="postgres://USER:PASSWORD@HOST:PORT/DATABASE") as refused:
        ExternalPostgres(url)
    assert "sentinel" not in str(refused.value)
