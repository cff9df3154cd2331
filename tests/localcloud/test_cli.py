"""The output and exit codes of the command line."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from localcloud import cli
from localcloud.gateway.service import PoolFigures
from localcloud.instance import Instance
from localcloud.state_directory import CHECKOUT, StateDirectory
from tests.localcloud.stranger import only_root


def run(state_directory: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "localcloud", *arguments],
        cwd=CHECKOUT,
        env={**os.environ, "LOCALCLOUD_HOME": str(state_directory), **environment},
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.fixture
def never(tmp_path: Path) -> Path:
    """A state directory that does not exist."""
    return tmp_path / "never started"


def test_status_before_the_first_start_lists_every_service_as_stopped(never: Path) -> None:
    ended = run(never, "status")
    rows = [line.split() for line in ended.stdout.splitlines()]
    names = ["postgres", "neon", "prisma", "serverless", "workers", "gateway", "cloudflare", "providers"]
    assert [row[0] for row in rows] == ["service", *names]
    assert {row[-1] for row in rows[1:]} == {"stopped"}
    assert ended.returncode == 1


def test_status_without_a_terminal_is_not_truncated_and_has_no_colour(state_directory: StateDirectory) -> None:
    log = state_directory.log("postgres")
    log.parent.mkdir()
    log.touch()
    ended = run(state_directory.path, "status")
    assert str(log) in ended.stdout
    assert "\x1b" not in ended.stdout


def test_down_before_the_first_start_succeeds(never: Path) -> None:
    ended = run(never, "down")
    assert (ended.returncode, ended.stdout) == (0, f"nothing to stop: there is no local cloud in {never}\n")


def test_down_remove_deletes_the_state_directory(state_directory: StateDirectory) -> None:
    ended = run(state_directory.path, "down", "--remove")
    assert (ended.returncode, ended.stdout) == (0, f"deleted {state_directory.path}\n")
    assert not state_directory.path.exists()


def test_logs_shows_the_last_lines_of_a_service(state_directory: StateDirectory) -> None:
    state_directory.log("workers").parent.mkdir()
    state_directory.log("workers").write_text("one\ntwo\nthree\n")
    assert run(state_directory.path, "logs", "workers", "-n", "2").stdout == "two\nthree\n"


def test_logs_of_all_services_shows_the_name_of_each(state_directory: StateDirectory) -> None:
    state_directory.log("workers").parent.mkdir()
    state_directory.log("workers").write_text("one\n")
    state_directory.log("postgres").write_text("two\n")
    assert run(state_directory.path, "logs").stdout == "postgres   two\nworkers    one\n"


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["logs", "mysql"], "invalid choice: 'mysql'"),
        (["logs", "-n", "0"], "`0` must be an integer of at least 1"),
        (["logs", "-n", "many"], "`many` must be an integer of at least 1"),
        (["sideways"], "invalid choice: 'sideways'"),
        ([], "the following arguments are required: COMMAND"),
    ],
)
def test_wrong_usage_is_reported(never: Path, arguments: list[str], complaint: str) -> None:
    ended = run(never, *arguments)
    assert complaint in ended.stderr
    assert ended.returncode == 2


@pytest.mark.parametrize(
    ("arguments", "environment", "complaint"),
    [
        (["requests"], {}, "was never started. Run `python -m localcloud up`."),
        (["deploy"], {}, "was never started. Run `python -m localcloud up`."),
        (
            ["up"],
            {"LOCALCLOUD_PROVIDERS": "other"},
            "LOCALCLOUD_PROVIDERS must be `local` (the default) or `official`, got `other`",
        ),
        (
            ["up"],
            {"LOCALCLOUD_POSTGRES_URL": "nonsense"},
            "LOCALCLOUD_POSTGRES_URL is not a complete connection string",
        ),
        (["status"], {"LOCALCLOUD_POSTGRES_URL": "nonsense"}, "LOCALCLOUD_POSTGRES_URL is not a complete connection"),
        (["up"], {"LOCALCLOUD_HOME": "/dev/null"}, "`/dev/null` is a file"),
        (["up"], {"LOCALCLOUD_HOME": "/dev/null/below"}, "`/dev/null/below` is not writable: Not a directory"),
    ],
)
def test_an_error_is_one_sentence_on_stderr(
    never: Path, arguments: list[str], environment: dict[str, str], complaint: str
) -> None:
    ended = run(never, *arguments, **environment)
    assert ended.stderr.startswith("localcloud: ")
    assert complaint in ended.stderr
    assert "Traceback" not in ended.stderr
    assert ended.returncode == 1


@only_root
def test_status_shows_the_pools_of_hyperdrive(
    state_directory: StateDirectory, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pool = PoolFigures("main", clients=4, waiting=1, in_use=2, open=3, limit=5, queries={"miss": 7, "hit": 90})
    monkeypatch.setattr("localcloud.gateway.service.Gateway.figures", lambda _: [pool])
    monkeypatch.setenv("LOCALCLOUD_HOME", str(state_directory.path))
    cli.main(["status"])
    lines = [line.split() for line in capsys.readouterr().out.splitlines()[-2:]]
    headers = "hyperdrive clients waiting in use open limit queries by cacheStatus"
    assert lines == [headers.split(), ["main", *"41235", "hit", "90,", "miss", "7"]]


@pytest.mark.parametrize(
    "command", ["up", "down", "status", "logs", "requests", "queries", "page", "fault", "deploy", "destroy"]
)
def test_no_command_uses_a_directory_of_another_user(tmp_path: Path, command: str) -> None:
    os.chown(tmp_path, 65534, 65534)
    assert "belongs to the user with id 65534. Set LOCALCLOUD_HOME to" in run(tmp_path, command).stderr


@pytest.mark.parametrize("command", ["requests", "queries", "page", "fault", "deploy", "destroy"])
def test_no_key_is_sent_to_another_server_on_a_port_of_a_stopped_cloud(
    state_directory: StateDirectory, command: str
) -> None:
    names = [name for service in Instance(state_directory.path).services for name in service.ports]
    with socket.create_server(("127.0.0.1", 0)) as impostor:
        impostor.settimeout(0)
        state_directory.write("ports.json", dict.fromkeys(names, impostor.getsockname()[1]))
        ended = run(state_directory.path, command)
        with pytest.raises(BlockingIOError):
            impostor.accept()
    assert ended.returncode == 1
    assert (
        "are not healthy: postgres, neon, prisma, serverless, workers, gateway, cloudflare, providers. Run"
        in ended.stderr
    )


def test_an_interrupted_command_reports_how_to_continue(
    never: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Instance, "start", interrupted)
    monkeypatch.setenv("LOCALCLOUD_HOME", str(never))
    assert cli.main(["up"]) == 130
    assert "Run the same command again to continue." in capsys.readouterr().err


def test_requests_shows_the_received_requests(
    never: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    requests = [{"method": "GET", "path": "/accounts", "status": 200, "ms": 3}]
    monkeypatch.setattr("localcloud.emulator.CloudflareEmulator.requests", lambda _: requests)
    monkeypatch.setattr(Instance, "validate_running", lambda _: None)
    monkeypatch.setenv("LOCALCLOUD_HOME", str(never))
    assert cli.main(["requests"]) == 0
    assert capsys.readouterr().out.split() == ["method", "path", "status", "ms", "GET", "/accounts", "200", "3"]
