"""Connection strings on demand."""

from urllib.parse import urlsplit

import httpx
import pytest

from tests.localcloud.neon.api import (
    new_branch,
    new_project,
    ok,
    project_path,
    refused,
    signed_in,
    url,
    url_of,
)

NAMES = {"database_name": "neondb", "role_name": "neondb_owner"}


def test_it_is_that_of_the_create_answer(client: httpx.Client) -> None:
    project = new_project(client)
    assert url(client, project) == url_of(project)


def test_the_default_branch_is_meant_where_none_is_stated(client: httpx.Client) -> None:
    project = new_project(client)
    new_branch(client, project)
    told = ok(client.get(f"{project_path(project)}/connection_uri", params=NAMES))
    assert told == {"uri": url_of(project)}


def test_a_compute_can_be_stated(client: httpx.Client) -> None:
    project = new_project(client)
    branch = new_branch(client, project)
    wanted = {**NAMES, "endpoint_id": branch["endpoints"][0]["id"]}
    told = ok(client.get(f"{project_path(project)}/connection_uri", params=wanted))
    assert told == {"uri": url_of(branch)}


def test_the_pooler_has_an_address_of_its_own(client: httpx.Client) -> None:
    project = new_project(client)
    pooled = url(client, project, pooled="true")
    assert urlsplit(pooled).port != urlsplit(url_of(project)).port
    assert signed_in(pooled) == 1


@pytest.mark.parametrize(("stated", "noun"), [({"database_name": "none"}, "database"), ({"role_name": "none"}, "role")])
def test_what_is_not_there_is_404(client: httpx.Client, stated: dict[str, str], noun: str) -> None:
    project = new_project(client)
    answer = client.get(f"{project_path(project)}/connection_uri", params={**NAMES, **stated})
    assert refused(answer) == (404, f"{noun} not found")


@pytest.mark.parametrize("missing", ["database_name", "role_name"])
def test_both_names_are_needed(client: httpx.Client, missing: str) -> None:
    project = new_project(client)
    names = {key: value for key, value in NAMES.items() if key != missing}
    assert refused(client.get(f"{project_path(project)}/connection_uri", params=names))[0] == 400


def test_a_branch_without_a_compute_has_none(client: httpx.Client) -> None:
    project = new_project(client)
    branch = new_branch(client, project, endpoint=False)
    answer = client.get(
        f"{project_path(project)}/connection_uri", params={**NAMES, "branch_id": branch["branch"]["id"]}
    )
    assert refused(answer) == (404, "endpoint not found")


def test_a_password_that_is_not_stored_is_in_none(client: httpx.Client) -> None:
    project = new_project(client, store_passwords=False)
    assert refused(client.get(f"{project_path(project)}/connection_uri", params=NAMES))[0] == 412
