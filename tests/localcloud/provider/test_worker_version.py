"""`WorkerVersion`: a create with all modules, a read, and no update and delete."""

import base64
import hashlib
from pathlib import Path

import pytest

from localcloud.provider.names import camel
from tests.localcloud.provider.cases import ACCOUNT, A, token_of
from tests.localcloud.provider.engine import Deployed, Engine, secret
from tests.localcloud.provider.fake_api import Answer, FakeApi

TOKEN = token_of("WorkerVersion")
VERSIONS = f"{A}/workers/workers/w1/versions"
SOURCE = b"export default {};\n"
KEY = {"name": "KEY", "type": "secret_text", "text": secret("key-sentinel")}
MODE = {"name": "MODE", "type": "plain_text", "text": "local"}


@pytest.fixture
def inputs(tmp_path: Path) -> dict:
    (tmp_path / "worker.js").write_bytes(SOURCE)
    module = {
        "name": "worker.js",
        "contentType": "application/javascript+module",
        "contentFile": str(tmp_path / "worker.js"),
    }
    return {
        "accountId": ACCOUNT,
        "workerId": "w1",
        "mainModule": "worker.js",
        "modules": [module],
        "compatibilityDate": "2026-08-01",
        "bindings": [MODE, KEY],
    }


@pytest.fixture
def deployed(engine: Engine, api: FakeApi, inputs: dict) -> Deployed:
    api.extras = {"number": 1, "source": "terraform"}
    return engine.create(TOKEN, inputs)


def test_a_create_sends_modules_and_sorted_bindings(deployed: Deployed, api: FakeApi):
    assert api.lines == [f"POST {VERSIONS}"]
    assert api.last.body == {
        "bindings": [
            {"name": "KEY", "text": "key-sentinel", "type": "secret_text"},
            {"name": "MODE", "text": "local", "type": "plain_text"},
        ],
        "compatibility_date": "2026-08-01",
        "main_module": "worker.js",
        "modules": [
            {
                "content_base64": base64.b64encode(SOURCE).decode(),
                "content_type": "application/javascript+module",
                "name": "worker.js",
            }
        ],
        "usage_model": "standard",
    }
    assert deployed.id == "id1"
    assert deployed.state["number"] == 1


def test_the_state_has_the_hash_and_not_the_content(deployed: Deployed):
    (module,) = deployed.state["modules"]
    assert module["contentSha256"] == hashlib.sha256(SOURCE).hexdigest()
    assert "contentBase64" not in module
    assert "bindings.*.text" in deployed.secrets


def test_the_same_version_is_not_a_change(engine: Engine, deployed: Deployed, inputs: dict):
    assert not engine.diff(deployed, inputs).changes


def test_a_refresh_without_drift_changes_nothing(engine: Engine, deployed: Deployed, api: FakeApi, inputs: dict):
    api.hidden = {"text"}
    refreshed = engine.refresh(deployed)
    assert (api.last.line, api.last.query) == (f"GET {VERSIONS}/id1", "include=modules")
    assert refreshed == deployed
    assert not engine.diff(refreshed, inputs).changes


def test_a_resource_that_the_api_does_not_find_is_deleted(engine: Engine, deployed: Deployed, api: FakeApi):
    api.stored.clear()
    assert engine.refresh(deployed) is None


def test_a_changed_content_creates_a_new_version(engine: Engine, deployed: Deployed, inputs: dict):
    Path(inputs["modules"][0]["contentFile"]).write_text("changed")
    assert engine.diff(deployed, inputs).replaces == ["modules"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("accountId", "c" * 32), ("workerId", "w2"), ("compatibilityDate", "2026-08-04"), ("mainModule", "m.js")),
        *(("bindings", [MODE]), ("compatibilityFlags", ["nodejs_compat"]), ("limits", {"cpuMs": 50})),
        *(("placement", {"mode": "smart"}), ("usageModel", "bundled"), ("annotations", {"workersTag": "v2"})),
    ],
)
def test_a_changed_input_creates_a_new_version(
    engine: Engine, deployed: Deployed, inputs: dict, name: str, value: object
):
    assert engine.diff(deployed, {**inputs, name: value}).replaces == [name]


def test_another_order_of_bindings_is_an_update_that_never_ends(engine: Engine, deployed: Deployed, inputs: dict):
    reordered = {**inputs, "bindings": [KEY, MODE]}
    for _ in range(2):
        found = engine.diff(deployed, reordered)
        assert (found.changes, found.replaces) == (True, [])
        deployed = engine.update(deployed, reordered)


