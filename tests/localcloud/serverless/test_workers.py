"""Workers that use the driver in the real runtime."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from localcloud.state_directory import CHECKOUT
from localcloud.supervisor import Supervisor
from tests.localcloud.serverless.conftest import Database, Runtime, Serverless

DRIVER = CHECKOUT / "workers" / "node_modules" / "@prisma" / "ppg" / "dist" / "index.js"
SAMPLE = CHECKOUT / "workers" / "dist" / "ppg.js"
# No Worker here sets a flag for Node.js compatibility, which the compatibility date enables from 2026-08-04.
DATES = ["2026-08-01", "2026-11-01"]

Ask = Callable[..., httpx.Response]


@pytest.fixture(scope="module")
def driver(runtime: Runtime, database: Database) -> Callable[[str], dict[str, Any]]:
    """Returns the driver's result for a path of `driver_worker.mjs`."""
    modules = {"worker.js": Path(__file__).with_name("driver_worker.mjs"), "ppg.js": DRIVER}
    runtime.deploy(modules, DATES[0], database.url)

    def asked(path: str) -> dict[str, Any]:
        answer: dict[str, Any] = runtime.ask(f"/{path}").json()
        return answer

    return asked


Driver = Callable[[str], dict[str, Any]]


def test_it_reads_int8_as_bigint_and_dates_as_strings(driver: Driver) -> None:
    assert driver("read") == {"value": [{"big": "9007199254740993n", "day": "2026-01-02", "yes": "t"}]}


def test_it_writes(driver: Driver, empty: Database) -> None:
    assert driver("write") == {"value": 1}
    assert empty.ran("select body from notes") == "written"


def test_an_error_has_the_sqlstate_of_the_database(driver: Driver) -> None:
    error = driver("mistake")
    assert (error["name"], error["code"]) == ("DatabaseError", "42601")


def test_a_transaction_is_committed(driver: Driver, empty: Database) -> None:
    assert driver("transaction") == {"value": [{"body": "kept"}]}
    assert empty.ran("select body from notes") == "kept"


def test_a_transaction_that_throws_is_rolled_back(driver: Driver, empty: Database) -> None:
    assert driver("rollback")["message"] == "changed my mind"
    assert empty.ran("select count(*) from notes") == 0


def test_a_batch_returns_the_result_of_each_statement(driver: Driver, empty: Database) -> None:
    assert driver("batch") == {"value": [2, [{"count": 2}]]}
    assert empty.ran("select count(*) from notes") == 2


def test_a_session_responds_in_order(driver: Driver) -> None:
    assert driver("order") == {"value": ["0.2", "0.1", "0"]}


def test_a_long_string_arrives(driver: Driver) -> None:
    assert driver("text") == {"value": [{"length": 2000}]}


DIGEST = hashlib.sha256(b"\xff" * 5000).hexdigest()


def test_long_bytes_arrive(driver: Driver) -> None:
    assert driver("binary") == {"value": [{"length": 5000, "digest": DIGEST}]}


def test_a_stream_of_bytes_arrives(driver: Driver) -> None:
    assert driver("stream") == {"value": [5000, DIGEST]}


@pytest.mark.parametrize("date", DATES)
def test_the_sample_responds_with_rows_of_its_database(runtime: Runtime, items: Database, date: str) -> None:
    runtime.deploy({"ppg.js": SAMPLE}, date, items.url)
    answer = runtime.ask("/").json()
    assert (answer["driver"], answer["driver_version"]) == ("@prisma/ppg", "1.0.1")
    assert answer["server_version"].startswith("18.")
    assert answer["result"][0] == {"id": "1", "name": "one", "created_at": "2026-01-02 03:04:05+00"}


@pytest.fixture
def sample(runtime: Runtime, items: Database) -> Ask:
    runtime.deploy({"ppg.js": SAMPLE}, DATES[0], items.url)
    return runtime.ask


def test_the_sample_adds_a_row(sample: Ask, items: Database) -> None:
    name = "it's; drop table items --"
    answer = sample("/items", "POST", json={"name": name})
    assert (answer.status_code, answer.json()["result"]["name"]) == (201, name)
    assert items.ran("select name from items order by id desc") == name


def test_the_sample_lists_the_tables(sample: Ask) -> None:
    assert sample("/tables").json()["result"] == [{"schemaname": "public", "tablename": "items"}]


