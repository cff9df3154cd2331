"""Parsing of connection strings. The parser rejects strings that other parsers read in different ways."""

import dataclasses

import pytest

from edge_postgres.core.errors import ValidationError
from edge_postgres.origin.connection_string import ConnectionString
from edge_postgres.origin.url_parameters import PARAMETERS, DroppedParameters, Effect
from tests.harness import rejected


def parse(url: str, subject: str = "url") -> ConnectionString:
    return ConnectionString.parse(url, subject=subject)


SENTINEL = "Zq7xKv9wJu3yHh5m"
PIECES = {SENTINEL[at : at + 4].lower() for at in range(len(SENTINEL) - 3)}


def shown(text: str) -> set[str]:
    """Returns the pieces of the sentinel that ``text`` contains, in upper or lower case."""
    return {piece for piece in PIECES if piece in text.lower()}


# Accepted connection strings.


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+asyncpg", "postgresql+psycopg2"])
def test_the_schemes_of_postgres_are_equivalent(scheme: str) -> None:
    assert parse(f"{scheme}://app:pw@db.example.com:5433/shop") == ConnectionString(
        host="db.example.com", port=5433, user="app", password="pw", database="shop"
    )


def test_space_around_the_string_is_ignored() -> None:
    assert parse(" postgres://app:pw@db.example.com/shop\n").database == "shop"


def test_a_missing_port_is_none() -> None:
    assert parse("postgres://app:pw@db.example.com/shop").port is None


@pytest.mark.parametrize("end", ["", "/", "/?sslmode=require"])
def test_a_missing_database_is_none(end: str) -> None:
    assert parse(f"postgres://app:pw@db.example.com{end}").database is None


def test_a_percent_encoded_password_is_decoded() -> None:
    assert parse("postgres://app:p%40s%3As%2F%23%3F%25@db.example.com/shop").password == "p@s:s/#?%"


def test_a_plus_in_a_password_is_kept() -> None:
    assert parse("postgres://app:a+b@db.example.com/shop").password == "a+b"


def test_a_password_ends_at_the_at_sign_and_may_contain_colons() -> None:
    assert parse("postgres://app:a:b:c@db.example.com/shop").password == "a:b:c"


@pytest.mark.parametrize("password", ["a[b", "a]b", "[::1]", "a,b", "a&b=c", "ä", "$x"])
def test_a_password_that_other_parsers_reject_is_accepted(password: str) -> None:
    assert parse(f"postgres://app:{password}@db.example.com/shop").password == password


def test_user_and_database_are_decoded() -> None:
    parsed = parse("postgres://app%40tenant:pw@db.example.com/my%20shop")
    assert (parsed.user, parsed.database) == ("app@tenant", "my shop")


def test_a_host_is_lower_case() -> None:
    assert parse("postgres://app:pw@DB.Example.COM/shop").host == "db.example.com"


def test_an_ipv4_address_is_a_host() -> None:
    assert parse("postgres://app:pw@203.0.113.7:5433/shop").host == "203.0.113.7"


@pytest.mark.parametrize(("port", "expected"), [("", None), (":5433", 5433)])
def test_an_ipv6_address_is_parsed_without_its_brackets(port: str, expected: int | None) -> None:
    parsed = parse(f"postgres://app:pw@[2606:4700::1]{port}/shop")
    assert (parsed.host, parsed.port) == ("2606:4700::1", expected)


def test_sslmode_is_kept() -> None:
    assert parse("postgres://app:pw@db.example.com/shop?sslmode=verify-full").sslmode == "verify-full"


@pytest.mark.parametrize("parameter", sorted(name for name, each in PARAMETERS.items() if each.effect is Effect.NONE))
def test_a_known_parameter_is_dropped_without_a_warning(parameter: str) -> None:
    assert parse(f"postgres://app:pw@db.example.com/shop?{parameter}=x&sslmode=require") == ConnectionString(
        host="db.example.com",
        user="app",
        password="pw",
        database="shop",
        sslmode="require",
        dropped=DroppedParameters(silent=(parameter,)),
    )


LIBPQ = [
    "application_name", "channel_binding", "client_encoding", "connect_timeout", "dbname",
    "fallback_application_name", "gssdelegation", "gssencmode", "gsslib", "host", "hostaddr", "keepalives",
    "keepalives_count", "keepalives_idle", "keepalives_interval", "krbsrvname", "load_balance_hosts",
    "max_protocol_version", "min_protocol_version", "oauth_client_id", "oauth_client_secret", "oauth_issuer",
    "oauth_scope", "options", "passfile", "password", "port", "replication", "require_auth", "requirepeer",
    "requiressl", "scram_client_key", "scram_server_key", "service", "servicefile", "ssl_max_protocol_version",
    "ssl_min_protocol_version", "sslcert", "sslcertmode", "sslcompression", "sslcrl", "sslcrldir", "sslkey",
    "sslkeylogfile", "sslmode", "sslnegotiation", "sslpassword", "sslrootcert", "sslsni", "target_session_attrs",
    "tcp_user_timeout", "user",
]  # fmt: skip
"""The keywords of libpq 18: https://www.postgresql.org/docs/18/libpq-connect.html#LIBPQ-PARAMKEYWORDS."""


