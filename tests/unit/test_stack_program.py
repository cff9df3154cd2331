"""The stack program with each stack file of the project: the registered resources, recorded in `tests/golden`.

A golden file changes on purpose only: `UPDATE_GOLDEN=1 pytest tests/unit/test_stack_program.py` writes it again.
"""

import json
import os
import runpy
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.harness import Registration, Run, deploy
from tests.unit.vendors import CALLS, OUTPUTS, PASSWORD

PROJECT = Path(__file__).resolve().parents[2]
GOLDEN = PROJECT / "tests" / "golden"
FILES = {
    **{file.name.split(".")[1]: file for file in PROJECT.glob("Pulumi.*.yaml")},
    **{f"example-{file.stem}": file for file in (PROJECT / "examples").glob("*.yaml")},
}
STACKS = sorted(FILES)
# A stack that is created from a template has another name than the template.
NAMES = {"pr": "pr-123"}
SENTINEL = "sentinel-password"
# Answers of the vendors, with sentinels as their secrets.
CREATED, ANSWERED = (json.loads(json.dumps(answers).replace(PASSWORD, SENTINEL)) for answers in (OUTPUTS, CALLS))


every_stack = pytest.mark.parametrize(
    "stack", [pytest.param(stack, marks=pytest.mark.xdist_group(stack)) for stack in STACKS]
)


def secrets_of(config: dict[str, Any]) -> dict[str, Any]:
    """A value for every secret that a stack file names."""
    host = "localhost" if config["accountId"] == "local" else "db.example.com"
    named: dict[str, Any] = {
        "databases": {
            name: {
                "url": f"postgres://app:{SENTINEL}@{host}:5432/app?sslmode=require",
                **dict.fromkeys(("password", "a", "b"), SENTINEL),
            }
            for name in config["databases"]
        },
        "workers": {
            name: dict.fromkeys(worker.get("secrets", []), SENTINEL)
            for name, worker in config.get("workers", {}).items()
        },
        "pages": {
            name: {
                which: dict.fromkeys(project[which].get("secrets", []), SENTINEL) for which in ("production", "preview")
            }
            for name, project in config.get("pages", {}).items()
        },
    }
    for name, stored in config.get("secretsStore", {}).get("secrets", {}).items():
        values = [name, *(f"{name}-v{version}" for version in range(2, stored.get("version", 1) + 1))]
        named.setdefault("secretsStore", {}).update(dict.fromkeys(values, SENTINEL))
    return {"secrets": named}


@cache
def deployed(stack: str, bundle: Path, *, preview: bool = False) -> Run:
    """A deployment of a stack file. All tests of the same file share it."""
    file = yaml.safe_load(FILES[stack].read_text())
    settings = {key.removeprefix("edge-postgres:"): value for key, value in file["config"].items()}
    config = {"accountId": "0123456789abcdef0123456789abcdef", **settings}
    for worker in config.get("workers", {}).values():
        worker["bundle"] = str(bundle)
        if "files" in worker:
            worker["files"] = dict.fromkeys(worker["files"], str(bundle))

    def program() -> Any:
        return runpy.run_path(str(PROJECT / "__main__.py"), run_name="__main__")["workers"]

    return deploy(
        program,
        config={**config, **secrets_of(config)},
        secret_keys=["secrets"],
        stack=NAMES.get(stack, stack),
        preview=preview,
        outputs={} if preview else CREATED,
        calls=ANSWERED,
    )


def drawn(entry: Registration, bundle: Path) -> dict[str, Any]:
    """A registration without values that differ between machines."""
    public = {key: value for key, value in entry.public.items() if key != "__provider"}
    text = json.dumps(public, sort_keys=True).replace(str(bundle), "BUNDLE")
    return {
        "parent": entry.wire.parent.rsplit("::", 1)[-1] if entry.wire.parent.count("::") > 2 else "",
        "inputs": json.loads(text),
        "waits for": sorted({urn.rsplit("::", 1)[1] for urn in entry.wire.dependencies}),
    }


@pytest.fixture(scope="session")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("bundle") / "worker.js"
    file.write_text("export default {}")
    return file


@every_stack
def test_the_resources_are_those_of_the_golden_file(stack: str, bundle: Path) -> None:
    run = deployed(stack, bundle)
    graph = {f"{entry.type} {entry.name}": drawn(entry, bundle) for entry in run.registrations}
    text = json.dumps(graph, indent=2, sort_keys=True) + "\n"
    golden = GOLDEN / f"{stack}.json"
    if os.environ.get("UPDATE_GOLDEN") == "1":
        golden.write_text(text)
    assert text == golden.read_text()


@every_stack
def test_a_preview_registers_the_same_resources_as_an_update(stack: str, bundle: Path) -> None:
    urns = [
        {entry.urn for entry in deployed(stack, bundle, preview=preview).registrations} for preview in (True, False)
    ]
    assert urns[0] == urns[1]


@every_stack
def test_no_secret_is_sent_in_plain_text(stack: str, bundle: Path) -> None:
    run = deployed(stack, bundle)
    assert [entry.name for entry in run.registrations if SENTINEL in json.dumps(entry.public)] == []
    assert [entry.name for entry in run.registrations if SENTINEL in json.dumps(entry.inputs)] != []
    assert SENTINEL not in json.dumps(list(run.monitor.component_outputs.values()))


RDS_NETWORK = {"securityGroup:SecurityGroup", "subnetGroup:SubnetGroup"}


@pytest.mark.parametrize(
    ("example", "guarded"),
    [
        ("neon", {"neon:Project"}),
        ("neon-preview", {"neon:Branch"}),
        ("prisma", {"prisma:Project", "prisma:Database"}),
        ("rds", {"instance:Instance", *RDS_NETWORK}),
        ("aurora", {"cluster:Cluster", "clusterInstance:ClusterInstance", *RDS_NETWORK}),
        ("cloud-sql", {"databaseInstance:DatabaseInstance", "database:Database", "user:User"}),
    ],
)
def test_exactly_the_resources_that_data_depends_on_are_protected(
    example: str, guarded: set[str], bundle: Path
) -> None:
    run = deployed(f"example-{example}", bundle)
    assert {entry.type.rpartition("/")[2] for entry in run.registrations if entry.wire.protect} == guarded


@pytest.mark.parametrize("stack", ["pr-123", "local-neon"])
def test_a_disposable_stack_protects_no_resource(stack: str, bundle: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(FILES, stack, FILES["example-neon"])
    assert [entry.name for entry in deployed(stack, bundle).registrations if entry.wire.protect] == []


def test_the_stack_program_is_short() -> None:
    assert len((PROJECT / "__main__.py").read_text().splitlines()) < 60


def test_connectors_of_a_preview_database_lead_to_the_port_of_its_server(
    bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "Pulumi.pr-124.yaml"
    file.write_text(
        """\
config:
  edge-postgres:databases:
    main:
      provider: existing
      host: db.internal
      port: 6432
      endpoint: direct
      database: app
      user: app
      passwordSecret: databases.main.password
      previewDatabase: ${stack}
      route:
        kind: vpc-service
        connector: {vpcId: vpc-0a, subnetIds: [subnet-0a]}
      hyperdrive: {connectionLimit: 5, caching: none}
"""
    )
    monkeypatch.setitem(FILES, "pr-124", file)
    run = deployed("pr-124", bundle)
    ports = {
        entry.inputs["toPort"]
        for entry in run.all("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule")
        if entry.inputs["ipProtocol"] == "tcp"
    }
    assert 6432 in ports
    assert run.one("edge-postgres:index:PreviewDatabase").name == "main"
