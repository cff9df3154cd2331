"""Which queries the gateway caches, by their text."""

import asyncio
import json
import subprocess

import asyncpg
import pytest

from localcloud import node
from localcloud.gateway.service import SOURCES
from localcloud.postgres import Postgres

STATUS = {
    "select 1": None,
    "SELECT * FROM articles WHERE DATE(published_time) = $1 ORDER BY published_time DESC LIMIT 50": None,
    "with a as (select 1) select count(*), lower('X') from a;": None,
    "values (1), (2)": None,
    "select id from items union select id from others": None,
    "select knowhow(1), snow from items": None,
    "select 'select 1; select 2'": None,
    "table items": None,
    "select now()": "volatile",
    "select pg_catalog.now ()": "volatile",
    'select "random"()': "volatile",
    "select 1 /* not NOW() */": "volatile",
    "select 1 -- current_date": "volatile",
    "select current_timestamp": "volatile",
    "select user": "volatile",
    "select nextval('items_id_seq')": "volatile",
    "SELECT LASTVAL(), * FROM articles LIMIT 50": "volatile",
    "select to_char(1, '9')": "volatile",
    "select 1; select 2": "multiplestatements",
    "insert into items values (1)": "uncacheable",
    "insert into items values (1) returning id": "uncacheable",
    "update items set name = 'x'": "uncacheable",
    "delete from items": "uncacheable",
    "create table others (id int)": "uncacheable",
    "create table others as select 1": "uncacheable",
    "select 1 into others": "uncacheable",
    "with a as (delete from items returning id) select * from a": "uncacheable",
    "select * from items for update": "uncacheable",
    "select * from (select * from items for share) a": "uncacheable",
    "explain select 1": "uncacheable",
    "copy items to stdout": "uncacheable",
    "declare c cursor for select 1": "uncacheable",
    "call procedure_name()": "uncacheable",
    "begin": "notaquery",
    "set search_path = app": "notaquery",
    "show search_path": "notaquery",
    "": "notaquery",
    "-- a comment": "notaquery",
    "selec 1": "parseerror",
    "select '" + "x" * 100_001 + "'": "oversizedquery",
}
FUNCTIONS = """
select proname from pg_catalog.pg_proc
where pronamespace = 'pg_catalog'::regnamespace
group by proname
having bool_and(provolatile <> 'i')
    and not bool_or(
        prorettype in (select oid from pg_catalog.pg_type where typtype = 'p' and typname in
            ('internal', 'trigger', 'event_trigger', 'index_am_handler', 'table_am_handler', 'fdw_handler',
             'language_handler'))
        or proargtypes::oid[] && array['internal'::regtype::oid, 'cstring'::regtype::oid]
    )
order by 1
"""
"""Functions without an immutable variant that a query can call."""
SCRIPT = """
const { reasonNotToCache } = await import(process.argv[1]);
const texts = JSON.parse((await import("node:fs")).readFileSync(0, "utf8"));
console.log(JSON.stringify(texts.map((text) => reasonNotToCache(text) ?? null)));
"""


def reasons(texts: list[str]) -> list[str | None]:
    module = (SOURCES / "cacheable.mjs").as_uri()
    command = [str(node.program()), "--input-type=module", "-e", SCRIPT, module]
    result = subprocess.run(command, input=json.dumps(texts), capture_output=True, text=True, check=True, cwd=SOURCES)
    found: list[str | None] = json.loads(result.stdout)
    return found


@pytest.fixture(scope="module")
def found() -> dict[str, str | None]:
    return dict(zip(STATUS, reasons(list(STATUS)), strict=True))


@pytest.mark.parametrize("text", STATUS, ids=lambda text: text[:60] or "empty")
def test_a_query_has_this_cache_status(found: dict[str, str | None], text: str) -> None:
    assert found[text] == STATUS[text]


def test_the_functions_are_those_that_postgres_marks(postgres: Postgres) -> None:
    async def marked() -> list[str] | None:
        client = await asyncpg.connect(postgres.admin_url)
        try:
            is_18 = client.get_server_version().major == 18
            return [row[0] for row in await client.fetch(FUNCTIONS)] if is_18 else None
        finally:
            await client.close()

    names = asyncio.run(marked())
    if names is None:
        pytest.skip("The list is of PostgreSQL 18.")
    assert json.loads((SOURCES / "volatile_functions.json").read_text()) == names
