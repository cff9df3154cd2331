"""Stacks whose database is made at a vendor: what is asked of all of them."""

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import pytest

from localcloud.errors import LocalCloudError
from localcloud.vendors import VendorEmulator
from tests.engine.deployment import Deployment

Change = Callable[[dict[str, Any]], None]


def at(deployment: Deployment, database: dict[str, Any]) -> Deployment:
    """The same stack with its database at a vendor."""

    def move(config: dict[str, Any]) -> None:
        config["edge-postgres:databases"] = {
            "main": {**database, "hyperdrive": {"connectionLimit": 5, "caching": "none"}}
        }

    return deployment.changed(move)


def changed(deployment: Deployment, **settings: Any) -> Deployment:
    """The same stack with other settings of its database."""

    def change(config: dict[str, Any]) -> None:
        config["edge-postgres:databases"]["main"].update(settings)

    return deployment.changed(change)


def without(deployment: Deployment, *variables: str, **others: str) -> Deployment:
    """The same stack in an environment that lacks ``variables`` and has ``others``."""
    kept = {name: value for name, value in deployment.stack.environment.items() if name not in variables}
    return replace(deployment, stack=replace(deployment.stack, environment={**kept, **others}))


def made_at(emulator: VendorEmulator) -> dict[str, int]:
    """How many things of each kind the vendor has."""
    return {kind: len(ids) for kind, ids in emulator.control("GET", "store").json().items() if ids}


def in_turn(
    turn: int, calls: Sequence[tuple[str, str]], faults: Mapping[str, Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """A fault for each call (method and path): another one at each turn."""
    kinds = list(faults.values())
    return [
        {"method": method, "path": path, **kinds[(turn + place) % len(kinds)]}
        for place, (method, path) in enumerate(calls)
    ]


def refused(deployment: Deployment, *arguments: str) -> str:
    """What a failing engine says."""
    with pytest.raises(LocalCloudError) as failed:
        deployment.stack.pulumi(*(arguments or ("up", "--yes", "--skip-preview")))
    return str(failed.value)


def password_in(raw_requests: str) -> str:
    """The password that Cloudflare was given."""
    sent = [json.loads(each["body"]) for each in json.loads(raw_requests)["requests"] if "origin" in each["body"]]
    password: str = sent[-1]["origin"]["password"]
    return password


def databases_on(url: str) -> set[str]:
    """The databases of the local server; ``url`` is a superuser's."""

    async def fetch() -> set[str]:
        connection = await asyncpg.connect(url, timeout=10)
        try:
            return {record["datname"] for record in await connection.fetch("select datname from pg_database")}
        finally:
            await connection.close()

    return asyncio.run(fetch())


ITEM_OF_ITS_OWN = """
    create table public.items (
        id bigint generated always as identity, name text not null, created_at timestamptz not null default now()
    );
    insert into public.items (name) values ('found where it was made');
"""
"""What a Worker's answer shows of a database, and no other database has."""


def ran(url: str, statement: str) -> None:
    """Runs a statement with a connection string."""

    async def run() -> None:
        connection = await asyncpg.connect(urlsplit(url)._replace(query="sslmode=require").geturl(), timeout=10)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    asyncio.run(run())
