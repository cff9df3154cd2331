"""The default names of resources at their vendors, and their names in Pulumi."""

import re

import pulumi
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_postgres.origin.names import LONGEST, logical_name, physical_name
from edge_postgres.origins.cloud_sql.rules import validate_instance_name
from edge_postgres.origins.rds.rules import validate_identifier
from edge_postgres.pages.rules import validate_project_name
from edge_postgres.workers.rules import validate_script_name
from tests.harness import deploy

TEXT = st.text(st.sampled_from("ab1-_.A"), min_size=1, max_size=30)


def test_a_name_holds_project_stack_and_component() -> None:
    assert physical_name("api", project="shop", stack="prod") == "shop-prod-api"
    assert physical_name("main", project="edge-postgres", stack="local") == "edge-postgres-local-main"


@pytest.mark.parametrize(
    ("name", "project", "stack", "start"),
    [
        pytest.param("eu-api", "shop", "prod", "shop-prod-eu-api-", id="hyphen in the component"),
        pytest.param("api", "shop", "prod-eu", "shop-prod-eu-api-", id="hyphen in the stack"),
        pytest.param("Api", "shop", "prod", "shop-prod-api-", id="upper case"),
        pytest.param("a_b", "shop", "prod", "shop-prod-a-b-", id="underscore"),
        pytest.param("api", "2shop", "prod", "p-2shop-prod-api-", id="digit first"),
        pytest.param("x" * 60, "shop", "prod", f"shop-prod-{'x' * 21}-", id="too long"),
    ],
)
def test_a_name_whose_parts_cannot_be_recognised_ends_with_a_hash(
    name: str, project: str, stack: str, start: str
) -> None:
    found = physical_name(name, project=project, stack=stack)
    assert re.fullmatch(re.escape(start) + "[0-9a-f]{8}", found)


@given(TEXT, TEXT, TEXT, TEXT, TEXT, TEXT)
def test_two_resources_never_share_a_name(a: str, b: str, c: str, d: str, e: str, f: str) -> None:
    if (a, b, c) != (d, e, f):
        assert physical_name(a, project=b, stack=c) != physical_name(d, project=e, stack=f)


def test_stacks_whose_parts_join_to_one_string_do_not_share_a_name() -> None:
    splits = [("shop", "prod", "eu-api"), ("shop", "prod-eu", "api"), ("shop-prod", "eu", "api")]
    found = {physical_name(name, project=project, stack=stack) for project, stack, name in splits}
    assert len(found) == len(splits)


@given(TEXT, TEXT, TEXT)
def test_every_vendor_accepts_a_default_name_with_its_suffix(name: str, project: str, stack: str) -> None:
    found = physical_name(name, project=project, stack=stack)
    assert len(found) <= LONGEST
    validate_script_name(f"{found}-a-fresh", subject="")
    validate_project_name(found, subject="")
    validate_identifier(f"{found}-standby", subject="")
    validate_identifier(f"{found}-connector", subject="")
    validate_instance_name(found, subject="")


def test_a_mark_gives_another_name() -> None:
    marked = physical_name("main", project="shop", stack="prod", mark="b")
    assert marked.startswith("shop-prod-main-b-")
    assert marked != physical_name("main", project="shop", stack="prod")


def test_a_resource_has_its_physical_name_in_pulumi_or_the_components_if_that_is_an_output() -> None:
    assert logical_name("shop-prod-api", "api") == "shop-prod-api"
    # An Output needs the event loop of a deployment.
    assert deploy(lambda: [logical_name(pulumi.Output.from_input("shop-prod-api"), "api")]).result == ["api"]
