"""The file with the records of an emulator."""

import stat
from pathlib import Path

import pytest

from localcloud.postgres import Postgres
from tests.localcloud.neon.api import (
    branch_path,
    new_branch,
    new_project,
    ok,
    project_path,
    run_statements,
    url_of,
    wait_until_finished,
)
from tests.localcloud.neon.conftest import started


def test_a_restarted_emulator_listens_on_the_same_ports(postgres: Postgres, tmp_path: Path) -> None:
    with started(postgres, tmp_path) as client:
        project = new_project(client)
        branch = new_branch(client, project)
    with pytest.raises(ConnectionRefusedError):
        run_statements(url_of(project))
    with started(postgres, tmp_path) as client:
        assert [run_statements(url_of(created)) for created in (project, branch)] == [1, 1]
        assert ok(client.get(branch_path(branch)))["branch"]["name"] == "dev"
        client.post("/__localcloud/reset")


def test_an_operation_continues_after_a_restart(postgres: Postgres, tmp_path: Path) -> None:
    with started(postgres, tmp_path) as client:
        project = new_project(client)
        answer = client.post(f"{branch_path(project)}/roles/neondb_owner/reset_password")
    with started(postgres, tmp_path) as client:
        wait_until_finished(client, client.get(f"{project_path(project)}/operations"))
        new = answer.json()["role"]["password"]
        old = project["roles"][0]["password"]
        assert run_statements(url_of(project).replace(old, new)) == 1
        client.post("/__localcloud/reset")


def test_the_file_is_readable_to_its_owner_only(postgres: Postgres, tmp_path: Path) -> None:
    with started(postgres, tmp_path) as client:
        new_project(client)
        client.post("/__localcloud/reset")
    assert stat.S_IMODE((tmp_path / "neon.json").stat().st_mode) == 0o600


def test_the_file_does_not_contain_passwords_that_must_not_be_stored(postgres: Postgres, tmp_path: Path) -> None:
    with started(postgres, tmp_path) as client:
        project = new_project(client, store_passwords=False)
        answer = client.post(f"{branch_path(project)}/roles/neondb_owner/reset_password")
        kept = (tmp_path / "neon.json").read_text()
        assert project["roles"][0]["password"] not in kept
        assert answer.json()["role"]["password"] not in kept
        client.post("/__localcloud/reset")
