"""The acceptance tests of a real account, with the emulator in the account's place."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from localcloud.emulator import CloudflareEmulator
from localcloud.errors import LocalCloudError
from localcloud.instance import Instance
from localcloud.state_directory import CHECKOUT
from tests.waiting import wait_until
from tools.acceptance.scenarios import SCENARIOS, Scenario, pages_settings
from tools.acceptance.suite import run_scenarios
from tools.acceptance.target import Target
from tools.acceptance.trial import PROJECT, Trial

pytestmark = pytest.mark.engine

ZONE = "example.com"
SECONDS = 300


def stored(cloud: Instance) -> dict[str, Any]:
    """The IDs of all records of Cloudflare's emulator, by kind."""
    store = CloudflareEmulator(cloud.state_directory).control("GET", "store").json()
    return {kind: ids for kind, ids in store.items() if ids}


@pytest.fixture
def target(cloud: Instance) -> Iterator[Target]:
    """An account that has a KV namespace of another run. After the test it has this namespace and nothing else."""
    target = Target.of_local_cloud(cloud)
    url = f"{target.base_url}/accounts/{target.account_id}/storage/kv/namespaces"
    header = {"authorization": f"Bearer {target.token}"}
    other = httpx.post(url, json={"title": "ep-accept-99999999-cache"}, headers=header).raise_for_status()
    before = stored(cloud)
    yield target
    after = stored(cloud)
    httpx.delete(f"{url}/{other.json()['result']['id']}", headers=header).raise_for_status()
    assert after == before


def test_every_scenario_passes_and_destroy_leaves_nothing(target: Target, tmp_path: Path) -> None:
    lines: list[str] = []
    passed = run_scenarios(target, tmp_path, list(SCENARIOS), lines.append, ZONE)
    assert passed == list(SCENARIOS), "\n".join(lines)
    assert not any("swept" in line for line in lines)
    assert target.database_url not in "\n".join(lines)
    assert list(tmp_path.iterdir()) == []


def fail(trial: Trial) -> None:
    trial.up("up", pages_settings(trial))
    raise LocalCloudError("the check failed")


def lose_the_state(trial: Trial) -> None:
    trial.up("up", pages_settings(trial))
    shutil.rmtree(trial.folder / PROJECT)


def interrupt(trial: Trial) -> None:
    trial.up("up", pages_settings(trial))
    raise KeyboardInterrupt


def run_broken(
    check: Callable[[Trial], None], target: Target, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[list[str], str]:
    """Runs one scenario, and returns the names of those that passed, and the output."""
    monkeypatch.setitem(SCENARIOS, "broken", Scenario(check, "", ()))
    lines: list[str] = []
    try:
        passed = run_scenarios(target, tmp_path, ["broken"], lines.append)
    except KeyboardInterrupt:
        passed = ["interrupted"]
    assert list(tmp_path.iterdir()) == []
    return passed, "\n".join(lines)


def test_a_failed_scenario_is_destroyed(target: Target, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    passed, output = run_broken(fail, target, tmp_path, monkeypatch)
    assert passed == []
    assert "destroyed: nothing is left" in output
    assert "FAILED: the check failed" in output


def test_an_interrupted_scenario_is_destroyed(target: Target, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    passed, output = run_broken(interrupt, target, tmp_path, monkeypatch)
    assert passed == ["interrupted"]
    assert "destroyed: nothing is left" in output


def test_resources_without_a_state_are_found_by_the_run_id(
    target: Target, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, output = run_broken(lose_the_state, target, tmp_path, monkeypatch)
    assert "swept: Pages project ep-accept-" in output
    assert "swept: Hyperdrive configuration ep-accept-" in output


def command(cloud: Instance, folder: Path, *arguments: str) -> dict[str, Any]:
    """Arguments of `subprocess`: the command of a user outside of CI, without a terminal."""
    environment = {name: value for name, value in os.environ.items() if name != "CI"}
    return {
        "args": [sys.executable, "-m", "tools.acceptance", "--local", "--folder", str(folder), *arguments],
        "env": {**environment, "LOCALCLOUD_HOME": str(cloud.path)},
        "cwd": CHECKOUT,
        "stdin": subprocess.DEVNULL,
    }


@pytest.mark.usefixtures("target")
def test_a_killed_run_is_swept_by_the_next_call(cloud: Instance, tmp_path: Path) -> None:
    first = command(cloud, tmp_path, "--yes", "--only", "pages")
    with subprocess.Popen(**first, stdout=subprocess.DEVNULL) as killed:
        wait_until(lambda: stored(cloud).get("hyperdrive"), "the run created nothing", SECONDS)
        killed.kill()
    swept = subprocess.run(**command(cloud, tmp_path, "--yes", "--sweep"), capture_output=True, text=True)
    assert swept.returncode == 0, swept.stdout + swept.stderr
    assert "ended early" in swept.stdout
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("target")
def test_nothing_runs_without_a_yes(cloud: Instance, tmp_path: Path) -> None:
    refused = subprocess.run(**command(cloud, tmp_path), capture_output=True, text=True)
    assert refused.returncode == 1
    assert "YES: is required without a terminal" in refused.stderr
    assert list(tmp_path.iterdir()) == []
