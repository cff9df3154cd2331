"""Prisma's dynamic providers as plain Python: credentials, check, diff, update, read, delete."""

import base64
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from pulumi import UNKNOWN
from pulumi.dynamic import ResourceProvider
from pulumi.dynamic.dynamic import serialize_provider

from edge_postgres.http.errors import ApiError
from edge_postgres.origins.prisma import api as prisma_api
from edge_postgres.origins.prisma.providers import ConnectionProvider, DatabaseProvider, ProjectProvider
from tests.unit.prisma_workspace import (
    CONNECTION,
    PROJECT,
    SECRET,
    TOKEN,
    Workspace,
    configured,
    database_inputs,
    failed_after,
    lost_after,
    lost_before,
    reason_of,
    status,
    workspace_behind,
)

ALL_PROVIDERS = pytest.mark.parametrize("kind", [ProjectProvider, DatabaseProvider, ConnectionProvider])


@pytest.fixture
def workspace(monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    with workspace_behind(monkeypatch) as found:
        yield found


# The provider.


@ALL_PROVIDERS
def test_the_state_contains_a_provider_as_the_name_of_its_class(kind: type[ResourceProvider]) -> None:
    pickled = base64.b64decode(serialize_provider(kind()))
    assert b"edge_postgres.origins.prisma.providers" in pickled
    assert len(pickled) < 100


# Credentials.


@ALL_PROVIDERS
def test_a_missing_token_is_reported_with_its_fix(kind: type[ResourceProvider], workspace: Any) -> None:
    reason = reason_of(configured(kind, serviceToken=""), PROJECT)
    assert reason == (
        "prisma:serviceToken: is required. "
        "Run `pulumi config set --secret prisma:serviceToken`, or set the environment variable PRISMA_SERVICE_TOKEN."
    )
    assert workspace.requests == []


@ALL_PROVIDERS
def test_a_wrong_token_is_reported_without_the_token(kind: type[ResourceProvider], workspace: Any) -> None:
    reason = reason_of(configured(kind, serviceToken="prsc_wrong"), PROJECT)
    assert reason.startswith("prisma:serviceToken: is rejected by Prisma. Create a new service token")
    assert "prsc_wrong" not in reason


def test_the_token_is_checked_once_in_a_process(workspace: Workspace) -> None:
    for kind, news in ((ProjectProvider, PROJECT), (DatabaseProvider, database_inputs()), (ProjectProvider, PROJECT)):
        assert configured(kind).check({}, news).failures == []
    assert workspace.requests == ["GET /v1/regions/postgres"]


def test_the_token_can_come_from_the_environment(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRISMA_SERVICE_TOKEN", TOKEN)
    assert configured(ProjectProvider, serviceToken="").check({}, PROJECT).failures == []


def test_a_check_passes_if_prisma_does_not_respond(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no such host")

    monkeypatch.setattr(workspace, "answer", unreachable)
    monkeypatch.setattr(prisma_api, "TOKEN_CHECK_RETRY_SECONDS", 0)
    assert configured(DatabaseProvider).check({}, database_inputs(region="mars-1")).failures == []


@pytest.mark.parametrize("address", ["http://127.0.0.1:9", "http://127.0.0.1:9/", "http://127.0.0.1:9/v1"])
def test_the_address_can_include_the_version(address: str, workspace: Workspace) -> None:
    configured(ProjectProvider, apiBaseUrl=address).create(PROJECT)
    assert workspace.requests[-1] == "POST /v1/projects"


def test_an_unencrypted_address_is_rejected(workspace: Workspace) -> None:
    assert "prisma:apiBaseUrl: must be an https URL" in reason_of(
        configured(ProjectProvider, apiBaseUrl="http://api.example.com"), PROJECT
    )


def test_a_deletion_reports_a_missing_token(workspace: Workspace) -> None:
    with pytest.raises(ApiError, match=r"^prisma:serviceToken: is required"):
        configured(ProjectProvider, serviceToken="").delete("proj_1", PROJECT)


# Check.


@pytest.mark.parametrize("region", ["eu-west-3", "mars-1"])
def test_an_unavailable_region_is_rejected_with_the_available_regions(region: str, workspace: Workspace) -> None:
    reason = reason_of(configured(DatabaseProvider), database_inputs(region=region))
    assert reason == "must be an available region of Prisma: eu-central-1, us-east-1. Set one of these regions."


@pytest.mark.parametrize("region", ["eu-central-1", UNKNOWN])
def test_an_available_or_unknown_region_is_accepted(region: str, workspace: Workspace) -> None:
    assert configured(DatabaseProvider).check({}, database_inputs(region=region)).failures == []


@pytest.mark.parametrize(("plan", "actual"), [("pro", "Starter"), ("business", "PRO"), ("pro", "free")])
def test_a_plan_with_more_connections_than_that_of_the_workspace_causes_a_warning(
    plan: str, actual: str, workspace: Workspace, warnings: list[str]
) -> None:
    workspace.plan = actual
    for _ in range(2):
        assert configured(DatabaseProvider).check({}, database_inputs(plan=plan)).failures == []
    shown = "\n".join(warnings)
    assert f"The plan is {plan}, but Prisma reports that the workspace has the plan {actual.lower()}" in shown
    assert TOKEN not in shown
    assert workspace.requests == [
        "GET /v1/regions/postgres", "GET /v1/workspaces", "GET /v1/workspaces/wksp_1/subscription"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("plan", "actual"),
    [("starter", "Starter"), ("starter", "free"), ("free", "Pro"), ("pro", "Enterprise"), (UNKNOWN, "free")],
)
def test_a_plan_with_as_many_connections_or_an_unknown_plan_causes_no_warning(
    plan: str, actual: str, workspace: Workspace, warnings: list[str]
) -> None:
    workspace.plan = actual
    assert configured(DatabaseProvider).check({}, database_inputs(plan=plan)).failures == []
    assert warnings == []


@pytest.mark.parametrize("path", ["/v1/workspaces", "/v1/workspaces/wksp_1/subscription"])
def test_a_token_that_cannot_read_the_plan_is_accepted(path: str, workspace: Workspace, warnings: list[str]) -> None:
    workspace.fail("GET", path, status(403, "forbidden"))
    assert configured(DatabaseProvider).check({}, database_inputs(plan="business")).failures == []
    assert warnings == []


def test_an_existing_database_stays_in_an_unavailable_region(workspace: Workspace) -> None:
    inputs = database_inputs(region="eu-west-3")
    assert configured(DatabaseProvider).check(inputs, inputs).failures == []


# Diff.


@pytest.mark.parametrize(
    ("kind", "olds", "change", "replaces"),
    [
        (ProjectProvider, PROJECT, {"name": "shop"}, []),
        (DatabaseProvider, database_inputs(), {"name": "shop"}, []),
        (DatabaseProvider, database_inputs(), {"region": "us-east-1"}, ["region"]),
        (DatabaseProvider, database_inputs(), {"project_id": "proj_8"}, ["project_id"]),
        (DatabaseProvider, database_inputs(), {"project_id": UNKNOWN}, ["project_id"]),
        (DatabaseProvider, database_inputs(), {"source_database_id": "db_1"}, ["source_database_id"]),
        (ConnectionProvider, CONNECTION, {"name": "api"}, ["name"]),
        (ConnectionProvider, CONNECTION, {"database_id": "db_8"}, ["database_id"]),
    ],
)
def test_only_inputs_that_the_api_cannot_update_cause_a_replacement(
    kind: Any, olds: Any, change: Any, replaces: list[str]
) -> None:
    found = kind().diff("id", {**olds, "password": SECRET}, {**olds, **change, "__provider": "y"})
    assert (found.changes, found.replaces) == (True, replaces)


def test_the_new_database_is_created_before_the_old_one_is_deleted() -> None:
    found = DatabaseProvider().diff("id", database_inputs(), database_inputs(region="us-east-1"))
    assert found.delete_before_replace is False


@pytest.mark.parametrize(
    ("kind", "inputs"),
    [(ProjectProvider, PROJECT), (DatabaseProvider, database_inputs()), (ConnectionProvider, CONNECTION)],
)
def test_equal_inputs_are_no_change(kind: Any, inputs: Any) -> None:
    found = kind().diff("id", {**inputs, "password": SECRET}, {**inputs, "__provider": "of a newer version"})
    assert (found.changes, found.replaces) == (False, [])


def test_omitting_the_source_does_not_replace_the_database() -> None:
    olds = database_inputs(source_database_id="db_1", source_backup_id="b")
    assert DatabaseProvider().diff("id", olds, database_inputs()).changes is False


# Update.


@pytest.mark.parametrize(
    ("kind", "provider", "inputs"),
    [("projects", ProjectProvider, PROJECT), ("databases", DatabaseProvider, database_inputs())],
)
@pytest.mark.parametrize("failure", [None, lost_before, lost_after, status(503), status(500)])
def test_a_name_changes_in_place(kind: str, provider: Any, inputs: Any, failure: Any, workspace: Workspace) -> None:
    id_ = workspace.put(kind, logicalId="main")
    if failure:
        workspace.fail("PATCH", f"/v1/{kind}/{id_}", failure)
    changed = configured(provider).update(id_, {**inputs, "kept": 1}, {**inputs, "name": "shop"})
    assert workspace.names(kind) == ["shop"]
    assert workspace.kept[kind][id_]["logicalId"] == "main"
    assert changed.outs == {**inputs, "kept": 1, "name": "shop"}


# Read.


@ALL_PROVIDERS
def test_a_read_detects_a_deleted_object(kind: type[ResourceProvider], workspace: Workspace) -> None:
    read = configured(kind).read("gone_1", {**CONNECTION, "password": SECRET})
    assert (read.id, read.outs) == ("", {})


def test_a_read_detects_a_changed_name(workspace: Workspace) -> None:
    id_ = workspace.put("projects", name="renamed")
    read = configured(ProjectProvider).read(id_, PROJECT)
    assert (read.id, read.inputs, read.outs) == (id_, {"name": "renamed"}, {"name": "renamed", "__provider": "x"})


def test_a_read_returns_name_region_and_project_of_a_database(workspace: Workspace) -> None:
    id_ = workspace.put("databases", name="renamed", region="us-east-1", projectId="proj_8", status="ready")
    read = configured(DatabaseProvider).read(id_, database_inputs())
    assert read.inputs == {"project_id": "proj_8", "name": "renamed", "region": "us-east-1"}


def test_a_read_keeps_properties_that_prisma_does_not_return(workspace: Workspace) -> None:
    id_ = workspace.put("databases", region=None, projectId=None, status="ready")
    assert configured(DatabaseProvider).read(id_, database_inputs()).outs == database_inputs()


def test_a_read_keeps_the_password_and_updates_the_address_of_a_connection(workspace: Workspace) -> None:
    id_ = workspace.put("connections", name="hyperdrive", databaseId="db_9", directConnection={"pass": "sk_other"})
    state = {**CONNECTION, "host": "old.prisma.io", "port": 1.0, "user": "consumer", "password": SECRET}
    read = configured(ConnectionProvider).read(id_, state)
    pooled = {"pooled_host": "pooled.db.prisma.io", "pooled_port": 5432}
    assert read.outs == {**state, "host": "db.prisma.io", "port": 5432, **pooled}
    assert read.inputs == {"database_id": "db_9", "name": "hyperdrive"}


def test_an_error_of_a_read_is_not_a_deleted_object(workspace: Workspace) -> None:
    workspace.fail("GET", "/v1/projects/proj_1", status(403, "forbidden", "no"))
    with pytest.raises(ApiError, match="returned 403"):
        configured(ProjectProvider).read("proj_1", PROJECT)


# Delete.


@pytest.mark.parametrize(
    ("kind", "provider"),
    [("projects", ProjectProvider), ("databases", DatabaseProvider), ("connections", ConnectionProvider)],
)
@pytest.mark.parametrize(
    "failure", [None, lost_before, lost_after, failed_after, status(429), status(502), status(404)]
)
def test_an_object_is_deleted_if_a_response_is_lost(
    kind: str, provider: Any, failure: Any, workspace: Workspace
) -> None:
    id_ = workspace.put(kind, databaseId="db_9")
    if failure:
        workspace.fail("DELETE", f"/v1/{kind}/{id_}", failure)
    configured(provider).delete(id_, {})
    configured(provider).delete(id_, {})
    assert workspace.kept[kind] == {}


def test_the_error_about_a_default_database_contains_the_reason(workspace: Workspace) -> None:
    id_ = workspace.put("databases")
    workspace.fail("DELETE", f"/v1/databases/{id_}", status(403, "forbidden", "default environment"))
    with pytest.raises(
        ApiError,
        match=rf"database {id_} \(default environment\).*default database of its project, delete the project",
    ):
        configured(DatabaseProvider).delete(id_, {})


def test_the_error_about_a_project_with_other_objects_contains_the_reason(workspace: Workspace) -> None:
    id_ = workspace.put("projects")
    workspace.fail("DELETE", f"/v1/projects/{id_}", status(400, "projectHasDependencies", "existing dependencies"))
    with pytest.raises(
        ApiError, match=rf"does not delete project {id_}.*existing dependencies.*Delete these objects first"
    ):
        configured(ProjectProvider).delete(id_, {})


# The service token of a component.

ONE = {"service_token": "prsc_one"}
TWO = {"service_token": "prsc_two"}
OBJECTS = [
    pytest.param(ProjectProvider, "projects", PROJECT, id="project"),
    pytest.param(DatabaseProvider, "databases", database_inputs(), id="database"),
    pytest.param(ConnectionProvider, "connections", CONNECTION, id="connection"),
]


@pytest.fixture
def two_tokens(workspace: Workspace) -> Workspace:
    workspace.tokens = {"prsc_one", "prsc_two"}
    return workspace


def with_token(kind: Any, inputs: dict[str, Any], api: Any = ONE) -> tuple[str, dict[str, Any]]:
    """Creates an object with the token of a component and without a configured token."""
    result = configured(kind, serviceToken="").create({**inputs, "api": api})
    return result.id, result.outs


@pytest.mark.parametrize(("kind", "kept", "inputs"), OBJECTS)
def test_a_resource_uses_the_token_of_its_component(
    kind: Any, kept: str, inputs: dict[str, Any], two_tokens: Workspace
) -> None:
    id_, outs = with_token(kind, inputs)
    provider = configured(kind, serviceToken="")
    found = provider.read(id_, outs)
    assert (found.outs["api"], found.inputs["api"]) == (ONE, ONE)
    provider.delete(id_, outs)
    assert two_tokens.kept[kept] == {}
    assert set(two_tokens.used_tokens) == {"prsc_one"}


def test_two_resources_in_one_process_use_two_tokens(workspace: Workspace) -> None:
    workspace.tokens |= {"prsc_one", "prsc_two"}
    provider = configured(ProjectProvider)
    for given in ({"api": ONE}, {"api": TWO}, {}):
        workspace.used_tokens.clear()
        provider.create({"name": f"project-{len(workspace.kept['projects'])}", **given})
        assert set(workspace.used_tokens) == {given.get("api", {}).get("service_token", TOKEN)}


@pytest.mark.parametrize(("kind", "kept", "inputs"), OBJECTS)
@pytest.mark.parametrize("new", [{"api": TWO}, {}], ids=["new token", "token of the configuration"])
def test_a_new_token_is_an_update_that_changes_nothing_at_prisma(
    kind: Any, kept: str, inputs: dict[str, Any], new: dict[str, Any], two_tokens: Workspace
) -> None:
    id_, outs = with_token(kind, inputs)
    two_tokens.requests.clear()
    two_tokens.used_tokens.clear()
    provider = configured(kind, serviceToken="prsc_two")
    news = {**inputs, **new}
    found = provider.diff(id_, outs, news)
    assert (found.changes, found.replaces) == (True, [])
    updated = provider.update(id_, outs, news).outs
    assert updated == {**{key: value for key, value in outs.items() if key != "api"}, **new}
    assert {request.split()[0] for request in two_tokens.requests} == {"GET"}
    assert set(two_tokens.used_tokens) == {"prsc_two"}


def test_a_name_and_a_token_change_together(two_tokens: Workspace) -> None:
    id_, outs = with_token(ProjectProvider, PROJECT)
    updated = configured(ProjectProvider, serviceToken="").update(id_, outs, {**PROJECT, "name": "shop", "api": TWO})
    assert two_tokens.names("projects") == ["shop"]
    assert (updated.outs["name"], updated.outs["api"]) == ("shop", TWO)


@pytest.mark.parametrize(("kind", "kept", "inputs"), OBJECTS)
def test_a_new_token_that_cannot_see_the_object_is_rejected(
    kind: Any, kept: str, inputs: dict[str, Any], two_tokens: Workspace
) -> None:
    id_, outs = with_token(kind, inputs)
    two_tokens.kept[kept].clear()
    with pytest.raises(ApiError, match=f"Prisma has no object {id_} for the new service token") as raised:
        configured(kind).update(id_, outs, {**inputs, "api": TWO})
    assert "prsc" not in str(raised.value)


@pytest.mark.parametrize(("kind", "kept", "inputs"), OBJECTS)
def test_an_unknown_token_is_accepted_in_a_preview(
    kind: Any, kept: str, inputs: dict[str, Any], workspace: Workspace
) -> None:
    provider = configured(kind, serviceToken="")
    news = {**inputs, "api": UNKNOWN}
    checked = provider.check({}, news)
    assert (checked.failures, checked.inputs) == ([], news)
    found = provider.diff("id", {**inputs, "api": ONE}, news)
    assert (found.changes, found.replaces) == (True, [])
    assert workspace.requests == []


@ALL_PROVIDERS
def test_a_rejected_token_of_a_component_is_reported_by_its_argument(kind: Any, workspace: Workspace) -> None:
    assert reason_of(configured(kind), {**PROJECT, "api": ONE}) == (
        "api.service_token: is rejected by Prisma. Create a new service token in the settings of the workspace, and "
        "set the new value in `api.service_token`."
    )


def test_an_unencrypted_address_of_a_component_is_rejected(workspace: Workspace) -> None:
    given = {**PROJECT, "api": {"base_url": "http://api.example.com"}}
    assert reason_of(configured(ProjectProvider), given).startswith("api.base_url: must be an https URL")