def test_the_health_check_of_the_sample_succeeds(sample: Ask) -> None:
    assert sample("/healthz").json() == {"status": "ok"}


def test_sequential_and_concurrent_queries_have_the_same_results(sample: Ask) -> None:
    in_turn, at_once = (sample(path).json()["result"] for path in ("/sequential", "/pipelined"))
    assert in_turn[:2] == at_once[:2]
    assert in_turn[0].startswith("18.")
    assert int(in_turn[1]) > 50
    assert str(in_turn[2]).startswith("20")


def test_a_pipeline_takes_one_round_trip(sample: Ask, serverless: Serverless) -> None:
    serverless.service.set_latency(200)
    try:
        in_turn, at_once = (sample(path).json()["latency_ms"] for path in ("/sequential", "/pipelined"))
    finally:
        serverless.service.set_latency(0)
    assert in_turn >= 600
    assert 200 <= at_once < in_turn - 200


def test_a_failed_query_is_a_500_without_details(runtime: Runtime, serverless: Serverless) -> None:
    database = serverless.new_database()
    database.ran("create view items as select 1 / 0 as id, 'sentinel' as name, now() as created_at")
    runtime.deploy({"ppg.js": SAMPLE}, DATES[0], database.url)
    answer = runtime.ask("/")
    assert answer.status_code == 500
    assert answer.json() == {"success": False, "error": "The request failed. See the Worker's log for the reason."}


def test_a_rejected_password_is_a_500_without_details(runtime: Runtime, items: Database) -> None:
    runtime.deploy({"ppg.js": SAMPLE}, DATES[0], items.url.replace(items.password, "wrong"))
    answer = runtime.ask("/")
    assert answer.status_code == 500
    assert not {"password", "credentials", items.user} & set(answer.text.split('"'))


def test_an_unreachable_service_is_a_503(sample: Ask, serverless: Serverless) -> None:
    supervisor = Supervisor(serverless.service.state_directory)
    supervisor.stop(serverless.service.name, print)
    try:
        answers = [sample(path) for path in ("/", "/pipelined", "/healthz")]
    finally:
        supervisor.ensure(serverless.service, print)
    assert [each.status_code for each in answers] == [503, 503, 503]
    assert sample("/healthz").status_code == 200


def test_the_error_about_a_missing_secret_names_it(runtime: Runtime) -> None:
    runtime.deploy({"ppg.js": SAMPLE}, DATES[0], None)
    for path in ("/", "/pipelined"):
        answer = runtime.ask(path)
        assert (answer.status_code, "`PRISMA_DIRECT_TCP_URL` is missing" in answer.text) == (500, True)


def test_the_user_in_the_connection_string_selects_the_database(
    runtime: Runtime, items: Database, serverless: Serverless
) -> None:
    runtime.deploy({"ppg.js": SAMPLE}, DATES[0], serverless.new_database().url)
    assert runtime.ask("/tables").json()["result"] == []
    runtime.deploy({"ppg.js": SAMPLE}, DATES[0], items.url)
    assert len(runtime.ask("/tables").json()["result"]) == 1


FETCH = """
export default {
  async fetch(request) {
    const url = new URL(request.url).searchParams.get("url");
    try { return await fetch(url); } catch (error) { return new Response(error.message, { status: 502 }); }
  },
};
"""


@pytest.mark.parametrize("path", ["/", "/v0/", "/v0/other"])
def test_other_requests_to_this_machine_are_not_forwarded_to_the_service(
    runtime: Runtime, tmp_path: Path, path: str
) -> None:
    source = tmp_path / "fetch.js"
    source.write_text(FETCH)
    runtime.deploy({"fetch.js": source}, DATES[0], None)
    assert runtime.ask("/", params={"url": f"https://127.0.0.1{path}"}).status_code == 502


def test_requests_to_other_hosts_are_sent_there(runtime: Runtime, serverless: Serverless, tmp_path: Path) -> None:
    source = tmp_path / "fetch.js"
    source.write_text(FETCH)
    runtime.deploy({"fetch.js": source}, DATES[0], serverless.address)
    answer = runtime.ask("/", params={"url": f"{serverless.address}/__localcloud/health"})
    assert answer.json() == {"status": "ok", "latency_ms": 0}
