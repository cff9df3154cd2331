"""What every answer of the API has in common."""

import httpx
import pytest

from tests.localcloud.cloudflare.api import (
    ACCOUNT,
    CONFIGS,
    DOMAINS,
    NAMESPACES,
    SCRIPTS,
    config,
    refused,
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
def test_another_token_is_refused_as_the_service_behind_the_path_does(
    client: httpx.Client, path: str, answer: tuple[int, int], header: str
) -> None:
    assert refused(client.get(path, headers={"authorization": header})) == answer


def test_a_refused_token_is_not_repeated_in_the_answer(client: httpx.Client) -> None:
    answer = client.get(CONFIGS, headers={"authorization": "Bearer " + "x" * 43})
    assert "x" * 43 not in answer.text


def test_nothing_happens_without_the_token(client: httpx.Client) -> None:
    client.post(CONFIGS, json=config(), headers={"authorization": "Bearer wrong"})
    assert result(client.get(CONFIGS)) == []


def test_an_unknown_path_is_404_in_the_envelope(client: httpx.Client) -> None:
    for path in (f"/accounts/{ACCOUNT}/nothing/here", "/two%0Alines", "/__localcloud/nothing"):
        assert refused(client.get(path)) == (404, 7000)


def test_an_unknown_method_is_405_in_the_envelope(client: httpx.Client) -> None:
    assert refused(client.delete(CONFIGS)) == (405, 10405)


@pytest.mark.parametrize("body", [b"{", b"", b"[]", b"null"])
def test_a_body_that_is_no_json_object_is_refused(client: httpx.Client, body: bytes) -> None:
    assert refused(client.post(CONFIGS, content=body)) == (400, 6007)


def test_an_account_id_of_another_form_is_refused(client: httpx.Client) -> None:
    assert refused(client.get("/accounts/some%20body@example.com/hyperdrive/configs")) == (404, 7003)


def test_every_delete_answers_json(client: httpx.Client) -> None:
    """Cloudflare's client calls it a failure otherwise."""
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


def test_the_parts_of_a_list_add_up_to_the_whole(client: httpx.Client) -> None:
    for number in range(5):
        client.post(CONFIGS, json=config(f"config-{number}"))
    pages = [client.get(CONFIGS, params={"page": page, "per_page": 2}).json() for page in (1, 2, 3)]
    assert [each["name"] for page in pages for each in page["result"]] == [f"config-{number}" for number in range(5)]
    assert pages[2]["result_info"] == {"page": 3, "per_page": 2, "count": 1, "total_count": 5, "total_pages": 3}


def test_a_page_number_that_is_none_is_refused(client: httpx.Client) -> None:
    assert refused(client.get(CONFIGS, params={"page": "0"})) == (400, 7003)


def test_a_deliberate_conflict_tells_clients_not_to_repeat(client: httpx.Client) -> None:
    for _ in range(2):
        answer = client.post(f"/zones/{ZONE}/workers/routes", json={"pattern": "example.com/*"})
    assert answer.status_code == 409
    assert answer.headers["x-should-retry"] == "false"


def test_accounts_do_not_see_each_other(client: httpx.Client) -> None:
    created = result(client.post(CONFIGS, json=config()))
    assert refused(client.get(f"/accounts/local/hyperdrive/configs/{created['id']}")) == (404, 2006)


@pytest.mark.parametrize("path", ["/__localcloud/requests", CONFIGS])
def test_a_name_that_merely_leads_to_this_machine_gets_nothing(client: httpx.Client, path: str) -> None:
    assert client.get(path, headers={"host": "rebound.example.com"}).status_code == 400


@pytest.mark.parametrize("path", ["requests", "store", "faults"])
def test_what_the_emulator_knows_is_told_to_who_has_the_token(client: httpx.Client, path: str) -> None:
    assert client.get(f"/__localcloud/{path}", headers={"authorization": "Bearer another"}).status_code == 403
    assert client.get(f"/__localcloud/{path}").status_code == 200


def test_a_crash_is_answered_in_the_envelope_and_without_its_text(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = start().client

    def crash(*_: object) -> None:
        raise RuntimeError("holds a s3cret")

    monkeypatch.setattr("localcloud.cloudflare.hyperdrive_config.created", crash)
    answer = client.post(CONFIGS, json=config())
    assert refused(answer) == (500, 10002)
    assert "s3cret" not in answer.text
