"""`WorkerRollout`: its resource inputs and its validation errors."""

import json
from pathlib import Path
from typing import Any

import pytest
from pulumi.runtime.mocks import MockResourceArgs

from edge_postgres._plugin.served import Components
from edge_postgres.workers.rollout import WorkerRollout
from tests.harness import API, Echo, Run, deploy, rejected
from tests.unit.sound import ACCOUNT, DOMAIN, PASSWORD, ROUTE, changed, hyperdrive

WORKER = "cloudflare:index/worker:Worker"
VERSION = "cloudflare:index/workerVersion:WorkerVersion"
DEPLOYMENT = "cloudflare:index/workersDeployment:WorkersDeployment"
BEFORE = "023e105f-2a42-4f8b-a1c1-73f6a2a30c0f"


def rollout(bundle: str, **changes: Any) -> Any:
    args = {"account_id": ACCOUNT, "bundle": bundle, "driver": "pg", "compatibility_date": "2026-11-01"}
    return WorkerRollout("api", changed(args, changes))  # type: ignore[arg-type]


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
    assert kept == {WORKER: False, VERSION: True, DEPLOYMENT: True}
    assert run.one(WORKER).urn in run.one(VERSION).wire.dependencies
    assert {run.one(WORKER).urn, run.one(VERSION).urn} <= set(run.one(DEPLOYMENT).wire.dependencies)


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


# Validation errors.


@pytest.mark.parametrize(
    ("argument", "value", "problem"),
    [
        (
            "migrations",
            {"new_tag": "v1"},
            "cannot be combined with a rollout, because Cloudflare rejects a version with a migration",
        ),
        ("placement", {"region": "aws:us-east-1"}, "cannot be combined with a rollout, because the provider loses it"),
        (
            "assets",
            {"directory": "dist"},
            "cannot be combined with a rollout, because a page of one version requests files",
        ),
        (
            "keep_bindings",
            ["secret_text"],
            "cannot be combined with a rollout, because a version declares all its bindings",
        ),
    ],
)
def test_an_argument_that_no_version_supports_is_rejected(bundle: str, argument: str, value: Any, problem: str) -> None:
    with rejected(f"WorkerRollout `api`.{argument}: {problem}"):
        deployed(bundle, **{argument: value})


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
