"""Static assets: upload sessions, and the versions with the files."""

import base64
import hashlib
from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from localcloud.cloudflare.multipart import Part, encode_multipart
from localcloud.cloudflare.runtime import MemoryRuntime
from tests.localcloud.cloudflare.api import ACCOUNT, SCRIPTS, error_of, result, upload
from tests.localcloud.cloudflare.conftest import Start

FILES = {"/index.html": b"<h1>home</h1>", "/a/b.txt": b"\x00\xff"}
UPLOAD = f"/accounts/{ACCOUNT}/workers/assets/upload"


def hash_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:32]


def begun(client: httpx.Client, files: Mapping[str, bytes] = FILES) -> dict[str, Any]:
    manifest = {path: {"hash": hash_of(content), "size": len(content)} for path, content in files.items()}
    session: dict[str, Any] = result(client.post(f"{SCRIPTS}/api/assets-upload-session", json={"manifest": manifest}))
    return session


def sent(client: httpx.Client, token: str, *contents: bytes) -> httpx.Response:
    parts = [Part(hash_of(each), base64.b64encode(each), "text/html", "a file") for each in contents]
    body, content_type = encode_multipart(parts)
    headers = {"content-type": content_type, "authorization": f"Bearer {token}"}
    return client.post(UPLOAD, params={"base64": "true"}, content=body, headers=headers)


def with_assets(client: httpx.Client, files: Mapping[str, bytes] = FILES) -> str:
    """Uploads assets and returns the token of the finished upload."""
    session = begun(client, files)
    token: str = session["jwt"]
    requested = {hash_ for bucket in session["buckets"] for hash_ in bucket}
    if requested:
        token = sent(client, token, *(each for each in files.values() if hash_of(each) in requested)).json()["result"][
            "jwt"
        ]
    return token


def files_of(runtime: MemoryRuntime) -> dict[str, bytes]:
    files = runtime.workers[0]["assets"]["files"]
    return {each["path"]: base64.b64decode(each["contentBase64"]) for each in files}


def test_the_files_reach_the_runtime_with_their_settings(start: Start) -> None:
    runtime = MemoryRuntime()
    client = start(runtime).client
    config = {"html_handling": "none", "not_found_handling": "404-page", "run_worker_first": ["/api/*"]}
    uploaded = result(upload(client, assets={"jwt": with_assets(client), "config": config}))
    assert uploaded["has_assets"] is True
    assert files_of(runtime) == FILES
    assets = runtime.workers[0]["assets"]
    assert [assets[name] for name in ("htmlHandling", "notFoundHandling", "runWorkerFirst")] == [*config.values()]
    assert "asset_sessions" not in {kind for kind, ids in client.get("/__localcloud/store").json().items() if ids}


def test_the_last_upload_returns_the_token_and_201(client: httpx.Client) -> None:
    token = begun(client)["jwt"]
    first, last = (sent(client, token, content) for content in FILES.values())
    assert (first.status_code, first.json()["result"]) == (202, {})
    assert (last.status_code, bool(last.json()["result"]["jwt"])) == (201, True)


def test_existing_files_are_not_requested_again(start: Start) -> None:
    runtime = MemoryRuntime()
    client = start(runtime).client
    result(upload(client, assets={"jwt": with_assets(client)}))
    assert begun(client)["buckets"] == []
    changed = {**FILES, "/index.html": b"changed"}
    assert begun(client, changed)["buckets"] == [[hash_of(b"changed")]]
    result(upload(client, assets={"jwt": with_assets(client, changed)}))
    assert files_of(runtime) == changed


def test_assets_are_removed_by_an_upload_that_does_not_keep_them(start: Start) -> None:
    runtime = MemoryRuntime()
    client = start(runtime).client
    result(upload(client, assets={"jwt": with_assets(client)}))
    result(upload(client, keep_assets=True))
    assert files_of(runtime) == FILES
    result(upload(client))
    assert runtime.workers[0]["assets"] is None


def test_a_worker_may_consist_of_assets_only(client: httpx.Client) -> None:
    metadata = b'{"assets": {"jwt": "%s"}}' % with_assets(client).encode()
    body, content_type = encode_multipart([Part("metadata", metadata)])
    uploaded = result(client.put(f"{SCRIPTS}/api", content=body, headers={"content-type": content_type}))
    assert (uploaded["has_assets"], uploaded["has_modules"]) == (True, False)
    assert client.get(f"{SCRIPTS}/api/content/v2").status_code == 204


def test_the_token_of_an_unfinished_upload_is_rejected(client: httpx.Client) -> None:
    assert error_of(upload(client, assets={"jwt": begun(client)["jwt"]})) == (400, 10021)
    assert error_of(upload(client, assets={"jwt": "made up"})) == (400, 10021)


def test_an_upload_needs_the_token_of_its_session(client: httpx.Client) -> None:
    begun(client)
    assert error_of(sent(client, "made up", b"x")) == (401, 10000)


def test_an_unrequested_file_is_rejected(client: httpx.Client) -> None:
    assert error_of(sent(client, begun(client)["jwt"], b"other")) == (400, 10021)


@pytest.mark.parametrize(
    "manifest", [None, [], {"index.html": {"hash": "0" * 32}}, {"/a": {"hash": "short"}}, {"/a": 1}]
)
def test_an_invalid_manifest_is_rejected(client: httpx.Client, manifest: Any) -> None:
    answer = client.post(f"{SCRIPTS}/api/assets-upload-session", json={"manifest": manifest})
    assert error_of(answer) == (400, 10021)


def test_the_log_contains_neither_tokens_nor_contents(client: httpx.Client) -> None:
    token = with_assets(client)
    upload(client, assets={"jwt": token})
    log = client.get("/__localcloud/requests").text
    assert token not in log
    assert base64.b64encode(FILES["/index.html"]).decode() not in log
