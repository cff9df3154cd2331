"""Requests of tests to an emulator, and readers of the responses."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import httpx

from localcloud.cloudflare.multipart import Part, encode_multipart

TOKEN = "token-of-the-emulator-under-test-0123456789"
ACCOUNT = "0123456789abcdef0123456789abcdef"
CONFIGS = f"/accounts/{ACCOUNT}/hyperdrive/configs"
SCRIPTS = f"/accounts/{ACCOUNT}/workers/scripts"
DOMAINS = f"/accounts/{ACCOUNT}/workers/domains"
NAMESPACES = f"/accounts/{ACCOUNT}/storage/kv/namespaces"
SOURCE = 'export default { async fetch() { return new Response("hello"); } };\n'
JAVASCRIPT = "application/javascript+module"


def result(answer: httpx.Response) -> Any:
    """Checks the format of a successful response and returns its result."""
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/json"
    envelope = answer.json()
    assert envelope["success"] is True
    assert envelope["errors"] == []
    assert isinstance(envelope["messages"], list)
    return envelope["result"]


def error_of(answer: httpx.Response) -> tuple[int, int]:
    """Checks the format of an error response and returns its status and code."""
    assert answer.headers["content-type"] == "application/json"
    envelope = answer.json()
    assert envelope["success"] is False
    assert envelope["result"] is None
    (error,) = envelope["errors"]
    assert error["message"]
    return answer.status_code, error["code"]


def message(answer: httpx.Response) -> str:
    description: str = answer.json()["errors"][0]["message"]
    return description


def vpc_origin(**changes: Any) -> dict[str, Any]:
    """Returns an origin that an emulator with trusted private origins accepts without a test."""
    credentials = {"scheme": "postgresql", "database": "app", "user": "app", "password": "s3cret-of-the-database"}
    return {**credentials, "service_id": "0199f0f0-0000-7000-8000-000000000000", **changes}


def config(name: str = "main", **changes: Any) -> dict[str, Any]:
    return {
        "name": name,
        "origin": vpc_origin(),
        "caching": {"disabled": True},
        "origin_connection_limit": 10,
        **changes,
    }


def upload(
    client: httpx.Client,
    name: str = "api",
    *bindings: Mapping[str, Any],
    source: str = SOURCE,
    extra: Sequence[Part] = (),
    query: Mapping[str, str] | None = None,
    **metadata: Any,
) -> httpx.Response:
    """Uploads a script as Cloudflare's providers do: first the module, then the metadata."""
    fields = {"main_module": "worker.js", "compatibility_date": "2026-08-01", "bindings": list(bindings), **metadata}
    module = Part("worker.js", source.encode(), JAVASCRIPT, "worker.js")
    body, content_type = encode_multipart(
        [module, Part("metadata", json.dumps(fields).encode(), "application/json"), *extra]
    )
    return client.put(f"{SCRIPTS}/{name}", content=body, headers={"content-type": content_type}, params=query)


def text(name: str, value: str, kind: str = "plain_text") -> dict[str, str]:
    return {"type": kind, "name": name, "text": value}
