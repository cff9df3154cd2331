"""Resources with providers of their own, served by the plugin: what the engine asks, and what it is told."""

import base64
import io
import pickle
from typing import Any

import dill  # type: ignore[import-untyped]
import pytest
from google.protobuf.struct_pb2 import Struct
from pulumi.dynamic import CheckFailure, CheckResult, CreateResult, DiffResult, ReadResult, UpdateResult
from pulumi.runtime import proto as wire
from pulumi.runtime import rpc

from edge_postgres._plugin.own_resources import PROVIDER, Kept, OwnResources, closed, opened
from edge_postgres.postgres.role_provider import PostgresRoleProvider

KEPT = base64.b64encode(dill.dumps(PostgresRoleProvider(), recurse=True)).decode()
PROPERTIES = {"host": "db.example.com", "admin_password": "hunter2", PROVIDER: KEPT}
SECRET = {"admin_password"}


@pytest.fixture
def own() -> OwnResources:
    return OwnResources()


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What the provider of a role is asked; it makes, finds and deletes nothing."""
    asked: list[Any] = []

    def answers(method: str, answer: Any) -> None:
        def answered(_: Any, *arguments: Any) -> Any:
            asked.append((method, *arguments))
            return answer

        monkeypatch.setattr(PostgresRoleProvider, method, answered)

    outs = {"host": "db.example.com", "admin_password": "hunter2", "password": "made"}
    answers(
        "check", CheckResult({"host": "checked", "admin_password": "hunter2"}, [CheckFailure("host", "is far away")])
    )
    answers("diff", DiffResult(changes=True, replaces=["host"], delete_before_replace=True))
    answers("create", CreateResult("app_a", outs))
    answers("read", ReadResult("app_a", outs))
    answers("update", UpdateResult(outs))
    answers("delete", None)
    return asked


def sent(**changed: Any) -> Struct:
    return closed({**PROPERTIES, **changed}, SECRET)


def test_a_provider_gets_plain_values_and_its_secrets_stay_secrets(own: OwnResources, asked: list[Any]) -> None:
    created = own.create(wire.CreateRequest(properties=sent()))
    assert asked == [("create", PROPERTIES)]
    assert created.id == "app_a"
    values, secret = opened(created.properties)
    assert values == {**PROPERTIES, "password": "made"}
    assert secret == SECRET


def test_checked_inputs_come_with_what_is_wrong(own: OwnResources, asked: list[Any]) -> None:
    checked = own.check(wire.CheckRequest(olds=sent(), news=sent()))
    assert opened(checked.inputs) == ({**PROPERTIES, "host": "checked"}, SECRET)
    assert [(each.property, each.reason) for each in checked.failures] == [("host", "is far away")]


def test_what_is_not_known_yet_stays_so(own: OwnResources) -> None:
    checked = own.check(wire.CheckRequest(news=sent(host=rpc.UNKNOWN)))
    assert checked.inputs["host"] == rpc.UNKNOWN


def test_a_difference_says_what_is_replaced_and_in_which_order(own: OwnResources, asked: list[Any]) -> None:
    told = own.diff(wire.DiffRequest(id="app_a", olds=sent(), news=sent(host="other")))
    assert told.changes == wire.DiffResponse.DIFF_SOME
    assert (list(told.replaces), told.deleteBeforeReplace) == (["host"], True)
    assert asked == [("diff", "app_a", PROPERTIES, {**PROPERTIES, "host": "other"})]


def test_a_provider_that_is_not_known_yet_is_that_of_before(own: OwnResources, asked: list[Any]) -> None:
    own.diff(wire.DiffRequest(id="app_a", olds=sent(), news=closed({PROVIDER: rpc.UNKNOWN}, set())))
    assert [method for method, *_ in asked] == ["diff"]


def test_an_update_gets_the_old_and_the_new(own: OwnResources, asked: list[Any]) -> None:
    updated = own.update(wire.UpdateRequest(id="app_a", olds=sent(), news=sent(host="other")))
    assert asked == [("update", "app_a", PROPERTIES, {**PROPERTIES, "host": "other"})]
    assert opened(updated.properties)[1] == SECRET


def test_what_is_read_keeps_its_inputs_its_provider_and_its_secrets(own: OwnResources, asked: list[Any]) -> None:
    found = own.read(wire.ReadRequest(id="app_a", properties=sent(), inputs=sent()))
    assert opened(found.properties) == ({**PROPERTIES, "password": "made"}, SECRET)
    assert opened(found.inputs) == (PROPERTIES, SECRET)


def test_a_delete_reaches_the_provider(own: OwnResources, asked: list[Any]) -> None:
    own.delete(wire.DeleteRequest(id="app_a", properties=sent()))
    assert asked == [("delete", "app_a", PROPERTIES)]


def test_a_key_of_the_plugins_configuration_reaches_the_provider(
    own: OwnResources, asked: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    configured: list[Any] = []
    monkeypatch.setattr(
        PostgresRoleProvider, "configure", lambda _, req: configured.append(req.config.get("neon:apiKey"))
    )
    own.configure(closed({"neonApiKey": "key", "version": "0.1.0"}, {"neonApiKey"}))
    own.delete(wire.DeleteRequest(id="app_a", properties=sent()))
    assert configured == ["key"]


def test_nothing_but_a_provider_of_this_package_is_read_from_a_state() -> None:
    foreign = io.BytesIO(pickle.dumps(print))
    with pytest.raises(pickle.UnpicklingError, match=r"builtins\.print is no provider of this package"):
        Kept(foreign).load()
