"""The acceptance tests of a real account: the conditions of a run, its names, and the recorded results."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from localcloud.errors import LocalCloudError
from tests.unit.page_tables import PROJECT
from tools.acceptance import __main__ as command
from tools.acceptance import matrix, plan
from tools.acceptance.inventory import delete_resources, resources_of
from tools.acceptance.run import Run, new_run, unfinished_runs
from tools.acceptance.scenarios import SCENARIOS, pages_settings, rollout_settings, worker_settings
from tools.acceptance.target import API, DATABASE_VARIABLE, TOKEN_VARIABLE, Target
from tools.acceptance.trial import Trial

ACCOUNT = "0123456789abcdef0123456789abcdef"
RUN = Run("1a2b3c4d", Path("/nowhere"))
TOKEN, DATABASE = "sentinel-of-the-token", "postgres://app:sentinel-of-the-password@db.example.com/app"


def target_of(account: str = ACCOUNT) -> Target:
    return Target(account, API, TOKEN, DATABASE, {})


@pytest.fixture
def user(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A user outside of CI with a token and a database, whose command cannot reach the engine or an API."""
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setenv(TOKEN_VARIABLE, TOKEN)
    monkeypatch.setenv(DATABASE_VARIABLE, DATABASE)
    monkeypatch.setattr("tools.acceptance.target.find_engine", lambda: Path("/engine/pulumi"))
    monkeypatch.setattr("httpx.request", lambda *_, **__: pytest.fail("a request was sent"))
    return monkeypatch


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Runs the command, which must fail, and returns everything that it printed."""
    assert command.main(arguments) == 1
    printed = capsys.readouterr()
    assert "sentinel" not in printed.out + printed.err
    return printed.out + printed.err


def test_nothing_runs_without_an_account_id(user: object, capsys: pytest.CaptureFixture[str]) -> None:
    assert "ACCOUNT: is required" in refused(capsys, "--yes")


def test_an_account_id_has_32_hexadecimal_digits(user: object, capsys: pytest.CaptureFixture[str]) -> None:
    assert "32 hexadecimal digits, got `mine`" in refused(capsys, "--yes", "--account", "mine")


@pytest.mark.parametrize("variable", [TOKEN_VARIABLE, DATABASE_VARIABLE])
def test_a_secret_is_required(variable: str, user: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    user.delenv(variable)
    assert f"{variable}: is required" in refused(capsys, "--yes", "--account", ACCOUNT)


def test_nothing_runs_without_a_yes(user: object, capsys: pytest.CaptureFixture[str]) -> None:
    assert "YES: is required without a terminal" in refused(capsys, "--account", ACCOUNT)


@pytest.mark.parametrize("answer", ["", "y", "yes", ACCOUNT[:-1]])
def test_only_the_typed_account_id_starts_a_run(
    answer: str, user: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    user.setattr("sys.stdin.isatty", lambda: True, raising=False)
    user.setattr("builtins.input", lambda _: answer)
    assert "was not typed" in refused(capsys, "--account", ACCOUNT)


def test_a_typed_account_id_is_a_yes(user: pytest.MonkeyPatch) -> None:
    user.setattr("sys.stdin.isatty", lambda: True, raising=False)
    user.setattr("builtins.input", lambda _: f"{ACCOUNT}\n")
    plan.confirm(target_of(), yes=False, in_ci=False)


@pytest.mark.parametrize("arguments", [["--yes"], ["--in-ci"], []])
def test_nothing_runs_in_ci_by_accident(
    arguments: list[str], user: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    user.setenv("CI", "true")
    assert "CI: the variable is set" in refused(capsys, "--account", ACCOUNT, *arguments)


def test_permissions_and_costs_are_listed_before_the_question(user: object, capsys: pytest.CaptureFixture[str]) -> None:
    printed = refused(capsys, "--account", ACCOUNT, "--zone", "example.com")
    before = printed.partition("YES: is required")[0]
    assert all(text in before for text in (*plan.PERMISSIONS, *plan.ZONE_PERMISSIONS, "costs:", *SCENARIOS, ACCOUNT))


def test_the_page_on_security_has_the_permissions() -> None:
    page = (PROJECT / "docs" / "security.md").read_text()
    assert [each for each in (*plan.PERMISSIONS, *plan.ZONE_PERMISSIONS) if each not in page] == []


@pytest.mark.parametrize(
    "settings", [worker_settings, lambda trial: rollout_settings(trial, "new", 10, "v1"), pages_settings]
)
def test_every_name_at_cloudflare_has_the_run_id(settings: Any) -> None:
    found = json.dumps(settings(Trial(RUN, target_of(), RUN.folder, print, "example.com")))
    keys = "scriptName|configName|projectName|title"
    names = re.findall(rf'"(?:{keys})": "([^"]+)"', found) + re.findall(r'"domains": \["([^"]+)"', found)
    assert len(names) >= 2
    assert [name for name in names if not RUN.owns(name)] == []


@pytest.mark.parametrize("name", ["api", "ep-accept-99999999-api", "my-ep-accept-1a2b3c4d-api", "ep-accept-1a2b3c4d"])
def test_a_name_without_the_run_id_belongs_to_no_run(name: str) -> None:
    assert not RUN.owns(name)


@pytest.mark.parametrize("run_id", ["", "1a2b", "1a2b3c4d5", "../../..", "1A2B3C4D"])
def test_a_run_id_has_8_hexadecimal_digits(run_id: str) -> None:
    with pytest.raises(LocalCloudError, match="8 hexadecimal digits"):
        Run(run_id, Path("/nowhere"))


@dataclass(frozen=True)
class Account(Target):
    """An account with one Worker of the run and other Workers. It records deletions."""

    def request(self, method: str, path: str, **query: str) -> Any:
        if method == "DELETE":
            DELETED.append(path)
        names = ["other", RUN.name("api"), "ep-accept-99999999-api"]
        shown = [{"id": name} for name in names if f"workers/scripts/{name}" not in DELETED]
        return {"result": shown if path == "workers/scripts" else []}


DELETED: list[str] = []


def test_a_sweep_deletes_only_names_with_the_run_id() -> None:
    DELETED.clear()
    account = Account(ACCOUNT, API, TOKEN, DATABASE, {})
    assert [each.name for each in resources_of(RUN, account)] == [RUN.name("api")]
    assert delete_resources(RUN, account, print) == []
    assert [f"workers/scripts/{RUN.name('api')}"] == DELETED


def test_a_running_run_is_not_swept(tmp_path: Path) -> None:
    with new_run(tmp_path, target_of()) as run:
        assert unfinished_runs(tmp_path, target_of()) == []
    assert unfinished_runs(tmp_path, target_of()) == [run]


def test_a_run_of_another_account_is_not_swept(tmp_path: Path) -> None:
    with new_run(tmp_path, target_of()):
        pass
    assert unfinished_runs(tmp_path, target_of("f" * 32)) == []


def test_a_run_remembers_no_secret(tmp_path: Path) -> None:
    with new_run(tmp_path, target_of()) as run:
        files = [file.read_text() for file in run.folder.iterdir()]
    assert not any("sentinel" in text for text in files)
    assert "sentinel" not in repr(target_of())


def test_results_are_written_into_the_rows_of_the_scenarios() -> None:
    page = matrix.PAGE.read_text()
    written = matrix.recorded(page, ["rollout"], "2026-12-01, 0123456789ab")
    before, after = page.splitlines(), written.splitlines()
    (changed,) = [new for old, new in zip(before, after, strict=True) if old != new]
    assert changed.startswith("| gradual rollout |")
    assert " | 2026-12-01, 0123456789ab | " in changed


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_rows_of_a_scenario_are_in_the_support_matrix(name: str) -> None:
    page = matrix.PAGE.read_text()
    assert [row for row in SCENARIOS[name].rows if f"\n| {row} |" not in page] == []
