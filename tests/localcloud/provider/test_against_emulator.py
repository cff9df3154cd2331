"""The provider with the emulator: the emulator accepts and returns all that the provider sends."""

import base64
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from localcloud.postgres import Postgres
from tests.localcloud.provider.cases import ACCOUNT, token_of
from tests.localcloud.provider.conftest import TOKEN, rejected
from tests.localcloud.provider.emulator import running, stored
from tests.localcloud.provider.engine import Deployed, Engine, secret

SOURCE = "export default { fetch: () => new Response('ok') }\n"
SCRIPT = {
    "accountId": ACCOUNT,
    "scriptName": "api",
    "content": SOURCE,
    "contentSha256": hashlib.sha256(SOURCE.encode()).hexdigest(),
    "mainModule": "worker.js",
    "compatibilityDate": "2026-08-01",
    "compatibilityFlags": ["nodejs_compat"],
    "bindings": [
        {"name": "KEY", "type": "secret_text", "text": secret("key-sentinel")},
        {"name": "MODE", "type": "plain_text", "text": "local"},
    ],
}
IN_ACCOUNT = {"accountId": ACCOUNT}


@pytest.fixture
def emulator(tmp_path: Path) -> Iterator[str]:
    with running(tmp_path / "cloudflare.json", TOKEN) as address:
        yield address


@pytest.fixture
def engine(provider_port: int, emulator: str) -> Engine:
    engine = Engine.attach(provider_port)
    engine.configure(apiToken=TOKEN, baseUrl=f"{emulator}/client/v4")
    return engine


@pytest.fixture
def script(engine: Engine) -> Deployed:
    return engine.create(token_of("WorkersScript"), SCRIPT)


def hyperdrive(postgres: Postgres, **changes: Any) -> dict[str, Any]:
    url = urlsplit(postgres.url())
    origin = {
        "scheme": "postgres",
        "host": url.hostname,
        "port": url.port,
        "database": url.path[1:],
        "user": url.username,
        "password": secret(changes.pop("password", url.password)),
        **changes.pop("origin", {}),
    }
    caching = {"disabled": False, "maxAge": 60, "staleWhileRevalidate": 15}
    return {**IN_ACCOUNT, "name": "main", "origin": origin, "originConnectionLimit": 20, "caching": caching, **changes}


def live(engine: Engine, token: str, inputs: dict[str, Any], changed: dict[str, Any]) -> None:
    """Creates, refreshes, updates, refreshes and deletes a resource. No refresh finds drift."""
    deployed = engine.create(token, inputs)
    assert engine.refresh(deployed) == deployed
    assert not engine.diff(deployed, inputs).changes
    if changed:
        assert engine.diff(deployed, changed).replaces == []
        deployed = engine.update(deployed, changed)
        assert engine.refresh(deployed) == deployed
        assert not engine.diff(deployed, changed).changes
    engine.delete(deployed)
    assert engine.refresh(deployed) is None


def test_a_hyperdrive_configuration_has_no_drift(engine: Engine, postgres: Postgres):
    changed = hyperdrive(postgres, originConnectionLimit=30, caching={"disabled": True})
    live(engine, token_of("HyperdriveConfig"), hyperdrive(postgres), changed)


def test_a_hyperdrive_configuration_without_limit_has_no_drift(engine: Engine, postgres: Postgres):
    bare = {name: value for name, value in hyperdrive(postgres).items() if name != "originConnectionLimit"}
    live(engine, token_of("HyperdriveConfig"), bare, {**bare, "name": "renamed"})


@pytest.mark.parametrize(
    ("changes", "code", "problem"),
    [
        ({"password": "wrong-password"}, "2013", "rejected the user or the password"),
        ({"origin": {"database": "nowhere"}}, "2014", "no database with this name"),
        ({"origin": {"port": 1}}, "2011", "The database refused the connection"),
        ({"origin": {"host": "nowhere.invalid"}}, "2008", "does not resolve"),
    ],
)
def test_an_unreachable_database_is_reported(
    engine: Engine, emulator: str, postgres: Postgres, changes: dict, code: str, problem: str
):
    with rejected(code, problem) as messages:
        engine.create(token_of("HyperdriveConfig"), hyperdrive(postgres, **changes))
    assert "wrong-password" not in messages[0]
    assert stored(emulator, TOKEN) == {}


def test_a_script_has_no_drift(engine: Engine):
    changed = {**SCRIPT, "compatibilityDate": "2026-08-04", "compatibilityFlags": []}
    live(engine, token_of("WorkersScript"), SCRIPT, changed)


