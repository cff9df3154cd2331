"""Preview stacks: each has separate resources, and deletes all of them."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from edge_postgres.origin.names import physical_name
from localcloud.deploy import Stack, call_worker
from localcloud.errors import LocalCloudError
from localcloud.instance import Instance
from localcloud.stack_file import StackFile
from tests.engine.deployment import Deployment
from tests.engine.test_neon import call_api
from tests.engine.vendor_stacks import databases_on, run_statement

pytestmark = [pytest.mark.engine, pytest.mark.usefixtures("vendors")]


def script_of(stack: str) -> str:
    """The default name of the Worker `api` of a stack."""
    return physical_name("api", project="edge-postgres", stack=stack)


@pytest.fixture
def previews(cloud: Instance, deployment: Deployment) -> Iterator[list[Stack]]:
    """Two preview stacks that are deployed at the same time. They are destroyed after the test."""
    stacks = [Stack.of(StackFile.of(f"pr-{number}"), cloud) for number in (1, 2)]
    try:
        yield stacks
    finally:
        for stack in stacks:
            stack.destroy()


def test_two_previews_are_deployed_at_the_same_time_and_destroyed_completely(
    previews: list[Stack], cloud: Instance, deployment: Deployment
) -> None:
    before = databases_on(cloud.database_url)
    for stack in previews:
        stack.up()
    assert databases_on(cloud.database_url) - before == {"local-pr-1", "local-pr-2"}
    answers = [call_worker(cloud.worker_url(stack.outputs()["workers"]["api"])) for stack in previews]
    assert [answer["success"] for answer in answers] == [True, True]
    assert sorted(deployment.stored()["scripts"]) == [script_of("local-pr-1"), script_of("local-pr-2")]

    run_statement(cloud.database_url.replace("/app?", "/local-pr-1?"), "create table only_here (id int)")
    previews[0].destroy()
    assert databases_on(cloud.database_url) - before == {"local-pr-2"}
    assert call_worker(cloud.worker_url(script_of("local-pr-2")))["success"]
    previews[1].destroy()
    assert databases_on(cloud.database_url) == before
    assert deployment.stored()["scripts"] == []
    assert deployment.stored()["hyperdrive"] == []


def test_a_preview_without_changes_shows_no_change(previews: list[Stack]) -> None:
    previews[0].up()
    assert "unchanged" in previews[0].pulumi("preview", "--expect-no-changes")


def test_a_preview_that_uses_production_is_rejected_before_anything_is_created(
    previews: list[Stack], cloud: Instance, deployment: Deployment
) -> None:
    stack = previews[0]
    worker = stack.settings["edge-postgres:workers"]["api"]
    worker["domains"] = ["api.example.com"]
    stack.prepare({"databases.main.url": cloud.database_url})
    with pytest.raises(
        LocalCloudError, match=r"workers\.api\.domains\[0\]  must contain the name of the stack, got api\.example\.com"
    ):
        stack.pulumi("up", "--yes", "--skip-preview")
    assert deployment.stored()["hyperdrive"] == []


def test_a_preview_is_copied_from_its_template_and_removed(cloud: Instance, deployment: Deployment) -> None:
    template = replace(deployment.stack, name="pr", settings=StackFile.of("pr").settings())
    template.prepare({"databases.main.url": cloud.database_url})
    run = template.pulumi
    run("stack", "init", "local-pr-9")
    run("config", "cp", "--stack", "pr", "--dest", "local-pr-9")
    run("up", "--yes", "--skip-preview", "--stack", "local-pr-9")
    assert call_worker(cloud.worker_url(script_of("local-pr-9")))["success"]
    run("destroy", "--yes", "--skip-preview", "--remove", "--stack", "local-pr-9")
    assert "local-pr-9" not in run("stack", "ls")
    assert "local-pr-9" not in databases_on(cloud.database_url)


def test_the_template_itself_is_not_deployed(cloud: Instance, deployment: Deployment) -> None:
    template = replace(deployment.stack, name="pr", settings=StackFile.of("pr").settings())
    template.prepare({"databases.main.url": cloud.database_url})
    with pytest.raises(LocalCloudError, match=r"\(stack\) +must not be `pr`, the template of preview stacks"):
        template.pulumi("up", "--yes", "--skip-preview")


def test_a_branch_of_a_neon_project_is_deleted_with_its_preview(cloud: Instance) -> None:
    neon = cloud.neon
    project = call_api(neon, "POST", "/projects", json={"project": {"name": "shared"}})["project"]["id"]
    main = call_api(neon, "GET", f"/projects/{project}/branches")["branches"][0]["name"]
    file = StackFile.of("neon-preview")
    stack = Stack.of(file, cloud)
    database = stack.settings["edge-postgres:databases"]["main"]
    database["project"], database["branch"]["parent"] = {"existing": project}, main
    stack.prepare(file.secrets(cloud.database_url))
    try:
        stack.up()
        branches = {each["name"]: each for each in call_api(neon, "GET", f"/projects/{project}/branches")["branches"]}
        assert set(branches) == {main, "local-neon-preview"}
        assert branches["local-neon-preview"]["expires_at"]
        assert call_worker(cloud.worker_url(stack.outputs()["workers"]["api"]))["success"]
    finally:
        stack.destroy()
    assert [each["name"] for each in call_api(neon, "GET", f"/projects/{project}/branches")["branches"]] == [main]
