"""Helpers for stacks whose database is created at a vendor."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import pytest

from localcloud.errors import LocalCloudError
from localcloud.vendors import VendorEmulator
from tests.engine.deployment import Deployment

Change = Callable[[dict[str, Any]], None]


def with_vendor_database(deployment: Deployment, database: dict[str, Any]) -> Deployment:
    """Returns the same stack with its database at a vendor."""

    def move(config: dict[str, Any]) -> None:
        config["edge-postgres:databases"] = {
            "main": {**database, "hyperdrive": {"connectionLimit": 5, "caching": "none"}}
        }

    return deployment.changed(move)


def with_settings(deployment: Deployment, **settings: Any) -> Deployment:
    """Returns the same stack with other settings of its database."""

    def change(config: dict[str, Any]) -> None:
        config["edge-postgres:databases"]["main"].update(settings)

    return deployment.changed(change)


def without_variables(deployment: Deployment, *variables: str, **others: str) -> Deployment:
    """Returns the same stack in an environment without ``variables`` and with ``others``."""
    kept = {name: value for name, value in deployment.stack.environment.items() if name not in variables}
    return replace(deployment, stack=replace(deployment.stack, environment={**kept, **others}))


def resources_at(emulator: VendorEmulator) -> dict[str, int]:
    """Returns the number of resources at the vendor, by kind."""
    return {kind: len(ids) for kind, ids in emulator.control("GET", "store").json().items() if ids}


def one_error_per_call(
    turn: int, calls: Sequence[tuple[str, str]], faults: Mapping[str, Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Returns an injected error for each call (method and path). Each turn has a different error."""
    kinds = list(faults.values())
    return [
        {"method": method, "path": path, **kinds[(turn + place) % len(kinds)]}
        for place, (method, path) in enumerate(calls)
    ]


def error_of(deployment: Deployment, *arguments: str) -> str:
    """Runs a command that must fail, by default `up`, and returns its error."""
    with pytest.raises(LocalCloudError) as failed:
        deployment.stack.pulumi(*(arguments or ("up", "--yes", "--skip-preview")))
    return str(failed.value)


def origins_in(raw_requests: str) -> list[dict[str, str]]:
    """Returns the origins of the Hyperdrive configurations that Cloudflare received, in their order."""
    requests = json.loads(raw_requests)["requests"]
    bodies = [json.loads(each["body"]) for each in requests if "/hyperdrive/configs" in each["path"] and each["body"]]
    return [body["origin"] for body in bodies if "origin" in body]


def password_in(raw_requests: str) -> str:
    """Returns the password that Cloudflare received last."""
    return origins_in(raw_requests)[-1]["password"]


def databases_on(url: str) -> set[str]:
    """The databases of the local server; ``url`` is the URL of a superuser."""

    async def fetch() -> set[str]:
        connection = await asyncpg.connect(url, timeout=10)
        try:
            return {record["datname"] for record in await connection.fetch("select datname from pg_database")}
        finally:
            await connection.close()

    return asyncio.run(fetch())


ITEM_IN_VENDOR_DATABASE = """
    create table public.items (
        id bigint generated always as identity, name text not null, created_at timestamptz not null default now()
    );
    insert into public.items (name) values ('found in the created database');
"""
"""SQL for a table that only the vendor's database has, so that an answer shows which database was used."""


def run_statement(url: str, statement: str) -> None:
    """Runs statements with a connection string."""
    _run(url, lambda connection: connection.execute(statement))


def value_of(url: str, query: str, *arguments: object) -> Any:
    """Returns the value that a query with a connection string selects."""
    return _run(url, lambda connection: connection.fetchval(query, *arguments))


def _run(url: str, work: Callable[[asyncpg.Connection], Awaitable[Any]]) -> Any:
    async def run() -> Any:
        connection = await asyncpg.connect(urlsplit(url)._replace(query="sslmode=require").geturl(), timeout=10)
        try:
            return await work(connection)
        finally:
            await connection.close()

    return asyncio.run(run())
