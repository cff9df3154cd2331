"""The real engine deploys the programs of examples/programs whose vendors the local cloud emulates."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from localcloud.deploy import Stack, call_worker
from localcloud.instance import Instance
from localcloud.state_directory import CHECKOUT
from tests.engine.deployment import Deployment
from tests.engine.test_neon import call_api
from tests.engine.vendor_stacks import ITEM_IN_VENDOR_DATABASE, resources_at, run_statement

pytestmark = [pytest.mark.engine, pytest.mark.usefixtures("vendors")]

PROGRAMS = CHECKOUT / "examples" / "programs"
DIST = str(CHECKOUT / "workers" / "dist")

Deploy = Callable[[str], "Program"]


@dataclass(frozen=True)
class Program(Deployment):
    """A copy of a program of examples/programs, as a stack on the local cloud."""

    def outputs(self) -> dict[str, Any]:
        return self.stack.outputs()

    def answer(self, script: str) -> dict[str, Any]:
        """Calls a Worker and returns its JSON."""
        answer: dict[str, Any] = call_worker(self.cloud.worker_url(script))
        return answer

    def rows(self, script: str) -> list[str]:
        """Returns the names of the items that a Worker reads."""
        return [item["name"] for item in self.answer(script)["result"]]


@pytest.fixture
def deploy(cloud: Instance, tmp_path: Path) -> Iterator[Deploy]:
    """Deploys a program. After the test, checks that a preview shows no change and that `destroy` leaves nothing."""
    (tmp_path / "state").mkdir()
    environment = {**cloud.environment(), "PULUMI_BACKEND_URL": f"file://{tmp_path / 'state'}"}
    deployed: list[Program] = []

    def deploy(name: str) -> Program:
        copy_program(name, tmp_path / "program")
        stack = Stack(tmp_path / "program", environment, "test")
        stack.pulumi("stack", "init", "test")
        for key, value in settings_of(cloud, stack).items():
            # Every value is passed on stdin, because other users of the machine can read command lines.
            stack.pulumi("config", "set", "--secret" if is_secret(stack, key) else "--plaintext", key, stdin=value)
        program = Program(cloud, stack, cloud.database_url)
        program.control("POST", "reset")
        deployed.append(program)
        program.stack.up()
        return program

    yield deploy
    (program,) = deployed
    assert program.previewed() == {}
    program.stack.destroy()
    leftovers = {kind: ids for kind, ids in program.stored().items() if ids}
    assert [leftovers, resources_at(cloud.neon), resources_at(cloud.prisma)] == [{}, {}, {}]


def copy_program(name: str, folder: Path) -> None:
    """Copies a program. Its Hyperdrive accepts a database on this machine, and its environment is that of the tests."""
    shutil.copytree(PROGRAMS / name, folder, ignore=shutil.ignore_patterns("__pycache__"))
    project = yaml.safe_load((folder / "Pulumi.yaml").read_text())
    project["runtime"]["options"]["virtualenv"] = str(CHECKOUT / ".venv")
    (folder / "Pulumi.yaml").write_text(yaml.safe_dump(project))
    sources = {file: file.read_text() for file in folder.glob("*.py")}
    assert any('"caching": ' in source for source in sources.values())
    for file, source in sources.items():
        file.write_text(source.replace('"caching": ', '"allow_loopback": True, "caching": '))


def settings_of(cloud: Instance, stack: Stack) -> dict[str, str]:
    """Returns a value of each setting that the project declares."""
    token = cloud.environment()["CLOUDFLARE_API_TOKEN"]
    known = {
        "accountId": "local",
        "apiKey": "made-for-this-test",
        "bundle": f"{DIST}/pg.js",
        "bundles": DIST,
        "databaseUrl": cloud.database_url,
        "hyperdriveToken": token,
        "neonApiKey": cloud.neon.key,
        "ordersUrl": cloud.database_url,
        "workersToken": token,
    }
    return {"acme:accountId": "local", **{key: known[key] for key in declared(stack) if key in known}}


def declared(stack: Stack) -> dict[str, Any]:
    config: dict[str, Any] = yaml.safe_load((stack.folder / "Pulumi.yaml").read_text())["config"]
    return config


def is_secret(stack: Stack, key: str) -> bool:
    return bool(declared(stack).get(key, {}).get("secret"))


ITEMS = ["one", "two", "three"]


def test_the_first_program_answers_with_rows_of_the_database(deploy: Deploy) -> None:
    program = deploy("database-behind-hyperdrive")
    assert program.rows(program.outputs()["script"]) == ITEMS


def test_each_worker_reads_its_branch(deploy: Deploy) -> None:
    program = deploy("neon-branches")
    outputs, neon = program.outputs(), program.cloud.neon
    project = f"/projects/{outputs['project']}"
    branches = {each["name"]: each["id"] for each in call_api(neon, "GET", f"{project}/branches")["branches"]}
    assert set(branches) == {"main", "staging", "qa"}
    query = {"database_name": "neondb", "role_name": "neondb_owner", "branch_id": branches["qa"]}
    run_statement(call_api(neon, "GET", f"{project}/connection_uri", params=query)["uri"], ITEM_IN_VENDOR_DATABASE)
    assert program.rows(outputs["scripts"]["qa"]) == ["found in the created database"]
    assert program.rows(outputs["scripts"]["staging"]) == []


def test_explicit_providers_deploy_two_databases(deploy: Deploy) -> None:
    program = deploy("two-databases")
    assert program.rows(program.outputs()["script"]) == ITEMS
    assert len(program.stored()["hyperdrive"]) == 2


def test_two_workers_of_a_company_read_one_database(deploy: Deploy) -> None:
    program = deploy("company-component")
    assert {name: program.rows(script) for name, script in program.outputs()["scripts"].items()} == {
        "shop": ITEMS,
        "admin": ITEMS,
    }


def test_services_of_a_table_use_their_drivers(deploy: Deploy) -> None:
    program = deploy("services-in-a-loop")
    scripts = program.outputs()["scripts"]
    drivers = {name: program.answer(script)["driver"] for name, script in scripts.items()}
    assert drivers == {"shop": "pg", "admin": "kysely", "dashboard": "postgres"}
    assert len(program.stored()["scripts"]) == 3
