"""Projects that exist at Neon and Prisma are used as `docs/adoption.md` describes, without an import."""

from typing import Any

import pytest

from tests.engine import test_neon, test_prisma
from tests.engine.deployment import Deployment
from tests.engine.vendor_stacks import with_vendor_database

pytestmark = [pytest.mark.engine, pytest.mark.usefixtures("vendors")]


def deploy_and_destroy(deployment: Deployment, provider: str, project: str, **settings: Any) -> None:
    """Deploys a stack with a database in the existing project, checks that it is stable, and destroys it."""
    stack = with_vendor_database(deployment, {"provider": provider, "project": {"existing": project}, **settings})
    assert "Project" not in " ".join(stack.previewed())
    stack.up()
    assert len(stack.stored()["hyperdrive"]) == 1
    stack.stack.pulumi("preview", "--refresh", "--expect-no-changes")
    stack.stack.pulumi("destroy", "--yes", "--skip-preview")


def test_an_existing_neon_project_is_used_and_stays_after_a_destroy(deployment: Deployment) -> None:
    neon = deployment.cloud.neon
    body = {"project": {"name": "shop", "region_id": "aws-eu-central-1", "pg_version": 17}}
    project = test_neon.call_api(neon, "POST", "/projects", json=body)["project"]
    test_neon.finish_start(neon, project["id"])
    deploy_and_destroy(deployment, "neon", project["id"])
    assert test_neon.only_project(neon)["id"] == project["id"]
    assert test_neon.only_branch(neon)[1]["name"] == "main"


def test_an_existing_prisma_project_is_used_and_stays_after_a_destroy(deployment: Deployment) -> None:
    prisma = deployment.cloud.prisma
    body = {"name": "shop", "createDatabase": False}
    project = test_prisma.call_api(prisma, "POST", "/projects", json=body)["id"]
    deploy_and_destroy(deployment, "prisma", project, region="eu-central-1", plan="free")
    assert test_prisma.only(prisma, "/projects")["id"] == project
