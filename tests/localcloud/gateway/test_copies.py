"""The Workers of one file in the real runtime, minified, through the gateway and on a host that is not local."""

import pytest

from localcloud.ports import free_port
from tests.localcloud.asking import COPIES, Ask, ask
from tests.localcloud.gateway.hanging import Samples, direct_url, samples
from tests.localcloud.test_drivers import NAME, run, value

__all__ = ["ask", "direct_url", "samples"]

COUNT = "select count(*) from public.items"


@pytest.fixture
def empty_url(direct_url: str) -> str:
    run(direct_url, "truncate public.items restart identity")
    return direct_url


@pytest.mark.parametrize("name", COPIES)
def test_it_reads_the_row_that_it_wrote(samples: Samples, empty_url: str, name: str) -> None:
    written = samples.request(name, "POST", {"name": NAME})
    assert (written.status_code, written.json()["name"]) == (201, NAME)
    assert value(empty_url, "select name from public.items") == NAME
    read = samples.request(name, "GET")
    assert (read.status_code, [row["name"] for row in read.json()]) == (200, [NAME])
    assert str(read.json()[0]["id"]) == "1"


@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer undefined", "Bearer wrong"])
@pytest.mark.parametrize("name", COPIES)
def test_it_rejects_a_request_without_the_token(
    samples: Samples, empty_url: str, name: str, authorization: str
) -> None:
    answers = [samples.request(name, method, {"name": "x"}, authorization=authorization) for method in ("GET", "POST")]
    assert [answer.status_code for answer in answers] == [401, 401]
    assert value(empty_url, COUNT) == 0


@pytest.mark.parametrize(
    ("headers", "answer"),
    [
        ({"content-type": "text/plain"}, (415, "Send JSON.")),
        # The local cloud itself rejects the origins of sites that it does not serve.
        ({"origin": "http://localhost"}, (403, "Wrong origin.")),
    ],
)
@pytest.mark.parametrize("name", COPIES)
def test_it_rejects_a_write_that_another_site_can_send(
    samples: Samples, empty_url: str, name: str, headers: dict[str, str], answer: tuple[int, str]
) -> None:
    found = samples.request(name, "POST", {"name": "x"}, **headers)
    assert (found.status_code, found.text) == answer
    assert value(empty_url, COUNT) == 0


@pytest.mark.parametrize("body", [None, [], {}, {"name": 1}, {"name": ""}, {"name": "a\0b"}, {"name": "x" * 201}])
@pytest.mark.parametrize("name", COPIES)
def test_an_invalid_name_is_a_400(samples: Samples, empty_url: str, name: str, body: object) -> None:
    headers = {"content-type": "application/json"}
    assert samples.request(name, "POST", body, **headers).status_code == 400
    assert value(empty_url, COUNT) == 0


@pytest.mark.parametrize(("method", "path"), [("GET", "/"), ("DELETE", "/items")])
@pytest.mark.parametrize("name", COPIES)
def test_another_path_or_method_is_a_404(samples: Samples, name: str, method: str, path: str) -> None:
    assert samples.request(name, method, path=path).status_code == 404


@pytest.mark.parametrize("name", COPIES)
def test_a_conflict_is_a_409_and_its_value_is_not_in_the_log(
    ask: Ask, samples: Samples, empty_url: str, name: str
) -> None:
    run(empty_url, "create unique index one_name on public.items (name)")
    try:
        statuses = [samples.request(name, "POST", {"name": "sentinel"}) for _ in range(2)]
    finally:
        run(empty_url, "drop index public.one_name")
    assert [answer.status_code for answer in statuses] == [201, 409]
    assert "sentinel" not in ask.wait_for_log('"code":"23505"')


@pytest.mark.parametrize("name", COPIES)
def test_a_write_that_fails_in_the_code_of_the_database_is_a_500(samples: Samples, empty_url: str, name: str) -> None:
    run(empty_url, "alter table public.items rename column name to other")
    try:
        assert samples.request(name, "POST", {"name": "x"}).status_code == 500
    finally:
        run(empty_url, "alter table public.items rename column other to name")


def test_an_unreachable_database_is_a_503(ask: Ask) -> None:
    samples = Samples(ask, f"postgres://app:secret@127.0.0.1:{free_port()}/app?sslmode=require")
    assert {name: samples.request(name, "GET").status_code for name in COPIES} == dict.fromkeys(COPIES, 503)
