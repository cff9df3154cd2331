"""`WorkersKv`: the value is sent unchanged."""

import pytest

from tests.localcloud.provider.cases import ACCOUNT, A, token_of
from tests.localcloud.provider.conftest import rejected
from tests.localcloud.provider.engine import Deployed, Engine, secret
from tests.localcloud.provider.fake_api import Answer, FakeApi

TOKEN = token_of("WorkersKv")
INPUTS = {"accountId": ACCOUNT, "namespaceId": "n1", "keyName": "users/1 ü", "value": "v1", "metadata": '{"a": 1}'}
VALUE = f"{A}/storage/kv/namespaces/n1/values/users%2F1%20%C3%BC"
METADATA = VALUE.replace("/values/", "/metadata/")


@pytest.fixture
def deployed(engine: Engine) -> Deployed:
    return engine.create(TOKEN, INPUTS)


def test_a_write_is_one_put_with_value_and_metadata_as_parts(deployed: Deployed, api: FakeApi):
    assert api.lines == [f"PUT {VALUE}"]
    assert [(part[0], part[3]) for part in api.last.parts] == [("value", b"v1"), ("metadata", b'{"a": 1}')]
    assert deployed.id == "users/1 ü"


def test_a_refresh_reads_value_and_metadata_and_changes_nothing(engine: Engine, deployed: Deployed, api: FakeApi):
    api.script(f"GET {METADATA}", Answer(result={"a": 1}))
    assert engine.refresh(deployed) == deployed
    assert api.lines[1:] == [f"GET {VALUE}", f"GET {METADATA}"]


def test_metadata_that_cannot_be_read_is_kept(engine: Engine, deployed: Deployed):
    assert engine.refresh(deployed) == deployed


def test_a_changed_value_in_the_api_is_drift(engine: Engine, deployed: Deployed, api: FakeApi):
    api.stored[VALUE] = b"v2"
    drifted = engine.refresh(deployed)
    assert drifted
    assert engine.diff(drifted, INPUTS).detailed == {"value": "UPDATE"}


def test_a_change_is_the_same_put(engine: Engine, deployed: Deployed, api: FakeApi):
    engine.update(deployed, {**INPUTS, "value": "v2"})
    assert api.lines[1:] == [f"PUT {VALUE}"]


@pytest.mark.parametrize("name", ["accountId", "namespaceId", "keyName"])
def test_another_key_or_namespace_replaces_the_value(engine: Engine, deployed: Deployed, name: str):
    assert engine.diff(deployed, {**INPUTS, name: "other"}).replaces == [name]


def test_a_missing_value_is_deleted(engine: Engine, deployed: Deployed, api: FakeApi):
    api.stored.clear()
    assert engine.refresh(deployed) is None


def test_a_secret_value_stays_secret(engine: Engine):
    assert engine.create(TOKEN, {**INPUTS, "value": secret("v")}).secrets == {"value"}


def test_a_key_with_slashes_is_url_encoded_in_an_import_id(engine: Engine, deployed: Deployed):
    imported = engine.import_(TOKEN, f"{ACCOUNT}/n1/users%2F1%20%C3%BC")
    assert imported
    assert imported.id == "users/1 ü"
    with rejected("is not a valid import id", "<accountId>/<namespaceId>/<keyName>", "URL-encoded"):
        engine.import_(TOKEN, f"{ACCOUNT}/n1/users/1 ü")


def test_a_delete_is_one_request(engine: Engine, deployed: Deployed, api: FakeApi):
    engine.delete(deployed)
    assert api.lines[1:] == [f"DELETE {VALUE}"]
