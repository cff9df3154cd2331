"""A complete local cloud. Most tests use only two of its services, the database and the Workers runtime."""

import os
import signal
import socket
import stat
import threading
from collections.abc import Sequence
from pathlib import Path

import httpx
import psutil
import pytest

from localcloud.errors import LocalCloudError
from localcloud.instance import Instance
from localcloud.ports import Ports, free_port
from localcloud.postgres import Postgres
from localcloud.postgres_files import PostgresFiles
from localcloud.service import Health, Service
from localcloud.state_directory import CHECKOUT, StateDirectory


class Frame(Instance):
    """A local cloud without the API emulators and the provider stand-ins, which have separate tests."""

    @property
    def services(self) -> Sequence[Service]:
        return [service for service in super().services if service.name in ("postgres", "workers")]

    def pids(self) -> dict[str, int | None]:
        return {status.name: status.pid for status in self.status()}

    def healths(self) -> list[Health]:
        return [status.health for status in self.status()]


@pytest.fixture
def instance(state_directory: StateDirectory) -> Frame:
    return Frame(state_directory.path)


def lines_of(instance: Instance) -> list[str]:
    """Starts a local cloud and returns the reported lines."""
    lines: list[str] = []
    instance.start(lines.append)
    return lines


def test_the_whole_cloud_starts_and_is_healthy(state_directory: StateDirectory) -> None:
    whole = Instance(state_directory.path)
    whole.start(print)
    assert [(each.name, each.health) for each in whole.status()] == [
        (name, Health.HEALTHY)
        for name in ("postgres", "neon", "prisma", "serverless", "workers", "gateway", "cloudflare", "providers")
    ]


def test_no_port_is_reachable_from_another_machine(state_directory: StateDirectory) -> None:
    whole = Instance(state_directory.path)
    whole.start(print)
    services = [psutil.Process(each.pid) for each in whole.status() if each.pid]
    processes = [*services, *(child for service in services for child in service.children(recursive=True))]
    addresses = {
        connection.laddr.ip.removeprefix("::ffff:")  # gRPC writes IPv4 addresses with this prefix
        for process in processes
        for connection in process.net_connections(kind="inet")
        if connection.status == psutil.CONN_LISTEN
    }
    assert addresses == {"127.0.0.1"}


def test_services_start_in_order(instance: Frame) -> None:
    running = [line for line in lines_of(instance) if "running" in line]
    assert [line.split(":")[0] for line in running] == ["postgres", "workers"]
    assert instance.healths() == [Health.HEALTHY, Health.HEALTHY]


def test_a_second_start_keeps_running_services(instance: Frame) -> None:
    instance.start(print)
    pids = instance.pids()
    assert [line.split(" at ")[0] for line in lines_of(instance)] == [
        "postgres: already running",
        "workers: already running",
    ]
    assert instance.pids() == pids


@pytest.mark.parametrize("name", ["postgres", "workers"])
def test_a_start_restarts_a_killed_service_and_keeps_the_others(instance: Frame, name: str) -> None:
    instance.start(print)
    before = instance.pids()
    os.kill(before[name] or 0, signal.SIGKILL)
    instance.start(print)
    assert {service for service, pid in instance.pids().items() if pid != before[service]} == {name}
    assert instance.healths() == [Health.HEALTHY, Health.HEALTHY]


def test_ports_are_the_same_after_a_stop_and_a_start(instance: Frame) -> None:
    instance.start(print)
    ports = Ports(instance.state_directory).known()
    instance.stop(print)
    instance.start(print)
    assert Ports(instance.state_directory).known() == ports


def test_a_port_in_use_by_another_process_is_replaced_and_reported(instance: Frame) -> None:
    instance.start(print)
    instance.stop(print)
    port = Ports(instance.state_directory).known()["postgres"]
    with socket.create_server(("127.0.0.1", port)):
        assert instance.healths() == [Health.PORT_TAKEN, Health.STOPPED]
        assert f"port {port} of postgres is in use by another process: using " in "\n".join(lines_of(instance))
        assert instance.healths() == [Health.HEALTHY, Health.HEALTHY]


