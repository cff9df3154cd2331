"""The real engine deploys components with their own keys of Neon and Prisma, at the emulators of both APIs."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from edge_postgres.core.wire import is_secret
from localcloud.deploy import Stack
from localcloud.instance import Instance
from localcloud.state_directory import CHECKOUT
from localcloud.vendors import VendorEmulator
from tests.engine.deployment import Deployment
from tests.engine.vendor_stacks import error_of, resources_at, without_variables

pytestmark = [pytest.mark.engine, pytest.mark.usefixtures("vendors")]

PROGRAM = """
import pulumi
from edge_postgres import NeonPostgres, PrismaPostgres

config = pulumi.Config()
neon, prisma = {}, {}
if config.get_bool("given"):
    neon["api"] = {"api_key": config.require_secret("neonKey"), "base_url": config.require("neonAddress")}
    prisma["api"] = {"service_token": config.require_secret("prismaKey"), "base_url": config.require("prismaAddress")}
first = NeonPostgres("first", {"region": "aws-eu-central-1", **neon})
if config.get_bool("late"):
    key = pulumi.Output.all(config.require_secret("prismaKey"), first.password).apply(lambda known: known[0])
    prisma["api"]["service_token"] = key
PrismaPostgres("second", {"region": "eu-central-1", "plan": "free", **prisma})
"""
VARIABLES = ("NEON_API_KEY", "NEON_API_BASE_URL", "PRISMA_SERVICE_TOKEN", "PRISMA_API_BASE_URL")


@pytest.fixture
def deployment(cloud: Instance, tmp_path: Path) -> Deployment:
    """A program with a component of Neon and a component of Prisma, not deployed yet."""
    for folder in ("program", "state"):
        (tmp_path / folder).mkdir()
    runtime = {"name": "python", "options": {"virtualenv": str(CHECKOUT / ".venv")}}
    (tmp_path / "program" / "Pulumi.yaml").write_text(yaml.safe_dump({"name": "keys", "runtime": runtime}))
    (tmp_path / "program" / "__main__.py").write_text(PROGRAM)
    environment = {**cloud.environment(), "PULUMI_BACKEND_URL": f"file://{tmp_path / 'state'}"}
    program = Stack(tmp_path / "program", environment, "test")
    program.pulumi("stack", "init", "test")
    for emulator in (cloud.neon, cloud.prisma):
        program.pulumi("config", "set", "--secret", f"{emulator.name}Key", stdin=emulator.key)
        program.pulumi("config", "set", f"{emulator.name}Address", emulator.base_url)
    return Deployment(cloud, program, "")


@pytest.fixture
def keyed(deployment: Deployment) -> Deployment:
    """The same program, whose components have their keys, in an environment without keys and addresses."""
    deployment.stack.pulumi("config", "set", "given", "true")
    return without_variables(deployment, *VARIABLES)


def emulators(deployment: Deployment) -> tuple[VendorEmulator, VendorEmulator]:
    return deployment.cloud.neon, deployment.cloud.prisma


def resources_in(deployment: Deployment) -> list[dict[str, Any]]:
    """The resources at the vendors in the state."""
    state = json.loads(deployment.exported())["deployment"]["resources"]
    return [resource for resource in state if "dynamic" in resource["type"]]


def test_keys_of_components_need_no_configuration_and_are_encrypted_in_the_state(keyed: Deployment) -> None:
    output = keyed.stack.pulumi("up", "--yes", "--diff")
    assert set(keyed.up()) == {"same"}
    keyed.stack.pulumi("refresh", "--yes", "--skip-preview", "--expect-no-changes")
    assert keyed.previewed() == {}
    output += keyed.exported()
    assert [emulator.name for emulator in emulators(keyed) if emulator.key in output] == []
    resources = resources_in(keyed)
    assert len(resources) == 5
    for resource in resources:
        assert is_secret(resource["inputs"]["api"])
        assert is_secret(resource["outputs"]["api"])
    keyed.stack.pulumi("destroy", "--yes", "--skip-preview")
    assert [resources_at(emulator) for emulator in emulators(keyed)] == [{}, {}]


def test_a_changed_key_updates_every_resource_and_changes_nothing_at_the_vendor(deployment: Deployment) -> None:
    deployment.up()
    assert ["api" in resource["inputs"] for resource in resources_in(deployment)] == [False] * 5
    before = [resources_at(emulator) for emulator in emulators(deployment)]
    seen = [len(emulator.requests()) for emulator in emulators(deployment)]

    deployment.stack.pulumi("config", "set", "given", "true")
    assert set(deployment.previewed().values()) == {"update"}
    assert deployment.up() == {"same": 3, "update": 5}
    requests = [
        request
        for emulator, count in zip(emulators(deployment), seen, strict=True)
        for request in emulator.requests()[count:]
    ]
    assert {request["method"] for request in requests} == {"GET"}
    assert [resources_at(emulator) for emulator in emulators(deployment)] == before

    without_variables(deployment, *VARIABLES).stack.pulumi("destroy", "--yes", "--skip-preview")
    assert [resources_at(emulator) for emulator in emulators(deployment)] == [{}, {}]


def test_a_key_can_be_an_output_that_a_preview_does_not_know(keyed: Deployment) -> None:
    keyed.stack.pulumi("config", "set", "late", "true")
    assert set(keyed.previewed().values()) == {"create"}
    keyed.up()
    assert set(keyed.up()) == {"same"}
    keyed.stack.pulumi("destroy", "--yes", "--skip-preview")
    assert [resources_at(emulator) for emulator in emulators(keyed)] == [{}, {}]


@pytest.mark.parametrize(
    ("name", "problem"),
    [("neon", "api.api_key: is rejected by Neon."), ("prisma", "api.service_token: is rejected by Prisma.")],
)
def test_a_wrong_key_of_a_component_is_one_error(deployment: Deployment, name: str, problem: str) -> None:
    # The valid key in the environment does not replace the wrong key of the component.
    deployment.stack.pulumi("config", "set", "given", "true")
    deployment.stack.pulumi("config", "set", "--secret", f"{name}Key", stdin="wrong_key")
    error = error_of(deployment, "preview")
    assert problem in error
    assert "wrong_key" not in error
    assert "Traceback" not in error
    assert [resources_at(emulator) for emulator in emulators(deployment)] == [{}, {}]
