"""Connection strings that clients request."""

from urllib.parse import urlsplit

import httpx
import pytest

from tests.localcloud.neon.api import (
    error_of,
    new_branch,
    new_project,
    ok,
    project_path,
    run_statements,
    url,
    url_of,
)

NAMES = {"database_name": "neondb", "role_name": "neondb_owner"}


def test_it_equals_the_connection_string_of_the_create_response(client: httpx.Client) -> None:
    project = new_project(client)
    assert url(client, project) == url_of(project)


def test_the_branch_defaults_to_the_default_branch(client: httpx.Client) -> None:
    project = new_project(client)
    new_branch(client, project)
    content = ok(client.get(f"{project_path(project)}/connection_uri", params=NAMES))
    assert content == {"uri": url_of(project)}


def test_a_compute_can_be_selected(client: httpx.Client) -> None:
    project = new_project(client)
    branch = new_branch(client, project)
    requested = {**NAMES, "endpoint_id": branch["endpoints"][0]["id"]}
    content = ok(client.get(f"{project_path(project)}/connection_uri", params=requested))
    assert content == {"uri": url_of(branch)}


def test_the_pooler_has_a_separate_address(client: httpx.Client) -> None:
    project = new_project(client)
    pooled = url(client, project, pooled="true")
    assert urlsplit(pooled).port != urlsplit(url_of(project)).port
    assert run_statements(pooled) == 1


@pytest.mark.parametrize(("names", "noun"), [({"database_name": "none"}, "database"), ({"role_name": "none"}, "role")])
def test_missing_objects_are_404(client: httpx.Client, names: dict[str, str], noun: str) -> None:
    project = new_project(client)
    answer = client.get(f"{project_path(project)}/connection_uri", params={**NAMES, **names})
    assert error_of(answer) == (404, f"{noun} not found")


@pytest.mark.parametrize("missing", ["database_name", "role_name"])
def test_both_names_are_required(client: httpx.Client, missing: str) -> None:
    project = new_project(client)
    names = {key: value for key, value in NAMES.items() if key != missing}
    assert error_of(client.get(f"{project_path(project)}/connection_uri", params=names))[0] == 400


def test_a_branch_without_a_compute_has_no_connection_string(client: httpx.Client) -> None:
    project = new_project(client)
    branch = new_branch(client, project, endpoint=False)
    answer = client.get(
        f"{project_path(project)}/connection_uri", params={**NAMES, "branch_id": branch["branch"]["id"]}
    )
    assert error_of(answer) == (404, "endpoint not found")


def test_no_connection_string_is_returned_if_the_password_is_not_stored(client: httpx.Client) -> None:
    project = new_project(client, store_passwords=False)
    assert error_of(client.get(f"{project_path(project)}/connection_uri", params=NAMES))[0] == 412
