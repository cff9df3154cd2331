"""`WorkerRollout`: its resource inputs and its validation errors."""

import json
from pathlib import Path
from typing import Any

import pulumi
import pytest
from pulumi.runtime.mocks import MockResourceArgs

from edge_postgres._plugin.served import Components
from edge_postgres.workers.queue import Queue
from edge_postgres.workers.rollout import WorkerRollout
from tests.harness import API, Echo, Run, deploy, rejected
from tests.unit.sound import ACCOUNT, DOMAIN, PASSWORD, ROUTE, changed, hyperdrive, origin

WORKER = "cloudflare:index/worker:Worker"
VERSION = "cloudflare:index/workerVersion:WorkerVersion"
SCHEDULE = "cloudflare:index/workersCronTrigger:WorkersCronTrigger"
DEPLOYMENT = "cloudflare:index/workersDeployment:WorkersDeployment"
FIRST = {"new_tag": "v1", "new_sqlite_classes": ["Room"]}
BEFORE = "023e105f-2a42-4f8b-a1c1-73f6a2a30c0f"


def rollout(bundle: str, name: str = "api", **changes: Any) -> Any:
    args = {"account_id": ACCOUNT, "bundle": bundle, "driver": "pg", "compatibility_date": "2026-11-01"}
    return WorkerRollout(name, changed(args, changes))  # type: ignore[arg-type]


