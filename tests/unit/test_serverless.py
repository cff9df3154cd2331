"""Prisma's serverless driver: its secret and its validation errors."""

from collections.abc import Callable
from typing import Any

import pytest

from edge_postgres.workers.database_variables import DatabaseVariables
from edge_postgres.workers.serverless_driver import render_serverless_variables
from tests.harness import deploy, rejected
from tests.unit.sound import access, changed, origin

Given = Callable[[Any], Any]
HOST = "db.prisma.io"


def variables(**changes: Any) -> DatabaseVariables:
    """The variables of a Worker with a database at Prisma; ``changes`` are fields of its origin."""
    fields = {"host": HOST, "database": "postgres", "user": "u1", "password": "sk_A-b_9", **changes}
    args = {key: fields.pop(key, ...) for key in ("name", "allow_loopback")}
    consent = fields.pop("accept_early_access", True)
    args = changed({"origin": origin(**fields), "accept_early_access": consent}, args)
    return render_serverless_variables(args, subject="edge.serverless")  # type: ignore[arg-type]


def deployed(given: Given = lambda value: value, /, **changes: Any) -> Any:
    return deploy(lambda: variables(**{key: given(value) for key, value in changes.items()}).secret).exports


def test_the_connection_string_is_a_secret_in_the_form_that_the_driver_parses(given: Given) -> None:
    found = deployed(given, password="sk_A-b_9")["PRISMA_DIRECT_TCP_URL"]
    assert (found.value, found.secret) == ("postgres://u1:sk_A-b_9@db.prisma.io:5432/postgres?sslmode=require", True)


def test_no_part_of_the_connection_string_is_in_plain_text() -> None:
    assert deploy(variables).result.plain == {}


def test_the_variable_may_have_another_name() -> None:
    assert list(deploy(lambda: variables(name="PPG_URL")).result.secret) == ["PPG_URL"]


@pytest.mark.parametrize("part", ["password", "user", "database"])
@pytest.mark.parametrize("text", ["p@ss", "p%41", "pass word", "pä", "a/b"])
def test_characters_that_a_url_encodes_are_rejected_and_not_shown(part: str, text: str) -> None:
    with rejected(f"edge.serverless.origin.{part}: must not have characters that a URL encodes"):
        deployed(**{part: text})


def test_no_validation_error_contains_the_password() -> None:
    with pytest.raises(Exception, match="URL encodes") as error:
        deployed(password="sentinel@")
    assert "sentinel" not in str(error.value)


def test_the_pooled_host_is_rejected() -> None:
    with rejected("must be the direct endpoint, got the pooled endpoint pooled.db.prisma.io", "db.prisma.io:5432."):
        deployed(host="pooled.db.prisma.io")


def test_an_endpoint_that_is_declared_pooled_is_rejected() -> None:
    with rejected("must be the direct endpoint"):
        deployed(endpoint="pooled")


@pytest.mark.parametrize("host", ["ep-a.eu-central-1.aws.neon.tech", "db.example.com", "accelerate.prisma-data.net"])
def test_another_vendor_s_host_is_rejected(host: str) -> None:
    with rejected(f"must be the direct host of Prisma Postgres, db.prisma.io, got {host} ", "Use Hyperdrive"):
        deployed(host=host)


def test_a_local_stack_accepts_the_host_of_the_emulator() -> None:
    found = deployed(host="127.0.0.1", port=5999, allow_loopback=True)["PRISMA_DIRECT_TCP_URL"]
    assert found.value == "postgres://u1:sk_A-b_9@127.0.0.1:5999/postgres?sslmode=require"
    with rejected("db.prisma.io, got 127.0.0.1 "):
        deployed(host="127.0.0.1")


def test_early_access_has_to_be_accepted() -> None:
    with rejected("edge.serverless.accept_early_access: must be true", "not meant for production"):
        variables(accept_early_access=False)


def test_the_acceptance_of_early_access_is_required() -> None:
    with rejected("edge.serverless.accept_early_access: is required"):
        variables(accept_early_access=...)


def test_a_route_is_rejected() -> None:
    with rejected("requires Hyperdrive, because only Hyperdrive supports network routes"):
        render_serverless_variables({"origin": access(), "accept_early_access": True}, subject="edge.serverless")


def test_a_password_that_rotates_is_rejected() -> None:
    with rejected("is rotated by its vendor"):
        variables(password_rotates=True)