def test_stop_ends_every_process_newest_first(instance: Frame) -> None:
    instance.start(print)
    processes = [psutil.Process(pid) for pid in instance.pids().values()]
    processes += [child for process in processes for child in process.children(recursive=True)]
    lines: list[str] = []
    instance.stop(lines.append)
    assert lines == ["workers: stopped", "postgres: stopped"]
    assert [each for each in processes if each.is_running() and each.status() != psutil.STATUS_ZOMBIE] == []


def test_a_second_stop_reports_nothing(instance: Frame) -> None:
    instance.start(print)
    instance.stop(print)
    lines: list[str] = []
    instance.stop(lines.append)
    assert lines == []


def test_stop_before_the_first_start_creates_no_files(tmp_path: Path) -> None:
    Instance(tmp_path / "never").stop(print)
    assert not (tmp_path / "never").exists()


def test_removal_deletes_the_state_directory_and_the_data_outside_it(instance: Frame) -> None:
    instance.start(print)
    data = PostgresFiles.of(instance.state_directory).data
    instance.stop(print, remove=True)
    assert (instance.path.exists(), data.exists()) == (False, False)


def test_two_concurrent_starts_start_one_cloud(instance: Frame) -> None:
    lines: list[str] = []
    starts = [threading.Thread(target=instance.start, args=(lines.append,)) for _ in range(2)]
    for start in starts:
        start.start()
    for start in starts:
        start.join()
    assert len([line for line in lines if line.startswith("postgres: running")]) == 1
    assert len([line for line in lines if line.startswith("postgres: already running")]) == 1


def test_two_clouds_run_side_by_side(instance: Frame, tmp_path: Path) -> None:
    other = Frame(tmp_path / "other")
    instance.start(print)
    try:
        other.start(print)
        assert instance.healths() + other.healths() == [Health.HEALTHY] * 4
    finally:
        other.stop(print, remove=True)
    assert instance.healths() == [Health.HEALTHY] * 2


def test_status_creates_no_state_directory(tmp_path: Path) -> None:
    assert Frame(tmp_path / "never").healths() == [Health.STOPPED, Health.STOPPED]
    assert not (tmp_path / "never").exists()


def test_the_state_directory_is_inaccessible_to_other_users(instance: Frame) -> None:
    instance.start(print)
    assert stat.S_IMODE(instance.path.stat().st_mode) == 0o700
    state = [path for path in instance.path.iterdir() if path.suffix == ".json"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in state} == {0o600}


