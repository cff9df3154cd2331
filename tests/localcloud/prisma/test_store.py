"""The file with the records of an emulator, and the reset."""

import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from localcloud.postgres import Postgres
from tests.localcloud.prisma.api import (
    data,
    direct_url,
    names_on,
    new_connection,
    new_database,
    new_project,
    pooled_url,
    run_statements,
    wait_until_ready,
)
from tests.localcloud.prisma.conftest import started


@contextmanager
def restarted(postgres: Postgres, folder: Path) -> Iterator[httpx.Client]:
    """Starts emulators on the same store. Their objects are deleted at the end."""
    with started(postgres, folder) as client:
        yield client
        client.post("/__localcloud/reset").raise_for_status()


def test_connection_strings_are_valid_after_a_restart(postgres: Postgres, tmp_path: Path) -> None:
    with started(postgres, tmp_path) as client:
        connection = wait_until_ready(client, new_database(client))["connections"][0]
        run_statements(direct_url(connection), "create table items (id int)", "insert into items values (7)")
    with pytest.raises(OSError, match="Connect call failed"):
        run_statements(direct_url(connection), "select 1")
    with restarted(postgres, tmp_path):
        for url in (direct_url(connection), pooled_url(connection)):
            assert run_statements(url, "select id from items") == 7


def test_all_records_are_the_same_after_a_restart(postgres: Postgres, tmp_path: Path) -> None:
    paths = ("/v1/projects", "/v1/databases", "/v1/connections")

    def shown(client: httpx.Client) -> list[str]:
        return [client.get(path).text.replace(str(client.base_url), "") for path in paths]

    with started(postgres, tmp_path) as client:
        new_connection(client, wait_until_ready(client, new_database(client, logicalId="main")))
        before = shown(client)
    with restarted(postgres, tmp_path) as client:
        assert shown(client) == before


def test_provisioning_of_a_database_continues_after_a_restart(postgres: Postgres, tmp_path: Path) -> None:
    with started(postgres, tmp_path) as client:
        database = new_database(client)
        client.get(f"/v1/databases/{database['id']}")
    with restarted(postgres, tmp_path) as client:
        path = f"/v1/databases/{database['id']}"
        assert [data(client.get(path))["status"] for _ in range(2)] == ["provisioning", "ready"]


def test_the_file_has_no_password_and_is_readable_to_its_owner_only(postgres: Postgres, tmp_path: Path) -> None:
    with restarted(postgres, tmp_path) as client:
        connection = new_connection(client, new_database(client))
        file = tmp_path / "prisma.json"
        assert connection["user"] in file.read_text()
        assert connection["pass"] not in file.read_text()
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_rejected_request_does_not_change_the_file(client: httpx.Client) -> None:
    project = new_project(client)
    new_database(client, project, logicalId="main")
    before = client.get("/__localcloud/store").json()
    body = {"projectId": project["id"], "logicalId": "main", "isDefault": True}
    assert client.post("/v1/databases", json=body).status_code == 409
    assert client.get("/__localcloud/store").json() == before


def test_a_reset_deletes_all_records(others: set[str], client: httpx.Client, postgres: Postgres) -> None:
    url = direct_url(wait_until_ready(client, new_database(client, isDefault=True))["connections"][0])
    client.post("/__localcloud/faults", json=[{"status": 500}])
    client.post("/__localcloud/failures", json={"times": 9})
    client.post("/__localcloud/reset").raise_for_status()
    assert client.get("/__localcloud/requests").json() == {"requests": []}
    assert data(client.get("/v1/projects")) == data(client.get("/v1/connections")) == []
    assert names_on(postgres.admin_url) == others
    with pytest.raises(OSError, match="Connect call failed"):
        run_statements(url, "select 1")
    assert wait_until_ready(client, new_database(client))
