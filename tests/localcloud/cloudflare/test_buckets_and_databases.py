"""R2 buckets and D1 databases: created ones, and those that a binding names."""

from typing import Any

import httpx
import pytest

from tests.localcloud.cloudflare.api import ACCOUNT, SCRIPTS, error_of, result, upload

BUCKETS = f"/accounts/{ACCOUNT}/r2/buckets"
DATABASES = f"/accounts/{ACCOUNT}/d1/database"


def bucket_names(client: httpx.Client, **headers: str) -> list[str]:
    return [bucket["name"] for bucket in result(client.get(BUCKETS, headers=headers))["buckets"]]


def database(client: httpx.Client, **fields: Any) -> dict[str, Any]:
    created: dict[str, Any] = result(client.post(DATABASES, json={"name": "shop", **fields}))
    return created


def test_a_bucket_is_created_read_changed_and_deleted(client: httpx.Client) -> None:
    created = result(client.post(BUCKETS, json={"name": "files", "locationHint": "weur"}))
    expected = {"name": "files", "location": "weur", "storage_class": "Standard", "jurisdiction": "default"}
    assert {**created, **expected} == created
    assert result(client.get(f"{BUCKETS}/files")) == created
    changed = result(client.patch(f"{BUCKETS}/files", headers={"cf-r2-storage-class": "InfrequentAccess"}))
    assert changed == {**created, "storage_class": "InfrequentAccess"}
    assert result(client.delete(f"{BUCKETS}/files")) == {}
    assert error_of(client.get(f"{BUCKETS}/files")) == (404, 10006)


@pytest.mark.parametrize("name", [None, "a", "Files", "-files", "a" * 64, "a_b"])
def test_an_invalid_bucket_name_is_rejected(client: httpx.Client, name: str | None) -> None:
    assert error_of(client.post(BUCKETS, json={"name": name})) == (400, 10005)


def test_bucket_names_must_be_unique(client: httpx.Client) -> None:
    result(client.post(BUCKETS, json={"name": "files"}))
    assert error_of(client.post(BUCKETS, json={"name": "files"})) == (409, 10073)


@pytest.mark.parametrize("wrong", [{"locationHint": "mars"}, {"storageClass": "Glacier"}])
def test_an_unknown_property_of_a_bucket_is_rejected(client: httpx.Client, wrong: dict[str, str]) -> None:
    assert error_of(client.post(BUCKETS, json={"name": "files", **wrong})) == (400, 10021)


def test_a_bucket_is_found_in_its_jurisdiction_only(client: httpx.Client) -> None:
    result(client.post(BUCKETS, json={"name": "files"}, headers={"cf-r2-jurisdiction": "eu"}))
    assert error_of(client.get(f"{BUCKETS}/files")) == (404, 10006)
    assert bucket_names(client) == []
    assert bucket_names(client, **{"cf-r2-jurisdiction": "eu"}) == ["files"]


def test_a_bucket_of_a_binding_exists_until_the_worker_is_deleted(client: httpx.Client) -> None:
    result(upload(client, "api", {"type": "r2_bucket", "name": "FILES", "bucket_name": "uploads"}))
    assert bucket_names(client) == ["uploads"]
    assert error_of(client.delete(f"{BUCKETS}/uploads")) == (409, 10008)
    result(client.delete(f"{SCRIPTS}/api"))
    assert bucket_names(client) == []


def test_a_database_is_created_read_changed_and_deleted(client: httpx.Client) -> None:
    created = database(client)
    assert (created["name"], created["read_replication"]) == ("shop", {"mode": "disabled"})
    path = f"{DATABASES}/{created['uuid']}"
    assert result(client.get(path)) == result(client.get(f"{DATABASES}/shop")) == created
    changed = result(client.patch(path, json={"read_replication": {"mode": "auto"}}))
    assert changed == {**created, "read_replication": {"mode": "auto"}}
    assert [each["uuid"] for each in result(client.get(DATABASES, params={"name": "shop"}))] == [created["uuid"]]
    assert result(client.delete(path)) is None
    assert error_of(client.get(path)) == (404, 7404)


def test_database_names_must_be_unique(client: httpx.Client) -> None:
    database(client)
    assert error_of(client.post(DATABASES, json={"name": "shop"})) == (400, 7502)


@pytest.mark.parametrize(
    "wrong", [{"name": ""}, {"name": 7}, {"jurisdiction": "mars"}, {"read_replication": {"mode": "always"}}]
)
def test_an_unknown_property_of_a_database_is_rejected(client: httpx.Client, wrong: dict[str, Any]) -> None:
    assert error_of(client.post(DATABASES, json={"name": "shop", **wrong})) == (400, 7400)


def test_a_database_of_a_binding_exists(client: httpx.Client) -> None:
    result(upload(client, "api", {"type": "d1", "name": "DB", "id": "an-id"}))
    assert [each["uuid"] for each in result(client.get(DATABASES))] == ["an-id"]
    assert result(client.get(f"{DATABASES}/an-id"))["name"] == "an-id"
