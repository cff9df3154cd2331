"""The real engine deploys the program of the project to the local cloud."""

import json
import signal
import subprocess
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import psutil
import pytest

from localcloud.deploy import call_worker
from localcloud.errors import LocalCloudError
from tests.engine.deployment import MAIN, SCRIPT, Deployment
from tests.engine.lifecycle import Lifecycle, run_lifecycle
from tests.waiting import wait_until

pytestmark = pytest.mark.engine


def set_limit(limit: int) -> Callable[[dict[str, Any]], None]:
    def change(config: dict[str, Any]) -> None:
        config["edge-postgres:databases"]["main"]["hyperdrive"]["connectionLimit"] = limit

    return change


@pytest.fixture(scope="module")
def password(shared_deployment: Deployment) -> str:
    return urlsplit(shared_deployment.url).password or ""


def failure(deployment: Deployment) -> str:
    """Returns the error of a deployment that must fail."""
    with pytest.raises(LocalCloudError) as failed:
        deployment.up()
    assert "Traceback" not in str(failed.value)
    return str(failed.value)


@pytest.fixture(scope="module")
def life(shared_deployment: Deployment) -> Lifecycle:
    def look() -> Any:
        return call_worker(shared_deployment.cloud.worker_url(SCRIPT)), command_lines(), shared_deployment.stored()

    return run_lifecycle(shared_deployment, look)


def test_the_worker_reads_from_the_database(life: Lifecycle) -> None:
    answer, _, _ = life.observed
    assert answer["success"] is True
    assert [row["id"] for row in answer["result"]] == ["1", "2", "3"]


def test_a_second_up_changes_nothing(life: Lifecycle) -> None:
    assert set(life.second_up) == {"same"}


def test_a_preview_after_a_refresh_shows_no_change(life: Lifecycle) -> None:
    assert life.refresh_error == ""
    assert life.after_refresh == {}


def test_destroy_deletes_all_resources(life: Lifecycle) -> None:
    _, _, stored = life.observed
    assert stored["scripts"] == [SCRIPT]
    assert life.leftovers == {}


def test_no_secret_is_stored_or_shown_in_plain_text(life: Lifecycle, password: str) -> None:
    assert len(password) >= 16
    assert password not in life.output


def test_the_password_reaches_the_api_and_no_command_line(life: Lifecycle, password: str) -> None:
    _, lines, _ = life.observed
    assert password in life.requests
    assert [line for line in lines if password in line] == []


def test_another_limit_is_an_update_in_place(deployment: Deployment) -> None:
    deployment.up()
    before = deployment.stored()["hyperdrive"]
    changed = deployment.changed(set_limit(11))
    assert changed.previewed() == {f"HyperdriveConfig {MAIN}": "update"}
    changed.up()
    assert changed.stored()["hyperdrive"] == before


def test_another_script_content_is_an_update(deployment: Deployment, tmp_path: Any) -> None:
    deployment.up()
    bundle = tmp_path / "worker.js"
    bundle.write_text(bundle.read_text() + "\n// changed\n")
    assert deployment.previewed() == {f"WorkersScript {SCRIPT}": "update"}
    assert deployment.up()["update"] == 1


def test_another_script_name_is_another_worker(deployment: Deployment) -> None:
    deployment.up()

    def rename(config: dict[str, Any]) -> None:
        config["edge-postgres:workers"]["api"]["scriptName"] = "renamed"

    renamed = deployment.changed(rename)
    previewed = renamed.previewed()
    assert (previewed["WorkersScript renamed"], previewed[f"WorkersScript {SCRIPT}"]) == ("create", "delete")
    renamed.up()
    assert renamed.stored()["scripts"] == ["renamed"]


def test_the_next_up_finishes_a_killed_up(deployment: Deployment) -> None:
    slow = {"method": "PUT", "path": "*/workers/scripts/*", "latency_ms": 5000, "times": 1}
    deployment.control("POST", "faults", json=[slow])
    engine = deploying_engine(deployment)
    # The engine has stored the configuration in the state when it sends the script, which needs the configuration's ID.
    wait_until(
        lambda: any(sent["method"] == "PUT" for sent in deployment.control("GET", "requests").json()["requests"])
    )
    engine.send_signal(signal.SIGKILL)
    engine.wait(30)

    deployment.stack.pulumi("cancel", "--yes")
    deployment.up()
    assert len(deployment.stored()["hyperdrive"]) == 1
    assert deployment.stored()["scripts"] == [SCRIPT]
    assert set(deployment.up()) == {"same"}


def test_the_next_up_finishes_an_interrupted_up(deployment: Deployment) -> None:
    slow = {"method": "POST", "path": "*/hyperdrive/configs", "latency_ms": 3000, "times": 1}
    deployment.control("POST", "faults", json=[slow])
    engine = deploying_engine(deployment)
    wait_until(lambda: "hyperdrive/configs" in json.dumps(deployment.control("GET", "requests").json()))
    engine.send_signal(signal.SIGINT)
    engine.wait(60)

    deployment.up()
    assert len(deployment.stored()["hyperdrive"]) == 1


def test_a_wrong_password_is_rejected_with_the_code_and_the_fix(deployment: Deployment) -> None:
    parts = urlsplit(deployment.url)
    wrong = deployment.url.replace(parts.password or "", "not-the-password")
    deployment.stack.prepare({"databases.main.url": wrong})
    error = failure(deployment)
    assert "2013" in error
    assert "password" in error
    assert "not-the-password" not in error
    assert deployment.stored()["hyperdrive"] == []


def test_a_missing_database_is_rejected_with_the_code(deployment: Deployment) -> None:
    deployment.stack.prepare({"databases.main.url": deployment.url.replace("/app?", "/nowhere?")})
    assert "2014" in failure(deployment)


def test_a_port_where_nothing_listens_is_rejected_with_the_code(deployment: Deployment) -> None:
    parts = urlsplit(deployment.url)
    deployment.stack.prepare({"databases.main.url": deployment.url.replace(f":{parts.port}/", ":1/")})
    assert "2011" in failure(deployment)


def test_an_unencoded_password_is_rejected_before_any_resource_is_created(deployment: Deployment) -> None:
    deployment.stack.prepare({"databases.main.url": "postgres://app:se#cret@localhost:5432/app"})
    error = failure(deployment)
    assert "Percent-encode special characters" in error
    assert "cret@" not in error
    assert [kind for kind, ids in deployment.stored().items() if ids] == []


def test_every_error_of_a_stack_file_is_reported(deployment: Deployment) -> None:
    def break_settings(config: dict[str, Any]) -> None:
        config["edge-postgres:databases"]["main"]["hyperdrive"] = {"connectionLimit": 4}

    error = failure(deployment.changed(break_settings))
    assert "Pulumi.local.yaml has 2 errors" in error


def command_lines() -> list[str]:
    return [" ".join(process.info["cmdline"] or []) for process in psutil.process_iter(["cmdline"])]


def deploying_engine(deployment: Deployment) -> subprocess.Popen[bytes]:
    """A running engine that deploys the stack."""
    return subprocess.Popen(
        ["pulumi", "--non-interactive", "up", "--yes", "--skip-preview"],
        cwd=deployment.stack.folder,
        env=dict(deployment.stack.environment),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
