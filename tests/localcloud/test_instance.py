"""A local cloud as a whole; most of it is seen on two of its processes, the database and the Worker runtime."""

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
from localcloud.home import CHECKOUT, Home
from localcloud.instance import Instance
from localcloud.part import Health, Part
from localcloud.ports import Ports, free_port
from localcloud.postgres import Postgres
from localcloud.postgres_files import PostgresFiles


class Frame(Instance):
    """Without the stand-ins for Cloudflare's API and Pulumi's plugins, which have tests of their own."""

    @property
    def parts(self) -> Sequence[Part]:
        return [part for part in super().parts if part.name in ("postgres", "workers")]

    def pids(self) -> dict[str, int | None]:
        return {status.name: status.pid for status in self.status()}

    def healths(self) -> list[Health]:
        return [status.health for status in self.status()]


@pytest.fixture
def instance(home: Home) -> Frame:
    return Frame(home.path)


def lines_of(instance: Instance) -> list[str]:
    """What a start says."""
    said: list[str] = []
    instance.start(said.append)
    return said


def test_the_whole_cloud_starts_and_is_healthy(home: Home) -> None:
    whole = Instance(home.path)
    whole.start(print)
    assert [(each.name, each.health) for each in whole.status()] == [
        (name, Health.HEALTHY)
        for name in ("postgres", "neon", "prisma", "serverless", "workers", "cloudflare", "providers")
    ]


def test_nothing_of_it_can_be_reached_from_another_machine(home: Home) -> None:
    whole = Instance(home.path)
    whole.start(print)
    parts = [psutil.Process(each.pid) for each in whole.status() if each.pid]
    processes = [*parts, *(child for part in parts for child in part.children(recursive=True))]
    addresses = {
        connection.laddr.ip.removeprefix("::ffff:")  # gRPC writes IPv4 so
        for process in processes
        for connection in process.net_connections(kind="inet")
        if connection.status == psutil.CONN_LISTEN
    }
    assert addresses == {"127.0.0.1"}


def test_parts_start_in_order(instance: Frame) -> None:
    running = [line for line in lines_of(instance) if "running" in line]
    assert [line.split(":")[0] for line in running] == ["postgres", "workers"]
    assert instance.healths() == [Health.HEALTHY, Health.HEALTHY]


def test_a_second_start_keeps_what_runs(instance: Frame) -> None:
    instance.start(print)
    pids = instance.pids()
    assert [line.split(" at ")[0] for line in lines_of(instance)] == ["postgres: runs already", "workers: runs already"]
    assert instance.pids() == pids


@pytest.mark.parametrize("name", ["postgres", "workers"])
def test_a_start_mends_what_was_killed_and_keeps_the_rest(instance: Frame, name: str) -> None:
    instance.start(print)
    before = instance.pids()
    os.kill(before[name] or 0, signal.SIGKILL)
    instance.start(print)
    assert {part for part, pid in instance.pids().items() if pid != before[part]} == {name}
    assert instance.healths() == [Health.HEALTHY, Health.HEALTHY]


def test_ports_outlive_a_stop(instance: Frame) -> None:
    instance.start(print)
    ports = Ports(instance.home).known()
    instance.stop(print)
    instance.start(print)
    assert Ports(instance.home).known() == ports


def test_a_port_taken_in_between_is_replaced_and_said(instance: Frame) -> None:
    instance.start(print)
    instance.stop(print)
    port = Ports(instance.home).known()["postgres"]
    with socket.create_server(("127.0.0.1", port)):
        assert instance.healths() == [Health.PORT_TAKEN, Health.STOPPED]
        assert f"port {port} of postgres is taken by another process: using " in "\n".join(lines_of(instance))
        assert instance.healths() == [Health.HEALTHY, Health.HEALTHY]


