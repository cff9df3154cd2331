"""The providers of roles and databases on a Postgres server, without a server."""

from typing import Any

import pytest
from pulumi.dynamic import ResourceProvider

from edge_postgres.postgres import database_server, role_server
from edge_postgres.postgres.providers import PostgresDatabaseProvider, PostgresRoleProvider

CONNECTION = {"host": "db.example.com", "port": 5432.0, "database": "app", "admin_user": "admin"}
SECRET = {"admin_password": "sentinel"}
ROLE: dict[str, Any] = {**CONNECTION, **SECRET, "name": "app_a", "acts_as": "app", "owner": "main", "active": False}
DATABASE: dict[str, Any] = {**CONNECTION, **SECRET, "name": "pr-123", "owner": "main"}
BOTH = pytest.mark.parametrize(("kind", "inputs"), [(PostgresRoleProvider, ROLE), (PostgresDatabaseProvider, DATABASE)])


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The calls of the functions that would connect to the server. Each object exists."""
    calls: list[Any] = []

    def record(module: Any, function: str, result: Any) -> None:
        def call(_props: Any, *arguments: Any) -> Any:
            calls.append((function, *arguments))
            return result

        monkeypatch.setattr(module, function, call)

    record(role_server, "create_role", "generated")
    record(role_server, "update_role", "kept or new")
    record(role_server, "role_exists", True)
    record(role_server, "drop_role", None)
    record(database_server, "create_database", None)
    record(database_server, "mark_database", None)
    record(database_server, "database_exists", True)
    record(database_server, "drop_database", None)
    return calls


def test_the_outputs_of_a_role_are_its_inputs_and_its_password(calls: list[Any]) -> None:
    created = PostgresRoleProvider().create({**ROLE, "ca_pem": None})
    assert (created.id, created.outs) == ("app_a", {**ROLE, "password": "generated"})


def test_the_outputs_of_a_database_are_its_inputs(calls: list[Any]) -> None:
    created = PostgresDatabaseProvider().create({**DATABASE, "template": None})
    assert (created.id, created.outs) == ("pr-123", DATABASE)


@BOTH
def test_a_read_does_not_return_inputs_because_they_contain_a_password(
    kind: type[ResourceProvider], inputs: Any, calls: list[Any]
) -> None:
    read = kind().read("id", inputs)
    assert (read.id, read.outs, read.inputs) == ("id", inputs, None)


@BOTH
def test_a_read_detects_a_missing_object(
    kind: type[ResourceProvider], inputs: Any, calls: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(role_server, "role_exists", lambda _: False)
    monkeypatch.setattr(database_server, "database_exists", lambda _: False)
    read = kind().read("id", inputs)
    assert (read.id, read.outs) == ("", {})


@pytest.mark.parametrize(
    ("before", "after", "password"), [(False, True, None), (True, True, "old"), (True, False, "old")]
)
def test_only_a_role_that_becomes_active_gets_a_new_password(
    before: bool, after: bool, password: str | None, calls: list[Any]
) -> None:
    olds = {**ROLE, "active": before, "password": "old"}
    updated = PostgresRoleProvider().update("app_a", olds, {**ROLE, "active": after})
    assert calls == [("update_role", password)]
    assert updated.outs == {**ROLE, "active": after, "password": "kept or new"}


@BOTH
@pytest.mark.parametrize("key", ["host", "port", "name"])
def test_another_server_or_name_causes_a_replacement(kind: type[ResourceProvider], inputs: Any, key: str) -> None:
    assert kind().diff("id", inputs, {**inputs, key: "other"}).replaces == [key]


@BOTH
@pytest.mark.parametrize("key", ["database", "admin_user", "admin_password", "owner"])
def test_another_administrator_or_mark_causes_an_update(kind: type[ResourceProvider], inputs: Any, key: str) -> None:
    difference = kind().diff("id", inputs, {**inputs, key: "other"})
    assert (difference.changes, difference.replaces) == (True, [])


def test_a_database_is_dropped_before_its_replacement_and_a_role_after_it() -> None:
    assert PostgresDatabaseProvider().diff("id", DATABASE, {**DATABASE, "template": "t"}).delete_before_replace is True
    assert PostgresRoleProvider().diff("id", ROLE, {**ROLE, "name": "x"}).delete_before_replace is False


@BOTH
def test_a_deletion_drops_the_object(kind: type[ResourceProvider], inputs: Any, calls: list[Any]) -> None:
    kind().delete("id", inputs)
    assert [function for function, *_ in calls] in (["drop_role"], ["drop_database"])
