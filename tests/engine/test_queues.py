"""Queues and Workflows of the example stacks, with the real engine and the real runtime."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from localcloud.deploy import Stack
from localcloud.instance import Instance
from localcloud.stack_file import StackFile
from tests.engine.vendor_stacks import run_statement
from tests.waiting import wait_until

pytestmark = [pytest.mark.engine, pytest.mark.usefixtures("vendors")]


@pytest.fixture
def stack(request: pytest.FixtureRequest, cloud: Instance) -> Iterator[Stack]:
    """The deployed stack of an example. At the end, the stack and the rows that its Worker stored are deleted."""
    stack = Stack.of(StackFile.of(request.param), cloud)
    stack.up()
    yield stack
    stack.destroy()
    run_statement(cloud.database_url, "delete from items where name like 'by a %'")


def ask(stack: Stack, cloud: Instance, method: str = "GET", query: str = "", text: str | None = None) -> Any:
    url = httpx.URL(cloud.worker_url(stack.outputs()["workers"]["api"]))
    headers = {"host": url.netloc.decode()}
    with httpx.Client(trust_env=False, timeout=60) as client:
        answer = client.request(
            method, url.copy_with(host="127.0.0.1", query=query.encode() or None), headers=headers, content=text
        )
    return answer.raise_for_status().json()


def has_item(stack: Stack, cloud: Instance, name: str) -> bool:
    return any(row["name"] == name for row in ask(stack, cloud)["result"])


@pytest.mark.parametrize("stack", ["queues"], indirect=True)
def test_a_message_arrives_at_the_consumer_which_stores_it_in_the_database(stack: Stack, cloud: Instance) -> None:
    assert ask(stack, cloud, "POST", text="by a queue")["success"]
    wait_until(lambda: has_item(stack, cloud, "by a queue"), "the message was not stored")
    assert "unchanged" in stack.pulumi("preview", "--refresh", "--expect-no-changes")


@pytest.mark.parametrize("stack", ["workflows"], indirect=True)
def test_an_instance_of_a_workflow_stores_a_row_in_the_database(stack: Stack, cloud: Instance) -> None:
    instance = ask(stack, cloud, "POST", text="by a workflow")["instance"]

    def is_complete() -> bool:
        return bool(ask(stack, cloud, query=f"instance={instance}")["status"] == "complete")

    wait_until(is_complete, "the instance did not complete")
    assert has_item(stack, cloud, "by a workflow")
    assert "unchanged" in stack.pulumi("preview", "--refresh", "--expect-no-changes")
