"""The comparison of an exported state with the answers of Cloudflare's API."""

import io
import json
from typing import Any

import httpx
import pytest

from edge_postgres.stack import drift
from edge_postgres.stack.drift import DriftError, find_drift, report
from edge_postgres.stack.drift import __main__ as command
from edge_postgres.stack.drift.api import CloudflareApi
from edge_postgres.stack.drift.difference import show

ACCOUNT = "0123456789abcdef0123456789abcdef"
OWN, FRESH, OTHER = "a" * 32, "b" * 32, "c" * 32
PASSWORD = "sentinel-of-the-drift"
SCRIPT = f"accounts/{ACCOUNT}/workers/scripts/api-script"
PROJECT = f"accounts/{ACCOUNT}/pages/projects/site"
PROVIDER = "urn:pulumi:prod::shop::pulumi:providers:cloudflare::default"
CONNECT = CloudflareApi.connect


def secret(value: object) -> dict[str, str]:
    """A secret of `pulumi stack export --show-secrets`."""
    signature = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270"}
    return {**signature, "plaintext": json.dumps(value)}


def resource(type_: str, inputs: dict[str, Any], parent: str = "", **fields: Any) -> dict[str, Any]:
    component, _, name = parent.partition(" ")
    above = f"edge-postgres:index:{component}"
    urn = f"urn:pulumi:prod::shop::{f'{above}$' if parent else ''}cloudflare:index/{type_}::{fields.pop('name', 'x')}"
    own = {"parent": f"urn:pulumi:prod::shop::{above}::{name}"} if parent else {}
    return {"urn": urn, "provider": f"{PROVIDER}::1", "inputs": inputs, **own, **fields}


CONFIGURATION = resource("hyperdriveConfig:HyperdriveConfig", {"name": "shop-prod-main"}, id=OWN)
BINDINGS = [
    {"name": "HYPERDRIVE", "type": "hyperdrive", "id": OWN},
    {"name": "LOG_LEVEL", "type": "plain_text", "text": "info"},
    {"name": "STRIPE", "type": "secret_text", "text": PASSWORD},
    {"name": "AUTH", "type": "service", "service": "auth"},
    {"name": "ROOM", "type": "durable_object_namespace", "className": "Room"},
    {"name": "FLAGS", "type": "json", "json": '{"beta": true}'},
    {"name": "LIMIT", "type": "ratelimit", "namespaceId": "1", "simple": {"limit": 100, "period": 60}},
]
ANSWERED: dict[str, dict[str, Any]] = {
    "HYPERDRIVE": {"type": "hyperdrive", "id": OWN},
    "LOG_LEVEL": {"type": "plain_text", "text": "info"},
    "STRIPE": {"type": "secret_text"},
    "AUTH": {"type": "service", "service": "auth", "environment": "production"},
    "ROOM": {
        "type": "durable_object_namespace",
        "class_name": "Room",
        "namespace_id": "9",
        "script_name": "api-script",
    },
    "FLAGS": {"type": "json", "json": {"beta": True}},
    "LIMIT": {"type": "ratelimit", "namespace_id": "1", "simple": {"limit": 100.0, "period": 60}},
}
RUNTIME = {"compatibility_date": "2026-11-01", "compatibility_flags": ["nodejs_compat"]}
INPUTS = {
    "accountId": ACCOUNT,
    "scriptName": "api-script",
    "compatibilityDate": "2026-11-01",
    "compatibilityFlags": ["nodejs_compat"],
    "bindings": secret(BINDINGS),
    "placement": {"mode": "smart"},
}
SETTINGS = {**RUNTIME, "placement": {"mode": "smart", "status": "SUCCESS"}, "limits": {}, "tail_consumers": []}


def version(bindings: dict[str, Any] | None = None, **runtime: Any) -> dict[str, Any]:
    found = [{"name": name, **each} for name, each in (ANSWERED | (bindings or {})).items() if each]
    return {"resources": {"bindings": found, "script_runtime": RUNTIME | runtime}}


def deployed(*versions: tuple[str, int]) -> dict[str, Any]:
    return {"deployments": [{"versions": [{"version_id": id_, "percentage": share} for id_, share in versions]}]}


