"""`make up STACK=…` deploys a stack file by its name, and `make destroy STACK=…` deletes its resources."""

import pytest

from localcloud.deploy import Stack, call_worker
from localcloud.instance import Instance
from localcloud.stack_file import StackFile
from tests.engine.vendor_stacks import resources_at

pytestmark = [pytest.mark.engine, pytest.mark.usefixtures("vendors")]


DRIVERS = ["driver-pg", "driver-postgres", "driver-drizzle", "driver-kysely", "driver-prisma"]
SHAPES = ["addresses", "assets", "durable-objects", "modules", "pages-services", "rollout"]


NAMES = ["local", "dev", "neon", "prisma", "cached", "secrets-store", "placement", *SHAPES, *DRIVERS]


@pytest.mark.parametrize("name", NAMES)
def test_a_stack_file_is_deployed_by_its_name_and_destroyed_completely(name: str, cloud: Instance) -> None:
    stack = Stack.of(StackFile.of(name), cloud)
    stack.up()
    try:
        scripts = stack.outputs()["workers"].values()
        assert {call_worker(cloud.worker_url(script))["success"] for script in scripts} == {True}
        preview = stack.pulumi("preview", "--expect-no-changes")
        assert "unchanged" in preview
    finally:
        stack.destroy()
    assert resources_at(cloud.neon) == resources_at(cloud.prisma) == {}
