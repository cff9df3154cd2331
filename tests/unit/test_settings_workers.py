"""Workers of a stack file: accepted settings, errors with their paths, and the inputs of the resources."""

from pathlib import Path
from typing import Any

import pulumi
import pydantic
import pytest

from edge_postgres.core.errors import ValidationError
from edge_postgres.core.plan import Plan
from edge_postgres.stack.binding_targets import BindingTargets
from edge_postgres.stack.context import StackContext
from edge_postgres.stack.create_workers import create_workers, workers_in_order
from edge_postgres.stack.errors import errors_of
from edge_postgres.stack.model import ValidationContext
from edge_postgres.stack.secrets import Secrets
from edge_postgres.stack.workers.worker import WorkerSettings
from edge_postgres.workers.rollout import WorkerRollout
from tests.harness import API, Run, deploy
from tests.unit.bundled import contains
from tests.unit.sound import ACCOUNT, SCRIPT, origin

PREVIOUS_VERSION = "023e105f-2a42-4f8b-a1c1-73f6a2a30c0f"

AUTH = "edge-postgres-dev-auth"
EVERYTHING: dict[str, Any] = {
    "driver": "pg",
    "mainModule": "index.js",
    "hyperdrive": {"HYPERDRIVE": "main"},
    "kv": {"CACHE": "answers"},
    "r2": {"FILES": "files"},
    "d1": {"LEDGER": "ledger-id"},
    "queues": {"JOBS": "jobs"},
    "services": {"AUTH": "auth", "SELF": "api", "LEGACY": "legacy-script"},
    "durableObjects": {"ROOM": {"className": "Room"}, "LOBBY": {"className": "Lobby", "scriptName": "auth"}},
    "vars": {"LOG_LEVEL": "info"},
    "secrets": ["STRIPE_KEY"],
    "json": {"FLAGS": {"beta": True}, "SIZES": "[1, 2]"},
    "rateLimits": {"CALLS": {"namespaceId": "1001", "limit": 100, "periodSeconds": 60}},
    "secretsStore": {"SIGNING": "signing"},
    "vpcServices": {"VPC": "service-id"},
    "mtlsCertificates": {"CERT": "certificate-id"},
    "otherBindings": {"INDEX": {"type": "vectorize", "index_name": "docs"}},
    "ai": "AI",
    "versionMetadata": "VERSION",
    "direct": {"database": "main", "style": "parameters", "acceptOpenNetwork": True},
    "assets": {"directory": "dist", "binding": "ASSETS", "notFoundHandling": "404-page", "runWorkerFirst": ["/api/*"]},
    "crons": ["0 3 * * *"],
    "placement": {"mode": "smart"},
    "observability": {
        "enabled": True,
        "headSamplingRate": 0.5,
        "logs": {"invocationLogs": False, "headSamplingRate": 1},
    },
    "limits": {"cpuMs": 50},
    "tailConsumers": ["auth"],
    "logpush": True,
    "migrations": {"new_tag": "v1", "new_sqlite_classes": ["Room"]},
    "keepBindings": ["secret_key"],
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project with the files that the Workers refer to."""
    (tmp_path / "worker.js").write_text("export default {}")
    (tmp_path / "query.sql").write_text("select 1")
    (tmp_path / "dist").mkdir()
    (tmp_path / "dist" / "index.html").write_text("hello")
    return tmp_path


SECRETS = Secrets({"workers.api.STRIPE_KEY": "sentinel"})
CONTEXT = StackContext(ACCOUNT, Plan.PAID, stack="dev", secrets=SECRETS)


def read(root: Path, raw: dict[str, Any], name: str = "api", *, plan: Plan = Plan.PAID) -> WorkerSettings:
    context = ValidationContext(
        stack="dev",
        plan=plan,
        root=root,
        secrets=SECRETS,
        database_names=frozenset({"main"}),
        hyperdrive_bindings=frozenset({"main", "main.fresh"}),
        kv=frozenset({"answers"}),
        secrets_store=frozenset({"signing"}),
        workers=frozenset({"api", "auth"}),
    )
    file = {"bundle": "worker.js", "compatibilityDate": "2026-11-01", "(name)": name, **raw}
    return WorkerSettings.model_validate(file, context=context)


def errors(root: Path, raw: dict[str, Any], *, plan: Plan = Plan.PAID) -> dict[str, str]:
    """The messages for a Worker, by path."""
    with pytest.raises(pydantic.ValidationError) as raised:
        read(root, raw, plan=plan)
    return {
        error.path: error.message for error in errors_of(raised.value, WorkerSettings, {"provider": (), "kind": ()})
    }


def targets() -> BindingTargets:
    """The resources of the stack. Outputs belong to one deployment, therefore each deployment gets new ones."""
    return BindingTargets(
        hyperdrive_ids={"main": pulumi.Output.from_input("hyperdrive-id")},
        direct_tcp_origins={"main": origin()},
        database_origins={"main": origin(host="db.prisma.io", database="postgres")},
        kv_namespace_ids={"answers": pulumi.Output.from_input("namespace-id")},
        stored_secrets={"signing": {"store_id": "store", "secret_name": "signing"}},
        script_names={"auth": pulumi.Output.from_input(AUTH)},
    )


def deployed(root: Path, monkeypatch: pytest.MonkeyPatch, raw: dict[str, Any]) -> Run:
    """A deployment of one Worker of a stack file."""
    monkeypatch.chdir(root)
    worker = read(root, raw)

    def program() -> None:
        worker.create("api", targets(), CONTEXT)

    return deploy(program)


def test_every_setting_reaches_the_script(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sent = deployed(root, monkeypatch, EVERYTHING).one(SCRIPT).inputs
    bindings = {binding["name"]: binding for binding in sent["bindings"]}
    names = {
        name
        for argument in ("hyperdrive", "kv", "r2", "d1", "queues", "services", "durableObjects", "vars", "json")
        for name in EVERYTHING[argument]
    }
    assert set(bindings) == names | {
        *("STRIPE_KEY", "CALLS", "SIGNING", "VPC", "CERT", "INDEX", "AI", "VERSION", "ASSETS"),
        *("DB_HOST", "DB_PORT", "DB_NAME", "DB_USERNAME", "DB_PASSWORD", "DB_SSLMODE"),
    }
    assert (bindings["HYPERDRIVE"]["id"], bindings["CACHE"]["namespaceId"]) == ("hyperdrive-id", "namespace-id")
    assert [bindings[name]["service"] for name in ("AUTH", "SELF", "LEGACY")] == [
        AUTH, API, "legacy-script"
    ]  # fmt: skip
    assert bindings["LOBBY"]["scriptName"] == AUTH
    assert (bindings["FLAGS"]["json"], bindings["SIZES"]["json"]) == ('{"beta": true}', "[1, 2]")
    assert bindings["SIGNING"]["storeId"] == "store"
    assert sent["tailConsumers"] == [{"service": AUTH}]
    assert sent["assets"]["config"] == {"notFoundHandling": "404-page", "runWorkerFirst": ["/api/*"]}
    assert (sent["mainModule"], sent["limits"], sent["logpush"]) == ("index.js", {"cpuMs": 50}, True)
    assert sent["observability"]["logs"]["invocationLogs"] is False
    assert sent["migrations"] == {"newTag": "v1", "newSqliteClasses": ["Room"]}
    assert sent["keepBindings"] == ["secret_key"]


def test_the_serverless_driver_gets_the_database_itself(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = {"driver": "prisma-ppg", "serverless": {"PRISMA_URL": "main"}, "acceptEarlyAccess": True}
    (binding,) = deployed(root, monkeypatch, raw).one(SCRIPT).inputs["bindings"]
    assert (binding["name"], binding["type"]) == ("PRISMA_URL", "secret_text")
    assert "@db.prisma.io:5432/postgres" in binding["text"]


def test_a_worker_gets_a_name_that_contains_project_and_stack(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sent = deployed(root, monkeypatch, {}).one(SCRIPT).inputs
    assert (sent["accountId"], sent["scriptName"]) == (ACCOUNT, API)


def test_script_name_replaces_the_name_of_the_stack(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sent = deployed(root, monkeypatch, {"scriptName": "shop", "services": {"SELF": "api"}}).one(SCRIPT).inputs
    assert (sent["scriptName"], sent["bindings"][0]["service"]) == ("shop", "shop")


@pytest.mark.parametrize(
    ("raw", "sent"),
    [
        ({"placement": {"region": "aws:us-east-1"}}, {"mode": "targeted", "region": "aws:us-east-1"}),
        ({"placement": {"host": "db.example.com:5432"}}, {"mode": "targeted", "host": "db.example.com:5432"}),
        ({"files": {"query.sql": "query.sql"}, "placement": {"mode": "smart"}}, {"mode": "smart"}),
    ],
)
def test_a_worker_that_names_a_place_or_has_modules_is_created_as_a_worker_rollout(
    root: Path, monkeypatch: pytest.MonkeyPatch, raw: dict[str, Any], sent: dict[str, str]
) -> None:
    run = deployed(root, monkeypatch, {**raw, "migrations": EVERYTHING["migrations"], "assets": EVERYTHING["assets"]})
    version = run.one("cloudflare:index/workerVersion:WorkerVersion").inputs
    assert (version["placement"], version["migrations"]["newTag"]) == (sent, "v1")
    assert version["assets"]["config"]["notFoundHandling"] == "404-page"
    assert [module["name"] for module in version["modules"]] == [*sorted(raw.get("files", {})), "worker.js"]
    (deployment,) = run.all("cloudflare:index/workersDeployment:WorkersDeployment")
    assert [share["percentage"] for share in deployment.inputs["versions"]] == [100]
    assert run.all(SCRIPT) == []


def test_a_worker_with_a_rollout_is_created_as_a_worker_rollout(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = deployed(root, monkeypatch, {"rollout": {"percentage": 10, "previousVersionId": PREVIOUS_VERSION}})
    (deployment,) = run.all("cloudflare:index/workersDeployment:WorkersDeployment")
    assert [share["percentage"] for share in deployment.inputs["versions"]] == [10, 90]
    assert run.all(SCRIPT) == []


@pytest.mark.parametrize(
    ("raw", "path", "problem"),
    [
        ({"hyperdrive": {"H": "mian"}}, "hyperdrive.H", "Set one of `main`, `main.fresh`."),
        ({"kv": {"CACHE": "answer"}}, "kv.CACHE", "must be an entry of `kv`, got answer. Set `answers`."),
        ({"secretsStore": {"S": "sign"}}, "secretsStore.S", "got sign. Set `signing`."),
        ({"services": {"A": "Auth Worker"}}, "services.A", "got Auth Worker"),
        ({"direct": {"database": "mian"}}, "direct.database", "Set `main`."),
        ({"r2": {"FILES": ""}}, "r2.FILES", "must not be empty"),
        ({"json": {"FLAGS": "{a"}}, "json.FLAGS", "must be JSON"),
        ({"rateLimits": {"C": {"namespaceId": "1", "limit": 1, "periodSeconds": 30}}}, "rateLimits.C.periodSeconds",
         "must be one of 10, 60, got 30"),
        ({"rateLimits": {"C": {"namespaceId": "1", "limit": 0, "periodSeconds": 10}}}, "rateLimits.C.limit",
         "must be at least 1, got 0"),
        ({"durableObjects": {"R": {"class": "Room"}}}, "durableObjects.R.className", "is required"),
        ({"otherBindings": {"X": {"index": "x"}}}, "otherBindings.X.type", "is required"),
        ({"otherBindings": {"X": {"type": "kv_namespace"}}}, "otherBindings.X.type", "Use `kv`"),
        ({"otherBindings": {"X": {"type": "secret_key", "key_base64": "k"}}}, "otherBindings.X.key_base64",
         "is a secret, which a stack file must not contain"),
        ({"vars": {"NAME": "x"}, "ai": "NAME"}, "ai", "must have unique names, got NAME, which `vars` has too"),
        ({"vars": {"DB_URL": "x"}, "direct": {"database": "main"}}, "direct", "must have unique names, got DB_URL"),
        ({"kv": {"ASSETS": "answers"}, "assets": {"directory": "dist", "binding": "ASSETS"}}, "assets", "ASSETS"),
        ({"files": {"query.pdf": "query.sql"}}, "files.query.pdf", "has an unknown kind"),
        ({"files": {"a.wasm": {"path": "none"}}}, "files.a.wasm", "cannot be read: none"),
        ({"assets": {"directory": "none"}}, "assets.directory", "must be a directory, got none"),
        ({"assets": {"directory": "dist", "runWorkerFirst": ["x"]}}, "assets.runWorkerFirst", "got x"),
        ({"crons": ["@daily"]}, "crons", "must have five fields, got @daily"),
        ({"placement": {"region": "us-east-1"}}, "placement.region", "must be a cloud and a region, got us-east-1"),
        ({"placement": {}}, "placement", "must have one of `mode`, `region`, `host` and `hostname`, got none"),
        ({"placement": {"region": "aws:us-east-1"}, "keepBindings": ["secret_text"]}, "keepBindings",
         "a version declares all its bindings. Declare the bindings instead. Or remove `rollout`, `files`"),
        ({"migrations": {"tag": "v1"}}, "migrations.tag", "is unknown to the provider"),
        ({"files": {"a.sql": "query.sql"}, "migrations": {"new_classes": ["Room"]},
          "durableObjects": {"ROOM": {"className": "Room"}}}, "durableObjects.ROOM", "must not bind Room"),
        ({"placement": {"mode": "targeted"}}, "placement.mode", "must be `smart`, got targeted"),
        ({"observability": {"enabled": True, "logs": {"headSamplingRate": 2}}}, "observability.logs.headSamplingRate",
         "must be from 0 to 1, got 2"),
        ({"observability": {}}, "observability.enabled", "is required"),
        ({"limits": {"cpuMs": 0}}, "limits.cpuMs", "must be at least 1, got 0"),
        ({"limits": {"subrequests": 10_000_001}}, "limits.subrequests", "must be at most 10000000 on the paid plan"),
        ({"routes": {"a.example.com/*": "0" * 32}, "routeRecords": ["b.example.com"]}, "routeRecords",
         "must be host names of `routes`, got b.example.com"),
        ({"tailConsumers": ["api"]}, "tailConsumers", "must not contain the script itself, got api"),
        ({"keepBindings": ["Secret"]}, "keepBindings", "must be types of bindings, got Secret"),
        ({"driver": "pg", "serverless": {"P": "main"}, "acceptEarlyAccess": True}, "serverless",
         "needs a TCP connection"),
        ({"rollout": {"percentage": 10}}, "rollout.previousVersionId", "no version would receive the other requests"),
        ({"rollout": {"percentage": 10, "previousVersionId": PREVIOUS_VERSION}, "migrations": {"new_classes": ["R"]}},
         "migrations", "cannot be combined with `percentage: 10`"),
        ({"rollout": {"percentage": 0, "previousVersionId": PREVIOUS_VERSION}, "assets": {"directory": "dist"}},
         "assets", "cannot be combined with `percentage: 0`"),
        ({"rollout": {"percentage": 100, "previousVersionId": "v1"}}, "rollout.previousVersionId",
         "must be the ID of a version, got v1"),
    ],
)  # fmt: skip
def test_an_error_has_its_path_and_a_fix(root: Path, raw: dict[str, Any], path: str, problem: str) -> None:
    found = errors(root, raw)
    assert path in found
    assert problem in found[path]


def test_a_bundle_whose_adapter_uses_another_connection_method_is_rejected(root: Path) -> None:
    (root / "worker.js").write_text(
        contains("@prisma/client@7.10.0", "@prisma/adapter-ppg@7.10.0", "@prisma/ppg@1.0.1")
    )
    found = errors(root, {"driver": "prisma", "hyperdrive": {"HYPERDRIVE": "main"}})
    assert list(found) == ["bundle"]
    assert "which sends HTTP to Prisma and cannot use hyperdrive" in found["bundle"]


def test_the_number_of_variables_is_limited_by_the_plan_of_the_stack(root: Path) -> None:
    raw = {"vars": {f"V{number}": "x" for number in range(65)}}
    assert read(root, raw)
    assert "at most 64" in errors(root, raw, plan=Plan.FREE)["vars"]


# The order of Workers that depend on each other.


def workers_of(root: Path, **entries: dict[str, Any]) -> dict[str, WorkerSettings]:
    return {name: read(root, raw, name) for name, raw in entries.items()}


def test_workers_are_created_after_the_workers_that_they_are_bound_to(root: Path) -> None:
    workers = workers_of(
        root,
        api={"services": {"AUTH": "auth"}},
        auth={"durableObjects": {"ROOM": {"className": "Room", "scriptName": "rooms"}}},
        rooms={"tailConsumers": ["logs"]},
        logs={},
    )
    assert workers_in_order(workers) == ["logs", "rooms", "auth", "api"]


def test_a_worker_that_is_bound_to_itself_or_to_a_script_of_another_stack_is_not_in_a_cycle(root: Path) -> None:
    assert workers_in_order(workers_of(root, api={"services": {"SELF": "api", "OTHER": "legacy"}})) == ["api"]


def test_workers_that_are_bound_to_each_other_in_a_cycle_are_rejected(root: Path) -> None:
    workers = workers_of(root, api={"services": {"AUTH": "auth"}}, auth={"services": {"API": "api"}})
    with pytest.raises(
        ValidationError,
        match=r"workers\.\w+\.services: must not contain a cycle: (api depends on auth|auth depends on api)",
    ):
        workers_in_order(workers)


# The created Workers.


def test_each_worker_is_bound_to_the_scripts_that_were_created_before_it(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(root)
    settings = workers_of(root, api={"services": {"AUTH": "auth"}}, auth={})
    names: dict[str, Any] = {}

    def program() -> None:
        names.update(create_workers(settings, BindingTargets(), CONTEXT).script_names)

    scripts = {entry.inputs["scriptName"]: entry for entry in deploy(program).all(SCRIPT)}
    assert scripts[API].inputs["bindings"] == [{"name": "AUTH", "service": AUTH, "type": "service"}]
    assert [urn.rpartition("::")[2] for urn in scripts[API].wire.dependencies] == [AUTH]
    assert list(names) == ["auth", "api"]


def test_only_a_worker_with_a_rollout_has_the_id_of_its_version(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(root)
    settings = workers_of(root, api={"rollout": {"percentage": 100}}, auth={})

    def program() -> list[Any]:
        created = create_workers(settings, BindingTargets(), CONTEXT)
        return [list(created.version_ids), isinstance(created.workers["api"], WorkerRollout)]

    assert deploy(program).result == [["api"], True]