def found(monkeypatch: pytest.MonkeyPatch, answers: dict[str, Any], *resources: dict[str, Any]) -> list[str]:
    """The lines of the differences. The API answers with these results, and with 404 for any other path."""

    def answer(request: httpx.Request) -> httpx.Response:
        assert request.method == "GET"
        assert request.headers["authorization"] == "Bearer token-of-the-stack"
        path = request.url.path.removeprefix("/client/v4/")
        if path not in answers:
            return httpx.Response(404, json={"success": False, "errors": [{"code": 10007, "message": "not found"}]})
        return httpx.Response(200, json={"success": True, "errors": [], "result": answers[path]})

    transport = httpx.MockTransport(answer)
    monkeypatch.setattr(
        CloudflareApi, "connect", lambda provider, environment: CONNECT(provider, environment, transport)
    )
    provider = {"urn": PROVIDER, "inputs": {"apiToken": secret("token-of-the-stack")}}
    return [str(each) for each in find_drift({"deployment": {"resources": [provider, *resources]}}, {})]


def found_of_script(
    monkeypatch: pytest.MonkeyPatch, now: dict[str, Any], settings: dict[str, Any] | None = None
) -> list[str]:
    answers = {
        f"{SCRIPT}/settings": {**SETTINGS, **(settings or {})},
        f"{SCRIPT}/deployments": deployed(("v1", 100)),
        f"{SCRIPT}/versions/v1": now,
    }
    script = resource("workersScript:WorkersScript", INPUTS, "Worker api")
    return found(monkeypatch, answers, CONFIGURATION, script)


def test_an_unchanged_script_has_no_differences(monkeypatch: pytest.MonkeyPatch) -> None:
    assert found_of_script(monkeypatch, version()) == []