def test_a_directory_with_other_files_is_rejected(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(LocalCloudError, match="contains other files"):
        Frame(tmp_path).start(print)
    Frame(tmp_path).stop(print, remove=True)
    assert (tmp_path / "thesis.txt").exists()


def test_a_state_directory_that_is_a_file_is_rejected(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(LocalCloudError, match="is a file"):
        Frame(tmp_path / "file").start(print)


def test_the_error_about_a_damaged_state_file_names_the_file(instance: Frame) -> None:
    (instance.path / "ports.json").write_text("{")
    with pytest.raises(LocalCloudError, match=r"ports.json` is not a JSON object. Delete it"):
        instance.start(print)
    (instance.path / "ports.json").unlink()


def test_an_external_postgres_replaces_the_local_one(
    instance: Frame, postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    instance.start(print)
    monkeypatch.setenv("LOCALCLOUD_POSTGRES_URL", postgres.url())
    lines = lines_of(instance)
    assert lines[0] == "postgres: stopped"
    assert instance.healths() == [Health.EXTERNAL, Health.HEALTHY]
    assert instance.database_url == postgres.url()


def test_start_fails_if_the_external_postgres_is_down(instance: Frame, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOCALCLOUD_POSTGRES_URL", f"postgres://app:word@127.0.0.1:{free_port()}/app")
    with pytest.raises(LocalCloudError, match="LOCALCLOUD_POSTGRES_URL at "):
        instance.start(print)


def test_a_worker_has_a_name_below_localhost(instance: Frame) -> None:
    instance.start(print)
    url = httpx.URL(instance.worker_url("api"))
    answer = httpx.get(url.copy_with(host="127.0.0.1"), headers={"host": url.netloc.decode()})
    assert answer.json() == {"error": 'No Worker is deployed for host "api.localhost". No Worker is deployed yet.'}


class TestEnvironment:
    """The environment of the engine, which needs no running service."""

    @pytest.fixture(autouse=True)
    def ports(self, state_directory: StateDirectory, monkeypatch: pytest.MonkeyPatch) -> None:
        known = {"cloudflare": 1001, "provider-cloudflare": 1002, "provider-random": 1003, "neon": 1004, "prisma": 1005}
        state_directory.write("ports.json", known)
        monkeypatch.setattr(Instance, "_engine", Path("/engine/bin/pulumi"))

    def test_it_points_to_the_emulators_and_the_local_providers(self, state_directory: StateDirectory) -> None:
        environment = Instance(state_directory.path).environment()
        assert environment["CLOUDFLARE_BASE_URL"] == "http://127.0.0.1:1001/client/v4"
        assert environment["NEON_API_BASE_URL"] == "http://127.0.0.1:1004/api/v2"
        assert environment["PRISMA_API_BASE_URL"] == "http://127.0.0.1:1005/v1"
        assert environment["PULUMI_DEBUG_PROVIDERS"] == "cloudflare:1002,random:1003"
        assert environment["PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION"] == "true"

    def test_official_providers_may_be_downloaded(
        self, state_directory: StateDirectory, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("LOCALCLOUD_PROVIDERS", "official")
        instance = Instance(state_directory.path)
        unset = {"PULUMI_DEBUG_PROVIDERS", "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION"}
        assert unset.isdisjoint(instance.environment())
        assert "providers" not in [service.name for service in instance.services]

    def test_official_providers_are_found_in_the_users_plugin_folder(
        self, state_directory: StateDirectory, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PULUMI_HOME", "/plugins")
        assert Instance(state_directory.path).environment()["PULUMI_HOME"] == str(
            state_directory.path / "pulumi" / "home"
        )
        monkeypatch.setenv("LOCALCLOUD_PROVIDERS", "official")
        assert Instance(state_directory.path).environment()["PULUMI_HOME"] == "/plugins"

    def test_an_unknown_value_of_localcloud_providers_is_rejected(
        self, state_directory: StateDirectory, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("LOCALCLOUD_PROVIDERS", "offical")
        with pytest.raises(LocalCloudError, match=r"LOCALCLOUD_PROVIDERS must be .* got `offical`"):
            Instance(state_directory.path).environment()

    def test_the_path_begins_with_the_python_of_the_checkout_and_the_engine(
        self, state_directory: StateDirectory
    ) -> None:
        path = Instance(state_directory.path).environment()["PATH"].split(os.pathsep)
        assert path[:2] == [str(CHECKOUT / ".venv" / "bin"), "/engine/bin"]

    def test_variables_of_the_users_cloud_accounts_are_not_passed_on(
        self, state_directory: StateDirectory, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name in ("CLOUDFLARE_API_KEY", "CLOUDFLARE_EMAIL", "PULUMI_ACCESS_TOKEN", "AWS_PROFILE"):
            monkeypatch.setenv(name, "sentinel")
        assert "sentinel" not in Instance(state_directory.path).environment().values()

    def test_the_passphrase_file_is_readable_to_its_owner_only(self, state_directory: StateDirectory) -> None:
        files = [Path(Instance(state_directory.path).environment()["PULUMI_CONFIG_PASSPHRASE_FILE"]) for _ in range(2)]
        assert files[0].read_text() == files[1].read_text() != ""
        assert stat.S_IMODE(files[0].stat().st_mode) == 0o600

    def test_a_state_directory_with_a_space_in_its_path_is_a_valid_backend(
        self, state_directory: StateDirectory
    ) -> None:
        assert Instance(state_directory.path).environment()["PULUMI_BACKEND_URL"].startswith("file:///")

    def test_the_error_before_the_first_start_names_the_command_to_run(self, tmp_path: Path) -> None:
        with pytest.raises(LocalCloudError, match="Run `python -m localcloud up`"):
            Instance(tmp_path / "never").worker_url("api")


def test_reading_from_a_cloud_that_was_never_started_creates_no_files(tmp_path: Path) -> None:
    instance = Instance(tmp_path / "cloud")
    with pytest.raises(LocalCloudError, match="was never started"):
        instance.environment()
    instance.status()
    assert not (tmp_path / "cloud").exists()