def test_every_keyword_of_libpq_is_known() -> None:
    assert set(LIBPQ) - set(PARAMETERS) == set()


def test_a_parameter_that_can_have_an_effect_is_named_and_its_value_is_not_kept() -> None:
    parsed = parse(
        "postgres://app:pw@db.example.com/shop?statement_timeout=1234&sslcert=a.pem&my_setting=1&keepalives=1"
    )
    assert parsed.dropped == DroppedParameters(("sslcert", "statement_timeout"), ("keepalives",), unknown=1)
    assert "1234" not in repr(parsed)
    assert "my_setting" not in repr(parsed)


@pytest.mark.parametrize("parameter", ["schema=shop", "search_path=shop", "options=-c%20search_path%3Dshop"])
def test_a_parameter_without_which_a_program_reads_other_data_is_rejected(parameter: str) -> None:
    with rejected(f"url: must not have `{parameter.partition('=')[0]}` as a parameter", "ALTER ROLE"):
        parse(f"postgres://app:pw@db.example.com/shop?{parameter}")


@pytest.mark.parametrize(
    "parameter", ["schema=public", "search_path=public", "options=endpoint%3Dep-cool-1", "ssl=true"]
)
def test_a_value_that_changes_nothing_is_accepted(parameter: str) -> None:
    assert parse(f"postgres://app:pw@db.example.com/shop?{parameter}").dropped == DroppedParameters()


@pytest.mark.parametrize("value", ["false", "0", "no-verify"])
def test_the_parameter_ssl_is_rejected_if_it_asks_for_another_mode(value: str) -> None:
    with rejected("url: must not have `ssl` as a parameter", "`sslmode`"):
        parse(f"postgres://app:pw@db.example.com/shop?ssl={value}")


@pytest.mark.parametrize(("value", "is_pooled"), [("true", True), ("1", True), ("false", False)])
def test_the_parameter_pgbouncer_declares_a_pooler(value: str, is_pooled: bool) -> None:
    assert parse(f"postgres://app:pw@db.example.com/shop?pgbouncer={value}").is_pooled is is_pooled


# Rejected connection strings.


def test_a_raw_hash_is_rejected() -> None:
    with rejected("url: has an unencoded `#`", "%23"):
        parse("postgres://app:p#x@db.example.com/shop")


def test_a_fragment_is_rejected() -> None:
    with rejected("has an unencoded `#`"):
        parse("postgres://app:pw@db.example.com/shop#x")


@pytest.mark.parametrize("special", ["/", "?"])
def test_a_raw_slash_or_question_mark_before_the_at_sign_is_rejected(special: str) -> None:
    with rejected("has an unencoded `/` or `?` in its user or password", "%2F", "%3F"):
        parse(f"postgres://app:p{special}x@db.example.com/shop")


def test_a_raw_slash_in_the_database_is_rejected() -> None:
    with rejected("has an unencoded `/` in its database name or its password"):
        parse("postgres://app:pw@db.example.com/shop/x")


def test_a_password_with_a_raw_at_sign_is_rejected() -> None:
    with rejected("more than one unencoded `@`", "%40"):
        parse("postgres://app:p@x@db.example.com/shop")


def test_a_user_with_a_raw_at_sign_is_rejected() -> None:
    with rejected("more than one unencoded `@`"):
        parse("postgres://app@server:pw@db.example.com/shop")


def test_a_percent_sign_without_an_encoded_character_is_rejected() -> None:
    with rejected("has a `%` that starts no percent-encoded character", "%25"):
        parse("postgres://app:100%zz@db.example.com/shop")


def test_a_percent_sign_at_the_end_is_rejected() -> None:
    with rejected("has a `%` that starts no percent-encoded character"):
        parse("postgres://app:pw%@db.example.com/shop")


def test_bytes_that_are_not_utf_8_are_rejected() -> None:
    with rejected("has percent-encoded characters that are not UTF-8"):
        parse("postgres://app:%ff%fe@db.example.com/shop")


@pytest.mark.parametrize("special", [" ", "\n", "\t", "\\", "\x00", "\x7f"])
def test_space_control_characters_and_backslashes_are_rejected(special: str) -> None:
    with rejected("a space, a control character such as a line break, or a backslash"):
        parse(f"postgres://app:p{special}x@db.example.com/shop")


@pytest.mark.parametrize("scheme", ["prisma", "prisma+postgres"])
def test_prismas_own_scheme_is_rejected_with_the_direct_string_as_the_fix(scheme: str) -> None:
    with rejected(f"has the scheme `{scheme}`", "only Prisma's own client supports", "direct connection string"):
        parse(f"{scheme}://accelerate.prisma-data.net/?api_key=x")


