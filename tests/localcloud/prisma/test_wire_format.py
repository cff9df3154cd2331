"""The format of all responses."""

from typing import Any

import httpx
import pytest

from tests.localcloud.prisma.api import TOKEN, data, error_of, new_database, new_project
from tests.localcloud.prisma.conftest import Start

ROUTES = [
    ("GET", "/v1/projects"),
    ("POST", "/v1/projects"),
    ("DELETE", "/v1/databases/db_none"),
    ("POST", "/v1/connections/con_none/rotate"),
    ("GET", "/v1/regions/postgres"),
    ("GET", "/v1/nothing"),
]


@pytest.mark.parametrize(("method", "path"), ROUTES)
@pytest.mark.parametrize("header", [None, "Bearer wrong", f"Basic {TOKEN}", TOKEN, "Bearer", "Bearer t\xf6ken"])
def test_all_endpoints_require_the_token(client: httpx.Client, method: str, path: str, header: str | None) -> None:
    headers = [] if header is None else [(b"authorization", header.encode("latin-1"))]
    answer = httpx.request(method, client.base_url.join(path), headers=headers, trust_env=False)
    assert error_of(answer) == (401, "unauthorized")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        *[("GET", f"/{kind}/none") for kind in ("projects", "databases", "connections")],
        *[("DELETE", f"/{kind}/none") for kind in ("projects", "databases", "connections")],
        *[("PATCH", f"/{kind}/none") for kind in ("projects", "databases")],
        ("POST", "/connections/none/rotate"),
        ("GET", "/projects/none/databases"),
        ("POST", "/projects/none/databases"),
        ("GET", "/databases/none/connections"),
    ],
)
def test_missing_objects_are_not_found(client: httpx.Client, method: str, path: str) -> None:
    assert error_of(client.request(method, f"/v1{path}")) == (404, "notFound")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/databases", {"projectId": "none"}),
        ("/connections", {"databaseId": "none", "name": "worker"}),
        ("/databases/none/connections", {"name": "worker"}),
    ],
)
def test_missing_objects_cannot_be_parents(client: httpx.Client, path: str, body: Any) -> None:
    assert error_of(client.post(f"/v1{path}", json=body)) == (404, "notFound")


def test_the_error_for_an_unknown_path_has_the_same_format(client: httpx.Client) -> None:
    assert error_of(client.get("/v1/nothing")) == (404, "routeNotFound")


def test_the_error_for_an_unknown_method_has_the_same_format(client: httpx.Client) -> None:
    assert error_of(client.put("/v1/projects", json={})) == (405, "routeNotFound")


@pytest.mark.parametrize("body", ["{", "[]", "null", '"text"'])
def test_a_body_must_be_an_object(client: httpx.Client, body: str) -> None:
    assert error_of(client.post("/v1/projects", content=body)) == (400, "validationFailed")


@pytest.mark.parametrize("path", ["/databases", "/connections"])
def test_missing_required_fields_are_reported(client: httpx.Client, path: str) -> None:
    assert error_of(client.post(f"/v1{path}", json={})) == (400, "validationFailed")


def test_the_error_about_an_invalid_body_contains_no_values(client: httpx.Client) -> None:
    answer = client.post("/v1/databases", json={"projectId": {"secret": "s3cret"}})
    assert answer.json()["error"]["message"].startswith("projectId: ")
    assert "s3cret" not in answer.text


@pytest.mark.parametrize(("method", "path"), [("POST", "/projects"), ("POST", "/databases"), ("PATCH", "/databases/x")])
def test_a_body_that_is_too_large_is_rejected(client: httpx.Client, method: str, path: str) -> None:
    answer = client.request(method, f"/v1{path}", json={"name": "x" * 65536})
    assert error_of(answer) == (413, "payloadTooLarge")


def test_keys_must_be_in_camel_case(client: httpx.Client) -> None:
    assert error_of(client.post("/v1/databases", json={"project_id": "none"})) == (400, "validationFailed")


