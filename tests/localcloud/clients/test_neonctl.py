"""Neon's command `neonctl` against the emulator, in the order in which a user would call it."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.localcloud.clients.typescript_calls import FOLDER, requires, run
from tests.localcloud.neon.api import KEY

pytestmark = requires("neonctl")

Neonctl = Callable[..., Any]
PROGRAM = FOLDER / "node_modules/neonctl/bin/cli.js"
POLL_SECONDS, POLLS = 0.05, 400


@pytest.fixture(scope="module")
def neonctl(neon: httpx.Client, tmp_path_factory: pytest.TempPathFactory) -> Neonctl:
    """Runs a command and returns the JSON that it prints, or its text with another `output`."""
    folder = tmp_path_factory.mktemp("neonctl")

    def neonctl(*command: str, output: str = "json") -> Any:
        ended = run_command(folder, neon, *command, output=output)
        assert ended.returncode == 0, ended.stderr
        return json.loads(ended.stdout) if output == "json" else ended.stdout.strip()

    return neonctl


def run_command(folder: Path, neon: httpx.Client, *command: str, output: str = "json", key: str = KEY) -> Any:
    host = f"{str(neon.base_url).rstrip('/')}/api/v2"
    files = ("--config-dir", str(folder / "config"), "--context-file", str(folder / "context"))
    options = ("--api-host", host, "--output", output, "--no-analytics", "--no-color", *files)
    variables = {"NEON_API_KEY": key, "HOME": str(folder), "CI": "1"}
    return run(PROGRAM, *command, *options, variables=variables, folder=folder)


@pytest.fixture(scope="module")
def project(neonctl: Neonctl, neon: httpx.Client) -> dict[str, Any]:
    created: dict[str, Any] = neonctl("projects", "create", "--name", "cli")
    wait_until_idle(neon, created["project"]["id"])
    return created


@pytest.fixture(scope="module")
def branch(neonctl: Neonctl, neon: httpx.Client, project: dict[str, Any]) -> dict[str, Any]:
    created: dict[str, Any] = neonctl("branches", "create", "--name", "dev", *of(project))
    wait_until_idle(neon, project["project"]["id"])
    return created


def of(project: dict[str, Any]) -> tuple[str, str]:
    return ("--project-id", project["project"]["id"])


def wait_until_idle(neon: httpx.Client, project_id: str) -> None:
    """Waits until all operations have finished, because `neonctl` waits 3 s when a project is locked."""
    for _ in range(POLLS):
        operations = neon.get(f"/api/v2/projects/{project_id}/operations").json()["operations"]
        if all(operation["status"] == "finished" for operation in operations):
            return
        time.sleep(POLL_SECONDS)
    pytest.fail(f"operations of {project_id} are still running")


def test_a_created_project_is_listed_and_shown(neonctl: Neonctl, project: dict[str, Any]) -> None:
    listed = neonctl("projects", "list")
    assert [each["name"] for each in listed["projects"]] == ["cli"]
    assert listed["shared_with_you"] == []
    assert neonctl("projects", "get", project["project"]["id"])["id"] == project["project"]["id"]


def test_a_created_branch_is_listed_and_shown_with_its_compute(
    neonctl: Neonctl, project: dict[str, Any], branch: dict[str, Any]
) -> None:
    assert [each["type"] for each in branch["endpoints"]] == ["read_write"]
    assert {each["name"] for each in neonctl("branches", "list", *of(project))} == {"main", "dev"}
    assert neonctl("branches", "get", "dev", *of(project))["id"] == branch["branch"]["id"]


def test_the_connection_string_of_a_branch_has_the_password_of_its_role(
    neonctl: Neonctl, project: dict[str, Any], branch: dict[str, Any]
) -> None:
    """`neonctl` builds the string from the host, so that it does not contain the emulator's port."""
    parameters = project["connection_uris"][0]["connection_parameters"]
    login = f"postgresql://{parameters['role']}:{parameters['password']}@{branch['endpoints'][0]['host']}"
    shown = neonctl("connection-string", "dev", *of(project), output="table")
    assert shown == f"{login}/{parameters['database']}?sslmode=require&channel_binding=require"


def test_roles_and_databases_of_a_branch_are_listed(
    neonctl: Neonctl, project: dict[str, Any], branch: dict[str, Any]
) -> None:
    at = ("--branch", branch["branch"]["id"], *of(project))
    assert [role["name"] for role in neonctl("roles", "list", *at)] == ["neondb_owner"]
    databases = [(database["name"], database["owner_name"]) for database in neonctl("databases", "list", *at)]
    assert databases == [("neondb", "neondb_owner")]


def test_operations_are_listed_with_their_status(
    neonctl: Neonctl, project: dict[str, Any], branch: dict[str, Any]
) -> None:
    operations = neonctl("operations", "list", *of(project))
    assert {operation["status"] for operation in operations} == {"finished"}
    assert branch["branch"]["id"] in {operation["branch_id"] for operation in operations}


def test_a_deleted_branch_is_not_listed(neonctl: Neonctl, neon: httpx.Client, project: dict[str, Any]) -> None:
    neonctl("branches", "create", "--name", "old", "--no-compute", *of(project))
    wait_until_idle(neon, project["project"]["id"])
    assert neonctl("branches", "delete", "old", *of(project))["name"] == "old"
    assert "old" not in {each["name"] for each in neonctl("branches", "list", *of(project))}


def test_a_rejected_key_is_an_error(neon: httpx.Client, tmp_path: Path) -> None:
    ended = run_command(tmp_path, neon, "projects", "list", key="napi_wrong_key")
    assert ended.returncode == 1
    assert "napi_wrong_key" not in ended.stdout + ended.stderr