@pytest.mark.parametrize("scheme", ["mysql", "mariadb", "mongodb", "https"])
def test_another_database_is_rejected(scheme: str) -> None:
    with rejected(f"must be a Postgres URL, got `{scheme}`"):
        parse(f"{scheme}://app:pw@db.example.com/shop")


def test_an_unknown_scheme_is_rejected_and_not_shown() -> None:
    with pytest.raises(ValidationError) as error:
        parse(f"{SENTINEL}://app:pw@db.example.com/shop")
    assert "must be a Postgres URL" in str(error.value)
    assert shown(str(error.value)) == set()


@pytest.mark.parametrize("text", ["", "db.example.com", "name=value"])
def test_a_string_in_no_known_form_is_rejected(text: str) -> None:
    with rejected("must be a URL or a `key=value` string", "postgres://USER:PASSWORD@HOST:5432/DATABASE"):
        parse(text)


def test_a_string_without_credentials_is_rejected() -> None:
    with rejected("has no user and password"):
        parse("postgres://db.example.com/shop")


@pytest.mark.parametrize("userinfo", ["app", "app:", ":pw", ":", ""])
def test_a_missing_user_or_password_is_rejected(userinfo: str) -> None:
    with rejected("has no user or no password before its `@`"):
        parse(f"postgres://{userinfo}@db.example.com/shop")


@pytest.mark.parametrize(
    "host",
    ["", "%2Fvar%2Frun", "-db", "db-", "[2606:4700", "[::zz]", "[]", "[203.0.113.7]", "[fe80::1%25eth0]", "[db]"],
)
def test_an_invalid_host_is_rejected(host: str) -> None:
    with rejected("has no valid host after its `@`"):
        parse(f"postgres://app:pw@{host}/shop")


@pytest.mark.parametrize("host", ["127.1", "10.0.0.01", "203.0.113.256"])
def test_an_address_in_a_form_that_only_some_resolvers_accept_is_rejected(host: str) -> None:
    with rejected("has no valid host after its `@`"):
        parse(f"postgres://app:pw@{host}/shop")


def test_several_hosts_are_rejected() -> None:
    with rejected("has several hosts", "the host of the primary"):
        parse("postgres://app:pw@one.example.com,two.example.com/shop")


@pytest.mark.parametrize("port", ["0", "65536", "5432x", "-1", "99999999", "5432:5433", "٥٤"])
def test_an_invalid_port_is_rejected_and_not_shown(port: str) -> None:
    with pytest.raises(ValidationError, match="must have a port from 1 to 65535") as error:
        parse(f"postgres://app:pw@db.example.com:{port}/shop")
    assert f":{port}" not in str(error.value)


@pytest.mark.parametrize("parameter", ["host", "hostaddr", "port", "user", "password", "dbname", "service"])
def test_a_parameter_that_overrides_the_rest_of_the_string_is_rejected(parameter: str) -> None:
    with pytest.raises(ValidationError, match=f"must not have `{parameter}` as a parameter") as error:
        parse(f"postgres://app:pw@db.example.com/shop?{parameter}={SENTINEL}")
    assert shown(str(error.value)) == set()


def test_two_tls_modes_are_rejected() -> None:
    with rejected("has `sslmode` twice"):
        parse("postgres://app:pw@db.example.com/shop?sslmode=require&sslmode=disable")


@pytest.mark.parametrize("mode", ["", "no-verify", "REQUIRE", f"require;password={SENTINEL}"])
def test_a_tls_mode_that_postgres_does_not_know_is_rejected_and_not_shown(mode: str) -> None:
    with pytest.raises(ValidationError, match="has an `sslmode` that Postgres does not know") as error:
        parse(f"postgres://app:pw@db.example.com/shop?sslmode={mode}")
    assert shown(str(error.value)) == set()


def test_an_encoded_query_string_is_rejected_and_not_shown() -> None:
    with pytest.raises(ValidationError, match="has a parameter with an invalid name") as error:
        parse(f"postgres://app:pw@db.example.com/shop?sslmode%3Drequire%26password%3D{SENTINEL}")
    assert shown(str(error.value)) == set()


def test_a_validation_error_starts_with_the_path() -> None:
    with rejected("main.url: must be a URL"):
        parse("x", "main.url")


# Representations.


def test_the_representation_has_no_password() -> None:
    parsed = parse(f"postgres://app:{SENTINEL}@db.example.com/shop")
    assert shown(repr(parsed)) == shown(str(parsed)) == set()
    assert "db.example.com" in repr(parsed)


def test_a_parsed_connection_string_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        parse("postgres://app:pw@db.example.com/shop").host = "other"  # type: ignore[misc]


def test_the_redacted_form_shows_everything_except_the_password() -> None:
    parsed = parse(f"postgres://app:{SENTINEL}@db.example.com:5433/shop?sslmode=require")
    assert parsed.redacted() == "postgresql://app:***@db.example.com:5433/shop?sslmode=require"
