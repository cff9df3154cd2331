"""Secrets, settings and code of a script that are changed apart from an upload."""

from typing import Any

import httpx
import pytest

from localcloud.cloudflare.multipart import Part, encode_multipart
from localcloud.cloudflare.runtime import MemoryRuntime
from tests.localcloud.cloudflare.api import (
    ACCOUNT,
    JAVASCRIPT,
    SCRIPTS,
    error_of,
    message,
    result,
    text,
    upload,
)
from tests.localcloud.cloudflare.conftest import Start

SECRETS = f"{SCRIPTS}/api/secrets"
SECRET = {"name": "KEY", "text": "s3cret", "type": "secret_text"}
LATEST = f"/accounts/{ACCOUNT}/workers/workers/api/versions/latest"


def undeployed(client: httpx.Client) -> httpx.Response:
    """Creates a version without a deployment."""
    return client.patch(LATEST, json={"env": {"KEY": {"type": "secret_text", "text": "waiting"}}})


def test_a_secret_is_deployed_at_once_and_never_returned(start: Start) -> None:
    runtime = MemoryRuntime()
    client = start(runtime).client
    result(upload(client, "api", text("MODE", "a")))
    answers = [client.put(SECRETS, json=SECRET), client.get(SECRETS), client.get(f"{SECRETS}/KEY")]
    assert all("s3cret" not in answer.text for answer in [*answers, client.get("/__localcloud/requests")])
    assert [binding.get("text") for binding in runtime.workers[0]["bindings"]] == ["a", "s3cret"]
    assert result(client.delete(f"{SECRETS}/KEY")) is None
    assert [binding.get("text") for binding in runtime.workers[0]["bindings"]] == ["a"]
    assert error_of(client.get(f"{SECRETS}/KEY")) == (404, 10056)


def test_several_secrets_are_changed_by_one_version(client: httpx.Client) -> None:
    result(upload(client, "api", text("OLD", "s3cret", "secret_text")))
    body = {"secrets": {"OLD": None, "A": {**SECRET, "name": "A"}, "B": {**SECRET, "name": "B"}}}
    assert set(result(client.patch(f"{SCRIPTS}/api/secrets-bulk", json=body))) == {"A", "B"}
    assert len(result(client.get(f"{SCRIPTS}/api/versions"))["items"]) == 2


@pytest.mark.parametrize(
    "wrong", [{"type": "plain_text"}, {"text": None}, {"name": 7}, {"type": "secret_key", "format": None}]
)
def test_an_invalid_secret_is_rejected(client: httpx.Client, wrong: dict[str, Any]) -> None:
    result(upload(client))
    assert error_of(client.put(SECRETS, json={**SECRET, **wrong})) == (400, 10021)


def test_a_secret_of_an_unknown_worker_is_404(client: httpx.Client) -> None:
    assert error_of(client.put(SECRETS, json=SECRET)) == (404, 10007)


def test_a_change_is_rejected_while_the_newest_version_is_not_deployed(client: httpx.Client) -> None:
    result(upload(client))
    result(undeployed(client))
    assert error_of(client.put(SECRETS, json=SECRET)) == (400, 10215)
    assert error_of(client.patch(f"{SCRIPTS}/api/settings", json={"compatibility_flags": []})) == (400, 10214)


def test_a_version_with_other_secrets_needs_a_version(client: httpx.Client) -> None:
    result(client.post(f"/accounts/{ACCOUNT}/workers/workers", json={"name": "api"}))
    assert error_of(undeployed(client)) == (400, 10222)


def test_settings_that_all_versions_share_change_without_a_version(client: httpx.Client) -> None:
    result(upload(client))
    assert result(client.patch(f"{SCRIPTS}/api/script-settings", json={"tags": ["a"]}))["tags"] == ["a"]
    assert result(client.get(f"{SCRIPTS}/api/settings"))["tags"] == ["a"]
    assert len(result(client.get(f"{SCRIPTS}/api/versions"))["items"]) == 1


def test_other_code_keeps_the_bindings(start: Start) -> None:
    runtime = MemoryRuntime()
    client = start(runtime).client
    result(upload(client, "api", text("MODE", "a")))
    metadata = Part("metadata", b'{"main_module": "other.js"}')
    module = Part("other.js", b"export default {};", JAVASCRIPT, "other.js")
    body, content_type = encode_multipart([metadata, module])
    result(client.put(f"{SCRIPTS}/api/content", content=body, headers={"content-type": content_type}))
    assert runtime.workers[0]["mainModule"] == "other.js"
    assert [binding["text"] for binding in runtime.workers[0]["bindings"]] == ["a"]


def test_going_back_to_other_secrets_needs_force(client: httpx.Client) -> None:
    old = result(upload(client, "api", text("KEY", "a", "secret_text"), text("SAME", "s", "secret_text")))
    versions = result(client.get(f"{SCRIPTS}/api/versions"))["items"]
    result(upload(client, "api", text("KEY", "b", "secret_text"), text("SAME", "s", "secret_text")))
    share = {"version_id": versions[0]["id"], "percentage": 100}
    body = {"strategy": "percentage", "versions": [share]}
    answer = client.post(f"{SCRIPTS}/api/deployments", json=body)
    assert error_of(answer) == (400, 10220)
    assert message(answer) == "The following secrets have changed: KEY"
    result(client.post(f"{SCRIPTS}/api/deployments?force=true", json=body))
    assert result(client.get(SCRIPTS))[0]["etag"] == old["etag"]
