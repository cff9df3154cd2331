"""Authorization, the format of errors, rate limits and lists."""

from typing import Any

import httpx
import pytest

from localcloud.emulation.generated_values import new_uuid
from localcloud.neon.names import new_project_id
from localcloud.neon.rate import RateLimit, route_of
from localcloud.neon.settings import Rate
from tests.localcloud.neon.api import branch_path, error_of, new_branch, new_project, ok, project_path
from tests.localcloud.neon.conftest import Start


@pytest.mark.parametrize("header", [{}, {"authorization": "Bearer wrong"}, {"authorization": "Basic x"}])
@pytest.mark.parametrize("path", ["/regions", "/projects", "/nothing", "/__localcloud/requests"])
def test_a_missing_or_wrong_key_is_rejected(client: httpx.Client, header: dict[str, str], path: str) -> None:
    answer = httpx.get(f"{client.base_url}{path}", headers=header, trust_env=False)
    assert error_of(answer)[0] == 401


def test_health_needs_no_key(client: httpx.Client) -> None:
    answer = httpx.get(f"{client.base_url}/__localcloud/health", trust_env=False)
    assert ok(answer) == {"status": "ok", "projects": 0}


def test_the_id_of_a_request_is_returned(client: httpx.Client) -> None:
    for key in (client.headers["authorization"], "wrong"):
        headers = {"x-request-id": "mine", "authorization": key}
        assert client.get("/projects/none", headers=headers).json()["request_id"] == "mine"


def test_every_error_has_a_separate_id(client: httpx.Client) -> None:
    assert len({client.get("/projects/none").json()["request_id"] for _ in range(2)}) == 2


def test_the_api_has_its_base_path(client: httpx.Client) -> None:
    assert ok(client.get("/api/v2/regions")) == ok(client.get("/regions"))


def test_the_regions_have_one_default(client: httpx.Client) -> None:
    regions = ok(client.get("/regions"))["regions"]
    assert [each["region_id"] for each in regions if each["default"]] == ["aws-us-east-1"]


@pytest.mark.parametrize("path", ["/nothing", "/projects/none/recover"])
def test_an_unsupported_endpoint_is_reported(client: httpx.Client, path: str) -> None:
    assert error_of(client.post(path)) == (404, f"the local cloud has no POST {path}")


@pytest.mark.parametrize(
    "body", [b"", b"{broken", b"[]", b'{"project": 1}', b'{"project": {"nmae": "x"}}', b'{"x": 1}']
)
def test_an_invalid_body_is_rejected(client: httpx.Client, body: bytes) -> None:
    assert error_of(client.post("/projects", content=body))[0] == 400


def test_an_invalid_body_is_not_in_the_response(client: httpx.Client) -> None:
    answer = client.post("/projects", json={"project": {"pg_version": "s3cret"}})
    assert "project.pg_version" in error_of(answer)[1]
    assert "s3cret" not in answer.text


def test_an_injected_fault_has_the_format_of_an_error(client: httpx.Client) -> None:
    rule = {"path": "/regions", "status": 503, "message": "not today", "code": "BUSY", "retry_after": 2}
    ok(client.post("/__localcloud/faults", json=[rule]))
    answer = client.get("/regions")
    assert error_of(answer) == (503, "not today")
    assert (answer.json()["code"], answer.headers["retry-after"]) == ("BUSY", "2")


def test_requests_of_web_pages_are_rejected(client: httpx.Client) -> None:
    assert client.get("/regions", headers={"host": "example.com"}).status_code == 400


def test_too_many_requests_get_a_retry_delay(start: Start) -> None:
    client = start(rate=Rate(per_minute=2))
    answers = [client.get("/regions") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert 50 < int(answers[2].headers["retry-after"]) <= 60
    assert error_of(answers[2])[1] == "you have exceeded the rate limit"


def test_the_total_rate_is_limited_per_minute() -> None:
    limit = RateLimit(Rate(per_minute=2))
    assert [limit.wait("GET /a", at) for at in (0, 30, 45, 60)] == [0, 0, 15, 0]


def test_the_rate_of_a_route_is_limited_per_second() -> None:
    limit = RateLimit(Rate(per_second=1))
    assert [limit.wait(route, at) for route, at in (("GET /a", 0), ("GET /a", 0.25), ("GET /b", 0.25))] == [0, 0.75, 0]


def test_the_same_request_to_two_projects_is_one_route() -> None:
    operations = (f"{id_}/operations/{new_uuid()}" for id_ in (new_project_id(), new_project_id()))
    assert {route_of("GET", f"/projects/{path}") for path in operations} == {"GET /projects/:id/operations/:id"}


def test_projects_are_found_by_a_substring_of_their_name_or_id(client: httpx.Client) -> None:
    created = [new_project(client, name=name) for name in ("Shop of mine", "other")]
    for requested in ("shop", created[0]["project"]["id"][2:]):
        found = ok(client.get("/projects", params={"search": requested}))["projects"]
        assert [each["id"] for each in found] == [created[0]["project"]["id"]]


def pages(client: httpx.Client, path: str, kind: str, key: str, **query: Any) -> list[list[str]]:
    """Returns the names per page, until a page is empty or there is no cursor."""
    seen: list[list[str]] = []
    cursor: dict[str, str] = {}
    while True:
        answer = ok(client.get(path, params={**query, **cursor}))
        if not answer[kind]:
            return seen
        seen.append([each["name"] for each in answer[kind]])
        if key not in answer["pagination"]:
            return seen
        cursor = {"cursor": answer["pagination"][key]}


def test_projects_are_listed_in_pages(client: httpx.Client) -> None:
    for name in ("a", "b", "c"):
        new_project(client, name=name)
    assert pages(client, "/projects", "projects", "cursor", limit=2) == [["c", "b"], ["a"]]


def test_a_page_has_ten_projects_by_default(client: httpx.Client) -> None:
    for _ in range(11):
        client.post("/projects", json={"project": {}})
    assert len(ok(client.get("/projects"))["projects"]) == 10


def test_branches_are_listed_in_pages(client: httpx.Client) -> None:
    project = new_project(client)
    for name in ("a", "b"):
        new_branch(client, project, name=name, endpoint=False)
    path = f"{project_path(project)}/branches"
    assert pages(client, path, "branches", "next", limit=2, sort_by="name", sort_order="asc") == [["a", "b"], ["main"]]
    assert pages(client, path, "branches", "next", search="mai") == [["main"]]


@pytest.mark.parametrize("query", [{"limit": "0"}, {"limit": "401"}, {"limit": "x"}, {"cursor": "none"}])
def test_an_invalid_page_is_rejected(client: httpx.Client, query: dict[str, str]) -> None:
    assert error_of(client.get("/projects", params=query))[0] == 400


def test_no_response_contains_internal_fields(client: httpx.Client) -> None:
    project = new_project(client)
    paths = ("", "/branches", "/endpoints", "/operations")
    texts = [client.get(project_path(project) + path).text for path in paths]
    texts += [client.get(branch_path(project) + path).text for path in ("", "/roles", "/databases")]
    assert not any('"_' in text for text in texts)
