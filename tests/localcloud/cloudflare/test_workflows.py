"""Workflows over the wire."""

from typing import Any

import httpx
import pytest

from tests.localcloud.cloudflare.api import ACCOUNT, error_of, result, upload

WORKFLOWS = f"/accounts/{ACCOUNT}/workflows"
ORDERS = {"class_name": "Orders", "script_name": "api"}


def test_a_workflow_is_created_read_changed_and_deleted(client: httpx.Client) -> None:
    result(upload(client))
    created = result(client.put(f"{WORKFLOWS}/orders", json=ORDERS))
    assert (created["name"], created["class_name"], created["script_name"]) == ("orders", "Orders", "api")
    assert (created["is_deleted"], created["terminator_running"]) == (0, 0)
    shown = result(client.get(f"{WORKFLOWS}/orders"))
    assert shown["id"] == created["id"]
    assert shown["instances"]["running"] == 0
    assert [each["name"] for each in result(client.get(WORKFLOWS))] == ["orders"]
    changed = result(client.put(f"{WORKFLOWS}/orders", json={**ORDERS, "class_name": "Other"}))
    assert (changed["id"], changed["class_name"]) == (created["id"], "Other")
    assert changed["version_id"] != created["version_id"]
    assert result(client.delete(f"{WORKFLOWS}/orders")) == {"status": "ok", "success": True}
    assert error_of(client.get(f"{WORKFLOWS}/orders")) == (404, 10200)


@pytest.mark.parametrize("body", [{}, {"class_name": "", "script_name": "api"}, {"class_name": "Orders"}])
def test_a_workflow_needs_a_class_and_a_worker(client: httpx.Client, body: dict[str, Any]) -> None:
    assert error_of(client.put(f"{WORKFLOWS}/orders", json=body)) == (400, 10021)


def test_the_worker_of_a_workflow_must_exist(client: httpx.Client) -> None:
    assert error_of(client.put(f"{WORKFLOWS}/orders", json=ORDERS)) == (400, 10007)


@pytest.mark.parametrize("name", ["-orders", "a" * 65, "two words"])
def test_the_name_of_a_workflow_must_be_valid(client: httpx.Client, name: str) -> None:
    result(upload(client))
    assert error_of(client.put(f"{WORKFLOWS}/{name}", json=ORDERS)) == (400, 10021)
