"""What outlives the process."""

import stat
from pathlib import Path

import pytest

from localcloud.postgres import Postgres
from tests.localcloud.neon.api import branch_path, new_branch, new_project, ok, project_path, settled, signed_in, url_of
from tests.localcloud.neon.conftest import started


def test_a_new_process_answers_on_the_same_ports(postgres: Postgres, tmp_path: Path) -> None:
    with started(postgres, tmp_path) as client:
        project = new_project(client)
        branch = new_branch(client, project)
    with pytest.raises(ConnectionRefusedError):
        signed_in(url_of(project))
    with started(postgres, tmp_path) as client:
        assert [signed_in(url_of(made)) for made in (project, branch)] == [1, 1]
        assert ok(client.get(branch_path(branch)))["branch"]["name"] == "dev"
        client.post("/__localcloud/reset")


def test_an_operation_goes_on_in_a_new_process(postgres: Postgres, tmp_path: Path) -> None:
    with started(postgres, tmp_path) as client:
        project = new_project(client)
        answer = client.post(f"{branch_path(project)}/roles/neondb_owner/reset_password")
    with started(postgres, tmp_path) as client:
        settled(client, client.get(f"{project_path(project)}/operations"))
        new = answer.json()["role"]["password"]
        old = project["roles"][0]["password"]
        assert signed_in(url_of(project).replace(old, new)) == 1
        client.post("/__localcloud/reset")


def test_only_the_owner_reads_the_file(postgres: Postgres, tmp_path: Path) -> None:
    with started(postgres, tmp_path) as client:
        new_project(client)
        client.post("/__localcloud/reset")
    assert stat.S_IMODE((tmp_path / "neon.json").stat().st_mode) == 0o600


def test_passwords_that_shall_not_be_stored_are_not_in_the_file(postgres: Postgres, tmp_path: Path) -> None:
    with started(postgres, tmp_path) as client:
        project = new_project(client, store_passwords=False)
        answer = client.post(f"{branch_path(project)}/roles/neondb_owner/reset_password")
        kept = (tmp_path / "neon.json").read_text()
        assert project["roles"][0]["password"] not in kept
        assert answer.json()["role"]["password"] not in kept
        client.post("/__localcloud/reset")
