"""The limits of one Worker and of one Pages environment on each plan."""

from typing import Any

import httpx
import pytest

from edge_postgres.workers.limits import ASSET_FILE_BYTES, WORKER_SIZE_BYTES, WORKER_VARIABLE_BYTES
from localcloud.cloudflare import plan_limits
from localcloud.cloudflare.settings import Plan
from tests.localcloud.cloudflare.api import SCRIPTS, error_of, message, result, text, upload
from tests.localcloud.cloudflare.conftest import Start
from tests.localcloud.cloudflare.pages import SITE, project, variable

INVALID = (400, 10021)


@pytest.mark.parametrize(("plan", "number"), [(Plan.FREE, 64), (Plan.PAID, 128)])
def test_more_variables_than_the_plan_allows_are_rejected(start: Start, plan: Plan, number: int) -> None:
    client = start(plan=plan).client
    variables = [text(f"V{each}", "x") for each in range(number)]
    result(upload(client, "api", *variables))
    assert error_of(upload(client, "api", *variables, text("KEY", "x", "secret_text"))) == INVALID


def test_a_variable_above_its_size_is_rejected(client: httpx.Client) -> None:
    result(upload(client, "api", text("V", "x" * WORKER_VARIABLE_BYTES)))
    assert error_of(upload(client, "api", text("V", "x" * (WORKER_VARIABLE_BYTES + 1)))) == INVALID
    changed = {"bindings": [text("V", "x" * (WORKER_VARIABLE_BYTES + 1))]}
    assert error_of(client.patch(f"{SCRIPTS}/api/settings", json=changed)) == INVALID


@pytest.mark.parametrize(
    ("plan", "limits", "rejected"),
    [
        (Plan.FREE, {"cpu_ms": 10, "subrequests": 1000}, False),
        (Plan.FREE, {"cpu_ms": 11}, True),
        (Plan.FREE, {"subrequests": 1001}, True),
        (Plan.PAID, {"cpu_ms": 300_000, "subrequests": 10_000_000}, False),
        (Plan.PAID, {"cpu_ms": 300_001}, True),
        (Plan.PAID, {"subrequests": 10_000_001}, True),
        (Plan.PAID, {"cpu_ms": 0}, True),
    ],
)
def test_a_limit_of_an_invocation_is_at_most_that_of_the_plan(
    start: Start, plan: Plan, limits: dict[str, Any], rejected: bool
) -> None:
    answer = upload(start(plan=plan).client, limits=limits)
    assert (answer.status_code == 400) is rejected
    assert not rejected or error_of(answer) == INVALID


def test_modules_above_the_size_of_a_worker_are_rejected(client: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    assert WORKER_SIZE_BYTES == 64 * 1024 * 1024
    monkeypatch.setattr(plan_limits, "WORKER_SIZE_BYTES", 100)
    answer = upload(client, source="export default {}" + " " * 100)
    assert (error_of(answer), message(answer)) == (INVALID, "The limit for bytes of the modules is 100, got 117.")


@pytest.mark.parametrize(("plan", "number"), [(Plan.FREE, 20_000), (Plan.PAID, 100_000)])
def test_more_asset_files_than_the_plan_allows_are_rejected(start: Start, plan: Plan, number: int) -> None:
    manifest = {f"/{each}": {"hash": "a" * 32, "size": 1} for each in range(number + 1)}
    answer = start(plan=plan).client.post(f"{SCRIPTS}/api/assets-upload-session", json={"manifest": manifest})
    assert error_of(answer) == INVALID
    assert message(answer).startswith(f"The limit for asset files is {number}")


def test_an_asset_file_above_its_size_is_rejected(client: httpx.Client) -> None:
    manifest = {"/a": {"hash": "a" * 32, "size": ASSET_FILE_BYTES + 1}}
    assert error_of(client.post(f"{SCRIPTS}/api/assets-upload-session", json={"manifest": manifest})) == INVALID


@pytest.mark.parametrize(
    "config",
    [{"limits": {"cpu_ms": 11}}, {"env_vars": {f"V{each}": variable("x") for each in range(65)}}],
    ids=["cpu", "variables"],
)
def test_the_limits_apply_to_each_environment_of_a_pages_project(start: Start, config: dict[str, Any]) -> None:
    client = start(plan=Plan.FREE).client
    configs: dict[str, Any] = {"deployment_configs": {"preview": config}}
    assert error_of(project(client, **configs)) == (400, 8000001)
    result(project(client))
    assert error_of(client.patch(SITE, json=configs)) == (400, 8000001)
