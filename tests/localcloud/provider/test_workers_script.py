"""`WorkersScript`: a multipart upload, three reads, and merged bindings."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from localcloud.cloudflare.multipart import Part, encode_multipart
from tests.localcloud.provider.cases import ACCOUNT, A, token_of
from tests.localcloud.provider.conftest import rejected
from tests.localcloud.provider.engine import Deployed, Engine, secret
from tests.localcloud.provider.fake_api import Answer, FakeApi, error_answer, missing

TOKEN = token_of("WorkersScript")
SOURCE = "export default { fetch: () => new Response('ok') }\n"
SCRIPT = f"{A}/workers/scripts/api"
HYPERDRIVE = {"name": "HYPERDRIVE", "type": "hyperdrive", "id": "h1"}
KEY = {"name": "KEY", "type": "secret_text", "text": secret("key-sentinel")}
READS = [f"GET {A}/workers/services/api", f"GET {SCRIPT}/settings", f"GET {SCRIPT}/content/v2"]


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    file = tmp_path / "worker.js"
    file.write_text(SOURCE)
    return file


@pytest.fixture
def inputs(bundle: Path) -> dict:
    return {
        "accountId": ACCOUNT,
        "scriptName": "api",
        "contentFile": str(bundle),
        "contentSha256": hashlib.sha256(bundle.read_bytes()).hexdigest(),
        "mainModule": "worker.js",
        "compatibilityDate": "2026-08-01",
        "compatibilityFlags": ["nodejs_compat", "global_navigator"],
        "bindings": [HYPERDRIVE, KEY],
    }


@pytest.fixture
def deployed(engine: Engine, api: FakeApi, inputs: dict) -> Deployed:
    api.extras = {**DEFAULT_ENVIRONMENT, "startup_time_ms": 3}
    return engine.create(TOKEN, inputs)


@pytest.fixture
def module(tmp_path: Path) -> dict:
    (tmp_path / "lib.wasm").write_bytes(b"\x00asm")
    return {"lib.wasm": {"contentType": "application/wasm", "contentFile": str(tmp_path / "lib.wasm")}}


@pytest.fixture
def assets(tmp_path: Path) -> Path:
    for name, content in (("index.html", "home"), ("sub/page.html", "page")):
        file = tmp_path / "assets" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content)
    return tmp_path / "assets"


DEFAULT_ENVIRONMENT = {"etag": "e1", "handlers": ["fetch"]}


def reading(api: FakeApi, *, content: bytes = SOURCE.encode(), **settings) -> None:
    """The responses to the three reads."""
    shown = {"compatibility_date": "2026-08-01", "compatibility_flags": ["global_navigator", "nodejs_compat"]}
    bindings = [HYPERDRIVE, {"name": "KEY", "type": "secret_text"}]
    api.script(READS[0], Answer(result={"id": "api", "default_environment": {"script": DEFAULT_ENVIRONMENT}}))
    api.script(READS[1], Answer(result={**shown, "bindings": bindings, "placement": {}, "logpush": False, **settings}))
    api.script(READS[2], Answer(raw=content, headers={"content-type": "application/javascript"}))


def uploaded(api: FakeApi) -> dict:
    metadata: dict = json.loads(api.last.parts[1][3])
    return metadata


def test_the_upload_is_one_put_with_the_script_first_and_the_metadata_second(deployed: Deployed, api: FakeApi):
    assert api.lines == [f"PUT {SCRIPT}"]
    assert deployed.id == "api"
    assert [part[:3] for part in api.last.parts] == [
        ("worker.js", "worker.js", "application/javascript+module"),
        ("metadata", None, "application/json"),
    ]
    assert api.last.parts[0][3] == SOURCE.encode()


def test_the_metadata_is_what_the_official_plugin_sends(deployed: Deployed, api: FakeApi):
    assert api.last.parts[1][3] == (
        b'{"bindings":[{"id":"h1","name":"HYPERDRIVE","type":"hyperdrive"},'
        b'{"name":"KEY","text":"key-sentinel","type":"secret_text"}],'
        b'"compatibility_date":"2026-08-01","compatibility_flags":["nodejs_compat","global_navigator"],'
        b'"logpush":false,"main_module":"worker.js","usage_model":"standard"}'
    )


def test_an_omitted_date_is_sent_as_an_empty_string(engine: Engine, api: FakeApi):
    engine.create(TOKEN, {"accountId": ACCOUNT, "scriptName": "api", "content": SOURCE, "mainModule": "m.js"})
    assert uploaded(api)["compatibility_date"] == ""


def test_without_a_main_module_the_part_is_called_script(engine: Engine, api: FakeApi):
    engine.create(TOKEN, {"accountId": ACCOUNT, "scriptName": "api", "content": "addEventListener()"})
    assert api.last.parts[0][:3] == ("script", "script", "application/javascript")
    assert uploaded(api)["body_part"] == "script"


def test_names_in_a_binding_are_converted_to_those_of_the_api(engine: Engine, api: FakeApi, inputs: dict):
    bindings = [{"name": "KV", "type": "kv_namespace", "namespaceId": "n1"}]
    annotations = {"workersMessage": "hello", "workersTag": "v1"}
    observability = {"enabled": True, "logs": {"enabled": True, "invocationLogs": True}}
    engine.create(TOKEN, {**inputs, "bindings": bindings, "annotations": annotations, "observability": observability})
    assert uploaded(api)["bindings"] == [{"name": "KV", "type": "kv_namespace", "namespace_id": "n1"}]
    assert uploaded(api)["annotations"] == {"workers/message": "hello", "workers/tag": "v1"}
    assert uploaded(api)["observability"]["logs"] == {"enabled": True, "invocation_logs": True, "persist": True}


def test_the_body_of_a_file_is_not_kept_in_the_state(deployed: Deployed):
    assert "content" not in deployed.state


def test_the_text_of_a_binding_is_secret_in_the_state(deployed: Deployed):
    assert "bindings.*.text" in deployed.secrets
    assert deployed.state["bindings"][1]["text"] == "key-sentinel"


def test_an_update_is_the_same_upload_without_nulls(engine: Engine, deployed: Deployed, api: FakeApi, inputs: dict):
    changed = {**inputs, "bindings": [HYPERDRIVE]}
    assert engine.diff(deployed, changed).detailed == {"bindings[1]": "DELETE"}
    engine.update(deployed, changed)
    assert api.last.line == f"PUT {SCRIPT}"
    assert uploaded(api)["bindings"] == [HYPERDRIVE]


TREE = {"name": "TREE", "type": "json", "json": '{"someKey": [1, null]}'}
SIGN = {
    "name": "SIGN",
    "type": "secret_key",
    "algorithm": '{"name": "HMAC"}',
    "keyJwk": secret('{"kty": "oct"}'),
}


def test_json_in_a_binding_is_sent_as_a_value(engine: Engine, api: FakeApi, inputs: dict):
    deployed = engine.create(TOKEN, {**inputs, "bindings": [SIGN, TREE]})
    assert uploaded(api)["bindings"] == [
        {"algorithm": {"name": "HMAC"}, "key_jwk": {"kty": "oct"}, "name": "SIGN", "type": "secret_key"},
        {"json": {"someKey": [1, None]}, "name": "TREE", "type": "json"},
    ]
    assert deployed.state["bindings"][1] == TREE


def test_json_in_another_form_is_not_a_change(engine: Engine, inputs: dict):
    deployed = engine.create(TOKEN, {**inputs, "bindings": [TREE]})
    for text, changed in (('{"someKey":[1,null]}', False), ('{"someKey":[1]}', True)):
        assert engine.diff(deployed, {**inputs, "bindings": [{**TREE, "json": text}]}).changes is changed


def test_an_import_has_json_as_a_string(engine: Engine, api: FakeApi):
    reading(api, bindings=[{"name": "TREE", "type": "json", "json": {"someKey": [1]}}])
    imported = engine.import_(TOKEN, f"{ACCOUNT}/api")
    assert imported
    assert imported.inputs["bindings"] == [{"name": "TREE", "type": "json", "json": '{"someKey":[1]}'}]


@pytest.mark.parametrize("value", ["HMAC", {"name": "HMAC"}])
def test_a_value_that_is_no_string_with_json_is_rejected(engine: Engine, inputs: dict, value):
    messages = engine.failures(TOKEN, {**inputs, "bindings": [{**SIGN, "algorithm": value}]})
    assert list(messages) == ["bindings[0].algorithm"]


def test_a_placement_by_region_is_rejected_as_the_official_plugin_does(engine: Engine, api: FakeApi, inputs: dict):
    messages = engine.failures(TOKEN, {**inputs, "placement": {"mode": "targeted", "region": "aws:us-east-1"}})
    assert "Invalid Configuration for Read-Only Attribute" in messages["placement.region"]
    assert api.requests == []


@pytest.mark.parametrize(("name", "value"), [("accountId", "c" * 32), ("scriptName", "other")])
def test_another_account_or_name_replaces_the_script(engine: Engine, deployed: Deployed, inputs: dict, name, value):
    assert engine.diff(deployed, {**inputs, name: value}).replaces == [name]


def test_the_order_of_flags_is_ignored(engine: Engine, deployed: Deployed, inputs: dict):
    flags = list(reversed(inputs["compatibilityFlags"]))
    assert not engine.diff(deployed, {**inputs, "compatibilityFlags": flags}).changes


def test_a_refresh_makes_three_reads_and_changes_nothing(engine: Engine, deployed: Deployed, api: FakeApi):
    reading(api)
    assert engine.refresh(deployed) == deployed
    assert api.lines[1:] == READS


def test_only_the_first_read_shows_that_a_script_was_deleted(engine: Engine, deployed: Deployed, api: FakeApi):
    reading(api)
    api.script(READS[0], missing())
    assert engine.refresh(deployed) is None
    reading(api)
    api.script(READS[1], missing())
    with rejected("settings", "10007"):
        engine.refresh(deployed)


def test_changed_content_in_the_api_is_drift(engine: Engine, deployed: Deployed, api: FakeApi, inputs: dict):
    reading(api, content=b"// somebody else's")
    drifted = engine.refresh(deployed)
    assert drifted
    assert engine.diff(drifted, inputs).detailed == {"contentSha256": "UPDATE"}


def test_a_changed_date_in_the_api_is_drift(engine: Engine, deployed: Deployed, api: FakeApi, inputs: dict):
    reading(api, compatibility_date="2024-09-23")
    drifted = engine.refresh(deployed)
    assert drifted
    assert engine.diff(drifted, inputs).detailed == {"compatibilityDate": "UPDATE"}


def test_a_declared_binding_that_is_missing_in_the_api_is_not_drift_unless_it_is_secret(
    engine: Engine, deployed: Deployed, api: FakeApi
):
    reading(api, bindings=[{"name": "KEY", "type": "secret_text"}])
    assert engine.refresh(deployed) == deployed


def test_a_binding_with_the_same_name_and_another_type_is_another_binding(
    engine: Engine, deployed: Deployed, api: FakeApi, inputs: dict
):
    other = {"name": "HYPERDRIVE", "type": "plain_text", "text": "x"}
    reading(api, bindings=[other, {"name": "KEY", "type": "secret_text"}])
    drifted = engine.refresh(deployed)
    assert drifted
    assert engine.diff(drifted, inputs).detailed == {"bindings[2]": "DELETE"}


def test_a_declared_secret_that_is_missing_in_the_api_is_written_again(
    engine: Engine, deployed: Deployed, api: FakeApi, inputs: dict
):
    reading(api, bindings=[HYPERDRIVE])
    drifted = engine.refresh(deployed)
    assert drifted
    assert engine.diff(drifted, inputs).detailed == {"bindings[1]": "ADD"}


def test_a_secret_that_only_the_api_has_is_ignored(engine: Engine, deployed: Deployed, api: FakeApi):
    listed = [HYPERDRIVE, {"name": "KEY", "type": "secret_text"}, {"name": "MANUAL", "type": "secret_text"}]
    reading(api, bindings=listed)
    assert engine.refresh(deployed) == deployed


def test_a_binding_that_only_the_api_has_is_drift(engine: Engine, deployed: Deployed, api: FakeApi, inputs: dict):
    added = {"name": "MODE", "type": "plain_text", "text": "x"}
    reading(api, bindings=[HYPERDRIVE, {"name": "KEY", "type": "secret_text"}, added])
    drifted = engine.refresh(deployed)
    assert drifted
    assert engine.diff(drifted, inputs).detailed == {"bindings[2]": "DELETE"}


def test_a_changed_id_of_a_declared_binding_is_not_detected(engine: Engine, deployed: Deployed, api: FakeApi):
    reading(api, bindings=[{**HYPERDRIVE, "id": "other"}, {"name": "KEY", "type": "secret_text"}])
    assert engine.refresh(deployed) == deployed


@pytest.mark.parametrize(("name", "answered"), [("limits", {}), ("observability", {"enabled": False})])
def test_an_undeclared_setting_that_the_api_returns_is_a_change_after_every_refresh(
    engine: Engine, deployed: Deployed, api: FakeApi, inputs: dict, name: str, answered: Any
):
    for _ in range(2):
        reading(api, **{name: answered})
        drifted = engine.refresh(deployed)
        assert drifted
        assert engine.diff(drifted, inputs).detailed == {name: "DELETE"}
        deployed = engine.update(drifted, inputs)


def test_tail_consumers_that_the_api_sets_are_not_a_change(
    engine: Engine, deployed: Deployed, api: FakeApi, inputs: dict
):
    reading(api, tail_consumers=[])
    refreshed = engine.refresh(deployed)
    assert refreshed
    assert not engine.diff(refreshed, inputs).changes


def test_the_order_of_tail_consumers_is_ignored(engine: Engine, inputs: dict):
    consumers = [{"service": "one"}, {"service": "two"}]
    deployed = engine.create(TOKEN, {**inputs, "tailConsumers": consumers})
    assert not engine.diff(deployed, {**inputs, "tailConsumers": consumers[::-1]}).changes
    assert engine.diff(deployed, {**inputs, "tailConsumers": consumers[:1]}).changes


def test_the_content_is_the_first_part_of_a_multipart_response_and_not_that_in_the_header(
    engine: Engine, deployed: Deployed, api: FakeApi, inputs: dict
):
    parts = (
        b'--b\r\nContent-Disposition: form-data; name="other.js"\r\n\r\nother\r\n'
        b'--b\r\nContent-Disposition: form-data; name="worker.js"\r\n\r\n' + SOURCE.encode() + b"\r\n--b--\r\n"
    )
    headers = {"content-type": "multipart/form-data; boundary=b", "cf-entrypoint": "worker.js"}
    reading(api)
    api.script(READS[2], Answer(raw=parts, headers=headers))
    drifted = engine.refresh(deployed)
    assert drifted
    assert engine.diff(drifted, inputs).detailed == {"contentSha256": "UPDATE"}


def test_a_script_with_assets_alone_has_neither_content_nor_hash(engine: Engine, api: FakeApi, assets: Path):
    api.script(f"POST {SCRIPT}/assets-upload-session", Answer(result={"jwt": "session"}))
    api.extras = dict(DEFAULT_ENVIRONMENT)
    alone = {"accountId": ACCOUNT, "scriptName": "api", "assets": {"directory": str(assets)}}
    deployed = engine.create(TOKEN, alone)
    reading(api, content=b"", compatibility_date="", compatibility_flags=[], bindings=[])
    refreshed = engine.refresh(deployed)
    assert refreshed
    assert "content" not in refreshed.state
    assert not engine.diff(refreshed, alone).changes


def test_an_import_has_the_content_and_the_bindings(engine: Engine, api: FakeApi):
    reading(api)
    parse_import_id = engine.import_(TOKEN, f"{ACCOUNT}/api")
    assert parse_import_id
    assert parse_import_id.inputs["content"] == SOURCE
    assert [binding["name"] for binding in parse_import_id.inputs["bindings"]] == ["HYPERDRIVE"]


def test_a_file_with_another_hash_is_rejected(engine: Engine, inputs: dict, bundle: Path):
    bundle.write_text("changed")
    messages = engine.failures(TOKEN, inputs)
    assert "SHA-256 Hash Mismatch" in messages["contentSha256"]


def test_a_hash_in_upper_case_is_rejected(engine: Engine, inputs: dict):
    messages = engine.failures(TOKEN, {**inputs, "contentSha256": inputs["contentSha256"].upper()})
    assert "SHA-256 Hash Mismatch" in messages["contentSha256"]


def test_a_hash_without_content_is_rejected(engine: Engine, inputs: dict, assets: Path):
    alone = {"accountId": ACCOUNT, "scriptName": "api", "assets": {"directory": str(assets)}, "contentSha256": "0" * 64}
    assert "SHA-256 Hash Mismatch" in engine.failures(TOKEN, alone)["contentSha256"]


def test_the_error_about_a_missing_file_has_its_name(engine: Engine, inputs: dict, bundle: Path):
    bundle.unlink()
    assert str(bundle) in engine.failures(TOKEN, inputs)["contentFile"]


def test_a_file_needs_its_hash(engine: Engine, inputs: dict):
    del inputs["contentSha256"]
    assert "also requires `contentSha256`" in engine.failures(TOKEN, inputs)["contentFile"]


def test_content_cannot_be_combined_with_a_file(engine: Engine, inputs: dict):
    assert "cannot be combined with `content`" in engine.failures(TOKEN, {**inputs, "content": SOURCE})["contentFile"]


def test_a_source_is_required(engine: Engine):
    messages = engine.failures(TOKEN, {"accountId": ACCOUNT, "scriptName": "api"})
    assert "must have one of `assets`, `content`, `contentFile`" in messages[""]


def test_a_syntax_error_is_reported_with_the_message_of_the_api(engine: Engine, api: FakeApi, inputs: dict):
    api.script(f"PUT {SCRIPT}", error_answer(400, 10021, "Uncaught SyntaxError: Unexpected token"))
    with rejected(f"PUT {SCRIPT}: 10021 Uncaught SyntaxError: Unexpected token"):
        engine.create(TOKEN, inputs)


def test_a_delete_is_one_request(engine: Engine, deployed: Deployed, api: FakeApi):
    engine.delete(deployed)
    assert api.lines[1:] == [f"DELETE {SCRIPT}"]


def test_other_modules_are_parts_after_the_metadata(engine: Engine, api: FakeApi, inputs: dict, module: dict):
    engine.create(TOKEN, {**inputs, "files": module})
    assert [part[0] for part in api.last.parts] == ["worker.js", "metadata", "lib.wasm"]
    assert api.last.parts[2][1:] == ("lib.wasm", "application/wasm", b"\x00asm")


def test_a_changed_module_is_an_update(engine: Engine, api: FakeApi, inputs: dict, module: dict):
    inputs = {**inputs, "files": module}
    deployed = engine.create(TOKEN, inputs)
    assert not engine.diff(deployed, inputs).changes
    Path(module["lib.wasm"]["contentFile"]).write_bytes(b"\x00ASM")
    assert engine.diff(deployed, inputs).detailed == {'files["lib.wasm"].contentSha256': "UPDATE"}


def test_a_refresh_detects_a_changed_or_missing_module(engine: Engine, api: FakeApi, inputs: dict, module: dict):
    api.extras = dict(DEFAULT_ENVIRONMENT)
    inputs = {**inputs, "files": module}
    deployed = engine.create(TOKEN, inputs)
    for content, found in ((b"\x00asm", False), (b"other", True), (None, True)):
        modules = [("worker.js", SOURCE.encode()), *([("lib.wasm", content)] if content else [])]
        reading(api)
        api.script(READS[2], in_parts(modules))
        refreshed = engine.refresh(deployed)
        assert refreshed
        assert (refreshed != deployed, engine.diff(refreshed, inputs).changes) == (found, found)


def in_parts(modules: list[tuple[str, bytes]]) -> Answer:
    body, content_type = encode_multipart([Part(name, content, "text/plain", name) for name, content in modules])
    return Answer(raw=body, headers={"content-type": content_type, "cf-entrypoint": "worker.js"})


@pytest.mark.parametrize("given", [{}, {"contentFile": "a", "contentBase64": "YQ=="}, {"contentFile": "/nowhere"}])
def test_a_module_must_have_one_readable_content(engine: Engine, inputs: dict, given: dict):
    files = {"lib.wasm": {"contentType": "application/wasm", **given}}
    assert "lib.wasm" in engine.failures(TOKEN, {**inputs, "files": files})["files"]


def test_assets_are_uploaded_before_the_script(engine: Engine, api: FakeApi, inputs: dict, assets: Path):
    home, page = (hashlib.sha256(name.encode()).hexdigest()[:32] for name in ("home", "page"))
    api.script(
        f"POST {SCRIPT}/assets-upload-session",
        Answer(result={"jwt": "session", "buckets": [[home], [page]]}),
    )
    uploads = f"POST {A}/workers/assets/upload"
    api.script(uploads, Answer(result={}), Answer(status=201, result={"jwt": "done"}))
    config = {"runWorkerFirst": ["/api/*"], "headers": "/*", "redirects": "/a /b"}
    deployed = engine.create(TOKEN, {**inputs, "assets": {"directory": str(assets), "config": config}})

    session, first, second, script = api.requests
    assert session.content == (
        b'{"manifest":{"/index.html":{"hash":"%s","size":4},"/sub/page.html":{"hash":"%s","size":4}}}'
        % (home.encode(), page.encode())
    )
    assert [(each.line, each.query, each.headers["authorization"]) for each in (first, second)] == [
        (uploads, "base64=true", "Bearer session")
    ] * 2
    assert first.parts[0][0::3] == (home, b"aG9tZQ==")
    sent = json.loads(script.parts[1][3])["assets"]
    assert sent == {
        "config": {"_headers": "/*", "_redirects": "/a /b", "run_worker_first": ["/api/*"]},
        "jwt": "done",
    }
    assert "jwt" not in deployed.state["assets"]
    assert len(deployed.state["assets"]["assetManifestSha256"]) == 64


def test_existing_assets_are_not_uploaded_again(engine: Engine, api: FakeApi, inputs: dict, assets: Path):
    api.script(f"POST {SCRIPT}/assets-upload-session", Answer(result={"jwt": "session"}))
    engine.create(TOKEN, {**inputs, "assets": {"directory": str(assets)}})
    assert uploaded(api)["assets"] == {"jwt": "session"}


def test_only_a_changed_asset_is_an_update(engine: Engine, api: FakeApi, inputs: dict, assets: Path):
    api.script(f"POST {SCRIPT}/assets-upload-session", Answer(result={"jwt": "session"}))
    api.extras = dict(DEFAULT_ENVIRONMENT)
    inputs = {**inputs, "assets": {"directory": str(assets)}}
    deployed = engine.create(TOKEN, inputs)
    assert not engine.diff(deployed, inputs).changes
    reading(api)
    assert engine.refresh(deployed) == deployed
    (assets / "index.html").write_text("changed")
    assert engine.diff(deployed, inputs).detailed == {"assets.assetManifestSha256": "UPDATE"}


def test_a_missing_directory_of_assets_is_rejected(engine: Engine, inputs: dict, tmp_path: Path):
    messages = engine.failures(TOKEN, {**inputs, "assets": {"directory": str(tmp_path / "nowhere")}})
    assert "nowhere" in messages["assets"]


def test_strict_inheritance_and_force_are_query_parameters(engine: Engine, api: FakeApi, inputs: dict):
    deployed = engine.create(TOKEN, {**inputs, "bindingsInherit": "strict", "force": True})
    assert api.last.query == "bindings_inherit=strict"
    engine.delete(deployed)
    assert (api.last.method, api.last.query) == ("DELETE", "force=true")
