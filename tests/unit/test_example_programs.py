"""Each Python program of examples/programs creates what the table of its README promises."""

import re
import runpy
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from edge_postgres.testing import Registration, Run
from tests.harness import deploy_with_vendors

PROJECT = Path(__file__).resolve().parents[2]
FOLDER = PROJECT / "examples" / "programs"
PROGRAMS = sorted(main.parent.name for main in FOLDER.glob("*/__main__.py"))
SECRET = "sentinel-3b9d"
URL = f"postgres://app:{SECRET}@db.example.com:5432/app"
VALUES = {
    "accountId": "0" * 32,
    "acme:accountId": "0" * 32,
    "apiKey": f"{SECRET}-api",
    "databaseUrl": URL,
    "hyperdriveToken": f"{SECRET}-hyperdrive",
    "neonApiKey": f"{SECRET}-neon",
    "ordersUrl": URL,
    "subnetIds": ["subnet-1", "subnet-2"],
    "vpcId": "vpc-1",
    "workersToken": f"{SECRET}-workers",
}
"""A value of each setting without a default."""
CONFIGURATION = "cloudflare:index/hyperdriveConfig:HyperdriveConfig"
SCRIPT = "cloudflare:index/workersScript:WorkersScript"

Deploy = Callable[..., Run]


def project_of(name: str) -> dict[str, Any]:
    project: dict[str, Any] = yaml.safe_load((FOLDER / name / "Pulumi.yaml").read_text())
    return project


@pytest.fixture
def deploy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, preview: bool) -> Deploy:
    """Deploys a program with the defaults of its Pulumi.yaml, and with a value of each other setting."""
    for bundle in ("pg.js", "kysely.js", "postgres.js"):
        (tmp_path / bundle).write_text("export default {};\n")

    def deploy(name: str, stack: str = "dev", **settings: Any) -> Run:
        monkeypatch.syspath_prepend(FOLDER / name)

        def program() -> None:
            runpy.run_path(str(FOLDER / name / "__main__.py"), run_name="__main__")

        return deploy_with_vendors(
            program,
            preview=preview,
            config={**VALUES, "bundle": str(tmp_path / "pg.js"), "bundles": str(tmp_path), **settings},
            project_file=FOLDER / name / "Pulumi.yaml",
            stack=stack,
        )

    return deploy


def by_name(run: Run, type_: str) -> dict[str, Registration]:
    """Returns the resources of a type, by the last part of their names."""
    return {entry.name.rpartition("-")[2]: entry for entry in run.all(type_)}


def bindings_of(script: Registration) -> dict[str, Any]:
    return {binding["name"]: binding for binding in script.inputs["bindings"]}


def provider_of(entry: Registration) -> str:
    """Returns the name of the explicit provider of a resource."""
    return str(entry.wire.provider.split("::")[-2])


@pytest.mark.parametrize("name", PROGRAMS)
def test_no_input_and_no_export_of_a_program_contains_a_secret(name: str, deploy: Deploy) -> None:
    run = deploy(name)
    assert [entry.name for entry in run.registrations if SECRET in str(entry.public)] == []
    assert [key for key, export in run.exports.items() if SECRET in str(export.value)] == []


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_names_at_cloudflare_contain_the_project_and_the_stack(name: str, deploy: Deploy) -> None:
    run, prefix = deploy(name), f"{project_of(name)['name']}-dev-"
    names = [entry.inputs["name"] for entry in run.all(CONFIGURATION)]
    names += [entry.inputs["scriptName"] for entry in run.all(SCRIPT)]
    assert names
    assert [each for each in names if not each.startswith(prefix)] == []


def test_the_first_program_caches_and_binds_a_variable_and_a_secret(deploy: Deploy) -> None:
    run = deploy("database-behind-hyperdrive")
    assert run.one(CONFIGURATION).inputs["caching"] == {"disabled": False, "maxAge": 60, "staleWhileRevalidate": 15}
    bindings = bindings_of(run.one(SCRIPT))
    assert {name: binding["type"] for name, binding in bindings.items()} == {
        "HYPERDRIVE": "hyperdrive",
        "LOG_LEVEL": "plain_text",
        "API_KEY": "secret_text",
    }


def test_two_workers_share_the_connections_of_a_private_database(deploy: Deploy, preview: bool) -> None:
    run = deploy("private-rds")
    assert run.one("aws:rds/instance:Instance").inputs["publiclyAccessible"] is False
    limits = {name: entry.inputs["originConnectionLimit"] for name, entry in by_name(run, CONFIGURATION).items()}
    accepted, reserved, migrations = 384, 5, 5  # The component estimates 384 connections for this class.
    unallocated = (accepted - reserved) // 10 + 1
    assert limits == {"api": 224, "reports": 112}
    assert 0 <= accepted - reserved - unallocated - migrations - sum(limits.values()) < 3
    assert "elsewhere: migrations" in run.exports["connections"].value
    connector = run.one("aws:ecs/service:Service").urn
    for entry in run.all(CONFIGURATION):
        assert connector in entry.wire.propertyDependencies["origin"].urns


@pytest.mark.parametrize("environments", [["staging", "qa"], ["staging"]])
def test_each_environment_has_a_branch_and_a_worker(environments: list[str], deploy: Deploy) -> None:
    run = deploy("neon-branches", environments=environments)
    branches = run.all("pulumi-python:dynamic/neon:Branch")
    assert sorted(branch.inputs["name"] for branch in branches) == sorted(environments)
    assert [branch.inputs.get("expires_after_seconds") for branch in branches] == [None] * len(environments)
    texts = [bindings_of(script)["ENVIRONMENT"]["text"] for script in run.all(SCRIPT)]
    assert sorted(texts) == sorted(environments)
    assert set(run.exports["scripts"].value) == set(environments)


