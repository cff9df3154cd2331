"""WorkersScript: one upload in two parts, three reads, bindings that are merged."""

import hashlib
import json
from pathlib import Path

import pytest

from tests.localcloud.provider.cases import ACCOUNT, A, token_of
from tests.localcloud.provider.conftest import refused
from tests.localcloud.provider.engine import Deployed, Engine, secret
from tests.localcloud.provider.fake_api import Answer, FakeApi, missing, refusal

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
    api.extras = {"etag": "e1", "handlers": ["fetch"], "startup_time_ms": 3}
    return engine.create(TOKEN, inputs)


def reading(api: FakeApi, *, content: bytes = SOURCE.encode(), **settings) -> None:
    """What the three reads answer."""
    script = {"etag": "e1", "handlers": ["fetch"]}
    shown = {"compatibility_date": "2026-08-01", "compatibility_flags": ["global_navigator", "nodejs_compat"]}
    bindings = [HYPERDRIVE, {"name": "KEY", "type": "secret_text"}]
    api.script(READS[0], Answer(result={"id": "api", "default_environment": {"script": script}}))
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


def test_a_date_that_is_left_out_is_sent_as_an_empty_text(engine: Engine, api: FakeApi):
    engine.create(TOKEN, {"accountId": ACCOUNT, "scriptName": "api", "content": SOURCE, "mainModule": "m.js"})
    assert uploaded(api)["compatibility_date"] == ""


def test_without_a_main_module_the_part_is_called_script(engine: Engine, api: FakeApi):
    engine.create(TOKEN, {"accountId": ACCOUNT, "scriptName": "api", "content": "addEventListener()"})
    assert api.last.parts[0][:3] == ("script", "script", "application/javascript")
    assert uploaded(api)["body_part"] == "script"


def test_names_below_a_binding_are_the_apis(engine: Engine, api: FakeApi, inputs: dict):
    bindings = [{"name": "KV", "type": "kv_namespace", "namespaceId": "n1"}]
    annotations = {"workersMessage": "hello", "workersTag": "v1"}
    observability = {"enabled": True, "logs": {"enabled": True, "invocationLogs": True}}
    engine.create(TOKEN, {**inputs, "bindings": bindings, "annotations": annotations, "observability": observability})
    assert uploaded(api)["bindings"] == [{"name": "KV", "type": "kv_namespace", "namespace_id": "n1"}]
    assert uploaded(api)["annotations"] == {"workers/message": "hello", "workers/tag": "v1"}
    assert uploaded(api)["observability"]["logs"] == {"enabled": True, "invocation_logs": True, "persist": True}


def test_the_body_of_a_file_is_not_kept_in_the_state(deployed: Deployed):
    assert "content" not in deployed.state


def test_texts_of_bindings_are_secret_in_the_state(deployed: Deployed):
    assert "bindings.*.text" in deployed.secrets
    assert deployed.state["bindings"][1]["text"] == "key-sentinel"


def test_an_update_is_the_same_upload_without_nulls(engine: Engine, deployed: Deployed, api: FakeApi, inputs: dict):
    changed = {**inputs, "bindings": [HYPERDRIVE]}
    assert engine.diff(deployed, changed).detailed == {"bindings[1]": "DELETE"}
    engine.update(deployed, changed)
    assert api.last.line == f"PUT {SCRIPT}"
    assert uploaded(api)["bindings"] == [HYPERDRIVE]


@pytest.mark.parametrize(("name", "value"), [("accountId", "c" * 32), ("scriptName", "other")])
def test_another_account_or_name_is_another_script(engine: Engine, deployed: Deployed, inputs: dict, name, value):
    assert engine.diff(deployed, {**inputs, name: value}).replaces == [name]


def test_the_order_of_flags_means_nothing(engine: Engine, deployed: Deployed, inputs: dict):
    flags = list(reversed(inputs["compatibilityFlags"]))
    assert not engine.diff(deployed, {**inputs, "compatibilityFlags": flags}).changes


def test_a_refresh_makes_three_reads_and_changes_nothing(engine: Engine, deployed: Deployed, api: FakeApi):
    reading(api)
    assert engine.refresh(deployed) == deployed
    assert api.lines[1:] == READS


def test_only_the_first_read_tells_that_a_script_is_gone(engine: Engine, deployed: Deployed, api: FakeApi):
    reading(api)
    api.script(READS[0], missing())
    assert engine.refresh(deployed) is None
    reading(api)
    api.script(READS[1], missing())
    with refused("settings", "10007"):
        engine.refresh(deployed)


def test_other_content_at_the_api_is_drift(engine: Engine, deployed: Deployed, api: FakeApi, inputs: dict):
    reading(api, content=b"// somebody else's")
    drifted = engine.refresh(deployed)
    assert drifted
    assert engine.diff(drifted, inputs).detailed == {"contentSha256": "UPDATE"}