@pytest.mark.parametrize(
    ("changed", "line"),
    [
        (
            {"HYPERDRIVE": {"type": "hyperdrive", "id": OTHER}},
            f'~ workers.api.hyperdrive.HYPERDRIVE: "{OWN}" (shop-prod-main) => "{OTHER}"',
        ),
        ({"HYPERDRIVE": None}, f'- workers.api.hyperdrive.HYPERDRIVE: "{OWN}" (shop-prod-main) => nothing'),
        (
            {"HYPERDRIVE": {"type": "kv_namespace", "namespace_id": OTHER}},
            f'~ workers.api.hyperdrive.HYPERDRIVE: "{OWN}" (shop-prod-main) => kv_namespace "{OTHER}"',
        ),
        ({"LOG_LEVEL": {"type": "plain_text", "text": "debug"}}, '~ workers.api.vars.LOG_LEVEL: "info" => "debug"'),
        (
            {"LOG_LEVEL": {"type": "plain_text", "text": f"postgres://app:{PASSWORD}@db.example.com/app"}},
            '~ workers.api.vars.LOG_LEVEL: "info" => [secret]',
        ),
        ({"STRIPE": None}, "- workers.api.secrets.STRIPE: secret_text STRIPE => nothing"),
        ({"NEW": {"type": "secret_text"}}, "+ workers.api.secrets.NEW: nothing => secret_text NEW"),
        ({"AUTH": {"type": "service", "service": "evil"}}, '~ workers.api.services.AUTH: "auth" => "evil"'),
        (
            {"AUTH": {"type": "service", "service": "auth", "entrypoint": "Admin"}},
            '+ workers.api.services.AUTH.entrypoint: nothing => "Admin"',
        ),
        (
            {"ROOM": {"type": "durable_object_namespace", "class_name": "Room", "script_name": "other"}},
            '~ workers.api.durableObjects.ROOM.scriptName: "api-script" => "other"',
        ),
        (
            {"FLAGS": {"type": "json", "json": {"apiKey": PASSWORD}}},
            '~ workers.api.json.FLAGS: {"beta": true} => [secret]',
        ),
        (
            {"LIMIT": {"type": "ratelimit", "namespace_id": "1", "simple": {"limit": 9, "period": 60}}},
            '~ workers.api.rateLimits.LIMIT.simple: {"limit": 100, "period": 60} => {"limit": 9, "period": 60}',
        ),
    ],
)
def test_a_changed_binding_is_a_difference(changed: dict[str, Any], line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = found_of_script(monkeypatch, version(changed))
    assert lines == [line]
    assert PASSWORD not in "".join(lines)


def test_hyperdrive_bindings_are_the_first_differences(monkeypatch: pytest.MonkeyPatch) -> None:
    other = {"AUTH": {"type": "service", "service": "x"}, "HYPERDRIVE": {"type": "hyperdrive", "id": OTHER}}
    assert ".hyperdrive." in found_of_script(monkeypatch, version(other))[0]


@pytest.mark.parametrize(
    ("settings", "line"),
    [
        ({"placement": None}, '- workers.api.placement: {"mode": "smart"} => nothing'),
        ({"limits": {"cpu_ms": 10}}, '+ workers.api.limits: nothing => {"cpu_ms": 10}'),
        ({"tail_consumers": [{"service": "spy"}]}, '+ workers.api.tailConsumers: nothing => [{"service": "spy"}]'),
    ],
)
def test_a_changed_setting_is_a_difference(
    settings: dict[str, Any], line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert found_of_script(monkeypatch, version(), settings) == [line]


def test_another_runtime_of_the_deployed_version_is_a_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    rolled_back = version(compatibility_date="2024-01-01", compatibility_flags=[])
    assert found_of_script(monkeypatch, rolled_back) == [
        '~ workers.api.compatibilityDate: "2026-11-01" => "2024-01-01"',
        '~ workers.api.compatibilityFlags: ["nodejs_compat"] => []',
    ]


def test_a_script_with_two_deployed_versions_is_a_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = {
        f"{SCRIPT}/settings": SETTINGS,
        f"{SCRIPT}/deployments": deployed(("v1", 90), ("v2", 10)),
        f"{SCRIPT}/versions/v1": version(),
        f"{SCRIPT}/versions/v2": version({"HYPERDRIVE": {"type": "hyperdrive", "id": OTHER}}),
    }
    lines = found(monkeypatch, answers, resource("workersScript:WorkersScript", INPUTS, "Worker api"))
    assert lines == [
        "~ workers.api.rollout: one version with 100 % => version v1 with 90 %, version v2 with 10 %",
        f'~ workers.api.hyperdrive.HYPERDRIVE: "{OWN}" => "{OTHER}"',
    ]


def test_a_script_that_keeps_bindings_has_no_differences_of_their_types(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = {
        f"{SCRIPT}/settings": SETTINGS,
        f"{SCRIPT}/deployments": deployed(("v1", 100)),
        f"{SCRIPT}/versions/v1": version({"NEW": {"type": "secret_text"}}),
    }
    script = resource("workersScript:WorkersScript", {**INPUTS, "keepBindings": ["secret_text"]}, "Worker api")
    assert found(monkeypatch, answers, script) == []


def test_a_deleted_script_is_a_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    script = resource("workersScript:WorkersScript", INPUTS, "Worker api")
    assert found(monkeypatch, {}, script) == ["- workers.api: the script api-script => nothing"]


def test_a_deployed_version_of_which_the_state_knows_nothing_is_a_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    inputs = {"accountId": ACCOUNT, "scriptName": "api-script", "versions": [{"versionId": "v1", "percentage": 100}]}
    own = {name: value for name, value in INPUTS.items() if name != "scriptName"}
    resources = (
        CONFIGURATION,
        resource("workerVersion:WorkerVersion", own, "WorkerRollout api", id="v1"),
        resource("workersDeployment:WorkersDeployment", inputs, "WorkerRollout api"),
    )
    assert found(monkeypatch, {f"{SCRIPT}/deployments": deployed(("v1", 100))}, *resources) == []
    other = {
        f"{SCRIPT}/deployments": deployed(("v2", 100)),
        f"{SCRIPT}/versions/v2": version({"HYPERDRIVE": {"type": "hyperdrive", "id": OTHER}}),
    }
    assert found(monkeypatch, other, *resources) == [
        "~ workers.api.rollout: version v1 with 100 % => version v2 with 100 %",
        f'~ workers.api.hyperdrive.HYPERDRIVE: "{OWN}" (shop-prod-main) => "{OTHER}"',
    ]


def test_a_domain_and_a_route_that_the_state_does_not_have_are_differences(monkeypatch: pytest.MonkeyPatch) -> None:
    own = {"accountId": ACCOUNT, "hostname": "api.example.com", "service": "api-script"}
    answers = {
        f"{SCRIPT}/settings": SETTINGS,
        f"{SCRIPT}/deployments": deployed(("v1", 100)),
        f"{SCRIPT}/versions/v1": version(),
        f"accounts/{ACCOUNT}/workers/domains": [own, {**own, "hostname": "new.example.com"}],
        "zones/z1/workers/routes": [
            {"pattern": "example.com/v1/*", "script": "api-script"},
            {"pattern": "example.com/*", "script": "api-script"},
            {"pattern": "other.example.com/*", "script": "another"},
        ],
    }
    resources = (
        resource("workersScript:WorkersScript", INPUTS, "Worker api"),
        resource("workersCustomDomain:WorkersCustomDomain", own, "Worker api"),
        resource("workersRoute:WorkersRoute", {"zoneId": "z1", "pattern": "example.com/v1/*"}, "Worker api"),
    )
    assert found(monkeypatch, answers, *resources) == [
        '+ workers.api.domains: nothing => "new.example.com"',
        '+ workers.api.routes: nothing => "example.com/*"',
    ]


PAGES = {
    "accountId": ACCOUNT,
    "name": "site",
    "deploymentConfigs": {
        "production": {
            "compatibilityDate": "2026-11-01",
            "hyperdriveBindings": {"HYPERDRIVE": {"id": OWN}},
            "services": {"AUTH": {"service": "auth", "environment": "production"}},
            "envVars": {
                "MODE": {"type": "plain_text", "value": "live"},
                "STRIPE": {"type": "secret_text", "value": secret(PASSWORD)},
            },
        },
    },
}


def at_pages(**changes: Any) -> dict[str, Any]:
    production = {
        "compatibility_date": "2026-11-01",
        "compatibility_flags": [],
        "hyperdrive_bindings": {"HYPERDRIVE": {"id": OWN}},
        "services": {"AUTH": {"service": "auth"}},
        "env_vars": {"MODE": {"type": "plain_text", "value": "live"}, "STRIPE": {"type": "secret_text", "value": ""}},
    }
    return {
        "subdomain": "site.pages.dev",
        "domains": ["site.pages.dev"],
        "deployment_configs": {"production": {**production, **changes}},
        "canonical_deployment": {"created_on": "2026-11-30T12:00:00.123456Z"},
    }


def found_of_project(monkeypatch: pytest.MonkeyPatch, answer: dict[str, Any], modified: str = "") -> list[str]:
    project = resource("pagesProject:PagesProject", PAGES, "PagesProject site", modified=modified)
    return found(monkeypatch, {PROJECT: answer}, CONFIGURATION, project)


def test_an_unchanged_pages_project_has_no_differences(monkeypatch: pytest.MonkeyPatch) -> None:
    assert found_of_project(monkeypatch, at_pages(), "2026-11-30T11:59:59.123456789Z") == []


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        (
            {"hyperdrive_bindings": {"HYPERDRIVE": {"id": OTHER}}},
            f'~ pages.site.production.hyperdrive.HYPERDRIVE: "{OWN}" (shop-prod-main) => "{OTHER}"',
        ),
        ({"kv_namespaces": {"C": {"namespace_id": FRESH}}}, f'+ pages.site.production.kv.C: nothing => "{FRESH}"'),
        ({"services": {}}, '- pages.site.production.services.AUTH: "auth" => nothing'),
        (
            {"env_vars": {"STRIPE": {"type": "secret_text"}, "MODE": {"type": "plain_text", "value": "test"}}},
            '~ pages.site.production.vars.MODE: "live" => "test"',
        ),
        (
            {"env_vars": {"MODE": {"type": "plain_text", "value": "live"}}},
            "- pages.site.production.secrets.STRIPE: secret_text STRIPE => nothing",
        ),
        ({"placement": {"mode": "smart"}}, '+ pages.site.production.placement: nothing => {"mode": "smart"}'),
    ],
)
def test_a_changed_environment_of_a_pages_project_is_a_difference(
    changes: dict[str, Any], line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert found_of_project(monkeypatch, at_pages(**changes)) == [line]


def test_a_deployment_that_is_older_than_the_settings_of_its_pages_project_is_a_difference(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    [line] = found_of_project(monkeypatch, at_pages(), "2026-11-30T12:00:01.5Z")
    assert line.startswith(
        "~ pages.site.production: settings of 2026-11-30T12:00:01.5Z => a deployment of 2026-11-30T12"
    )
    assert line.endswith("which has older bindings. Deploy the content again")


def test_the_newest_successful_deployment_counts_if_the_project_names_none(monkeypatch: pytest.MonkeyPatch) -> None:
    deployments = [
        {"created_on": "2026-11-30T13:00:00Z", "latest_stage": {"name": "deploy", "status": "failure"}},
        {"created_on": "2026-11-30T11:00:00Z", "latest_stage": {"name": "deploy", "status": "success"}},
    ]
    answers = {PROJECT: {**at_pages(), "canonical_deployment": None}, f"{PROJECT}/deployments": deployments}
    project = resource("pagesProject:PagesProject", PAGES, "PagesProject site", modified="2026-11-30T12:00:00Z")
    [line] = found(monkeypatch, answers, CONFIGURATION, project)
    assert "=> a deployment of 2026-11-30T11:00:00Z" in line


def test_a_pages_domain_that_the_state_does_not_have_is_a_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    answer = {**at_pages(), "domains": ["site.pages.dev", "www.example.com"]}
    assert found_of_project(monkeypatch, answer) == ['+ pages.site.domains: nothing => "www.example.com"']


def test_a_resource_outside_of_the_components_has_its_type_and_name_as_path(monkeypatch: pytest.MonkeyPatch) -> None:
    script = resource("workersScript:WorkersScript", INPUTS, name="mine")
    assert found(monkeypatch, {}, script) == ["- WorkersScript `mine`: the script api-script => nothing"]


def test_a_resource_that_waits_for_its_deletion_is_not_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    script = resource("workersScript:WorkersScript", INPUTS, "Worker api", delete=True)
    assert found(monkeypatch, {}, script) == []


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (
            httpx.Response(403, json={"errors": [{"code": 10000, "message": "Authentication error"}]}),
            r"settings failed \(403, 10000, Authentication error\)\. Give the API token the permissions Workers S",
        ),
        (
            httpx.Response(400, json={"errors": [{"code": 7003, "message": "No route"}]}),
            r"\(400, 7003, No route\)\. Run",
        ),
        (httpx.ConnectError("x"), r"no response to GET .*settings\. Check the network"),
    ],
)
def test_a_rejected_or_lost_request_is_an_error(
    answer: httpx.Response | Exception, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def respond(_: httpx.Request) -> httpx.Response:
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(drift.api, "RETRY_SECONDS", 0.0)
    api = CloudflareApi.connect({"apiToken": "t"}, {}, httpx.MockTransport(respond))
    with pytest.raises(DriftError, match=message):
        api.find("accounts", ACCOUNT, "workers", "scripts", "api", "settings")


def test_a_missing_token_is_an_error() -> None:
    script = resource("workersScript:WorkersScript", INPUTS, "Worker api")
    with pytest.raises(DriftError, match=r"no API token\. Set CLOUDFLARE_API_TOKEN"):
        find_drift({"deployment": {"resources": [script]}}, {})


def test_an_encrypted_state_is_an_error() -> None:
    encrypted = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "v1:x"}
    script = resource("workersScript:WorkersScript", {**INPUTS, "bindings": encrypted}, "Worker api")
    with pytest.raises(DriftError, match=r"encrypted values\. Run `pulumi stack export --show-secrets`"):
        find_drift({"deployment": {"resources": [script]}}, {})


def test_a_report_has_one_line_for_each_difference() -> None:
    lines = report([drift.Difference("workers.api.vars.A", show("x"), show("y"))]).splitlines()
    assert lines == [
        "Cloudflare has 1 difference that a refresh does not detect (state => Cloudflare):",
        '    ~ workers.api.vars.A: "x" => "y"',
    ]
    assert report([]) == ""


def test_the_command_compares_the_state_of_the_standard_input(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def status_of(text: str) -> int:
        monkeypatch.setattr("sys.stdin", io.StringIO(text))
        return command.main()

    monkeypatch.delenv("CLOUDFLARE_API_TOKEN", raising=False)
    script = resource("workersScript:WorkersScript", INPUTS, "Worker api")
    assert status_of(json.dumps({"deployment": {"resources": []}})) == 0
    assert status_of(json.dumps({"deployment": {"resources": [script]}})) == 1
    assert status_of("no state") == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.splitlines() == [
        "drift: Cloudflare was not compared: there is no API token. Set CLOUDFLARE_API_TOKEN.",
        "drift: the input must be the output of `pulumi stack export --show-secrets`.",
    ]
    difference = drift.Difference("workers.api.vars.A", '"x"', '"y"')
    monkeypatch.setattr(command, "find_drift", lambda export, environment: [difference])
    assert status_of("{}") == 1
    assert '~ workers.api.vars.A: "x" => "y"' in capsys.readouterr().out
