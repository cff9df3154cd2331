"""The format of all responses of the API, and authorization."""

import httpx
import pytest

from tests.localcloud.cloudflare.api import (
    ACCOUNT,
    CONFIGS,
    DOMAINS,
    NAMESPACES,
    SCRIPTS,
    config,
    error_of,
    result,
    upload,
)
from tests.localcloud.cloudflare.conftest import Start

ZONE = "0" * 32


@pytest.mark.parametrize("base", ["", "/client/v4"])
def test_the_api_answers_with_and_without_its_base_path(client: httpx.Client, base: str) -> None:
    created = result(client.post(base + CONFIGS, json=config()))
    assert result(client.get(f"{base}{CONFIGS}/{created['id']}")) == created


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        (CONFIGS, (401, 10000)),
        ("/zones", (403, 9109)),
        ("/user/tokens/verify", (401, 1000)),
        (f"/accounts/{ACCOUNT}/tokens/verify", (401, 1000)),
    ],
)
@pytest.mark.parametrize(
    "header", ["Bearer " + "x" * 43, "Bearer", "Basic abc", ""], ids=["wrong", "empty", "basic", "none"]
)
def test_the_error_for_an_invalid_token_depends_on_the_service(
    client: httpx.Client, path: str, answer: tuple[int, int], header: str
) -> None:
    assert error_of(client.get(path, headers={"authorization": header})) == answer


def test_a_rejected_token_is_not_in_the_response(client: httpx.Client) -> None:
    answer = client.get(CONFIGS, headers={"authorization": "Bearer " + "x" * 43})
    assert "x" * 43 not in answer.text


def test_a_request_without_the_token_has_no_effect(client: httpx.Client) -> None:
    client.post(CONFIGS, json=config(), headers={"authorization": "Bearer wrong"})
    assert result(client.get(CONFIGS)) == []


def test_an_unknown_path_is_404_in_the_envelope(client: httpx.Client) -> None:
    for path in (f"/accounts/{ACCOUNT}/nothing/here", "/two%0Alines", "/__localcloud/nothing"):
        assert error_of(client.get(path)) == (404, 7000)


def test_an_unknown_method_is_405_in_the_envelope(client: httpx.Client) -> None:
    assert error_of(client.delete(CONFIGS)) == (405, 10405)


@pytest.mark.parametrize("body", [b"{", b"", b"[]", b"null"])
def test_a_body_that_is_not_a_json_object_is_rejected(client: httpx.Client, body: bytes) -> None:
    assert error_of(client.post(CONFIGS, content=body)) == (400, 6007)


def test_an_account_id_of_an_invalid_form_is_rejected(client: httpx.Client) -> None:
    assert error_of(client.get("/accounts/some%20body@example.com/hyperdrive/configs")) == (404, 7003)


def test_every_delete_responds_with_json(client: httpx.Client) -> None:
    """Cloudflare's client reports an error otherwise."""
    upload(client, "api")
    domain = result(client.put(DOMAINS, json={"hostname": "api.example.com", "service": "api"}))["id"]
    sent = {"pattern": "example.com/*", "script": "api"}
    route = result(client.post(f"/zones/{ZONE}/workers/routes", json=sent))["id"]
    namespace = result(client.post(NAMESPACES, json={"title": "cache"}))["id"]
    client.put(f"{NAMESPACES}/{namespace}/values/a", content=b"1")
    paths = [
        f"{CONFIGS}/{result(client.post(CONFIGS, json=config()))['id']}",
        f"{DOMAINS}/{domain}",
        f"/zones/{ZONE}/workers/routes/{route}",
        f"{SCRIPTS}/api/subdomain",
        f"{SCRIPTS}/api",
        f"{NAMESPACES}/{namespace}/values/a",
        f"{NAMESPACES}/{namespace}",
    ]
    for path in paths:
        result(client.delete(path))
    assert not any(client.get("/__localcloud/store").json().values())


def test_the_pages_of_a_list_contain_all_items(client: httpx.Client) -> None:
    for number in range(5):
        client.post(CONFIGS, json=config(f"config-{number}"))
    pages = [client.get(CONFIGS, params={"page": page, "per_page": 2}).json() for page in (1, 2, 3)]
    assert [each["name"] for page in pages for each in page["result"]] == [f"config-{number}" for number in range(5)]
    assert pages[2]["result_info"] == {"page": 3, "per_page": 2, "count": 1, "total_count": 5, "total_pages": 3}


def test_an_invalid_page_number_is_rejected(client: httpx.Client) -> None:
    assert error_of(client.get(CONFIGS, params={"page": "0"})) == (400, 7003)


def test_a_conflict_forbids_clients_to_retry(client: httpx.Client) -> None:
    for _ in range(2):
        answer = client.post(f"/zones/{ZONE}/workers/routes", json={"pattern": "example.com/*"})
    assert answer.status_code == 409
    assert answer.headers["x-should-retry"] == "false"


def test_objects_of_accounts_are_separate(client: httpx.Client) -> None:
    created = result(client.post(CONFIGS, json=config()))
    assert error_of(client.get(f"/accounts/local/hyperdrive/configs/{created['id']}")) == (404, 2006)


@pytest.mark.parametrize("path", ["/__localcloud/requests", CONFIGS])
def test_another_host_name_of_this_machine_is_rejected(client: httpx.Client, path: str) -> None:
    assert client.get(path, headers={"host": "rebound.example.com"}).status_code == 400


@pytest.mark.parametrize("path", ["requests", "store", "faults"])
def test_control_endpoints_require_the_token(client: httpx.Client, path: str) -> None:
    assert client.get(f"/__localcloud/{path}", headers={"authorization": "Bearer another"}).status_code == 403
    assert client.get(f"/__localcloud/{path}").status_code == 200


def test_the_response_to_a_crash_has_the_format_of_the_api_and_no_details(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = start().client

    def crash(*_: object) -> None:
        raise RuntimeError("holds a s3cret")

    monkeypatch.setattr("localcloud.cloudflare.hyperdrive_config.create_config", crash)
    answer = client.post(CONFIGS, json=config())
    assert error_of(answer) == (500, 10002)
    assert "s3cret" not in answer.text