def test_a_stop_ends_every_process_newest_first(instance: Frame) -> None:
    instance.start(print)
    processes = [psutil.Process(pid) for pid in instance.pids().values()]
    processes += [child for process in processes for child in process.children(recursive=True)]
    said: list[str] = []
    instance.stop(said.append)
    assert said == ["workers: stopped", "postgres: stopped"]
    assert [each for each in processes if each.is_running() and each.status() != psutil.STATUS_ZOMBIE] == []


def test_a_second_stop_has_nothing_to_say(instance: Frame) -> None:
    instance.start(print)
    instance.stop(print)
    said: list[str] = []
    instance.stop(said.append)
    assert said == []


def test_a_stop_of_what_was_never_started_makes_nothing(tmp_path: Path) -> None:
    Instance(tmp_path / "never").stop(print)
    assert not (tmp_path / "never").exists()


def test_removal_deletes_the_home_and_the_data_outside_it(instance: Frame) -> None:
    instance.start(print)
    data = PostgresFiles.of(instance.home).data
    instance.stop(print, remove=True)
    assert (instance.path.exists(), data.exists()) == (False, False)


def test_two_starts_at_once_start_one_cloud(instance: Frame) -> None:
    said: list[str] = []
    starts = [threading.Thread(target=instance.start, args=(said.append,)) for _ in range(2)]
    for start in starts:
        start.start()
    for start in starts:
        start.join()
    assert len([line for line in said if line.startswith("postgres: running")]) == 1
    assert len([line for line in said if line.startswith("postgres: runs already")]) == 1


def test_two_clouds_run_side_by_side(instance: Frame, tmp_path: Path) -> None:
    other = Frame(tmp_path / "other")
    instance.start(print)
    try:
        other.start(print)
        assert instance.healths() + other.healths() == [Health.HEALTHY] * 4
    finally:
        other.stop(print, remove=True)
    assert instance.healths() == [Health.HEALTHY] * 2


def test_status_makes_no_home(tmp_path: Path) -> None:
    assert Frame(tmp_path / "never").healths() == [Health.STOPPED, Health.STOPPED]
    assert not (tmp_path / "never").exists()


def test_the_home_is_closed_to_others(instance: Frame) -> None:
    instance.start(print)
    assert stat.S_IMODE(instance.path.stat().st_mode) == 0o700
    state = [path for path in instance.path.iterdir() if path.suffix == ".json"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in state} == {0o600}


