"""KV namespaces and values over the wire."""

import asyncio
import time
from typing import Any

import httpx
import pytest

from localcloud.cloudflare.multipart import Part, encode_multipart
from localcloud.cloudflare.runtime import HttpRuntime, MemoryRuntime
from localcloud.ports import free_port
from tests.localcloud.cloudflare.api import NAMESPACES, error_of, result, upload
from tests.localcloud.cloudflare.conftest import Emulator, Start

MISSING = f"{NAMESPACES}/{'0' * 32}"


@pytest.fixture
def namespace(client: httpx.Client) -> str:
    """Path of a namespace."""
    return f"{NAMESPACES}/{result(client.post(NAMESPACES, json={'title': 'cache'}))['id']}"


def put(client: httpx.Client, path: str, value: bytes, metadata: bytes | None = None) -> httpx.Response:
    """Writes a value as Cloudflare's providers do."""
    body, content_type = encode_multipart([Part("metadata", metadata or b""), Part("value", value)])
    return client.put(path, content=body, headers={"content-type": content_type})


def test_a_namespace_is_created_read_renamed_and_deleted(client: httpx.Client) -> None:
    created = result(client.post(NAMESPACES, json={"title": "cache"}))
    path = f"{NAMESPACES}/{created['id']}"
    assert created == {"id": created["id"], "title": "cache", "supports_url_encoding": True}
    assert len(created["id"]) == 32
    assert result(client.get(path)) == created
    assert result(client.put(path, json={"title": "other"})) == {**created, "title": "other"}
    assert result(client.get(NAMESPACES)) == [{**created, "title": "other"}]
    assert result(client.delete(path)) == {}
    assert error_of(client.get(path)) == (404, 10013)


def test_a_title_must_be_unique(client: httpx.Client, namespace: str) -> None:
    assert error_of(client.post(NAMESPACES, json={"title": "cache"})) == (400, 10014)
    other = f"{NAMESPACES}/{result(client.post(NAMESPACES, json={'title': 'other'}))['id']}"
    assert error_of(client.put(other, json={"title": "cache"})) == (400, 10014)
    result(client.put(namespace, json={"title": "cache"}))


@pytest.mark.parametrize("title", [None, "", 7])
def test_a_namespace_needs_a_title(client: httpx.Client, title: Any) -> None:
    assert error_of(client.post(NAMESPACES, json={"title": title})) == (400, 10019)


@pytest.mark.parametrize(
    ("method", "rest"),
    [("GET", ""), ("PUT", ""), ("DELETE", ""), ("GET", "/keys"), ("GET", "/values/a"), ("PUT", "/values/a")],
)
def test_an_unknown_namespace_is_404(client: httpx.Client, method: str, rest: str) -> None:
    assert error_of(client.request(method, MISSING + rest, json={"title": "x"})) == (404, 10013)


@pytest.mark.parametrize("key", ["plain", "with/slash", "with%2Fencoded", "with space", "ä?#"])
def test_a_value_is_returned_byte_by_byte(client: httpx.Client, namespace: str, key: str) -> None:
    path = f"{namespace}/values/{httpx.URL('/', params={'k': key}).query.decode()[2:].replace('+', '%20')}"
    value = bytes(range(256)) + b"\r\n--"
    result(put(client, path, value))
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.content == value
    assert [each["name"] for each in result(client.get(f"{namespace}/keys"))] == [key]
    result(client.delete(path))
    assert error_of(client.get(path)) == (404, 10009)


def test_the_body_can_be_the_value(client: httpx.Client, namespace: str) -> None:
    result(client.put(f"{namespace}/values/a", content=b"1", headers={"content-type": "text/plain"}))
    assert client.get(f"{namespace}/values/a").content == b"1"


def test_metadata_is_returned_as_json(client: httpx.Client, namespace: str) -> None:
    result(put(client, f"{namespace}/values/a", b"1", b'{"made_by": "a test"}'))
    assert result(client.get(f"{namespace}/metadata/a")) == {"made_by": "a test"}


def test_a_value_without_metadata_has_none(client: httpx.Client, namespace: str) -> None:
    result(put(client, f"{namespace}/values/a", b"1"))
    assert result(client.get(f"{namespace}/metadata/a")) is None
    assert error_of(client.get(f"{namespace}/metadata/b")) == (404, 10009)


def test_metadata_must_be_json(client: httpx.Client, namespace: str) -> None:
    assert error_of(put(client, f"{namespace}/values/a", b"1", b"{")) == (400, 10021)
    assert error_of(client.get(f"{namespace}/values/a")) == (404, 10009)


def test_keys_are_listed_by_prefix_and_in_order(client: httpx.Client, namespace: str) -> None:
    for key in ("b", "a2", "a1"):
        put(client, f"{namespace}/values/{key}", b"1")
    answer = client.get(f"{namespace}/keys", params={"prefix": "a"})
    assert result(answer) == [{"name": "a1"}, {"name": "a2"}]
    assert answer.json()["result_info"] == {"count": 2, "cursor": ""}


def test_an_expired_value_is_not_found(client: httpx.Client, namespace: str, monkeypatch: pytest.MonkeyPatch) -> None:
    client.put(f"{namespace}/values/a", content=b"1", params={"expiration_ttl": "60"})
    client.put(f"{namespace}/values/b", content=b"1", params={"expiration": str(int(time.time()) + 600)})
    (a, b) = result(client.get(f"{namespace}/keys"))
    monkeypatch.setattr("localcloud.cloudflare.kv.time.time", lambda: a["expiration"])
    assert error_of(client.get(f"{namespace}/values/a")) == (404, 10009)
    assert error_of(client.get(f"{namespace}/metadata/a")) == (404, 10009)
    assert client.get(f"{namespace}/values/b").content == b"1"
    assert result(client.get(f"{namespace}/keys")) == [b]


@pytest.mark.parametrize("name", ["expiration", "expiration_ttl"])
def test_an_expiration_must_be_a_number(client: httpx.Client, namespace: str, name: str) -> None:
    assert error_of(client.put(f"{namespace}/values/a", content=b"1", params={name: "soon"})) == (400, 10021)


def test_deleting_a_namespace_deletes_its_values(client: httpx.Client, emulator: Emulator, namespace: str) -> None:
    put(client, f"{namespace}/values/a", b"1")
    result(client.delete(namespace))
    assert not any(client.get("/__localcloud/store").json().values())
    assert asyncio.run(emulator.cloud.runtime.value(namespace.rsplit("/", 1)[1], "a")) is None


def test_a_runtime_that_does_not_respond_is_an_error(start: Start) -> None:
    client = start(HttpRuntime(f"http://127.0.0.1:{free_port()}", "token")).client
    namespace = result(client.post(NAMESPACES, json={"title": "cache"}))["id"]
    for method in ("GET", "PUT", "DELETE"):
        assert error_of(client.request(method, f"{NAMESPACES}/{namespace}/values/a")) == (500, 10013)
    assert result(client.get(f"{NAMESPACES}/{namespace}/keys")) == []


def test_a_binding_refers_to_its_namespace(start: Start) -> None:
    runtime = MemoryRuntime()
    client = start(runtime).client
    namespace = result(client.post(NAMESPACES, json={"title": "cache"}))["id"]
    upload(client, "api", {"type": "kv_namespace", "name": "CACHE", "namespace_id": namespace})
    assert runtime.workers[0]["bindings"] == [{"type": "kv_namespace", "name": "CACHE", "namespaceId": namespace}]
