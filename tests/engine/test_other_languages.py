"""A program in YAML deploys the components of `plugin/` to the local cloud."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
import yaml

from edge_postgres._plugin.compatibility import find_breaks
from edge_postgres._plugin.schema import CURRENT, read_schema
from localcloud.deploy import Stack, call_worker
from localcloud.errors import LocalCloudError
from localcloud.instance import Instance
from localcloud.state_directory import CHECKOUT
from tests.engine.deployment import Deployment
from tests.engine.vendor_stacks import resources_at, run_statement, without_variables

pytestmark = pytest.mark.engine

EXAMPLE = CHECKOUT / "examples" / "languages" / "yaml"
NO_HOST = 3


@pytest.fixture(scope="session")
def yaml_host(pulumi_path: Path) -> None:
    """A language host for programs in YAML. With REQUIRE_ENGINE=1, a missing host is a failure."""
    found = subprocess.run([sys.executable, CHECKOUT / "tools" / "yaml_host.py"], capture_output=True, text=True)
    if found.returncode == NO_HOST and os.environ.get("REQUIRE_ENGINE") != "1":
        pytest.skip(found.stderr)
    assert found.returncode == 0, found.stderr


@dataclass(frozen=True)
class Program(Stack):
    """A stack of a program in YAML."""

    def write(self, program: dict[str, Any]) -> None:
        self.folder.mkdir(exist_ok=True)
        (self.folder / "Pulumi.yaml").write_text(yaml.safe_dump(program, sort_keys=False))

    def configure(self, plain: dict[str, str], secret: dict[str, str]) -> None:
        self.pulumi("stack", "select", "--create", self.name)
        for key, value in plain.items():
            self.pulumi("config", "set", key, value)
        for key, value in secret.items():
            self.pulumi("config", "set", "--secret", key, stdin=value)


@pytest.fixture
def deployment(cloud: Instance, yaml_host: None, tmp_path: Path) -> Iterator[Deployment]:
    """The example, configured and not deployed yet."""
    (tmp_path / "state").mkdir()
    environment = {**cloud.environment(), "PULUMI_BACKEND_URL": f"file://{tmp_path / 'state'}"}
    program = Program(tmp_path / "program", environment, "test")
    program.write(example())
    bundle = str(CHECKOUT / "workers" / "dist" / "pg.js")
    program.configure({"accountId": "local", "bundle": bundle}, {"databaseUrl": cloud.database_url})
    deployment = Deployment(cloud, program, cloud.database_url)
    try:
        yield deployment
    finally:
        program.destroy()
        deployment.control("POST", "reset")


def example() -> dict[str, Any]:
    """The example with absolute paths and a database on this machine."""
    program: dict[str, Any] = yaml.safe_load((EXAMPLE / "Pulumi.yaml").read_text())
    program["packages"]["edge-postgres"] = str(CHECKOUT / "plugin")
    program["resources"]["hyperdrive"]["properties"]["allowLoopback"] = True
    return program


def write_program(deployment: Deployment, program: dict[str, Any]) -> None:
    assert isinstance(deployment.stack, Program)
    deployment.stack.write(program)


def test_the_example_in_yaml_is_deployed_unchanged_and_destroyed(deployment: Deployment) -> None:
    stack = deployment.stack
    stack.pulumi("preview")
    stack.up()
    answer = call_worker(deployment.cloud.worker_url(stack.outputs()["script"]))
    assert [row["id"] for row in answer["result"]] == ["1", "2", "3"]
    assert "unchanged" in stack.pulumi("preview", "--expect-no-changes")
    stack.pulumi("refresh", "--yes", "--skip-preview", "--expect-no-changes")
    stack.destroy()
    assert [*deployment.stored()["scripts"], *deployment.stored()["hyperdrive"]] == []


def test_a_validation_error_in_another_language_is_one_message(deployment: Deployment) -> None:
    invalid = example()
    invalid["resources"]["hyperdrive"]["properties"]["connectionLimit"] = 4
    write_program(deployment, invalid)
    with pytest.raises(LocalCloudError) as failed:
        deployment.stack.pulumi("preview")
    assert "must be at least 5, got 4" in str(failed.value)
    assert "Traceback" not in str(failed.value)
    assert ".py" not in str(failed.value)


def test_an_origin_as_one_output_is_validated(deployment: Deployment) -> None:
    invalid = example()
    invalid["resources"]["database"]["properties"]["endpoint"] = "pooled"
    write_program(deployment, invalid)
    with pytest.raises(LocalCloudError) as failed:
        deployment.stack.pulumi("up", "--yes", "--skip-preview")
    assert "must be a direct endpoint" in str(failed.value)
    assert (urlsplit(deployment.url).password or "") not in str(failed.value)


def test_the_slots_as_one_output_are_rejected_by_name(deployment: Deployment) -> None:
    invalid = example()
    hyperdrive = invalid["resources"]["hyperdrive"]
    hyperdrive["type"] = "edge-postgres:HyperdriveSlots"
    del hyperdrive["properties"]["origin"]
    invalid["resources"]["neon"] = {"type": "edge-postgres:NeonPostgres", "properties": {"region": "aws-eu-central-1"}}
    hyperdrive["properties"] |= {"activeSlot": "a", "slots": "${neon.slots}"}
    write_program(deployment, invalid)
    with pytest.raises(LocalCloudError) as failed:
        deployment.stack.pulumi("up", "--yes", "--skip-preview")
    assert "property slots" in str(failed.value)
    assert "must not be an Output as a whole. Set a plain value." in str(failed.value)


@pytest.fixture
def with_roles(deployment: Deployment) -> Iterator[Deployment]:
    """The example with its own roles, which the superuser creates."""
    admin = urlsplit(deployment.cloud.postgres.admin_url)
    program = example()
    program["config"] |= {"activeSlot": {"type": "string"}, "admin": {"type": "string", "secret": True}}
    program["resources"]["roles"] = {
        "type": "edge-postgres:DatabaseRoles",
        "properties": {
            "origin": "${database.origin}",
            "activeSlot": "${activeSlot}",
            "adminUser": admin.username,
            "adminPassword": "${admin}",
        },
    }
    program["resources"]["hyperdrive"]["properties"]["origin"] = "${roles.origin}"
    write_program(deployment, program)
    assert isinstance(deployment.stack, Program)
    deployment.stack.configure({"activeSlot": "a"}, {"admin": unquote(admin.password or "")})
    yield deployment
    deployment.stack.destroy()
    for role in ("app_a", "app_b"):
        run_statement(deployment.cloud.postgres.admin_url, f"drop role if exists {role}")


def test_roles_of_a_component_exist_before_hyperdrive_connects(with_roles: Deployment) -> None:
    stack = with_roles.stack
    stack.pulumi("preview")
    stack.up()
    answer = call_worker(with_roles.cloud.worker_url(stack.outputs()["script"]))
    assert [row["id"] for row in answer["result"]] == ["1", "2", "3"]
    assert "unchanged" in stack.pulumi("preview", "--expect-no-changes")
    stack.pulumi("refresh", "--yes", "--skip-preview", "--expect-no-changes")


def test_a_password_rotates_in_place_and_no_password_is_in_plain_text(with_roles: Deployment) -> None:
    stack = with_roles.stack
    stack.up()
    stack.pulumi("config", "set", "activeSlot", "b")
    assert with_roles.previewed() == {
        "Role roles-role-a": "update",
        "Role roles-role-b": "update",
        "HyperdriveConfig app-test-hyperdrive": "update",
    }
    stack.up()
    assert call_worker(with_roles.cloud.worker_url(stack.outputs()["script"]))["success"]

    open_state, state = json.loads(stack.pulumi("stack", "export", "--show-secrets")), with_roles.exported()
    passwords = {
        found["plaintext"].strip('"')
        for each in open_state["deployment"]["resources"]
        if each["type"] == "pulumi-python:dynamic/postgres:Role"
        for key in ("password", "admin_password")
        if (found := each["outputs"][key])
    }
    assert len(passwords) == 3
    assert [password for password in passwords if password in state] == []


def test_components_of_neon_and_prisma_can_have_their_own_keys(deployment: Deployment, vendors: None) -> None:
    cloud = deployment.cloud
    program = {key: value for key, value in example().items() if key not in ("resources", "outputs")}
    program["config"] = {f"{name}Key": {"type": "string", "secret": True} for name in ("neon", "prisma")}
    neon = {"apiKey": "${neonKey}", "baseUrl": cloud.neon.base_url}
    # A preview does not know the password of the role, so that it does not know the token either.
    late = {"fn::split": ["|", "${prismaKey}|${first.password}"]}
    prisma = {"serviceToken": "${parts[0]}", "baseUrl": cloud.prisma.base_url}
    program["variables"] = {"parts": late}
    program["resources"] = {
        "first": {"type": "edge-postgres:NeonPostgres", "properties": {"region": "aws-eu-central-1", "api": neon}},
        "second": {
            "type": "edge-postgres:PrismaPostgres",
            "properties": {"region": "eu-central-1", "plan": "free", "api": prisma},
        },
    }
    unset = [name for name in deployment.stack.environment if name.startswith(("NEON_", "PRISMA_"))]
    deployment = without_variables(deployment, *unset)
    write_program(deployment, program)
    assert isinstance(deployment.stack, Program)
    deployment.stack.configure({}, {"neonKey": cloud.neon.key, "prismaKey": cloud.prisma.key})
    assert set(deployment.previewed().values()) == {"create"}
    output = deployment.stack.pulumi("up", "--yes", "--diff")
    assert deployment.previewed() == {}
    deployment.stack.pulumi("refresh", "--yes", "--skip-preview", "--expect-no-changes")
    output += deployment.exported()
    assert [emulator.name for emulator in (cloud.neon, cloud.prisma) if emulator.key in output] == []
    deployment.stack.destroy()
    assert [resources_at(emulator) for emulator in (cloud.neon, cloud.prisma)] == [{}, {}]


def test_the_engine_gets_the_committed_schema(deployment: Deployment) -> None:
    schema = json.loads(deployment.stack.pulumi("package", "get-schema", str(CHECKOUT / "plugin")))
    assert find_breaks(read_schema(CURRENT), schema) == []
    assert set(schema["resources"]) == set(read_schema(CURRENT)["resources"])


def test_a_package_is_added_by_its_path(deployment: Deployment) -> None:
    packages = {"packages": {"edge-postgres": str(CHECKOUT / "plugin")}}
    write_program(deployment, {key: value for key, value in example().items() if key not in packages})
    deployment.stack.pulumi("package", "add", str(CHECKOUT / "plugin"))
    added = yaml.safe_load((deployment.stack.folder / "Pulumi.yaml").read_text())
    assert added == example() | packages