def test_a_script_with_all_settings_has_no_drift(engine: Engine, tmp_path: Path):
    (tmp_path / "public").mkdir()
    (tmp_path / "public" / "index.html").write_text("home")
    full = {
        **SCRIPT,
        "force": True,
        "annotations": {"workersMessage": "first", "workersTag": "v1"},
        "assets": {"directory": str(tmp_path / "public"), "config": {"notFoundHandling": "404-page"}},
        "bindings": [
            *SCRIPT["bindings"],
            {"name": "ROOMS", "type": "durable_object_namespace", "className": "Room"},
            {"name": "LIMIT", "type": "ratelimit", "namespaceId": "1", "simple": {"limit": 5, "period": 60}},
            {"name": "TREE", "type": "json", "json": '{"a": 1}'},
        ],
        "files": {"words.txt": {"contentType": "text/plain", "contentBase64": "d29yZHM="}},
        "keepBindings": ["secret_text"],
        "limits": {"cpuMs": 50},
        "logpush": True,
        "migrations": {"newTag": "v1", "newSqliteClasses": ["Room"]},
        "observability": {"enabled": True, "logs": {"enabled": True, "invocationLogs": True}},
        "placement": {"mode": "smart"},
        "tailConsumers": [{"service": "tail"}],
    }
    changed = {**full, "migrations": {"oldTag": "v1", "newTag": "v1"}, "logpush": False, "limits": {"cpuMs": 60}}
    live(engine, token_of("WorkersScript"), full, changed)


def test_a_worker_its_versions_and_a_deployment_have_no_drift(engine: Engine, emulator: str):
    declared = {**IN_ACCOUNT, "name": "api", "observability": {"enabled": True}, "tailConsumers": [{"name": "tail"}]}
    live(engine, token_of("Worker"), declared, {**declared, "name": "renamed", "subdomain": {"enabled": True}})

    worker = engine.create(token_of("Worker"), declared)
    content = base64.b64encode(SOURCE.encode()).decode()
    inputs = {
        **IN_ACCOUNT,
        "workerId": worker.id,
        "mainModule": "w.js",
        "modules": [{"name": "w.js", "contentType": "application/javascript+module", "contentBase64": content}],
        "compatibilityDate": "2026-08-01",
        "compatibilityFlags": ["nodejs_compat"],
        "bindings": list(reversed(SCRIPT["bindings"])),
        "limits": {"cpuMs": 50},
    }
    versions = [engine.create(token_of("WorkerVersion"), {**inputs, "limits": {"cpuMs": each}}) for each in (50, 60)]
    assert [engine.refresh(each) for each in versions] == versions
    assert not engine.diff(versions[0], inputs).changes
    shares = [{"versionId": each.id, "percentage": share} for each, share in zip(versions, (90, 10), strict=True)]
    rollout = {**IN_ACCOUNT, "scriptName": "api", "strategy": "percentage", "versions": shares}
    deployment = engine.create(token_of("WorkersDeployment"), rollout)
    assert engine.refresh(deployment) == deployment
    assert engine.refresh(worker).state["name"] == "api"  # type: ignore[union-attr]

    for each in (deployment, *versions):
        engine.delete(each)
        assert engine.refresh(each) == each
    engine.delete(worker)
    assert stored(emulator, TOKEN) == {}


def version_with_a_place(engine: Engine) -> tuple[Deployed, dict[str, Any]]:
    worker = engine.create(token_of("Worker"), {**IN_ACCOUNT, "name": "api"})
    content = base64.b64encode(SOURCE.encode()).decode()
    module = {"contentType": "application/javascript+module", "contentBase64": content}
    inputs = {
        **IN_ACCOUNT,
        "workerId": worker.id,
        "mainModule": "w.js",
        "modules": [{"name": "w.js", **module}, {"name": "lib.js", **module}],
        "compatibilityDate": "2026-08-01",
        "placement": {"mode": "targeted", "region": "aws:us-east-1"},
        "bindings": [{"name": "LEVEL", "type": "plain_text", "text": "info"}],
        "migrations": {"newTag": "v1", "steps": [{"newSqliteClasses": ["Room"]}]},
    }
    return engine.create(token_of("WorkerVersion"), inputs), inputs


def test_a_version_with_a_place_a_migration_and_modules_has_no_drift(engine: Engine):
    version, inputs = version_with_a_place(engine)
    refreshed = engine.refresh(version)
    assert refreshed
    assert refreshed.state["placement"] == inputs["placement"]
    assert refreshed.state["migrations"] == inputs["migrations"]
    assert not engine.diff(refreshed, inputs).changes