def test_unknown_keys_of_a_body_are_ignored(client: httpx.Client) -> None:
    assert new_project(client, colour="red")["name"] == "shop"


def test_an_object_has_its_type_and_url(client: httpx.Client) -> None:
    database = new_database(client)
    for kind, each in (("database", database), ("connection", database["connections"][0])):
        assert each["type"] == kind
        assert data(client.get(each["url"]))["id"] == each["id"]
        assert each["createdAt"].endswith("Z")


def test_the_base_path_is_optional(client: httpx.Client) -> None:
    project = new_project(client)
    assert data(client.get(f"/projects/{project['id']}")) == data(client.get(f"/v1/projects/{project['id']}"))


def test_a_list_on_one_page_has_no_next_page(client: httpx.Client) -> None:
    project = new_project(client)
    answer = client.get("/v1/projects").json()
    assert [each["id"] for each in answer["data"]] == [project["id"]]
    assert answer["pagination"] == {"nextCursor": None, "hasMore": False}


def test_a_list_continues_at_the_cursor(client: httpx.Client) -> None:
    names = ["one", "two", "three"]
    for name in names:
        new_project(client, name=name)
    first = client.get("/v1/projects", params={"limit": 2}).json()
    assert first["pagination"]["hasMore"] is True
    rest = client.get("/v1/projects", params={"limit": 2, "cursor": first["pagination"]["nextCursor"]}).json()
    assert rest["pagination"] == {"nextCursor": None, "hasMore": False}
    assert [each["name"] for each in first["data"] + rest["data"]] == names


def test_a_page_has_100_elements_by_default_and_has_no_maximum(client: httpx.Client) -> None:
    for number in range(101):
        new_project(client, name=f"shop-{number}")
    first = client.get("/v1/projects").json()
    assert (len(first["data"]), first["pagination"]["hasMore"]) == (100, True)
    assert len(client.get("/v1/projects", params={"limit": 1000}).json()["data"]) == 101


@pytest.mark.parametrize("query", [{"limit": "0"}, {"limit": "many"}, {"cursor": "none"}])
def test_an_invalid_page_is_rejected(client: httpx.Client, query: dict[str, str]) -> None:
    assert client.get("/v1/projects", params=query).status_code == 400


def test_regions_are_listed(client: httpx.Client) -> None:
    regions = data(client.get("/v1/regions/postgres"))
    assert regions[0] == {
        "id": "us-east-1",
        "type": "region",
        "name": "US East (N. Virginia)",
        "status": "available",
    }
    assert [each["id"] for each in data(client.get("/v1/regions"))] == [each["id"] for each in regions]


def test_requests_are_logged_without_tokens_and_responses(client: httpx.Client) -> None:
    database = new_database(client)
    kept = client.get("/__localcloud/requests", params={"raw": "1"})
    assert [each["path"] for each in kept.json()["requests"]] == ["/projects", "/databases"]
    assert TOKEN not in kept.text
    assert database["connections"][0]["directConnection"]["pass"] not in kept.text


def test_control_endpoints_except_health_require_the_token(client: httpx.Client) -> None:
    def status(path: str) -> int:
        return httpx.get(client.base_url.join(f"/__localcloud/{path}"), trust_env=False).status_code

    assert {path: status(path) for path in ("health", "requests", "store")} == {
        "health": 200,
        "requests": 401,
        "store": 401,
    }


def test_another_host_name_of_this_machine_is_rejected(client: httpx.Client) -> None:
    assert client.get("/v1/projects", headers={"host": "evil.example"}).status_code == 400


@pytest.mark.parametrize(("status", "code"), [(429, "rateLimitReached"), (503, "internalServerError")])
def test_errors_can_be_injected(start: Start, status: int, code: str) -> None:
    client = start()
    client.post("/__localcloud/faults", json=[{"path": "/projects", "status": status, "retry_after": 2}])
    answer = client.get("/v1/projects")
    assert error_of(answer) == (status, code)
    assert answer.headers["retry-after"] == "2"
    assert data(client.get("/v1/projects")) == []
