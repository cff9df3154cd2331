"""The log of requests, and the redaction of secrets in it."""

import json
import logging
from typing import Any

import httpx
import pytest

from localcloud.cloudflare.redaction import redact
from localcloud.emulation.request_log import LoggedRequest, RequestLog
from tests.localcloud.cloudflare.api import (
    ACCOUNT,
    CONFIGS,
    NAMESPACES,
    SOURCE,
    TOKEN,
    config,
    result,
    text,
    upload,
    vpc_origin,
)
from tests.localcloud.cloudflare.conftest import Emulator

SECRETS = ("password", "access_client_secret", "client_secret", "private_key", "tunnel_secret", "value", "key_base64")


def logged(client: httpx.Client, **query: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get("/__localcloud/requests", params=query).json()["requests"]
    return found


def lines(client: httpx.Client, caplog: pytest.LogCaptureFixture) -> list[str]:
    client.get("/__localcloud/health")  # its response is sent after the line of the previous request is logged
    return [record.getMessage() for record in caplog.records if record.name.startswith("localcloud")]


def test_a_request_is_logged_with_its_status(client: httpx.Client) -> None:
    client.get(f"/client/v4{CONFIGS}", params={"page": "1"})
    (request,) = logged(client)
    assert (request["method"], request["path"], request["query"], request["status"]) == ("GET", CONFIGS, "page=1", 200)
    assert isinstance(request["ms"], int)


def test_requests_to_control_endpoints_are_not_logged(client: httpx.Client) -> None:
    client.get("/__localcloud/health")
    assert logged(client) == []


def test_a_request_with_a_rejected_token_is_logged_without_the_token(client: httpx.Client) -> None:
    client.get(CONFIGS, headers={"authorization": "Bearer " + "x" * 43})
    assert logged(client)[0]["status"] == 401
    assert "x" * 43 not in json.dumps(logged(client, raw="1"))


def test_passwords_are_redacted_and_the_rest_is_shown(client: httpx.Client) -> None:
    sent = config(origin=vpc_origin(password="s3cret"))
    client.post(CONFIGS, json=sent)
    (request,) = logged(client)
    assert request["body"] == {**sent, "origin": {**sent["origin"], "password": "[secret]"}}


def test_raw_bodies_are_unchanged(client: httpx.Client) -> None:
    sent = config(origin=vpc_origin(password="s3cret"))
    client.post(CONFIGS, json=sent)
    assert json.loads(logged(client, raw="1")[0]["body"]) == sent


@pytest.mark.parametrize("key", SECRETS)
def test_a_known_secret_is_redacted_at_any_depth(client: httpx.Client, key: str) -> None:
    client.post(f"/accounts/{ACCOUNT}/anything", json=[{"deep": {key: "s3cret"}}])
    assert logged(client)[0]["body"] == [{"deep": {key: "[secret]"}}]


def test_secret_bindings_are_redacted_and_plain_ones_are_not(client: httpx.Client) -> None:
    upload(client, "api", text("TOKEN", "s3cret", "secret_text"), text("GREETING", "hello"))
    code, metadata = logged(client)[0]["body"]
    assert code["body"] == f"[{len(SOURCE)} bytes]"
    assert metadata["name"] == "metadata"
    assert metadata["body"]["main_module"] == "worker.js"
    assert [binding["text"] for binding in metadata["body"]["bindings"]] == ["[secret]", "hello"]
    assert "s3cret" in logged(client, raw="1")[0]["body"]


@pytest.mark.parametrize("as_form", [True, False])
def test_kv_values_are_redacted(client: httpx.Client, as_form: bool) -> None:
    namespace = result(client.post(NAMESPACES, json={"title": "cache"}))["id"]
    path = f"{NAMESPACES}/{namespace}/values/a"
    if as_form:
        client.put(path, files={"value": (None, b"s3cret")})
    else:
        client.put(path, content=b"s3cret")
    assert "s3cret" not in json.dumps(logged(client))


@pytest.mark.parametrize("content_type", ["application/json", "multipart/form-data; boundary=x", "text/plain", ""])
def test_a_body_that_cannot_be_parsed_is_replaced_by_its_size(client: httpx.Client, content_type: str) -> None:
    client.post(CONFIGS, content=b"s3cret{", headers={"content-type": content_type})
    assert logged(client)[0]["body"] == "[7 bytes]"


def test_one_line_is_logged_per_request_with_neither_body_nor_token(
    client: httpx.Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="localcloud")
    client.post(CONFIGS, json=config(origin=vpc_origin(password="s3cret")))
    (line,) = lines(client, caplog)
    assert line.startswith(f"POST {CONFIGS} 200 ")
    assert "s3cret" not in line
    assert TOKEN not in line


def test_a_path_with_a_line_break_is_logged_on_one_line(client: httpx.Client, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="localcloud")
    client.get("/accounts/local/two%0Dlines")
    (line,) = lines(client, caplog)
    assert line.startswith("GET /accounts/local/two%0Dlines 404 ")


def test_the_log_keeps_the_newest_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("localcloud.emulation.request_log.MAX_REQUESTS", 2)
    log = RequestLog(redact)
    for path in "abc":
        log.add(LoggedRequest("GET", path, "", "", b""))
    assert [request.path for request in log.requests] == ["b", "c"]


def test_the_log_is_limited_in_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("localcloud.emulation.request_log.MAX_BYTES", 10)
    log = RequestLog(redact)
    for path in "abc":
        log.add(LoggedRequest("PUT", path, "", "", b"12345"))
    assert [request.path for request in log.requests] == ["b", "c"]


def test_a_body_that_is_too_large_is_rejected(client: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("localcloud.emulation.request_body.MAX_BODY_BYTES", 10)
    assert client.post(CONFIGS, content=b"x" * 11).status_code == 413


def test_a_request_in_flight_is_in_the_log(emulator: Emulator) -> None:
    emulator.client.post("/__localcloud/faults", json=[{"drop": "before"}])
    with pytest.raises(httpx.RemoteProtocolError):
        emulator.client.get(CONFIGS)
    assert [(request.path, request.status) for request in emulator.cloud.request_log.requests] == [(CONFIGS, None)]
