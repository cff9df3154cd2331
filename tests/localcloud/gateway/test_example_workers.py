"""The Workers of the examples about caching and about tenants, minified, through the gateway with a cache."""

import hashlib
import hmac
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from localcloud.gateway.origin import Caching, PooledOrigin
from localcloud.gateway.service import Gateway
from localcloud.ports import Ports
from localcloud.postgres import Postgres
from tests.localcloud.asking import TOKEN, Ask, ask, one_file
from tests.localcloud.gateway.hanging import pooled
from tests.localcloud.test_drivers import database_of_examples, run, value

__all__ = ["ask"]

FRESH, TENANTS = "examples/fresh", "examples/tenants"


@pytest.fixture(scope="module")
def direct_url(postgres: Postgres) -> Iterator[str]:
    yield from database_of_examples(postgres, "items", "notes")


class Examples:
    def __init__(self, ask: Ask, cached: str, fresh: str) -> None:
        self._port = Ports(ask.runtime.state_directory).of("workers")
        pair, tenants = one_file(FRESH, cached), one_file(TENANTS, cached)
        pair["bindings"] += [
            {"type": "hyperdrive", "name": "FRESH", "connectionString": fresh},
            {"type": "plain_text", "name": "CACHE_SECONDS", "text": "75"},
        ]
        ask.put(pair, tenants)

    def request(self, name: str, method: str, path: str, json: Any = None, **headers: str) -> httpx.Response:
        sent = {"host": f"{name.replace('/', '-')}.example.com", "authorization": f"Bearer {TOKEN}", **headers}
        address = f"http://127.0.0.1:{self._port}{path}"
        return httpx.request(method, address, json=json, headers=sent, timeout=60, trust_env=False)


@pytest.fixture(scope="module")
def examples(ask: Ask, gateway: Gateway, origin: PooledOrigin, direct_url: str) -> Iterator[Examples]:
    with pooled(gateway, origin, direct_url, Caching(max_age=3600, stale_while_revalidate=0)) as url:
        yield Examples(ask, url, direct_url)


def items(examples: Examples, **headers: str) -> list[str]:
    return [row["name"] for row in examples.request(FRESH, "GET", "/items", **headers).json()]


def test_only_the_client_that_wrote_reads_its_row_at_once(examples: Examples) -> None:
    assert items(examples) == []
    written = examples.request(FRESH, "POST", "/items", {"name": "one"})
    assert written.status_code == 201
    cookie = written.headers["set-cookie"]
    assert cookie == "wrote=1; Max-Age=75; Path=/items; HttpOnly; Secure; SameSite=Lax"
    assert items(examples) == []
    assert items(examples, cookie=f"other=2; {cookie.split(';')[0]}") == ["one"]
    assert items(examples) == []


@pytest.mark.parametrize("authorization", ["", "Bearer undefined", "Bearer wrong"])
def test_the_example_of_caching_rejects_a_request_without_the_token(
    examples: Examples, direct_url: str, authorization: str
) -> None:
    before = value(direct_url, "select count(*) from public.items")
    for method in ("GET", "POST"):
        answer = examples.request(FRESH, method, "/items", {"name": "x"}, authorization=authorization)
        assert answer.status_code == 401
    assert value(direct_url, "select count(*) from public.items") == before


def token(tenant: str, key: str = TOKEN) -> str:
    return f"Bearer {tenant}.{hmac.new(key.encode(), tenant.encode(), hashlib.sha256).hexdigest()}"


def notes(examples: Examples, tenant: str) -> list[str]:
    answer = examples.request(TENANTS, "GET", "/notes", authorization=token(tenant))
    assert answer.status_code == 200
    return [row["body"] for row in answer.json()]


def test_a_tenant_reads_only_its_rows_also_with_a_cache(examples: Examples) -> None:
    assert notes(examples, "acme") == []
    for tenant, note in (("acme", "first"), ("other", "second"), ("acme", "third")):
        written = examples.request(TENANTS, "POST", "/notes", {"body": note}, authorization=token(tenant))
        assert (written.status_code, [row["body"] for row in written.json()]) == (201, [note])
    for _ in range(3):
        assert notes(examples, "acme") == ["first", "third"]
        assert notes(examples, "other") == ["second"]
        assert notes(examples, "none") == []


def test_a_connection_without_a_tenant_reads_and_writes_nothing(examples: Examples, direct_url: str) -> None:
    examples.request(TENANTS, "POST", "/notes", {"body": "x"}, authorization=token("acme"))
    assert value(direct_url, "select count(*) from public.notes") == 0
    with pytest.raises(Exception, match=r"unrecognized configuration parameter|row-level security"):
        run(direct_url, "insert into public.notes (body) values ('x')")


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        f"Bearer {TOKEN}",
        token("acme", "another key"),
        token("acme").replace("acme", "other"),
        token("acme")[:-1],
        token("two words"),
    ],
)
def test_a_request_without_a_signed_tenant_is_rejected(examples: Examples, authorization: str) -> None:
    for method in ("GET", "POST"):
        answer = examples.request(TENANTS, method, "/notes", {"body": "x"}, authorization=authorization)
        assert answer.status_code == 401


def test_a_note_must_be_sent_as_json(examples: Examples) -> None:
    headers = {"authorization": token("acme"), "content-type": "text/plain"}
    assert examples.request(TENANTS, "POST", "/notes", {"body": "x"}, **headers).status_code == 415
