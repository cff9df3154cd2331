"""Requests that no client sends by accident: each is rejected, stores nothing and leaves the emulator usable."""

import json
from typing import Any

import httpx
import pytest

from tests.localcloud.cloudflare.api import (
    CONFIGS,
    NAMESPACES,
    SCRIPTS,
    config,
    error_of,
    result,
    upload,
)

DEEP = b"[" * 50_000 + b"]" * 50_000
JSON = {"content-type": "application/json"}
WRONG = [5, -1, "text", True, [], [1], [[]], {}, {"a": 1}, [{"a": 1}]]
FIELDS = [
    *("main_module", "compatibility_date", "compatibility_flags", "logpush", "usage_model", "placement"),
    *("observability", "limits", "tail_consumers", "tags", "annotations", "cache_options", "migrations", "assets"),
    *("keep_bindings", "bindings", "exports", "package_dependencies"),
]


@pytest.mark.parametrize("authorization", [None, "Bearer wrong"])
def test_deep_json_is_rejected_and_the_request_log_stays_readable(
    client: httpx.Client, authorization: str | None
) -> None:
    headers = {**JSON, "authorization": authorization} if authorization else JSON
    answer = client.post(CONFIGS, content=DEEP, headers=headers)
    assert answer.status_code == (401 if authorization else 400)
    assert error_of(answer)[0] == answer.status_code
    (logged,) = client.get("/__localcloud/requests").json()["requests"]
    assert logged["body"] == ("" if authorization else f"[{len(DEEP)} bytes]")


@pytest.mark.parametrize("title", ["\\ud800", "a\\udfff"])
def test_half_a_surrogate_pair_is_rejected_and_not_stored(client: httpx.Client, title: str) -> None:
    answer = client.post(NAMESPACES, content=f'{{"title": "{title}"}}'.encode(), headers=JSON)
    assert error_of(answer) == (400, 6007)
    assert result(client.get(NAMESPACES)) == []


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e400", "1" * 5000])
def test_a_number_that_no_response_can_contain_is_rejected(client: httpx.Client, number: str) -> None:
    body = json.dumps(config()).replace('"origin_connection_limit": 10', f'"origin_connection_limit": {number}')
    assert number in body
    assert error_of(client.post(CONFIGS, content=body.encode(), headers=JSON))[0] == 400


@pytest.mark.parametrize("name", ["page", "per_page"])
def test_a_page_of_thousands_of_digits_is_rejected(client: httpx.Client, name: str) -> None:
    assert error_of(client.get(CONFIGS, params={name: "1" * 5000})) == (400, 7003)


def test_a_part_whose_name_is_no_utf_8_is_rejected(client: httpx.Client) -> None:
    body = b'--edge\r\nContent-Disposition: form-data; name="\xff"\r\n\r\nx\r\n--edge--\r\n'
    headers = {"content-type": "multipart/form-data; boundary=edge"}
    assert error_of(client.put(f"{SCRIPTS}/api", content=body, headers=headers)) == (400, 10021)


def test_an_upload_token_with_bytes_above_ascii_is_rejected(client: httpx.Client) -> None:
    answer = client.post(
        "/pages/assets/check-missing", json={"hashes": []}, headers=[(b"authorization", b"Bearer a.b.\xff")]
    )
    assert error_of(answer) == (401, 8000013)


@pytest.mark.parametrize("field", FIELDS)
def test_metadata_of_the_wrong_type_is_rejected_or_ignored(client: httpx.Client, field: str) -> None:
    for value in WRONG:
        metadata: dict[str, Any] = {field: value}
        answer = upload(client, "api", **metadata)
        assert answer.status_code in {200, 400}, (value, answer.text)
    assert client.get(SCRIPTS).status_code == 200
    assert client.get(f"{SCRIPTS}/api/settings").status_code in {200, 404}
