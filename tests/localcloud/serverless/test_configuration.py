"""How the real driver uses its connection string, and custom parsers and serializers."""

import pytest

from tests.localcloud.serverless.conftest import Database, Serverless

DEFAULTS = """const { parsers, serializers } = lib.defaultClientConfig("postgres://a:b@127.0.0.1/postgres");
    const transportConfig = JSON.parse(process.env.SERVERLESS);"""


NOBODY = Database("", "", "")


@pytest.mark.parametrize("text", ["mysql://u:p@db.prisma.io/postgres", "prisma+postgres://u:p@db.prisma.io/postgres"])
def test_a_connection_string_with_another_scheme_is_rejected(serverless: Serverless, text: str) -> None:
    error = serverless.driver(NOBODY, f"return typeof lib.client(lib.defaultClientConfig({text!r}));")
    assert "protocol" in error["message"].lower()


@pytest.mark.parametrize("credentials", ["", "u@", ":p@"])
def test_a_connection_string_without_credentials_is_rejected(serverless: Serverless, credentials: str) -> None:
    text = f"postgres://{credentials}db.prisma.io/postgres"
    error = serverless.driver(NOBODY, f"return typeof lib.client(lib.defaultClientConfig({text!r}));")
    assert "must include username and password" in error["message"]


def test_a_password_is_sent_without_url_decoding(serverless: Serverless) -> None:
    body = """const sent = [];
        globalThis.fetch = async (url, { headers }) => { sent.push(url, headers.Authorization); throw new Error(); };
        const config = lib.defaultClientConfig("postgres://u:p%40ss@db.prisma.io:1/postgres?sslmode=require");
        await lib.client(config).query("select 1").catch(() => {});
        return [sent[0], atob(sent[1].slice("Basic ".length))];"""
    assert serverless.driver(NOBODY, body) == ["https://db.prisma.io/v0/statement?db=postgres", "u:p%40ss"]


def test_a_serializer_that_returns_neither_a_string_nor_bytes_is_a_validation_error(
    serverless: Serverless, database: Database
) -> None:
    body = f"""{DEFAULTS}
        const broken = {{ supports: () => true, serialize: () => ({{}}) }};
        const config = {{ transportConfig, parsers, serializers: [broken, ...serializers] }};
        await lib.client(config).query("select $1", 1);"""
    assert serverless.driver(database, body)["name"] == "ValidationError"


def test_custom_parsers_are_added_after_the_defaults(serverless: Serverless, database: Database) -> None:
    body = f"""{DEFAULTS}
        const parser = (oid, word) => ({{ oid, parse: (text) => `${{word}} ${{text}}` }});
        const own = [parser(1082, "day"), parser(20, "int8")];
        const ask = (parsers) => lib.prismaPostgres({{ transportConfig, parsers, serializers }})
            .sql`select '2026-01-02'::date as day, 7::int8 as big`.collect();
        return [await ask([...parsers, ...own]), await ask([...own, ...parsers])];"""
    behind, before = serverless.driver(database, body)
    assert behind == [{"day": "day 2026-01-02", "big": "int8 7"}]
    assert before == [{"day": "day 2026-01-02", "big": {"bigint": "7"}}]


def test_custom_serializers_are_added_before_the_defaults(serverless: Serverless, database: Database) -> None:
    body = f"""{DEFAULTS}
        const own = {{ supports: (value) => value instanceof Date, serialize: () => "mine" }};
        const ask = (serializers) => lib.prismaPostgres({{ transportConfig, parsers, serializers }})
            .sql`select ${{new Date(0)}}::text as sent`.collect();
        return [await ask([own, ...serializers]), await ask([...serializers, own])];"""
    before, behind = serverless.driver(database, body)
    assert before == [{"sent": "mine"}]
    assert behind != before


def test_bytes_need_a_serializer_that_returns_them_unchanged(serverless: Serverless, database: Database) -> None:
    body = f"""{DEFAULTS}
        const own = {{ supports: (value) => value instanceof Uint8Array, serialize: (value) => value }};
        const bytes = lib.byteArrayParameter(new Uint8Array([0, 255]), lib.BINARY);
        const ask = (serializers, type) => lib.prismaPostgres({{ transportConfig, parsers, serializers }})
            .query(`select $1::${{type}}::text as sent`, bytes).collect();
        return [await ask([own, ...serializers], "bytea"), await ask(serializers, "text")];"""
    assert serverless.driver(database, body) == [[{"sent": "\\x00ff"}], [{"sent": "0,255"}]]


def test_a_null_boolean_arrives_as_false(serverless: Serverless, database: Database) -> None:
    """Release 1.0.1 compares the missing value with `t`."""
    assert serverless.driver(database, "return await ppg.sql`select null::bool as yes`.collect()") == [{"yes": False}]
