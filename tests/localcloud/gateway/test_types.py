"""The value of each Postgres type in a Worker, by driver, through the gateway: as the pages of the drivers show it."""

import base64
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from localcloud.gateway.origin import PooledOrigin
from localcloud.gateway.service import Gateway
from localcloud.ports import Ports
from localcloud.postgres import Postgres
from tests.localcloud import types_tables
from tests.localcloud.asking import BUNDLES, BY_DATE, Ask, ask
from tests.localcloud.gateway.hanging import pooled

__all__ = ["ask"]


@pytest.fixture(scope="module")
def address(ask: Ask, gateway: Gateway, origin: PooledOrigin, postgres: Postgres) -> Iterator[str]:
    with pooled(gateway, origin, postgres.url()) as url:
        modules = [
            {"name": name, "contentType": kind, "contentBase64": base64.b64encode(content).decode()}
            for name, kind, content in types_tables.modules()
        ]
        ask.put(
            {
                "name": "types",
                "mainModule": "worker.js",
                "modules": modules,
                "compatibilityDate": BY_DATE[0],
                "bindings": [{"type": "hyperdrive", "name": "HYPERDRIVE", "connectionString": url}],
                "hosts": ["types.localhost"],
            }
        )
        yield f"http://127.0.0.1:{Ports(ask.runtime.state_directory).of('workers')}"


@pytest.mark.parametrize("driver", BUNDLES)
def test_the_page_of_a_driver_shows_the_values_of_all_types(address: str, driver: str) -> None:
    with httpx.Client(base_url=address, headers={"host": "types.localhost"}, timeout=30, trust_env=False) as client:

        def answer(value: dict[str, str]) -> dict[str, Any]:
            found: dict[str, Any] = client.post(f"/{driver}", json=value).raise_for_status().json()
            return found

        types_tables.compare_with_page(driver, types_tables.table(answer))


def test_a_cursor_of_postgres_js_reads_a_result_in_parts(address: str) -> None:
    answer = httpx.get(f"{address}/postgres/stream", headers={"host": "types.localhost"}, timeout=30, trust_env=False)
    assert answer.json() == [500, 500, 200]
