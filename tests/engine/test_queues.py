"""Queues and Workflows of the example stacks, with the real engine and the real runtime."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from localcloud.deploy import Stack
from localcloud.instance import Instance
from localcloud.stack_file import StackFile
from localcloud.state_directory import CHECKOUT
from tests.engine.vendor_stacks import run_statement, value_of
from tests.waiting import wait_until

pytestmark = [pytest.mark.engine, pytest.mark.usefixtures("vendors")]


TABLES = (CHECKOUT / "workers" / "examples" / "items.sql").read_text()


@pytest.fixture
def stack(request: pytest.FixtureRequest, cloud: Instance) -> Iterator[Stack]:
    """The deployed stack of an example. At the end, the stack and the rows that its Worker stored are deleted."""
    run_statement(cloud.database_url, TABLES)
    stack = Stack.of(StackFile.of(request.param), cloud)
    stack.up()
    yield stack
    stack.destroy()
    run_statement(cloud.database_url, "delete from items where name like 'by a %'")


def ask(stack: Stack, cloud: Instance, method: str = "GET", query: str = "", item: str | None = None) -> Any:
    url = httpx.URL(cloud.worker_url(stack.outputs()["workers"]["api"]))
    headers = {"host": url.netloc.decode(), "authorization": "Bearer local API_TOKEN"}
    with httpx.Client(trust_env=False, timeout=60) as client:
        answer = client.request(
            method,
            url.copy_with(host="127.0.0.1", path="/items", query=query.encode() or None),
            headers=headers,
            json=None if item is None else {"name": item},
        )
    return answer.raise_for_status().json()


def has_item(cloud: Instance, name: str) -> bool:
    return bool(value_of(cloud.database_url, "select exists (select from items where name = $1)", name))


@pytest.mark.parametrize("stack", ["queues"], indirect=True)
def test_a_message_arrives_at_the_consumer_which_stores_it_in_the_database(stack: Stack, cloud: Instance) -> None:
    assert ask(stack, cloud, "POST", item="by a queue")["success"]
    wait_until(lambda: has_item(cloud, "by a queue"), "the message was not stored")
    assert "unchanged" in stack.pulumi("preview", "--refresh", "--expect-no-changes")


@pytest.mark.parametrize("stack", ["workflows"], indirect=True)
def test_an_instance_of_a_workflow_stores_a_row_in_the_database(stack: Stack, cloud: Instance) -> None:
    instance = ask(stack, cloud, "POST", item="by a workflow")["instance"]

    def is_complete() -> bool:
        return bool(ask(stack, cloud, query=f"instance={instance}")["status"] == "complete")

    wait_until(is_complete, "the instance did not complete")
    assert has_item(cloud, "by a workflow")
    assert "unchanged" in stack.pulumi("preview", "--refresh", "--expect-no-changes")
