"""The local Postgres: connections of clients, and recovery after crashes."""

import asyncio
import os
import shutil
import signal
import socket
import ssl
import stat
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
from localcloud.ports import free_port
from localcloud.postgres import Postgres
from localcloud.postgres_files import PostgresFiles
from localcloud.service import Health
from localcloud.state_directory import StateDirectory
from localcloud.supervisor import Supervisor


def fetched(url: str, query: str, **options: Any) -> list[dict[str, Any]]:
    async def fetch() -> list[dict[str, Any]]:
        connection = await asyncpg.connect(url, timeout=10, **options)
        try:
            return [dict(record) for record in await connection.fetch(query)]
        finally:
            await connection.close()

    return asyncio.run(fetch())


@pytest.fixture
def own(state_directory: StateDirectory) -> Postgres:
    """A separate server for one test, which is not started yet."""
    return Postgres(state_directory, durable=False)


def started(server: Postgres) -> int:
    """Starts the server and returns its pid."""
    supervisor = Supervisor(server.state_directory)
    supervisor.ensure(server, print)
    pid = supervisor.status(server).pid
    assert pid is not None
    return pid


def test_the_table_items_has_three_rows(postgres: Postgres) -> None:
    rows = fetched(postgres.url(), "select id, name from items order by id")
    assert rows == [{"id": 1, "name": "one"}, {"id": 2, "name": "two"}, {"id": 3, "name": "three"}]


def test_the_role_app_owns_its_table_and_is_not_a_superuser(postgres: Postgres) -> None:
    query = "select tableowner, rolsuper from pg_tables join pg_roles on rolname = tableowner where tablename = 'items'"
    assert fetched(postgres.url(), query) == [{"tableowner": "app", "rolsuper": False}]


def test_the_superuser_has_a_separate_connection_url(postgres: Postgres) -> None:
    query = "select rolsuper from pg_roles where rolname = current_user"
    assert fetched(postgres.admin_url, query) == [{"rolsuper": True}]


@pytest.mark.parametrize("name", ["pg_hba.conf", "server.pem", "server.key"])
def test_a_start_follows_no_link_in_the_data_directory(own: Postgres, tmp_path: Path, name: str) -> None:
    """Other programs can run as the user of the data, who must not choose a file that root writes."""
    (tmp_path / "another file").write_text("content")
    files = PostgresFiles.of(own.state_directory)
    files.prepare()
    files.data.mkdir(parents=True)
    (files.data / name).symlink_to(tmp_path / "another file")
    own.prepare(print)
    assert (tmp_path / "another file").read_text() == "content"
    assert (tmp_path / "another file").stat().st_uid == os.geteuid()
    assert stat.S_IMODE((files.data / name).lstat().st_mode) == 0o600


def test_an_unknown_role_has_no_connection_url(postgres: Postgres) -> None:
    with pytest.raises(LocalCloudError, match="no password of role `eve`"):
        postgres.url(role="eve")


def test_a_connection_without_tls_is_rejected(postgres: Postgres) -> None:
    with pytest.raises(asyncpg.InvalidAuthorizationSpecificationError, match="no encryption"):
        fetched(postgres.url(sslmode="disable"), "select 1")


def test_a_wrong_password_is_rejected(postgres: Postgres) -> None:
    with pytest.raises(asyncpg.InvalidPasswordError):
        fetched(postgres.url(), "select 1", password="wrong")


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_the_certificate_is_valid_for(postgres: Postgres, host: str) -> None:
    url = postgres.url().replace("127.0.0.1", host)
    query = "select ssl from pg_stat_ssl where pid = pg_backend_pid()"
    rows = fetched(url, query, ssl=ssl.create_default_context(cafile=str(postgres.ca_file)))
    assert rows == [{"ssl": True}]


def test_the_certificate_is_invalid_without_its_ca(postgres: Postgres) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        fetched(postgres.url(), "select 1", ssl=ssl.create_default_context())


def test_it_listens_on_this_machine_only(postgres: Postgres) -> None:
    assert fetched(postgres.url(), "show listen_addresses") == [{"listen_addresses": "127.0.0.1"}]


