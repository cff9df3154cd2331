"""The Workers of the example stacks with a queue and with a Workflow, minified, on a host that is not local."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from localcloud.ports import Ports
from localcloud.postgres import Postgres
from tests.localcloud.asking import TOKEN, Ask, ask, one_file
from tests.localcloud.test_drivers import NAME, database_of_examples, run, value
from tests.waiting import wait_until

__all__ = ["ask"]

QUEUE, WORKFLOW = "examples/queue", "examples/workflow"
CONSUMER = {"queue": "jobs", "maxBatchSize": 10, "maxBatchTimeout": 1, "maxRetries": 3, "retryDelay": 1}
NAMES = "select array_agg(name order by name) from public.items"


@pytest.fixture(scope="module")
def url(postgres: Postgres) -> Iterator[str]:
    yield from database_of_examples(postgres, "items")


class Examples:
    def __init__(self, ask: Ask, url: str, **consumer: int) -> None:
        self._port = Ports(ask.runtime.state_directory).of("workers")
        queue, workflow = one_file(QUEUE, url), one_file(WORKFLOW, url)
        queue["bindings"].append({"type": "queue", "name": "JOBS", "queue": "jobs"})
        target = {"workflow": "import", "className": "Import", "service": workflow["name"]}
        workflow["bindings"].append({"type": "workflow", "name": "IMPORT", **target})
        ask.put({**queue, "queueConsumers": [CONSUMER | consumer]}, workflow)

    def request(self, name: str, method: str, path: str = "/items", json: Any = None, **headers: str) -> httpx.Response:
        sent = {"host": f"{name.replace('/', '-')}.example.com", "authorization": f"Bearer {TOKEN}", **headers}
        address = f"http://127.0.0.1:{self._port}{path}"
        return httpx.request(method, address, json=json, headers=sent, timeout=60, trust_env=False)


@pytest.fixture(scope="module")
def examples(ask: Ask, url: str) -> Examples:
    return Examples(ask, url)


@pytest.fixture(autouse=True)
def empty(url: str) -> None:
    run(url, "truncate public.items")


def names(url: str) -> list[str]:
    return value(url, NAMES) or []


@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer undefined", "Bearer wrong"])
@pytest.mark.parametrize("name", [QUEUE, WORKFLOW])
def test_a_request_without_the_token_is_rejected(examples: Examples, url: str, name: str, authorization: str) -> None:
    answers = [
        examples.request(name, method, json={"name": "unauthorized"}, authorization=authorization)
        for method in ("GET", "POST")
    ]
    assert [answer.status_code for answer in answers] == [401, 401]
    # The item of an accepted request arrives after those of requests before it.
    assert examples.request(name, "POST", json={"name": "authorized"}).status_code == 202
    wait_until(lambda: names(url), "the item of the accepted request did not arrive")
    assert names(url) == ["authorized"]


@pytest.mark.parametrize(
    ("headers", "status"), [({"content-type": "text/plain"}, 415), ({"origin": "http://localhost"}, 403)]
)
@pytest.mark.parametrize("name", [QUEUE, WORKFLOW])
def test_a_write_that_another_site_can_send_is_rejected(
    examples: Examples, name: str, headers: dict[str, str], status: int
) -> None:
    assert examples.request(name, "POST", json={"name": "x"}, **headers).status_code == status


def test_messages_of_a_queue_are_written(examples: Examples, url: str) -> None:
    sent = [NAME, "one", "two"]
    assert [examples.request(QUEUE, "POST", json={"name": each}).status_code for each in sent] == [202] * 3
    wait_until(lambda: len(names(url)) == 3, "the items of the messages did not arrive")
    assert sorted(names(url)) == sorted(sent)


def test_a_message_that_the_database_rejects_does_not_stop_the_others(ask: Ask, examples: Examples, url: str) -> None:
    before = ask.log_size()
    run(url, "alter table public.items add constraint polite check (name <> 'sentinel')")
    try:
        for name in ("first", "sentinel", "third"):
            examples.request(QUEUE, "POST", json={"name": name})
        wait_until(lambda: names(url) == ["first", "third"], "the other items did not arrive")
        # The delivery and its three retries, after which the message is discarded.
        attempts = '"queue":"one message","messages":1,"code":"23514"'
        wait_until(lambda: ask.wait_for_log(attempts, before).count(attempts) == 4, "the retries did not end")
        log = ask.wait_for_log(attempts, before)
    finally:
        run(url, "alter table public.items drop constraint polite")
    assert "sentinel" not in log


def test_messages_are_written_later_if_the_database_does_not_accept_them_yet(
    ask: Ask, examples: Examples, url: str
) -> None:
    before = ask.log_size()
    run(url, "alter table public.items rename to later")
    try:
        examples.request(QUEUE, "POST", json={"name": "patient"})
        ask.wait_for_log('"queue":"jobs","messages":1,"code":"42P01"', before)
    finally:
        run(url, "alter table public.later rename to items")
    wait_until(lambda: names(url) == ["patient"], "the message was not delivered again")


def started(examples: Examples, name: str) -> str:
    instance: str = examples.request(WORKFLOW, "POST", json={"name": name}).json()["instance"]
    return f"/items?instance={instance}"


def test_the_step_of_a_workflow_writes_the_item(examples: Examples, url: str) -> None:
    path = started(examples, NAME)
    status = lambda: examples.request(WORKFLOW, "GET", path).json()  # noqa: E731
    wait_until(lambda: status()["status"] == "complete", "the instance did not complete")
    assert status()["output"] == {"id": str(value(url, "select id from public.items"))}
    assert names(url) == [NAME]


def test_a_step_is_repeated_after_a_lock_ends_and_writes_one_row(ask: Ask, examples: Examples, url: str) -> None:
    before = ask.log_size()
    run(url, "create function public.once() returns trigger language plpgsql as $$ begin"
        " if nextval('public.attempts') < 2 then raise exception using errcode = '55P03'; end if; return new; end $$",
        "create sequence public.attempts", "create trigger once before insert on public.items"
        " for each row execute function public.once()")  # fmt: skip
    try:
        path = started(examples, "again")
        wait_until(
            lambda: examples.request(WORKFLOW, "GET", path).json()["status"] == "complete", "it did not complete"
        )
    finally:
        run(url, "drop trigger once on public.items")
    assert ask.wait_for_log('"code":"55P03"', before).count('"code":"55P03"') == 1
    assert names(url) == ["again"]


def test_a_step_that_the_database_rejects_is_not_repeated(ask: Ask, examples: Examples, url: str) -> None:
    before = ask.log_size()
    run(url, "alter table public.items add constraint polite check (name <> 'sentinel')")
    try:
        path = started(examples, "sentinel")
        status = lambda: examples.request(WORKFLOW, "GET", path).json()  # noqa: E731
        wait_until(lambda: status()["status"] == "errored", "the instance did not end")
        assert "sentinel" not in str(status()["error"])
    finally:
        run(url, "alter table public.items drop constraint polite")
    log = ask.wait_for_log('"code":"23514"', before)
    assert (log.count('"code":"23514"'), "sentinel" in log) == (1, False)


def test_the_status_of_an_unknown_instance_is_a_404(examples: Examples) -> None:
    assert examples.request(WORKFLOW, "GET", "/items?instance=none").status_code == 404


def test_a_batch_is_one_transaction(ask: Ask, url: str) -> None:
    examples = Examples(ask, url, maxBatchSize=5, maxBatchTimeout=60)
    for position in range(5):
        examples.request(QUEUE, "POST", json={"name": f"item {position}"})
    wait_until(lambda: len(names(url)) == 5, "the items of the messages did not arrive")
    assert value(url, "select count(distinct xmin::text) from public.items") == 1