class Same(Echo):
    """Mocks that return the same id for every version."""

    def new_resource(self, args: MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        id_, state = super().new_resource(args)
        return (BEFORE if args.typ == VERSION else id_), state


def deployed(bundle: str, preview: bool = False, **changes: Any) -> Run:
    return deploy(lambda: rollout(bundle, **changes) and None, preview=preview)


# Resource inputs.


def test_exactly_this_is_sent_for_the_worker(bundle: str) -> None:
    inputs = deployed(bundle, preview_urls=True, tail_consumers=["logs"]).one(WORKER).inputs
    assert inputs.pop("observability")["enabled"] is False
    assert inputs == {
        "accountId": ACCOUNT,
        "name": API,
        "subdomain": {"enabled": True, "previewsEnabled": True},
        "tailConsumers": [{"name": "logs"}],
    }


def test_exactly_this_is_sent_for_a_version(bundle: str, tmp_path: Path) -> None:
    (tmp_path / "a.sql").write_text("select 1")
    inputs = deployed(bundle, files={"a.sql": str(tmp_path / "a.sql")}, limits={"cpu_ms": 50}).one(VERSION).inputs
    assert inputs == {
        "accountId": ACCOUNT,
        "workerId": f"{API}-id",
        "mainModule": "worker.js",
        "modules": [
            {"name": "a.sql", "contentType": "text/plain", "contentFile": str(tmp_path / "a.sql")},
            {"name": "worker.js", "contentType": "application/javascript+module", "contentFile": bundle},
        ],
        "compatibilityDate": "2026-11-01",
        "compatibilityFlags": [],
        "bindings": [],
        "limits": {"cpuMs": 50},
    }


def test_bindings_are_sorted_and_a_service_names_its_environment(bundle: str) -> None:
    run = deployed(bundle, services={"AUTH": "auth"}, secrets={"ZKEY": PASSWORD}, kv={"CACHE": "id"})
    assert run.one(VERSION).public["bindings"] == [
        {"name": "AUTH", "type": "service", "service": "auth", "environment": "production"},
        {"name": "CACHE", "type": "kv_namespace", "namespaceId": "id"},
        {"name": "ZKEY", "type": "secret_text", "text": "[secret]"},
    ]


@pytest.mark.parametrize(
    ("changes", "shares"),
    [
        ({}, [(f"{API}-id", 100)]),
        ({"percentage": 10, "previous_version_id": BEFORE}, [(f"{API}-id", 10), (BEFORE, 90)]),
        ({"percentage": 0, "previous_version_id": BEFORE}, [(BEFORE, 100)]),
        ({"percentage": 64.1, "previous_version_id": BEFORE}, [(f"{API}-id", 64.1), (BEFORE, 35.9)]),
        ({"percentage": 100, "previous_version_id": BEFORE}, [(f"{API}-id", 100)]),
    ],
)
def test_the_percentage_splits_the_requests(
    bundle: str, changes: dict[str, Any], shares: list[tuple[str, float]]
) -> None:
    inputs = deployed(bundle, **changes).one(DEPLOYMENT).inputs
    assert [(each["versionId"], each["percentage"]) for each in inputs["versions"]] == shares
    assert (inputs["strategy"], inputs["scriptName"]) == ("percentage", API)


def test_changed_secrets_are_deployed_if_the_argument_allows_it(bundle: str) -> None:
    assert deployed(bundle, accept_changed_secrets=True).one(DEPLOYMENT).inputs["force"] is True
    assert "force" not in deployed(bundle).one(DEPLOYMENT).inputs


def test_old_versions_and_deployments_are_kept_until_the_worker_is_deleted(bundle: str) -> None:
    run = deployed(bundle)
    kept = {entry.type: entry.wire.retainOnDelete for entry in run.registrations if entry.wire.custom}
    assert kept == {WORKER: False, VERSION: True, DEPLOYMENT: True, SCHEDULE: False}
    assert run.one(WORKER).urn in run.one(VERSION).wire.dependencies
    assert {run.one(WORKER).urn, run.one(VERSION).urn} <= set(run.one(DEPLOYMENT).wire.dependencies)


def test_a_worker_is_deleted_before_the_resources_that_its_version_binds(bundle: str) -> None:
    def program() -> None:
        auth = rollout(bundle, name="auth")
        jobs = Queue("jobs", {"account_id": ACCOUNT})
        rollout(bundle, services={"AUTH": auth.script_name}, queues={"JOBS": jobs.queue_name})

    run = deploy(program)
    types = {entry.urn: entry.type for entry in run.registrations}
    worker = [entry for entry in run.registrations if entry.type == WORKER][-1]
    assert {types[urn] for urn in worker.wire.dependencies} == {DEPLOYMENT, "cloudflare:index/queue:Queue"}


@pytest.mark.parametrize("type_", [ROUTE, DOMAIN])
def test_an_address_depends_on_the_deployment(bundle: str, type_: str) -> None:
    run = deployed(bundle, routes={"example.com/*": "zone"}, domains=["api.example.com"])
    assert run.one(DEPLOYMENT).urn in run.one(type_).wire.dependencies
    assert run.one(WORKER).inputs["subdomain"]["enabled"] is False


def test_a_preview_registers_the_same_resources_as_an_update(bundle: str) -> None:
    changes: dict[str, Any] = {"percentage": 10, "previous_version_id": BEFORE, "crons": ["0 3 * * *"]}
    urns = [{entry.urn for entry in deployed(bundle, preview, **changes).registrations} for preview in (True, False)]
    assert urns[0] == urns[1]


def test_the_outputs_have_the_version(bundle: str) -> None:
    def program() -> dict[str, Any]:
        component = rollout(bundle, hyperdrive={"HYPERDRIVE": hyperdrive().hyperdrive_id}, secrets={"KEY": PASSWORD})
        return {"version": component.version_id, "script": component.script_name, "wrangler": component.wrangler}

    exports = deploy(program).exports
    assert (exports["version"].value, exports["script"].value) == (f"{API}-id", API)
    assert exports["wrangler"].value["secrets"] == {"required": ["KEY"]}
    assert PASSWORD not in json.dumps(exports["wrangler"].value)


def test_it_can_be_used_from_other_languages() -> None:
    schema = json.loads(Components([WorkerRollout], "edge-postgres", version="0.1.0").schema or "")
    found = schema["resources"]["edge-postgres:index:WorkerRollout"]
    assert sorted(found["requiredInputs"]) == ["accountId", "bundle", "compatibilityDate"]
    assert [
        key for key, each in {**found["inputProperties"], **found["properties"]}.items() if not each["description"]
    ] == []


def test_a_version_can_name_a_place(bundle: str) -> None:
    inputs = deployed(bundle, placement={"region": "aws:us-east-1"}).one(VERSION).inputs
    assert inputs["placement"] == {"mode": "targeted", "region": "aws:us-east-1"}


def test_the_host_of_a_placement_can_be_an_output(bundle: str, preview: bool) -> None:
    def program(port: str) -> None:
        host = pulumi.Output.concat(pulumi.Output.from_input(origin()["host"]), port)
        rollout(bundle, placement={"host": host})

    run = deploy(lambda: program(":5432"), preview=preview)
    assert run.one(VERSION).inputs["placement"] == {"mode": "targeted", "host": "db.example.com:5432"}
    with rejected("WorkerRollout `api`.placement.host: must be a host name and a port, got db.example.com"):
        deploy(lambda: program(""), preview=preview)


def test_a_migration_is_sent_with_a_version_that_receives_all_requests(bundle: str) -> None:
    renamed = [{"from": "Old", "to": "New"}]
    migrations = {"old_tag": "v1", "new_tag": "v2", "steps": [{"renamed_classes": renamed}]}
    sent = {"oldTag": "v1", "newTag": "v2", "steps": [{"renamedClasses": renamed}]}
    assert deployed(bundle, migrations=migrations).one(VERSION).inputs["migrations"] == sent


def test_a_rollout_can_follow_a_migration(bundle: str) -> None:
    run = deployed(bundle, migrations={"old_tag": "v1", "new_tag": "v1"}, percentage=10, previous_version_id=BEFORE)
    assert run.one(VERSION).inputs["migrations"] == {"oldTag": "v1", "newTag": "v1"}


def test_static_files_are_sent_with_a_version_and_their_rules_are_modules(bundle: str, tmp_path: Path) -> None:
    (tmp_path / "dist").mkdir()
    (tmp_path / "dist" / "index.html").write_text("hello")
    (tmp_path / "dist" / "_headers").write_text("/*\n  X-Frame-Options: DENY\n")
    directory = str(tmp_path / "dist")
    inputs = deployed(bundle, assets={"directory": directory, "html_handling": "none"}).one(VERSION).inputs
    assert inputs["assets"] == {"directory": directory, "config": {"htmlHandling": "none"}}
    assert inputs["modules"] == [
        {"name": "_headers", "contentType": "text/plain", "contentFile": f"{directory}/_headers"},
        {"name": "worker.js", "contentType": "application/javascript+module", "contentFile": bundle},
    ]


# Validation errors.


def test_bindings_cannot_be_kept_because_a_version_declares_all_of_them(bundle: str) -> None:
    with rejected("WorkerRollout `api`.keep_bindings: cannot be set for versions, because a version declares all its"):
        deployed(bundle, keep_bindings=["secret_text"])


@pytest.mark.parametrize(
    ("argument", "value", "problem"),
    [
        ("migrations", FIRST, "because Cloudflare applies a migration to all Durable Objects at once"),
        ("assets", {"directory": "dist"}, "because a page of one version requests files that the other does not have"),
    ],
)
@pytest.mark.parametrize("percentage", [0, 10])
def test_an_argument_that_no_gradual_rollout_supports_is_rejected(
    bundle: str, argument: str, value: Any, problem: str, percentage: int
) -> None:
    with rejected(f"WorkerRollout `api`.{argument}: cannot be combined with `percentage: {percentage}`, {problem}"):
        deployed(bundle, **{argument: value}, percentage=percentage, previous_version_id=BEFORE)


def test_a_version_cannot_bind_a_class_that_its_own_migration_creates(bundle: str) -> None:
    own: Any = {"ROOMS": {"class_name": "Room"}}
    with rejected("WorkerRollout `api`.durable_objects.ROOMS: must not bind Room in the version whose migration"):
        deployed(bundle, migrations=FIRST, durable_objects=own)
    other = {"ROOMS": {"class_name": "Room", "script_name": "rooms"}}
    assert deployed(bundle, migrations=FIRST, durable_objects=other)


@pytest.mark.parametrize("percentage", [-1, 101, 0.001, 99.999])
def test_an_invalid_percentage_is_rejected(bundle: str, percentage: Any) -> None:
    with rejected(f"WorkerRollout `api`.percentage: must be 0, 100, or a number from 0.01 to 99.99, got {percentage}."):
        deployed(bundle, percentage=percentage, previous_version_id=BEFORE)


def test_a_percentage_without_a_previous_version_is_rejected(bundle: str) -> None:
    with rejected("WorkerRollout `api`.previous_version_id: is required with `percentage: 10`", "`version_id`"):
        deployed(bundle, percentage=10)


def test_a_previous_version_without_a_percentage_is_rejected(bundle: str) -> None:
    with rejected("WorkerRollout `api`.percentage: is required with `previous_version_id`"):
        deployed(bundle, previous_version_id=BEFORE)


def test_an_invalid_version_id_is_rejected(bundle: str, preview: bool) -> None:
    with rejected("WorkerRollout `api`.previous_version_id: must be the ID of a version, got v1"):
        deployed(bundle, preview, percentage=100, previous_version_id="v1")


def test_the_version_of_this_run_is_rejected_as_the_previous_one(bundle: str) -> None:
    with rejected(f"WorkerRollout `api`.previous_version_id: must not be the version of this update, got {BEFORE}"):
        deploy(lambda: rollout(bundle, percentage=10, previous_version_id=BEFORE) and None, answers=Same({}, {}))


def test_a_rollout_has_the_validation_errors_of_a_worker(bundle: str) -> None:
    with rejected("WorkerRollout `api`.secrets: must have unique names, got KEY, which `vars` has too"):
        deployed(bundle, vars={"KEY": "x"}, secrets={"KEY": "x"})