def test_an_update_in_place_changes_only_modules_in_the_state(
    engine: Engine, deployed: Deployed, api: FakeApi, inputs: dict, tmp_path: Path
):
    (tmp_path / "moved.js").write_bytes(SOURCE)
    moved = {**inputs["modules"][0], "contentFile": str(tmp_path / "moved.js")}
    updated = engine.update(deployed, {**inputs, "modules": [moved], "bindings": [KEY, MODE]})
    assert updated.state["modules"][0]["contentFile"] == str(tmp_path / "moved.js")
    assert updated.state["bindings"] == deployed.state["bindings"]
    assert api.lines == [f"POST {VERSIONS}"]


def test_a_string_that_an_import_cannot_read_does_not_replace_the_version(
    engine: Engine, deployed: Deployed, api: FakeApi, inputs: dict
):
    api.hidden = {"text"}
    imported = engine.import_(TOKEN, f"{ACCOUNT}/w1/id1")
    assert imported
    by_name = {**inputs, "bindings": [KEY, MODE]}
    found = engine.diff(imported, by_name)
    assert "bindings[0].text" in found.detailed
    assert "bindings" not in found.replaces


@pytest.mark.parametrize(
    ("name", "answered"),
    [("placement", {}), ("migrations", {}), ("containers", []), ("package_dependencies", [])],
)
def test_an_empty_value_that_the_api_returns_unasked_replaces_the_version(
    engine: Engine, deployed: Deployed, api: FakeApi, inputs: dict, name: str, answered: object
):
    api.stored[f"{VERSIONS}/id1"][name] = answered
    refreshed = engine.refresh(deployed)
    assert refreshed
    assert engine.diff(refreshed, inputs).replaces == [camel(name)]


def test_the_same_content_from_another_file_is_not_a_change(
    engine: Engine, deployed: Deployed, inputs: dict, tmp_path: Path
):
    (tmp_path / "moved.js").write_bytes(SOURCE)
    moved = {**inputs["modules"][0], "contentFile": str(tmp_path / "moved.js")}
    assert engine.diff(deployed, {**inputs, "modules": [moved]}).replaces == []


def test_deploy_is_a_query_parameter(engine: Engine, api: FakeApi, inputs: dict):
    engine.create(TOKEN, {**inputs, "deploy": True})
    assert api.last.query == "deploy=true"
    assert "deploy" not in api.last.body


def test_assets_are_uploaded_by_the_name_of_the_worker(engine: Engine, api: FakeApi, inputs: dict, tmp_path: Path):
    (tmp_path / "public").mkdir()
    (tmp_path / "public" / "index.html").write_text("home")
    api.script(f"GET {A}/workers/workers/w1", Answer(result={"name": "api"}))
    api.script(f"POST {A}/workers/scripts/api/assets-upload-session", Answer(result={"jwt": "done"}))
    engine.create(TOKEN, {**inputs, "assets": {"directory": str(tmp_path / "public")}})
    assert api.last.body["assets"] == {"jwt": "done"}


def test_a_delete_sends_no_request(engine: Engine, deployed: Deployed, api: FakeApi):
    engine.delete(deployed)
    assert api.lines == [f"POST {VERSIONS}"]


def test_an_import_reads_the_version(engine: Engine, deployed: Deployed, api: FakeApi):
    parse_import_id = engine.import_(TOKEN, f"{ACCOUNT}/w1/id1")
    assert parse_import_id
    assert api.last.line == f"GET {VERSIONS}/id1"
    assert parse_import_id.inputs["mainModule"] == "worker.js"
    assert engine.failures(TOKEN, parse_import_id.inputs) == {}


def test_json_in_a_binding_is_sent_as_a_value(engine: Engine, api: FakeApi, inputs: dict):
    tree = {"name": "TREE", "type": "json", "json": '{"someKey": [1]}'}
    deployed = engine.create(TOKEN, {**inputs, "bindings": [tree]})
    assert api.last.body["bindings"] == [{**tree, "json": {"someKey": [1]}}]
    assert deployed.state["bindings"] == [tree]


def test_the_hash_of_a_module_is_rejected_as_the_official_plugin_does(engine: Engine, inputs: dict):
    modules = [{**module, "contentSha256": "0"} for module in inputs["modules"]]
    messages = engine.failures(TOKEN, {**inputs, "modules": modules})
    assert "Invalid Configuration for Read-Only Attribute" in messages["modules[0].contentSha256"]
