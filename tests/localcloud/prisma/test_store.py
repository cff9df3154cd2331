"""What outlives the process, and what a reset leaves."""

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
    ready,
    signed_in,
)
from tests.localcloud.prisma.conftest import started


@contextmanager
def restarted(postgres: Postgres, folder: Path) -> Iterator[httpx.Client]:
    """Of the same store; at the end all that it made is gone."""
    with started(postgres, folder) as client:
        yield client
        client.post("/__localcloud/reset").raise_for_status()


def test_strings_lead_to_the_same_data_after_a_restart(postgres: Postgres, tmp_path: Path) -> None:
    with started(postgres, tmp_path) as client:
        connection = ready(client, new_database(client))["connections"][0]
        signed_in(direct_url(connection), "create table items (id int)", "insert into items values (7)")
    with pytest.raises(OSError, match="Connect call failed"):
        signed_in(direct_url(connection), "select 1")
    with restarted(postgres, tmp_path):
        for url in (direct_url(connection), pooled_url(connection)):
            assert signed_in(url, "select id from items") == 7


def test_everything_is_shown_as_before_after_a_restart(postgres: Postgres, tmp_path: Path) -> None:
    paths = ("/v1/projects", "/v1/databases", "/v1/connections")

    def shown(client: httpx.Client) -> list[str]:
        return [client.get(path).text.replace(str(client.base_url), "") for path in paths]

    with started(postgres, tmp_path) as client:
        new_connection(client, ready(client, new_database(client, logicalId="main")))
        before = shown(client)
    with restarted(postgres, tmp_path) as client:
        assert shown(client) == before


def test_a_database_goes_on_where_it_was_after_a_restart(postgres: Postgres, tmp_path: Path) -> None:
    with started(postgres, tmp_path) as client:
        database = new_database(client)
        client.get(f"/v1/databases/{database['id']}")
    with restarted(postgres, tmp_path) as client:
        path = f"/v1/databases/{database['id']}"
        assert [data(client.get(path))["status"] for _ in range(2)] == ["provisioning", "ready"]


def test_no_password_is_in_the_file_and_it_is_the_owners_alone(postgres: Postgres, tmp_path: Path) -> None:
    with restarted(postgres, tmp_path) as client:
        connection = new_connection(client, new_database(client))
        file = tmp_path / "prisma.json"
        assert connection["user"] in file.read_text()
        assert connection["pass"] not in file.read_text()
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_what_is_rejected_leaves_the_file_as_it_was(client: httpx.Client) -> None:
    project = new_project(client)
    new_database(client, project, logicalId="main")
    before = client.get("/__localcloud/store").json()
    body = {"projectId": project["id"], "logicalId": "main", "isDefault": True}
    assert client.post("/v1/databases", json=body).status_code == 409
    assert client.get("/__localcloud/store").json() == before


def test_a_reset_deletes_all_records(strangers: set[str], client: httpx.Client, postgres: Postgres) -> None:
    url = direct_url(ready(client, new_database(client, isDefault=True))["connections"][0])
    client.post("/__localcloud/faults", json=[{"status": 500}])
    client.post("/__localcloud/failures", json={"times": 9})
    client.post("/__localcloud/reset").raise_for_status()
    assert client.get("/__localcloud/requests").json() == {"requests": []}
    assert data(client.get("/v1/projects")) == data(client.get("/v1/connections")) == []
    assert names_on(postgres.admin_url) == strangers
    with pytest.raises(OSError, match="Connect call failed"):
        signed_in(url, "select 1")
    assert ready(client, new_database(client))