def test_a_directory_with_somebody_elses_files_is_refused(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(LocalCloudError, match="files that are not a local cloud's"):
        Frame(tmp_path).start(print)
    Frame(tmp_path).stop(print, remove=True)
    assert (tmp_path / "thesis.txt").exists()


def test_a_home_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(LocalCloudError, match="is a file"):
        Frame(tmp_path / "file").start(print)


def test_a_damaged_state_file_is_named(instance: Frame) -> None:
    (instance.path / "ports.json").write_text("{")
    with pytest.raises(LocalCloudError, match=r"ports.json` is not a JSON object. Delete it"):
        instance.start(print)
    (instance.path / "ports.json").unlink()


def test_an_external_postgres_takes_the_place_of_the_own_one(
    instance: Frame, postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    instance.start(print)
    monkeypatch.setenv("LOCALCLOUD_POSTGRES_URL", postgres.url())
    said = lines_of(instance)
    assert said[0] == "postgres: stopped"
    assert instance.healths() == [Health.EXTERNAL, Health.HEALTHY]
    assert instance.database_url == postgres.url()


def test_an_external_postgres_that_is_down_stops_the_start(instance: Frame, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOCALCLOUD_POSTGRES_URL", f"postgres://app:word@127.0.0.1:{free_port()}/app")
    with pytest.raises(LocalCloudError, match="LOCALCLOUD_POSTGRES_URL at "):
        instance.start(print)


def test_a_worker_has_a_name_below_localhost(instance: Frame) -> None:
    instance.start(print)
    url = httpx.URL(instance.worker_url("api"))
    answer = httpx.get(url.copy_with(host="127.0.0.1"), headers={"host": url.netloc.decode()})
    assert answer.json() == {"error": 'No Worker answers for host "api.localhost". No Worker is deployed yet.'}


class TestEnvironment:
    """What the engine is told; nothing has to run for it."""

    @pytest.fixture(autouse=True)
    def ports(self, home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
        known = {"cloudflare": 1001, "provider-cloudflare": 1002, "provider-random": 1003, "neon": 1004, "prisma": 1005}
        home.write("ports.json", known)
        monkeypatch.setattr(Instance, "_engine", Path("/engine/bin/pulumi"))

    def test_it_leads_to_the_stand_ins(self, home: Home) -> None:
        environment = Instance(home.path).environment()
        assert environment["CLOUDFLARE_BASE_URL"] == "http://127.0.0.1:1001/client/v4"
        assert environment["NEON_API_BASE_URL"] == "http://127.0.0.1:1004/api/v2"
        assert environment["PRISMA_API_BASE_URL"] == "http://127.0.0.1:1005/v1"
        assert environment["PULUMI_DEBUG_PROVIDERS"] == "cloudflare:1002,random:1003"
        assert environment["PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION"] == "true"

    def test_official_providers_may_be_fetched(self, home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("LOCALCLOUD_PROVIDERS", "official")
        instance = Instance(home.path)
        unset = {"PULUMI_DEBUG_PROVIDERS", "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION"}
        assert unset.isdisjoint(instance.environment())
        assert "providers" not in [part.name for part in instance.parts]

    def test_official_providers_are_found_where_the_user_keeps_them(
        self, home: Home, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PULUMI_HOME", "/plugins")
        assert Instance(home.path).environment()["PULUMI_HOME"] == str(home.path / "pulumi" / "home")
        monkeypatch.setenv("LOCALCLOUD_PROVIDERS", "official")
        assert Instance(home.path).environment()["PULUMI_HOME"] == "/plugins"

    def test_another_word_for_providers_is_refused(self, home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("LOCALCLOUD_PROVIDERS", "offical")
        with pytest.raises(LocalCloudError, match="LOCALCLOUD_PROVIDERS is `offical`"):
            Instance(home.path).environment()

    def test_the_checkouts_python_and_the_engine_lead_the_path(self, home: Home) -> None:
        path = Instance(home.path).environment()["PATH"].split(os.pathsep)
        assert path[:2] == [str(CHECKOUT / ".venv" / "bin"), "/engine/bin"]

    def test_nothing_of_the_users_own_clouds_is_told(self, home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in ("CLOUDFLARE_API_KEY", "CLOUDFLARE_EMAIL", "PULUMI_ACCESS_TOKEN", "AWS_PROFILE"):
            monkeypatch.setenv(name, "sentinel")
        assert "sentinel" not in Instance(home.path).environment().values()

    def test_the_passphrase_is_kept_in_a_file_of_its_owner(self, home: Home) -> None:
        files = [Path(Instance(home.path).environment()["PULUMI_CONFIG_PASSPHRASE_FILE"]) for _ in range(2)]
        assert files[0].read_text() == files[1].read_text() != ""
        assert stat.S_IMODE(files[0].stat().st_mode) == 0o600

    def test_a_home_with_a_space_is_a_good_backend(self, home: Home) -> None:
        assert Instance(home.path).environment()["PULUMI_BACKEND_URL"].startswith("file:///")

    def test_before_the_first_start_the_way_to_it_is_told(self, tmp_path: Path) -> None:
        with pytest.raises(LocalCloudError, match="Use `python -m localcloud up`"):
            Instance(tmp_path / "never").worker_url("api")


def test_what_is_asked_of_a_cloud_that_was_never_started_leaves_nothing(tmp_path: Path) -> None:
    instance = Instance(tmp_path / "cloud")
    with pytest.raises(LocalCloudError, match="was never started"):
        instance.environment()
    instance.status()
    assert not (tmp_path / "cloud").exists()
