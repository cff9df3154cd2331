"""The Workers of a stack file: what is taken, what is a fault and where, and what the component gets."""

from pathlib import Path
from typing import Any

import pulumi
import pydantic
import pytest

from edge_postgres import Worker
from edge_postgres.core.errors import ValidationError
from edge_postgres.core.plan import Plan
from edge_postgres.stack.binding_targets import Neighbours
from edge_postgres.stack.errors import errors_of
from edge_postgres.stack.model import ValidationContext
from edge_postgres.stack.secrets import Secrets
from edge_postgres.stack.workers.worker import WorkerSettings, in_order
from edge_postgres.workers.rollout import WorkerRollout
from tests.harness import Run, deploy
from tests.unit.sound import ACCOUNT, SCRIPT, origin

BEFORE = "023e105f-2a42-4f8b-a1c1-73f6a2a30c0f"

EVERYTHING: dict[str, Any] = {
    "driver": "pg",
    "mainModule": "index.js",
    "files": {"query.sql": "query.sql", "blob": {"path": "query.sql", "kind": "data"}},
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
    "placement": {"region": "aws:eu-central-1"},
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
    """A project with what a Worker names."""
    (tmp_path / "worker.js").write_text("export default {}")
    (tmp_path / "query.sql").write_text("select 1")
    (tmp_path / "dist").mkdir()
    (tmp_path / "dist" / "index.html").write_text("hello")
    return tmp_path


def read(root: Path, raw: dict[str, Any], name: str = "api", **around: Any) -> WorkerSettings:
    sets: dict[str, Any] = {
        "hyperdrive_bindings": {"main", "main.fresh"},
        "database_names": {"main"},
        "kv": {"answers"},
        "secrets_store": {"signing"},
        "workers": {"api", "auth"},
    }
    surroundings = ValidationContext(
        stack="dev",
        plan=around.get("plan", Plan.PAID),
        root=root,
        secrets=Secrets({"workers.api.STRIPE_KEY": "sentinel"}),
        **{key: frozenset(found) for key, found in sets.items()},
    )
    file = {"bundle": "worker.js", "compatibilityDate": "2026-11-01", "(name)": name, **raw}
    return WorkerSettings.model_validate(file, context=surroundings)


def faults(root: Path, raw: dict[str, Any], **around: Any) -> dict[str, str]:
    with pytest.raises(pydantic.ValidationError) as refused:
        read(root, raw, **around)
    return {
        error.path: error.message for error in errors_of(refused.value, WorkerSettings, {"provider": (), "kind": ()})
    }


def deployed(root: Path, monkeypatch: pytest.MonkeyPatch, raw: dict[str, Any], **given: Any) -> Run:
    """The component with what the stack file says."""
    monkeypatch.chdir(root)
    worker = read(root, raw)

    def program() -> None:
        neighbours = Neighbours(
            hyperdrive={"main": pulumi.Output.from_input("hyperdrive-id")},
            origins={"main": origin()},
            unpooled={"main": origin(host="db.prisma.io", database="postgres")},
            kv={"answers": pulumi.Output.from_input("namespace-id")},
            secrets_store={"signing": {"store_id": "store", "secret_name": "signing"}},
            workers={"auth": pulumi.Output.from_input("edge-dev-auth")},
        )
        secrets = Secrets({"workers.api.STRIPE_KEY": "sentinel"})
        args: Any = worker.arguments(secrets, neighbours, account_id=ACCOUNT, script_name="edge-dev-api", **given)
        components: dict[str, Any] = {"Worker": Worker, "WorkerRollout": WorkerRollout}
        components[worker.component]("api", args)

    return deploy(program)


def test_everything_that_a_stack_file_says_reaches_the_script(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
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
        "edge-dev-auth", "edge-dev-api", "legacy-script"
    ]  # fmt: skip
    assert bindings["LOBBY"]["scriptName"] == "edge-dev-auth"
    assert (bindings["FLAGS"]["json"], bindings["SIZES"]["json"]) == ('{"beta": true}', "[1, 2]")
    assert bindings["SIGNING"]["storeId"] == "store"
    assert sent["tailConsumers"] == [{"service": "edge-dev-auth"}]
    assert sorted(sent["files"]) == ["blob", "query.sql"]
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


def test_what_is_given_wins_over_the_neighbours(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given = {"hyperdrive": {"HYPERDRIVE": "given-id"}}
    (binding,) = (
        deployed(root, monkeypatch, {"hyperdrive": {"HYPERDRIVE": "main"}}, **given).one(SCRIPT).inputs["bindings"]
    )
    assert binding["id"] == "given-id"


def test_a_name_of_its_own_wins_over_the_stacks(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sent = deployed(root, monkeypatch, {"scriptName": "shop", "services": {"SELF": "api"}}).one(SCRIPT).inputs
    assert (sent["scriptName"], sent["bindings"][0]["service"]) == ("shop", "shop")


def test_a_rollout_is_made_by_its_component(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = deployed(root, monkeypatch, {"rollout": {"percentage": 10, "previousVersionId": BEFORE}})
    (deployment,) = run.all("cloudflare:index/workersDeployment:WorkersDeployment")
    assert [share["percentage"] for share in deployment.inputs["versions"]] == [10, 90]
    assert run.all(SCRIPT) == []


@pytest.mark.parametrize(
    ("raw", "path", "words"),
    [
        ({"hyperdrive": {"H": "mian"}}, "hyperdrive.H", "The databases are `main`, `main.fresh`."),
        ({"kv": {"CACHE": "answer"}}, "kv.CACHE", "The entries of `kv` are `answers`."),
        ({"secretsStore": {"S": "sign"}}, "secretsStore.S", "are `signing`."),
        ({"services": {"A": "Auth Worker"}}, "services.A", "is Auth Worker"),
        ({"direct": {"database": "mian"}}, "direct.database", "The databases are `main`."),
        ({"r2": {"FILES": ""}}, "r2.FILES", "is empty"),
        ({"json": {"FLAGS": "{a"}}, "json.FLAGS", "is no JSON"),
        ({"rateLimits": {"C": {"namespaceId": "1", "limit": 1, "periodSeconds": 30}}}, "rateLimits.C.periodSeconds",
         "is 30. Use 10 or 60"),
        ({"rateLimits": {"C": {"namespaceId": "1", "limit": 0, "periodSeconds": 10}}}, "rateLimits.C.limit", "is 0"),
        ({"durableObjects": {"R": {"class": "Room"}}}, "durableObjects.R.className", "is missing"),
        ({"otherBindings": {"X": {"index": "x"}}}, "otherBindings.X.type", "is not given"),
        ({"otherBindings": {"X": {"type": "kv_namespace"}}}, "otherBindings.X.type", "Use `kv`"),
        ({"otherBindings": {"X": {"type": "secret_key", "key_base64": "k"}}}, "otherBindings.X.key_base64",
         "is a secret, and a stack file holds none"),
        ({"vars": {"NAME": "x"}, "ai": "NAME"}, "ai", "has the name NAME, which `vars` has too"),
        ({"vars": {"DB_URL": "x"}, "direct": {"database": "main"}}, "direct", "has the name DB_URL"),
        ({"kv": {"ASSETS": "answers"}, "assets": {"directory": "dist", "binding": "ASSETS"}}, "assets", "ASSETS"),
        ({"files": {"query.pdf": "query.sql"}}, "files.query.pdf", "says nothing of what it is"),
        ({"files": {"a.wasm": {"path": "none"}}}, "files.a.wasm", "is none, which cannot be read"),
        ({"assets": {"directory": "none"}}, "assets.directory", "is none, which is no directory"),
        ({"assets": {"directory": "dist", "runWorkerFirst": ["x"]}}, "assets.runWorkerFirst", "has x"),
        ({"crons": ["@daily"]}, "crons", "has @daily"),
        ({"placement": {"mode": "smart", "region": "aws:a"}}, "placement", "states `mode` and `region`"),
        ({"placement": {"region": "mars"}}, "placement.region", "is mars"),
        ({"observability": {"enabled": True, "logs": {"headSamplingRate": 2}}}, "observability.logs.headSamplingRate",
         "is 2"),
        ({"observability": {}}, "observability.enabled", "is missing"),
        ({"limits": {"cpuMs": 0}}, "limits.cpuMs", "is 0"),
        ({"tailConsumers": ["api"]}, "tailConsumers", "has api, the script itself"),
        ({"keepBindings": ["Secret"]}, "keepBindings", "has Secret"),
        ({"driver": "pg", "serverless": {"P": "main"}, "acceptEarlyAccess": True}, "serverless", "needs a connection"),
        ({"rollout": {"percentage": 10}}, "rollout.previousVersionId", "nobody answers the other requests"),
        ({"rollout": {"percentage": 100}, "placement": {"mode": "smart"}}, "placement", "is lost by the provider"),
        ({"rollout": {"percentage": 100, "previousVersionId": "v1"}}, "rollout.previousVersionId", "is v1"),
    ],
)  # fmt: skip
def test_a_fault_names_its_path_and_the_way_out(root: Path, raw: dict[str, Any], path: str, words: str) -> None:
    found = faults(root, raw)
    assert path in found
    assert words in found[path]


def test_a_bundle_whose_adapter_takes_another_way_is_a_fault(root: Path) -> None:
    (root / "worker.js").write_text(
        "/* edge-postgres: driver @prisma/client@7.10.0 */\n/* edge-postgres: driver @prisma/adapter-ppg@7.10.0 */\n"
        "/* edge-postgres: driver @prisma/ppg@1.0.1 */\nexport default {}"
    )
    found = faults(root, {"driver": "prisma", "hyperdrive": {"HYPERDRIVE": "main"}})
    assert list(found) == ["bundle"]
    assert "which speaks HTTP to Prisma and cannot use hyperdrive" in found["bundle"]


def test_variables_are_counted_by_the_plan_of_the_stack(root: Path) -> None:
    raw = {"vars": {f"V{number}": "x" for number in range(65)}}
    assert read(root, raw)
    assert "at most 64" in faults(root, raw, plan=Plan.FREE)["vars"]


# The order of Workers that need each other.


def of(root: Path, **needs: dict[str, Any]) -> dict[str, WorkerSettings]:
    return {name: read(root, raw, name) for name, raw in needs.items()}


def test_workers_are_made_behind_those_that_they_bind(root: Path) -> None:
    workers = of(
        root,
        api={"services": {"AUTH": "auth"}},
        auth={"durableObjects": {"ROOM": {"className": "Room", "scriptName": "rooms"}}},
        rooms={"tailConsumers": ["logs"]},
        logs={},
    )
    assert in_order(workers) == ["logs", "rooms", "auth", "api"]


def test_a_worker_that_binds_itself_or_a_script_of_another_stack_is_in_no_circle(root: Path) -> None:
    assert in_order(of(root, api={"services": {"SELF": "api", "OTHER": "legacy"}})) == ["api"]


def test_workers_that_bind_each_other_in_a_circle_are_rejected(root: Path) -> None:
    workers = of(root, api={"services": {"AUTH": "auth"}}, auth={"services": {"API": "api"}})
    with pytest.raises(
        ValidationError, match=r"workers\.\w+\.services: leads back to itself: (api needs auth|auth needs api)"
    ):
        in_order(workers)
