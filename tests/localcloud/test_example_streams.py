"""The Workers of the examples with a schedule and with server-sent events, minified, in the real runtime."""

import json
from collections.abc import Iterator

import httpx
import pytest

from localcloud.ports import Ports
from localcloud.postgres import Postgres
from tests.localcloud.asking import TOKEN, Ask, ask, one_file
from tests.localcloud.test_drivers import database_of_examples, run, value

__all__ = ["ask"]

CLEANUP, EVENTS = "examples/cleanup", "examples/events"
NAMES = "select array_agg(name order by id) from public.items"
OLD = "insert into public.items (name, created_at) select 'old', now() - interval '31 days' from generate_series(1, {})"


@pytest.fixture(scope="module")
def url(postgres: Postgres) -> Iterator[str]:
    yield from database_of_examples(postgres, "items")


@pytest.fixture(autouse=True)
def empty(url: str) -> None:
    run(url, "truncate public.items restart identity")


def deployed(ask: Ask, url: str, keep_days: str = "30") -> str:
    """Deploys both Workers. Returns their address."""
    cleanup = one_file(CLEANUP, url)
    cleanup["bindings"].append({"type": "plain_text", "name": "KEEP_DAYS", "text": keep_days})
    ask.put(cleanup, one_file(EVENTS, url))
    return f"http://127.0.0.1:{Ports(ask.runtime.state_directory).of('workers')}"


@pytest.fixture(scope="module")
def address(ask: Ask, url: str) -> str:
    return deployed(ask, url)


def clean_up(address: str, path: str = "/cdn-cgi/local/scheduled?cron=0+3+*+*+*") -> httpx.Response:
    headers = {"host": "examples-cleanup.example.com"}
    return httpx.get(f"{address}{path}", headers=headers, timeout=60, trust_env=False)


def events_of(address: str, last: str | None = None, authorization: str = f"Bearer {TOKEN}") -> httpx.Request:
    headers = {"host": "examples-events.example.com", "authorization": authorization}
    return httpx.Request("GET", f"{address}/events", headers=headers | ({"last-event-id": last} if last else {}))


def test_a_schedule_deletes_old_rows_only(ask: Ask, address: str, url: str) -> None:
    before = ask.log_size()
    run(url, OLD.format(1201), "insert into public.items (name) values ('new')")
    assert clean_up(address).status_code == 200
    assert value(url, NAMES) == ["new"]
    assert '"deleted":1201' in ask.wait_for_log('"deleted"', before)


@pytest.mark.parametrize("days", ["", "0", "-1", "many"])
def test_a_wrong_number_of_days_deletes_nothing(ask: Ask, url: str, days: str) -> None:
    before = ask.log_size()
    run(url, OLD.format(1))
    clean_up(deployed(ask, url, days))
    ask.wait_for_log("KEEP_DAYS must be", before)
    assert value(url, NAMES) == ["old"]


def test_the_worker_with_a_schedule_has_no_path(ask: Ask, url: str) -> None:
    assert clean_up(deployed(ask, url), "/").status_code == 404


@pytest.mark.parametrize("authorization", ["", "Bearer undefined", "Bearer wrong"])
def test_events_need_the_token(ask: Ask, url: str, authorization: str) -> None:
    with httpx.Client(trust_env=False) as client:
        assert client.send(events_of(deployed(ask, url), authorization=authorization)).status_code == 401


def test_each_new_row_is_an_event_and_the_end_of_the_client_ends_the_queries(ask: Ask, url: str) -> None:
    address, before = deployed(ask, url), ask.log_size()
    run(url, "insert into public.items (name) values ('first')")
    found = []
    with httpx.Client(timeout=60, trust_env=False) as client:
        answer = client.send(events_of(address), stream=True)
        assert answer.headers["content-type"] == "text/event-stream"
        for line in answer.iter_lines():
            if not line.startswith("data: "):
                continue
            found.append(json.loads(line.removeprefix("data: ")))
            if len(found) == 2:
                break
            run(url, "insert into public.items (name) values ('second')")
        answer.close()
    assert found == [{"id": "1", "name": "first"}, {"id": "2", "name": "second"}]
    # The Worker writes this line when it queries no longer. By itself, it ends after minutes.
    ask.wait_for_log('"path":"/events","last":"2"', before)


def test_a_client_that_connects_again_gets_only_later_rows(ask: Ask, url: str) -> None:
    address = deployed(ask, url)
    run(url, "insert into public.items (name) values ('first'), ('second')")
    with httpx.Client(timeout=60, trust_env=False) as client:
        answer = client.send(events_of(address, last="1"), stream=True)
        ids = (line for line in answer.iter_lines() if line.startswith("id: "))
        assert next(ids) == "id: 2"
        answer.close()


@pytest.mark.parametrize("last", ["x", "-1", "1; drop table items", "9" * 19])
def test_a_wrong_last_event_id_is_a_400(ask: Ask, url: str, last: str) -> None:
    with httpx.Client(trust_env=False) as client:
        assert client.send(events_of(deployed(ask, url), last=last)).status_code == 400