def test_max_connections_is_configurable(state_directory: StateDirectory) -> None:
    server = Postgres(state_directory, max_connections=17, durable=False)
    started(server)
    assert fetched(server.url(), "show max_connections") == [{"max_connections": "17"}]


def test_strings_are_unicode(postgres: Postgres) -> None:
    assert fetched(postgres.url(), "select upper('ærø') as text") == [{"text": "ÆRØ"}]


def test_no_password_is_on_a_command_line_or_in_the_log(postgres: Postgres) -> None:
    credentials = Credentials.of(postgres.state_directory)
    pid = Supervisor(postgres.state_directory).status(postgres).pid
    seen = " ".join(psutil.Process(pid).cmdline()) + postgres.state_directory.log("postgres").read_text()
    assert [secret for secret in (credentials.app_password, credentials.superuser_password) if secret in seen] == []


def test_passwords_are_in_one_file_that_only_its_owner_can_read(own: Postgres) -> None:
    started(own)
    passwords = (
        Credentials.of(own.state_directory).superuser_password,
        Credentials.of(own.state_directory).app_password,
    )
    folders = (own.state_directory.path, PostgresFiles.of(own.state_directory).data.parent)
    files = {path for folder in folders for path in folder.glob("*") if path.is_file()}
    holding = [path for path in files if any(password in path.read_text() for password in passwords)]
    assert [(path.name, path.stat().st_mode & 0o777) for path in holding] == [("secrets.json", 0o600)]


def test_data_survives_kill_9(own: Postgres) -> None:
    pid = started(own)
    fetched(own.url(), "insert into items (name) values ('four')")
    os.kill(pid, signal.SIGKILL)
    assert started(own) != pid
    assert fetched(own.url(), "select count(*) from items") == [{"count": 4}]


def test_a_busy_backend_of_a_killed_server_does_not_prevent_a_start(own: Postgres) -> None:
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
    Supervisor(own.state_directory).stop(own.name, print)
    started(own)
    assert fetched(own.url(), "select count(*) from items") == [{"count": 0}]


def test_an_unfinished_cluster_is_created_again(own: Postgres) -> None:
    unfinished = PostgresFiles.of(own.state_directory).data.with_name("data.new")
    unfinished.mkdir(parents=True)
    (unfinished / "PG_VERSION").write_text("18\n")
    started(own)
    assert not unfinished.exists()


def test_a_running_server_without_a_record_is_replaced(own: Postgres) -> None:
    forgotten = started(own)
    (own.state_directory.path / "parts.json").unlink()
    assert started(own) != forgotten
    assert not psutil.pid_exists(forgotten) or psutil.Process(forgotten).status() == psutil.STATUS_ZOMBIE


def test_a_lock_file_with_the_pid_of_another_program_does_not_prevent_a_start(own: Postgres) -> None:
    started(own)
    Supervisor(own.state_directory).stop(own.name, print)
    lock = PostgresFiles.of(own.state_directory).data / "postmaster.pid"
    lock.write_text(f"{os.getpid()}\n{lock.parent}\n")
    started(own)
    assert fetched(own.url(), "select 1 as one") == [{"one": 1}]


def test_a_lock_file_of_a_zombie_server_does_not_prevent_a_start(own: Postgres, tmp_path: Path) -> None:
    started(own)
    Supervisor(own.state_directory).stop(own.name, print)
    program = shutil.copy(shutil.which("true") or "", tmp_path / "postgres")
    with subprocess.Popen([program]) as dead:
        while psutil.Process(dead.pid).status() != psutil.STATUS_ZOMBIE:
            time.sleep(0.01)
        lock = PostgresFiles.of(own.state_directory).data / "postmaster.pid"
        lock.write_text(f"{dead.pid}\n{lock.parent}\n")
        started(own)
    assert fetched(own.url(), "select 1 as one") == [{"one": 1}]


def test_the_error_about_a_wrong_stored_password_names_the_fix(own: Postgres) -> None:
    started(own)
    Supervisor(own.state_directory).stop(own.name, print)
    (own.state_directory.path / "secrets.json").unlink()
    with pytest.raises(LocalCloudError, match="down --remove"):
        started(own)