def test_a_place_that_the_api_does_not_return_replaces_the_version_after_a_refresh(provider_port: int, tmp_path: Path):
    with running(tmp_path / "cloudflare.json", TOKEN, hidden_version_fields=("placement",)) as address:
        engine = Engine.attach(provider_port)
        engine.configure(apiToken=TOKEN, baseUrl=f"{address}/client/v4")
        version, inputs = version_with_a_place(engine)
        assert not engine.diff(version, inputs).changes
        refreshed = engine.refresh(version)
        assert refreshed
        assert engine.diff(refreshed, inputs).replaces == ["placement"]


def test_an_imported_script_equals_the_program_except_for_fields_that_the_api_omits(engine: Engine, script: Deployed):
    parse_import_id = engine.import_(token_of("WorkersScript"), f"{ACCOUNT}/api")
    assert parse_import_id
    # The API returns neither the hash and the name of the module nor secrets.
    assert set(engine.diff(parse_import_id, SCRIPT).detailed) >= {"contentSha256", "mainModule"}
    assert parse_import_id.inputs["content"] == SOURCE


def test_a_script_with_a_syntax_error_is_reported(engine: Engine):
    with rejected("10021"):
        engine.create(token_of("WorkersScript"), {**SCRIPT, "bindings": [{"name": "X", "type": "secret_text"}]})


def test_a_subdomain_has_no_drift(engine: Engine, script: Deployed):
    inputs = {**IN_ACCOUNT, "scriptName": "api", "enabled": True}
    deployed = engine.create(token_of("WorkersScriptSubdomain"), inputs)
    assert engine.refresh(deployed) == deployed
    changed = engine.update(deployed, {**inputs, "enabled": False, "previewsEnabled": False})
    assert engine.refresh(changed) == changed
    engine.delete(changed)


def test_a_cron_trigger_has_no_drift(engine: Engine, script: Deployed):
    inputs = {**IN_ACCOUNT, "scriptName": "api", "schedules": [{"cron": "*/5 * * * *"}]}
    deployed = engine.create(token_of("WorkersCronTrigger"), inputs)
    assert engine.refresh(deployed) == deployed
    changed = engine.update(deployed, {**inputs, "schedules": []})
    assert engine.refresh(changed) == changed
    engine.delete(changed)


def test_a_route_has_no_drift(engine: Engine, script: Deployed):
    inputs = {"zoneId": zone(engine), "pattern": "example.com/*", "script": "api"}
    live(engine, token_of("WorkersRoute"), inputs, {**inputs, "pattern": "example.com/api/*"})


def test_a_custom_domain_has_no_drift(engine: Engine, script: Deployed):
    inputs = {**IN_ACCOUNT, "hostname": "api.example.com", "service": "api"}
    live(engine, token_of("WorkersCustomDomain"), inputs, {})


def test_a_namespace_and_a_value_have_no_drift(engine: Engine):
    namespace = engine.create(token_of("WorkersKvNamespace"), {**IN_ACCOUNT, "title": "answers"})
    inputs = {**IN_ACCOUNT, "namespaceId": namespace.id, "keyName": "users/1", "value": "v1", "metadata": '{"a": 1}'}
    live(engine, token_of("WorkersKv"), inputs, {**inputs, "value": "v2"})
    engine.delete(namespace)


def test_a_pages_project_and_a_domain_have_no_drift(engine: Engine):
    bound = {"compatibilityDate": "2026-08-01", "compatibilityFlags": ["nodejs_compat"], "failOpen": False}
    bound |= {
        "hyperdriveBindings": {"HYPERDRIVE": {"id": "a" * 32}},
        "envVars": {
            "KEY": {"type": "secret_text", "value": secret("pages-sentinel")},
            "MODE": {"type": "plain_text", "value": "x"},
        },
    }
    inputs: dict[str, Any] = {**IN_ACCOUNT, "name": "site", "productionBranch": "main"}
    inputs["deploymentConfigs"] = {"production": bound, "preview": {"compatibilityDate": "2026-08-01"}}
    bare = {key: value for key, value in bound.items() if key not in ("hyperdriveBindings", "envVars")}
    live(
        engine, token_of("PagesProject"), inputs, {**inputs, "deploymentConfigs": {"production": bare, "preview": bare}}
    )

    project = engine.create(token_of("PagesProject"), inputs)
    live(engine, token_of("PagesDomain"), {**IN_ACCOUNT, "projectName": "site", "name": "www.example.com"}, {})
    engine.delete(project)


def test_the_title_of_a_namespace_is_updated_in_place(engine: Engine):
    inputs = {**IN_ACCOUNT, "title": "answers"}
    live(engine, token_of("WorkersKvNamespace"), inputs, {**inputs, "title": "cached answers"})


def zone(engine: Engine) -> str:
    found = engine.invoke("cloudflare:index/getZone:getZone", {"filter": {"name": "example.com"}})
    return str(found.values["zoneId"])
