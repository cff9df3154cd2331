"""The command line, as a terminal sees it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from localcloud import cli
from localcloud.home import CHECKOUT, Home
from localcloud.instance import Instance
from localcloud.ports import free_port


def run(home: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "localcloud", *arguments],
        cwd=CHECKOUT,
        env={**os.environ, "LOCALCLOUD_HOME": str(home), **environment},
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.fixture
def never(tmp_path: Path) -> Path:
    """A home that does not exist."""
    return tmp_path / "never started"


def test_status_of_nothing_lists_every_part_as_stopped(never: Path) -> None:
    ended = run(never, "status")
    rows = [line.split() for line in ended.stdout.splitlines()]
    names = ["postgres", "neon", "prisma", "serverless", "workers", "cloudflare", "providers"]
    assert [row[0] for row in rows] == ["part", *names]
    assert {row[-1] for row in rows[1:]} == {"stopped"}
    assert ended.returncode == 1


def test_status_without_a_terminal_cuts_nothing_and_has_no_colour(home: Home) -> None:
    log = home.log("postgres")
    log.parent.mkdir()
    log.touch()
    ended = run(home.path, "status")
    assert str(log) in ended.stdout
    assert "\x1b" not in ended.stdout


def test_down_of_nothing_is_well(never: Path) -> None:
    ended = run(never, "down")
    assert (ended.returncode, ended.stdout) == (0, f"nothing to stop: there is no local cloud in {never}\n")


def test_down_remove_deletes_the_home(home: Home) -> None:
    ended = run(home.path, "down", "--remove")
    assert (ended.returncode, ended.stdout) == (0, f"deleted {home.path}\n")
    assert not home.path.exists()


def test_logs_shows_the_last_lines_of_a_part(home: Home) -> None:
    home.log("workers").parent.mkdir()
    home.log("workers").write_text("one\ntwo\nthree\n")
    assert run(home.path, "logs", "workers", "-n", "2").stdout == "two\nthree\n"


def test_logs_of_all_parts_tells_them_apart(home: Home) -> None:
    home.log("workers").parent.mkdir()
    home.log("workers").write_text("one\n")
    home.log("postgres").write_text("two\n")
    assert run(home.path, "logs").stdout == "postgres   two\nworkers    one\n"


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["logs", "mysql"], "invalid choice: 'mysql'"),
        (["logs", "-n", "0"], "`0` is not a whole number of 1 or more"),
        (["logs", "-n", "many"], "`many` is not a whole number of 1 or more"),
        (["sideways"], "invalid choice: 'sideways'"),
        ([], "the following arguments are required: COMMAND"),
    ],
)
def test_wrong_use_is_told(never: Path, arguments: list[str], complaint: str) -> None:
    ended = run(never, *arguments)
    assert complaint in ended.stderr
    assert ended.returncode == 2


@pytest.mark.parametrize(
    ("arguments", "environment", "complaint"),
    [
        (["requests"], {}, "was never started. Use `python -m localcloud up`."),
        (["deploy"], {}, "was never started. Use `python -m localcloud up`."),
        (["up"], {"LOCALCLOUD_PROVIDERS": "other"}, "LOCALCLOUD_PROVIDERS is `other`"),
        (["up"], {"LOCALCLOUD_POSTGRES_URL": "nonsense"}, "LOCALCLOUD_POSTGRES_URL is not a whole connection string"),
        (["status"], {"LOCALCLOUD_POSTGRES_URL": "nonsense"}, "LOCALCLOUD_POSTGRES_URL is not a whole connection"),
        (["up"], {"LOCALCLOUD_HOME": "/dev/null"}, "`/dev/null` is a file"),
        (["up"], {"LOCALCLOUD_HOME": "/dev/null/below"}, "`/dev/null/below` cannot be written: Not a directory"),
    ],
)
def test_a_refusal_is_a_sentence(
    never: Path, arguments: list[str], environment: dict[str, str], complaint: str
) -> None:
    ended = run(never, *arguments, **environment)
    assert ended.stderr.startswith("localcloud: ")
    assert complaint in ended.stderr
    assert "Traceback" not in ended.stderr
    assert ended.returncode == 1


def test_requests_of_a_stopped_cloud_is_a_sentence(home: Home) -> None:
    home.write("ports.json", {"cloudflare": free_port()})
    assert "part `cloudflare` does not answer" in run(home.path, "requests").stderr


def test_an_interrupted_command_says_how_to_go_on(
    never: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Instance, "start", interrupted)
    monkeypatch.setenv("LOCALCLOUD_HOME", str(never))
    assert cli.main(["up"]) == 130
    assert "the same command takes up where it was" in capsys.readouterr().err


def test_requests_shows_what_was_answered(
    never: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    requests = [{"method": "GET", "path": "/accounts", "status": 200, "ms": 3}]
    monkeypatch.setattr("localcloud.emulator.CloudflareEmulator.requests", lambda _: requests)
    monkeypatch.setenv("LOCALCLOUD_HOME", str(never))
    assert cli.main(["requests"]) == 0
    assert capsys.readouterr().out.split() == ["method", "path", "status", "ms", "GET", "/accounts", "200", "3"]
