"""The table of the parameters of connection strings, compared with what each connection method does."""

import logging
import re
from pathlib import Path
from typing import Any

import pytest

from edge_postgres.core.errors import ValidationError
from edge_postgres.origin.url_parameters import PARAMETERS, Effect, Methods, UrlParameter
from edge_postgres.workers.direct_tcp import DirectTcpArgs, render_direct_variables
from edge_postgres.workers.serverless_driver import ServerlessArgs, render_serverless_variables
from tests.harness import deploy, rejected
from tests.unit.sound import existing, hyperdrive

BASE = "postgres://app:pw@db.prisma.io:5432/shop"
VALUE = "Zq7xKv9w"
"""A value that no rule accepts, and that no message and no resource may contain."""

PAGE = Path(__file__).resolve().parents[2] / "docs/origins/existing.md"


def hyperdrive_of(origin: Any) -> Any:
    hyperdrive(origin=origin, connection_limit=5)


def direct_of(origin: Any) -> Any:
    args: DirectTcpArgs = {"origin": origin, "accept_open_network": True}
    return render_direct_variables(args, subject="api.direct").secret


def serverless_of(origin: Any) -> Any:
    args: ServerlessArgs = {"origin": origin, "accept_early_access": True}
    return render_serverless_variables(args, subject="api.serverless").secret


METHODS = {"hyperdrive": hyperdrive_of, "direct": direct_of, "serverless": serverless_of}
PLAIN = {
    "direct": {"DB_URL": f"{BASE.replace('postgres:', 'postgresql:')}?sslmode=require"},
    "serverless": {"PRISMA_DIRECT_TCP_URL": f"{BASE}?sslmode=require"},
}


def result(query: str, method: str) -> Any:
    """The inputs of the Hyperdrive configuration, or the secrets of the Worker, for a string with this query."""
    run = deploy(lambda: METHODS[method](existing(url=f"{BASE}{query}").origin))
    if method != "hyperdrive":
        return {name: export.value for name, export in run.exports.items()}
    (found,) = [each for each in run.registrations if each.type.endswith("HyperdriveConfig")]
    return found.inputs


def level_of(name: str, caplog: pytest.LogCaptureFixture) -> list[int]:
    return [record.levelno for record in caplog.records if f"`{name}`" in record.getMessage()]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    "parameter", [each for each in PARAMETERS.values() if each.effect is not Effect.USED], ids=lambda each: each.name
)
def test_each_method_treats_a_parameter_as_the_table_shows(
    parameter: UrlParameter, method: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    text = getattr(parameter.methods, method)
    if text == "rejected":
        with pytest.raises(ValidationError, match=f"must not have `{parameter.name}` as a parameter") as error:
            result(f"?{parameter.name}={VALUE}", method)
        assert VALUE not in str(error.value)
        return
    assert result(f"?{parameter.name}={VALUE}", method) == result("", method)
    expected = {"dropped": [logging.INFO], "dropped with a warning": [logging.WARNING]}[text]
    assert level_of(parameter.name, caplog) == expected
    assert VALUE not in caplog.text


@pytest.mark.parametrize("method", ["direct", "serverless"])
def test_direct_tcp_and_the_serverless_driver_send_the_mode_require(method: str) -> None:
    assert result("", method) == result("?sslmode=require", method) == PLAIN[method]


@pytest.mark.parametrize(
    ("method", "mode", "words"),
    [
        ("hyperdrive", "verify-full", "ca_certificate_id"),
        ("hyperdrive", "prefer", "must be one of"),
        ("hyperdrive", "disable", "must be one of"),
        ("direct", "verify-full", "must be `require`"),
        ("direct", "disable", "allow_clear_text"),
    ],
)
def test_a_mode_that_the_method_does_not_support_is_rejected(method: str, mode: str, words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        result(f"?sslmode={mode}", method)


def test_the_serverless_driver_sends_the_mode_require_for_every_mode() -> None:
    assert result("?sslmode=disable", "serverless") == PLAIN["serverless"]


def test_hyperdrive_uses_the_mode_require() -> None:
    assert result("?sslmode=require", "hyperdrive")["mtls"] == {"sslmode": "require"}


@pytest.mark.parametrize("method", ["hyperdrive", "serverless"])
def test_the_declaration_of_a_pooler_is_rejected_if_the_method_needs_the_database_itself(method: str) -> None:
    with rejected("direct endpoint", "Remove `pgbouncer=true` from the connection string"):
        result("?pgbouncer=true", method)


def test_the_declaration_of_a_pooler_ends_the_warning_of_direct_tcp(caplog: pytest.LogCaptureFixture) -> None:
    assert result("", "direct") == PLAIN["direct"]
    assert "pooled endpoint" in caplog.text
    caplog.clear()
    assert result("?pgbouncer=true", "direct") == PLAIN["direct"]
    assert "pooled endpoint" not in caplog.text


# The page of the documentation.


def rows_of_page() -> dict[str, tuple[str, ...]]:
    table = PAGE.read_text().partition("| Parameters |")[2].partition("\n\n")[0]
    rows = [[cell.strip() for cell in line.strip("| ").split(" | ")] for line in table.splitlines()[2:]]
    return {name: tuple(cells) for parameters, *cells in rows for name in re.findall(r"`([^`]+)`", parameters)}


def test_the_page_has_each_parameter_with_what_each_method_does_the_fix_and_the_source() -> None:
    assert rows_of_page() == {
        name: (each.methods.hyperdrive, each.methods.direct, each.methods.serverless, each.instead, each.source)
        for name, each in PARAMETERS.items()
    }


def test_only_a_used_parameter_differs_between_the_methods() -> None:
    for each in PARAMETERS.values():
        same = Methods(each.effect.value, each.effect.value, each.effect.value)
        assert (each.methods == same) is (each.effect is not Effect.USED)


def test_each_source_has_a_link_on_the_page() -> None:
    sources = {source for each in PARAMETERS.values() for source in each.source.split(", ")}
    assert {source for source in sources if f"[{source}](https://" not in PAGE.read_text()} == set()
