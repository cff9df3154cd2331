"""The plugin serves the resources of the library's dynamic providers to programs in other languages."""

import base64
import io
import pickle
from typing import Any

import dill  # type: ignore[import-untyped]
import pulumi
import pytest
from google.protobuf.struct_pb2 import Struct
from pulumi.dynamic import CheckFailure, CheckResult, CreateResult, DiffResult, ReadResult, UpdateResult
from pulumi.runtime import proto as wire
from pulumi.runtime import rpc

from edge_postgres._plugin.own_resources import PROVIDER, OwnResources, ProviderUnpickler, deserialize, serialize
from edge_postgres.http.client import ApiClient
from edge_postgres.origins.neon.providers import DefaultBranchProvider
from edge_postgres.postgres.database_server import drop_database
from edge_postgres.postgres.providers import PostgresProvider, PostgresRoleProvider

PICKLED = base64.b64encode(dill.dumps(PostgresRoleProvider(), recurse=True)).decode()
PROPERTIES = {"host": "db.example.com", "admin_password": "hunter2", PROVIDER: PICKLED}
SECRET = {"admin_password"}


@pytest.fixture
def own() -> OwnResources:
    return OwnResources()


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The calls of the provider of a role, which connects to no server."""
    calls: list[Any] = []

    def record(method: str, result: Any) -> None:
        def call(_: Any, *arguments: Any) -> Any:
            calls.append((method, *arguments))
            return result

        monkeypatch.setattr(PostgresRoleProvider, method, call)

    outs = {"host": "db.example.com", "admin_password": "hunter2", "password": "generated"}
    record(
        "check", CheckResult({"host": "checked", "admin_password": "hunter2"}, [CheckFailure("host", "is unreachable")])
    )
    record("diff", DiffResult(changes=True, replaces=["host"], delete_before_replace=True))
    record("create", CreateResult("app_a", outs))
    record("read", ReadResult("app_a", outs))
    record("update", UpdateResult(outs))
    record("delete", None)
    return calls


def message(**changed: Any) -> Struct:
    return serialize({**PROPERTIES, **changed}, SECRET)


def test_a_provider_gets_plain_values_and_secrets_stay_secrets(own: OwnResources, calls: list[Any]) -> None:
    created = own.create(wire.CreateRequest(properties=message()))
    assert calls == [("create", PROPERTIES)]
    assert created.id == "app_a"
    values, secret = deserialize(created.properties)
    assert values == {**PROPERTIES, "password": "generated"}
    assert secret == SECRET


def test_a_check_returns_inputs_and_failures(own: OwnResources, calls: list[Any]) -> None:
    checked = own.check(wire.CheckRequest(olds=message(), news=message()))
    assert deserialize(checked.inputs) == ({**PROPERTIES, "host": "checked"}, SECRET)
    assert [(each.property, each.reason) for each in checked.failures] == [("host", "is unreachable")]


def test_an_unknown_input_stays_unknown(own: OwnResources) -> None:
    checked = own.check(wire.CheckRequest(news=message(host=rpc.UNKNOWN)))
    assert checked.inputs["host"] == rpc.UNKNOWN


def test_a_diff_returns_the_replaced_inputs_and_the_order(own: OwnResources, calls: list[Any]) -> None:
    difference = own.diff(wire.DiffRequest(id="app_a", olds=message(), news=message(host="other")))
    assert difference.changes == wire.DiffResponse.DIFF_SOME
    assert (list(difference.replaces), difference.deleteBeforeReplace) == (["host"], True)
    assert calls == [("diff", "app_a", PROPERTIES, {**PROPERTIES, "host": "other"})]


def test_an_unknown_provider_is_loaded_from_the_old_properties(own: OwnResources, calls: list[Any]) -> None:
    own.diff(wire.DiffRequest(id="app_a", olds=message(), news=serialize({PROVIDER: rpc.UNKNOWN}, set())))
    assert [method for method, *_ in calls] == ["diff"]


def test_an_update_gets_old_and_new_properties(own: OwnResources, calls: list[Any]) -> None:
    updated = own.update(wire.UpdateRequest(id="app_a", olds=message(), news=message(host="other")))
    assert calls == [("update", "app_a", PROPERTIES, {**PROPERTIES, "host": "other"})]
    assert deserialize(updated.properties)[1] == SECRET


def test_a_read_keeps_inputs_provider_and_secrets(own: OwnResources, calls: list[Any]) -> None:
    found = own.read(wire.ReadRequest(id="app_a", properties=message(), inputs=message()))
    assert deserialize(found.properties) == ({**PROPERTIES, "password": "generated"}, SECRET)
    assert deserialize(found.inputs) == (PROPERTIES, SECRET)


def test_a_delete_calls_the_provider(own: OwnResources, calls: list[Any]) -> None:
    own.delete(wire.DeleteRequest(id="app_a", properties=message()))
    assert calls == [("delete", "app_a", PROPERTIES)]


def test_the_provider_gets_the_key_of_the_plugins_configuration(
    own: OwnResources, calls: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    configured: list[Any] = []
    monkeypatch.setattr(
        PostgresRoleProvider, "configure", lambda _, req: configured.append(req.config.get("neon:apiKey"))
    )
    own.configure(serialize({"neonApiKey": "key", "version": "0.1.0"}, {"neonApiKey"}))
    own.delete(wire.DeleteRequest(id="app_a", properties=message()))
    assert configured == ["key"]


@pytest.mark.parametrize(
    ("value", "path"),
    [
        (print, r"builtins\.print"),
        (PostgresProvider, r"edge_postgres\.postgres\.providers\.PostgresProvider"),
        (ApiClient, r"edge_postgres\.http\.client\.ApiClient"),
        (drop_database, r"edge_postgres\.postgres\.database_server\.drop_database"),
    ],
)
def test_only_the_listed_providers_are_loaded_from_a_state(value: Any, path: str) -> None:
    with pytest.raises(pickle.UnpicklingError, match=f"{path} is not a dynamic provider of this package"):
        ProviderUnpickler(io.BytesIO(pickle.dumps(value))).load()


def test_a_resource_with_the_key_of_its_component_needs_no_key_of_the_plugin(
    own: OwnResources, monkeypatch: pytest.MonkeyPatch
) -> None:
    used: list[str] = []

    class Neon:
        def find(self, path: str, key: str) -> dict[str, Any]:
            return {"id": "quiet-term-1"}

        def find_endpoint(self, *_: str) -> dict[str, Any]:
            return {"autoscaling_limit_min_cu": 1, "autoscaling_limit_max_cu": 1}

        def find_default_branch(self, project_id: str) -> dict[str, Any]:
            return {"id": "br-1"}

    def open_api(credentials: Any) -> Neon:
        used.append(credentials.api_key)
        return Neon()

    monkeypatch.setattr("edge_postgres.origins.neon.api.open_api", open_api)
    pickled = base64.b64encode(dill.dumps(DefaultBranchProvider(), recurse=True)).decode()
    props = {"project_id": "quiet-term-1", "api": {"api_key": "of-the-component"}, PROVIDER: pickled}
    own.configure(serialize({"neonApiKey": "of-the-plugin"}, {"neonApiKey"}))

    created = own.create(wire.CreateRequest(properties=serialize(props, {"api"})))
    values, secret = deserialize(created.properties)
    assert (values["api"], secret) == ({"api_key": "of-the-component"}, {"api"})

    found = own.read(wire.ReadRequest(id=created.id, properties=created.properties, inputs=serialize(props, {"api"})))
    for part in (found.properties, found.inputs):
        values, secret = deserialize(part)
        assert (values["api"], secret) == ({"api_key": "of-the-component"}, {"api"})
    own.delete(wire.DeleteRequest(id=created.id, properties=found.properties))
    assert set(used) == {"of-the-component"}


def test_an_unknown_key_of_a_component_is_accepted_in_a_preview(own: OwnResources) -> None:
    pickled = base64.b64encode(dill.dumps(DefaultBranchProvider(), recurse=True)).decode()
    news = serialize({"project_id": "quiet-term-1", "api": rpc.UNKNOWN, PROVIDER: pickled}, {"api"})
    checked = own.check(wire.CheckRequest(news=news))
    assert list(checked.failures) == []
    values, secret = deserialize(checked.inputs)
    assert pulumi.contains_unknowns(values["api"])
    assert secret == {"api"}


def test_an_unknown_secret_stays_an_unknown_secret(own: OwnResources) -> None:
    checked = own.check(wire.CheckRequest(news=message(admin_password=rpc.UNKNOWN)))
    assert checked.inputs["admin_password"]["value"] == rpc.UNKNOWN
    assert deserialize(checked.inputs)[1] == SECRET