def test_each_resource_at_neon_has_the_key_of_the_program(deploy: Deploy) -> None:
    at_neon = [entry for entry in deploy("neon-branches").registrations if ":dynamic/neon:" in entry.type]
    assert len(at_neon) == 6
    for entry in at_neon:
        assert entry.inputs["api"]["api_key"] == VALUES["neonApiKey"]


def test_explicit_providers_create_the_resources_at_cloudflare(deploy: Deploy) -> None:
    run = deploy("two-databases")
    assert {provider_of(entry) for entry in run.all(CONFIGURATION)} == {"hyperdrive"}
    assert provider_of(run.one(SCRIPT)) == "workers"
    tokens = {entry.name: entry.inputs["apiToken"] for entry in run.all("pulumi:providers:cloudflare")}
    assert tokens == {"hyperdrive": VALUES["hyperdriveToken"], "workers": VALUES["workersToken"]}
    assert {name for name, binding in bindings_of(run.one(SCRIPT)).items() if binding["type"] == "hyperdrive"} == {
        "HYPERDRIVE",
        "REPORTS",
    }


@pytest.mark.parametrize(("stack", "is_protected"), [("dev", False), ("prod", True)])
def test_the_created_database_is_protected_in_production(stack: str, is_protected: bool, deploy: Deploy) -> None:
    created = [entry for entry in deploy("two-databases", stack).registrations if ":dynamic/prisma:" in entry.type]
    assert len(created) == 3
    assert {entry.wire.protect for entry in created} == {is_protected}


def test_a_renamed_component_keeps_its_previous_name_as_an_alias(deploy: Deploy) -> None:
    components = by_name(deploy("two-databases"), "edge-postgres:index:Hyperdrive")
    assert "main" in [alias.spec.name for alias in components["orders"].wire.aliases]


def test_the_component_of_a_company_sets_its_defaults(deploy: Deploy) -> None:
    run = deploy("company-component")
    limits = {name: entry.inputs["originConnectionLimit"] for name, entry in by_name(run, CONFIGURATION).items()}
    assert limits == {"shop": 20, "admin": 10}
    scripts = by_name(run, SCRIPT)
    assert {script.inputs["observability"]["headSamplingRate"] for script in scripts.values()} == {0.1}
    assert [set(bindings_of(scripts[name])) - {"HYPERDRIVE"} for name in ("shop", "admin")] == [
        {"ENVIRONMENT", "API_KEY"},
        {"ENVIRONMENT", "LOG_LEVEL"},
    ]
    assert {"acme:index:Api$edge-postgres:index:Worker" in script.urn for script in scripts.values()} == {True}


def test_each_service_has_the_database_and_the_limit_of_its_line(deploy: Deploy, preview: bool) -> None:
    run = deploy("services-in-a-loop")
    found = by_name(run, CONFIGURATION)
    assert {name: entry.inputs["originConnectionLimit"] for name, entry in found.items()} == {
        "shop": 20,
        "admin": 5,
        "dashboard": 5,
    }
    existing = {name for name, entry in found.items() if (entry.inputs["origin"] or {}).get("host") == "db.example.com"}
    assert existing == {"shop", "admin"}
    (connection,) = (entry.urn for entry in run.all("pulumi-python:dynamic/prisma:Connection"))
    assert connection in found["dashboard"].wire.propertyDependencies["origin"].urns
    assert {Path(each.inputs["contentFile"]).stem for each in run.all(SCRIPT)} == {"pg", "kysely", "postgres"}


def copied_programs(folder: Path) -> None:
    """Copies each module of the programs. A program gets the name of its folder, because all are `__main__.py`."""
    folder.mkdir()
    for file in FOLDER.glob("*/*.py"):
        name = f"{file.parent.name.replace('-', '_')}.py" if file.name == "__main__.py" else file.name
        assert not (folder / name).exists()
        shutil.copy(file, folder / name)


def test_the_unit_tests_of_a_program_pass(tmp_path: Path) -> None:
    shutil.copytree(FOLDER / "unit-tests", tmp_path / "program", ignore=shutil.ignore_patterns("__pycache__"))
    command = [sys.executable, "-m", "pytest", "-q", "--no-header", "-p", "no:cacheprovider", "--rootdir=."]
    finished = subprocess.run(command, cwd=tmp_path / "program", capture_output=True, text=True)
    assert "11 passed" in finished.stdout, finished.stdout


def test_the_type_checker_accepts_each_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copied_programs(tmp_path / "programs")
    monkeypatch.setenv("MYPYPATH", str(tmp_path / "programs"))
    # The options are those of `mypy .`, because mypy checks everything again after a call with other options.
    command = [sys.executable, "-m", "mypy", "--no-error-summary", str(tmp_path / "programs")]
    finished = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True)
    assert (finished.returncode, finished.stdout) == (0, ""), finished.stdout + finished.stderr


def test_the_table_has_one_row_for_each_program() -> None:
    rows = re.findall(r"^\| \[`([a-z-]+)`\]\(([a-z-]+)\) \|", (FOLDER / "README.md").read_text(), re.MULTILINE)
    assert sorted(rows) == sorted((file.parent.name,) * 2 for file in FOLDER.glob("*/Pulumi.yaml"))