def test_removal_deletes_all_files(own: Postgres) -> None:
    started(own)
    data = PostgresFiles.of(own.state_directory).data
    Supervisor(own.state_directory).stop(own.name, print)
    own.remove()
    own.state_directory.remove()
    assert not data.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root starts Postgres as another user")
class TestAsRoot:
    def test_the_server_does_not_run_as_root(self, postgres: Postgres) -> None:
        pid = Supervisor(postgres.state_directory).status(postgres).pid
        assert psutil.Process(pid).username() == "nobody"

    def test_its_data_is_inaccessible_to_others_and_its_program_belongs_to_root(self, postgres: Postgres) -> None:
        files = PostgresFiles.of(postgres.state_directory)
        assert files.data.stat().st_mode & 0o777 == 0o700
        assert Path(files.program("postgres")).stat().st_uid == 0

    def test_a_work_directory_of_another_user_is_rejected(self, own: Postgres) -> None:
        lodging = PostgresFiles.of(own.state_directory).work_directory
        assert lodging is not None
        lodging.mkdir()
        os.chown(lodging, 65534, 65534)
        with pytest.raises(LocalCloudError, match="belongs to another user"):
            started(own)
        lodging.rmdir()  # `down --remove` keeps a directory of another user

    def test_a_temporary_directory_that_others_cannot_enter_is_skipped(
        self, own: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        closed = tmp_path / "closed"
        closed.mkdir(mode=0o700)
        monkeypatch.setattr("tempfile.tempdir", str(closed))
        lodging = PostgresFiles.of(own.state_directory).work_directory
        assert lodging is not None
        assert closed not in lodging.parents


def test_valid_certificates_are_kept(tmp_path: Path) -> None:
    first = Certificates.ensure(tmp_path).server_certificate.read_bytes()
    assert Certificates.ensure(tmp_path).server_certificate.read_bytes() == first


@pytest.mark.parametrize("name", ["ca.pem", "server.pem", "server.key"])
def test_certificates_are_created_again_if_one_is_damaged(tmp_path: Path, name: str) -> None:
    first = Certificates.ensure(tmp_path).ca_file.read_bytes()
    (tmp_path / name).write_text("damaged")
    assert Certificates.ensure(tmp_path).ca_file.read_bytes() != first


def test_certificates_are_created_again_before_they_expire(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = Certificates.ensure(tmp_path).ca_file.read_bytes()
    monkeypatch.setattr(certificates, "RENEWED_BEFORE_EXPIRY", certificates.VALIDITY)
    assert Certificates.ensure(tmp_path).ca_file.read_bytes() != first


def test_an_external_server_is_used_unchanged(postgres: Postgres) -> None:
    external = ExternalPostgres(postgres.url())
    external.check()
    assert external.status().health is Health.EXTERNAL
    assert external.url() == postgres.url()
    assert urlsplit(external.url(database="other")).path == "/other"


def test_the_error_about_an_external_server_that_is_down_has_no_password() -> None:
    external = ExternalPostgres(f"postgres://app:sentinel-secret@127.0.0.1:{free_port()}/app")
    assert external.status().health is Health.UNREACHABLE
    with pytest.raises(LocalCloudError) as error:
        external.check()
    assert "cannot be used" in str(error.value)
    assert "unset LOCALCLOUD_POSTGRES_URL" in str(error.value)
    assert "sentinel-secret" not in str(error.value) + repr(external)


def test_an_external_server_that_does_not_respond_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("localcloud.external_postgres.TIMEOUT_SECONDS", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        external = ExternalPostgres(f"postgres://app:word@127.0.0.1:{silent.getsockname()[1]}/app")
        with pytest.raises(LocalCloudError, match="no response within"):
            external.check()


@pytest.mark.parametrize(
    "url",
    ["mysql://app:sentinel@h/app", "postgres://h/app", "postgres://app:sentinel@h", "postgres://app:sentinel@h:x/app"],
)
def test_an_incomplete_url_of_an_external_server_is_rejected(url: str) -> None:
    with pytest.raises(LocalCloudError, match="postgres://USER:PASSWORD@HOST:PORT/DATABASE") as error:
        ExternalPostgres(url)
    assert "sentinel" not in str(error.value)