def test_another_date_at_the_api_is_drift(engine: Engine, deployed: Deployed, api: FakeApi, inputs: dict):
    reading(api, compatibility_date="2024-09-23")
    drifted = engine.refresh(deployed)
    assert drifted
    assert engine.diff(drifted, inputs).detailed == {"compatibilityDate": "UPDATE"}


def test_a_declared_secret_that_the_api_lost_is_written_again(
    engine: Engine, deployed: Deployed, api: FakeApi, inputs: dict
):
    reading(api, bindings=[HYPERDRIVE])
    drifted = engine.refresh(deployed)
    assert drifted
    assert engine.diff(drifted, inputs).detailed == {"bindings[1]": "ADD"}


def test_a_secret_that_only_the_api_has_is_not_the_programs(engine: Engine, deployed: Deployed, api: FakeApi):
    listed = [HYPERDRIVE, {"name": "KEY", "type": "secret_text"}, {"name": "MANUAL", "type": "secret_text"}]
    reading(api, bindings=listed)
    assert engine.refresh(deployed) == deployed


def test_a_binding_that_only_the_api_has_is_drift(engine: Engine, deployed: Deployed, api: FakeApi, inputs: dict):
    added = {"name": "MODE", "type": "plain_text", "text": "x"}
    reading(api, bindings=[HYPERDRIVE, {"name": "KEY", "type": "secret_text"}, added])
    drifted = engine.refresh(deployed)
    assert drifted
    assert engine.diff(drifted, inputs).detailed == {"bindings[2]": "DELETE"}


def test_another_id_of_a_known_binding_is_not_seen(engine: Engine, deployed: Deployed, api: FakeApi):
    reading(api, bindings=[{**HYPERDRIVE, "id": "other"}, {"name": "KEY", "type": "secret_text"}])
    assert engine.refresh(deployed) == deployed


def test_settings_that_the_program_does_not_state_are_no_drift(engine: Engine, deployed: Deployed, api: FakeApi):
    reading(api, observability={"enabled": False}, tail_consumers=[])
    assert engine.refresh(deployed) == deployed


def test_content_in_several_parts_is_the_one_that_the_header_names(engine: Engine, deployed: Deployed, api: FakeApi):
    parts = (
        b'--b\r\nContent-Disposition: form-data; name="other.js"\r\n\r\nother\r\n'
        b'--b\r\nContent-Disposition: form-data; name="worker.js"\r\n\r\n' + SOURCE.encode() + b"\r\n--b--\r\n"
    )
    headers = {"content-type": "multipart/form-data; boundary=b", "cf-entrypoint": "worker.js"}
    reading(api)
    api.script(READS[2], Answer(raw=parts, headers=headers))
    assert engine.refresh(deployed) == deployed


def test_an_import_has_the_content_and_the_bindings(engine: Engine, api: FakeApi):
    reading(api)
    imported = engine.import_(TOKEN, f"{ACCOUNT}/api")
    assert imported
    assert imported.inputs["content"] == SOURCE
    assert [binding["name"] for binding in imported.inputs["bindings"]] == ["HYPERDRIVE"]


def test_a_file_with_another_hash_is_refused(engine: Engine, inputs: dict, bundle: Path):
    bundle.write_text("changed")
    told = engine.failures(TOKEN, inputs)
    assert "SHA-256 Hash Mismatch" in told["contentSha256"]


def test_a_file_that_is_not_there_is_refused_with_its_name(engine: Engine, inputs: dict, bundle: Path):
    bundle.unlink()
    assert str(bundle) in engine.failures(TOKEN, inputs)["contentFile"]


def test_a_file_needs_its_hash(engine: Engine, inputs: dict):
    del inputs["contentSha256"]
    assert "contentSha256" in engine.failures(TOKEN, inputs)


def test_two_sources_are_refused(engine: Engine, inputs: dict):
    assert "one source" in engine.failures(TOKEN, {**inputs, "content": SOURCE})["contentFile"]


def test_no_source_is_refused(engine: Engine):
    assert "needs a source" in engine.failures(TOKEN, {"accountId": ACCOUNT, "scriptName": "api"})["content"]


def test_a_syntax_error_is_told_in_the_apis_words(engine: Engine, api: FakeApi, inputs: dict):
    api.script(f"PUT {SCRIPT}", refusal(400, 10021, "Uncaught SyntaxError: Unexpected token"))
    with refused(f"PUT {SCRIPT}: 10021 Uncaught SyntaxError: Unexpected token"):
        engine.create(TOKEN, inputs)


def test_a_delete_is_one_request(engine: Engine, deployed: Deployed, api: FakeApi):
    engine.delete(deployed)
    assert api.lines[1:] == [f"DELETE {SCRIPT}"]
