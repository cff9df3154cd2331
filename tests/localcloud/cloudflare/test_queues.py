"""Queues and their consumers over the wire."""

from typing import Any

import httpx
import pytest

from tests.localcloud.cloudflare.api import ACCOUNT, SCRIPTS, error_of, result, upload

QUEUES = f"/accounts/{ACCOUNT}/queues"


def new_queue(client: httpx.Client, name: str = "jobs", **fields: Any) -> str:
    """Creates a queue, and returns its path."""
    return f"{QUEUES}/{result(client.post(QUEUES, json={'queue_name': name, **fields}))['queue_id']}"


def consumer(script: str = "api", **fields: Any) -> dict[str, Any]:
    return {"type": "worker", "script_name": script, **fields}


def test_a_queue_is_created_read_listed_and_deleted(client: httpx.Client) -> None:
    created = result(client.post(QUEUES, json={"queue_name": "jobs"}))
    path = f"{QUEUES}/{created['queue_id']}"
    assert created["queue_name"] == "jobs"
    assert created["settings"] == {"delivery_delay": 0, "delivery_paused": False, "message_retention_period": 345_600}
    assert (created["consumers"], created["producers"]) == ([], [])
    assert result(client.get(path)) == created
    assert result(client.get(QUEUES)) == [created]
    assert result(client.get(QUEUES, params={"name": "other"})) == []
    assert result(client.delete(path)) is None
    assert error_of(client.get(path)) == (404, 11000)


def test_a_name_must_be_unique(client: httpx.Client) -> None:
    new_queue(client)
    assert error_of(client.post(QUEUES, json={"queue_name": "jobs"})) == (400, 11009)


@pytest.mark.parametrize("name", [None, "", 7, "-jobs", "jobs-", "two words", "a" * 64])
def test_a_name_must_be_valid(client: httpx.Client, name: Any) -> None:
    assert error_of(client.post(QUEUES, json={"queue_name": name})) == (400, 10021)


def test_put_resets_the_settings_that_it_omits_and_patch_keeps_them(client: httpx.Client) -> None:
    path = new_queue(client, settings={"delivery_delay": 5})
    patched = result(client.patch(path, json={"settings": {"message_retention_period": 60}}))
    assert patched["settings"]["delivery_delay"] == 5
    put = result(client.put(path, json={"queue_name": "renamed", "settings": {"message_retention_period": 60}}))
    assert (put["queue_name"], put["settings"]["delivery_delay"]) == ("renamed", 0)


@pytest.mark.parametrize("settings", [{"delivery_delay": 86_401}, {"message_retention_period": 59}, "text"])
def test_settings_of_a_queue_must_be_in_their_ranges(client: httpx.Client, settings: Any) -> None:
    assert error_of(client.post(QUEUES, json={"queue_name": "jobs", "settings": settings})) == (400, 10021)


def test_a_queue_with_a_bound_worker_cannot_be_deleted(client: httpx.Client) -> None:
    path = new_queue(client)
    result(upload(client, "api", {"type": "queue", "name": "JOBS", "queue_name": "jobs"}))
    assert result(client.get(path))["producers"] == [{"type": "worker", "script": "api"}]
    assert error_of(client.delete(path)) == (400, 11005)
    result(upload(client, "api"))
    result(client.delete(path))


def test_a_consumer_is_created_read_replaced_and_deleted(client: httpx.Client) -> None:
    path = f"{new_queue(client)}/consumers"
    result(upload(client))
    sent = consumer(dead_letter_queue="dead", settings={"batch_size": 50, "max_wait_time_ms": 1000})
    created = result(client.post(path, json=sent))
    own = f"{path}/{created['consumer_id']}"
    assert created["script_name"] == created["script"] == "api"
    assert (created["queue_name"], created["dead_letter_queue"]) == ("jobs", "dead")
    assert created["settings"] == {
        "batch_size": 50,
        "max_wait_time_ms": 1000,
        "max_retries": 3,
        "max_concurrency": None,
        "retry_delay": 0,
    }
    assert result(client.get(own)) == created
    assert result(client.get(path)) == [created]
    replaced = result(client.put(own, json=consumer(settings={"max_retries": 9})))
    assert (replaced["settings"]["batch_size"], replaced["settings"]["max_retries"]) == (10, 9)
    assert "dead_letter_queue" not in replaced
    assert result(client.delete(own)) is None
    assert error_of(client.get(own)) == (404, 11002)


def test_a_queue_has_at_most_one_worker_as_consumer(client: httpx.Client) -> None:
    path = f"{new_queue(client)}/consumers"
    result(upload(client, "api"))
    result(upload(client, "other"))
    result(client.post(path, json=consumer("api")))
    assert error_of(client.post(path, json=consumer("other"))) == (400, 11004)
    pull = result(client.post(path, json={"type": "http_pull"}))
    assert pull["settings"]["visibility_timeout_ms"] == 30_000


@pytest.mark.parametrize(
    "settings",
    [
        *({"batch_size": 0}, {"batch_size": 101}, {"max_retries": 101}, {"max_wait_time_ms": 60_001}),
        *({"max_concurrency": 251}, {"retry_delay": 86_401}, {"batch_size": True}),
    ],
)
def test_settings_of_a_consumer_must_be_in_their_ranges(client: httpx.Client, settings: Any) -> None:
    path = f"{new_queue(client)}/consumers"
    result(upload(client))
    assert error_of(client.post(path, json=consumer(settings=settings))) == (400, 10021)


def test_a_consumer_needs_a_type_and_an_existing_worker(client: httpx.Client) -> None:
    path = f"{new_queue(client)}/consumers"
    assert error_of(client.post(path, json={"script_name": "api"})) == (400, 10021)
    assert error_of(client.post(path, json=consumer("missing"))) == (400, 10007)


def test_a_worker_that_consumes_a_queue_cannot_be_deleted(client: httpx.Client) -> None:
    queue = new_queue(client)
    result(upload(client))
    created = result(client.post(f"{queue}/consumers", json=consumer()))
    assert error_of(client.delete(f"{SCRIPTS}/api", params={"force": "true"})) == (400, 10064)
    result(client.delete(f"{queue}/consumers/{created['consumer_id']}"))
    result(client.delete(f"{SCRIPTS}/api"))
