"""`NeonPostgres`: its resources, its origin, its validation errors."""

import logging
from collections.abc import Callable
from typing import Any

import pulumi
import pulumi_random as random
import pytest

from edge_postgres.origin.limits import HYPERDRIVE_POSTGRES, NEON_RESERVED_CONNECTIONS
from edge_postgres.origins.neon import limits as numbers
from edge_postgres.origins.neon.component import NeonPostgres
from edge_postgres.origins.neon.compute_rules import connections_of
from tests.harness import MAIN, Registration, Run, deploy, rejected
from tests.unit.sound import CONFIG, changed, hyperdrive, unknown

Given = Callable[[Any], Any]

PROJECT = "pulumi-python:dynamic/neon:Project"
BRANCH = "pulumi-python:dynamic/neon:Branch"
DEFAULT_BRANCH = "pulumi-python:dynamic/neon:DefaultBranch"
ROLE = "pulumi-python:dynamic/neon:Role"
DATABASE = "pulumi-python:dynamic/neon:Database"

PASSWORD = "Zq7xKv9wJu3yHh5m"
HOST = "ep-cool-name-12345678.eu-central-1.aws.neon.tech"
ADDRESS = {
    "host": HOST,
    "port": 5432,
    "pooled_host": HOST.replace(".", "-pooler.", 1),
    "pooled_port": 5432,
}
OUTPUTS: dict[str, dict[str, Any]] = {
    DEFAULT_BRANCH: {"min_cu": 1, "max_cu": 1},
    ROLE: {**ADDRESS, "password": PASSWORD},
}
EXISTING = {"region": ..., "project_id": "quiet-term-12345678"}
OWN_BRANCH = {**EXISTING, "branch": "dev"}


def neon(opts: Any = None, **changes: Any) -> NeonPostgres:
    """Registers a NeonPostgres with changed arguments."""
    args: Any = changed({"region": "aws-eu-central-1"}, changes)
    return NeonPostgres("main", args, opts)


def run_of(program: Callable[[], Any], *, preview: bool = False) -> Run:
    """A deployment in which Neon returns addresses and passwords, except in a preview."""
    return deploy(program, outputs={} if preview else OUTPUTS, preview=preview)


def deployed(**changes: Any) -> Run:
    return run_of(lambda: neon(**changes) and None)


def inputs_of(entry: Registration) -> dict[str, Any]:
    """The inputs of a dynamic resource, without the serialised provider."""
    return {key: value for key, value in entry.inputs.items() if key != "__provider"}


def types(run: Run) -> set[str]:
    return {entry.type for entry in run.registrations if entry.wire.custom}


def origin_of(**changes: Any) -> dict[str, Any]:
    return {key: export.value for key, export in run_of(lambda: neon(**changes).origin).exports.items()}


# Resources.


def test_a_new_project_is_created_with_a_role() -> None:
    run = deployed()
    assert types(run) == {PROJECT, ROLE}
    assert inputs_of(run.one(PROJECT)) == {
        "name": MAIN,
        "region_id": "aws-eu-central-1",
        "pg_version": 17,
        "branch_name": "main",
        "protected": False,
        "database_name": "neondb",
        "min_cu": 0.25,
        "max_cu": 0.25,
    }
    assert inputs_of(run.one(ROLE)) == {"branch": "main-project-id", "name": "hyperdrive", "take_over": True}


def test_the_arguments_of_a_new_project_reach_the_resource(given: Given) -> None:
    inputs = {
        "project_name": "shop",
        "region": "aws-us-east-1",
        "postgres_version": 16,
        "organization": "org-one",
        "branch": "trunk",
        "protected": True,
        "min_cu": 0.5,
        "max_cu": 4,
        "suspend_after_seconds": 600,
        "database": "orders",
    }
    run = run_of(lambda: neon(**{key: given(value) for key, value in inputs.items()}) and None)
    assert inputs_of(run.one(PROJECT)) == {
        "name": "shop",
        "region_id": "aws-us-east-1",
        "pg_version": 16,
        "org_id": "org-one",
        "branch_name": "trunk",
        "protected": True,
        "min_cu": 0.5,
        "max_cu": 4,
        "suspend_after_seconds": 600,
        "database_name": "orders",
    }


def test_in_an_existing_project_a_branch_is_created_with_a_role(given: Given) -> None:
    inputs = {"branch": "dev", "parent": "main", "expires_after_seconds": 604800, "max_cu": 2}
    run = run_of(lambda: neon(**EXISTING, **{key: given(value) for key, value in inputs.items()}) and None)
    assert types(run) == {BRANCH, ROLE}
    assert inputs_of(run.one(BRANCH)) == {
        "project_id": "quiet-term-12345678",
        "name": "dev",
        "parent": "main",
        "protected": False,
        "expires_after_seconds": 604800,
        "min_cu": 0.25,
        "max_cu": 2,
    }
    assert inputs_of(run.one(ROLE)) == {"branch": f"{run.one(BRANCH).name}-id", "name": "hyperdrive", "take_over": True}


def test_without_a_branch_the_default_branch_is_used_and_its_roles_are_kept() -> None:
    run = deployed(**EXISTING)
    assert types(run) == {DEFAULT_BRANCH, ROLE}
    assert inputs_of(run.one(DEFAULT_BRANCH)) == {"project_id": "quiet-term-12345678"}
    assert inputs_of(run.one(ROLE)) == {"branch": "main-branch-id", "name": "hyperdrive", "take_over": False}


def test_the_name_of_the_role_can_be_set() -> None:
    assert deployed(user="worker").one(ROLE).inputs["name"] == "worker"


def test_a_database_is_created_on_a_branch_on_request() -> None:
    run = deployed(**OWN_BRANCH, database="orders", create_database=True)
    branch = f"{run.one(BRANCH).name}-id"
    assert inputs_of(run.one(DATABASE)) == {"branch": branch, "name": "orders", "owner_name": "hyperdrive"}


def test_a_database_waits_for_the_role_that_owns_it() -> None:
    run = run_of(lambda: neon(**OWN_BRANCH, create_database=True) and None)
    assert run.one(ROLE).urn in run.one(DATABASE).wire.dependencies


def test_roles_and_databases_are_deleted_with_their_branch() -> None:
    assert deployed().one(ROLE).wire.deletedWith
    run = deployed(**OWN_BRANCH, create_database=True)
    for kind in (ROLE, DATABASE):
        assert run.one(kind).wire.deletedWith


def test_a_role_on_a_default_branch_is_deleted_separately() -> None:
    assert not deployed(**EXISTING).one(ROLE).wire.deletedWith


def test_a_branch_and_a_database_are_deleted_before_their_replacement() -> None:
    run = deployed(**OWN_BRANCH, create_database=True)
    assert run.one(BRANCH).wire.deleteBeforeReplace
    assert run.one(DATABASE).wire.deleteBeforeReplace
    assert not run.one(ROLE).wire.deleteBeforeReplace


def test_the_providers_are_plain_text_in_the_state() -> None:
    run = deployed()
    for entry in (run.one(PROJECT), run.one(ROLE)):
        assert len(entry.inputs["__provider"]) < 150
        assert "__provider" not in entry.secrets


# Outputs.


@pytest.mark.parametrize("place", [{}, OWN_BRANCH], ids=["project", "branch"])
def test_the_origin_is_the_direct_endpoint(place: dict[str, Any]) -> None:
    assert origin_of(**place) == {
        "host": HOST,
        "port": 5432,
        "database": "neondb",
        "user": "hyperdrive",
        "password": PASSWORD,
        "sslmode": "require",
        "max_connections": 104,
        "reserved_connections": 7,
        "endpoint": "direct",
    }


def test_the_flat_outputs_are_those_of_the_origin_and_the_pooler() -> None:
    def program() -> Any:
        origin = neon()
        names = ("host", "port", "database", "user", "password", "sslmode", "max_connections", "reserved_connections")
        return {**{name: getattr(origin, name) for name in names}, "pooled": origin.pooled_host}

    exports = run_of(program).exports
    assert {key: export.value for key, export in exports.items() if key not in ("pooled", "endpoint")} == {
        key: value for key, value in origin_of().items() if key != "endpoint"
    }
    assert exports["pooled"].value == "ep-cool-name-12345678-pooler.eu-central-1.aws.neon.tech"


def test_the_outputs_contain_the_ids_of_project_and_branch() -> None:
    class Ids(pulumi.runtime.Mocks):
        def new_resource(self, args: pulumi.runtime.MockResourceArgs) -> tuple[str, dict[str, Any]]:
            return "quiet-term-1/br-2", {**args.inputs, **OUTPUTS.get(args.typ, {})}

        def call(self, args: pulumi.runtime.MockCallArgs) -> Any:
            raise AssertionError(args)

    def program() -> Any:
        origin = neon()
        return {"project": origin.project_id, "branch": origin.branch_id}

    exports = deploy(program, answers=Ids()).exports
    assert (exports["project"].value, exports["branch"].value) == ("quiet-term-1", "br-2")


@pytest.mark.parametrize("place", [{}, OWN_BRANCH, EXISTING], ids=["project", "branch", "default"])
def test_the_password_is_a_secret(place: dict[str, Any], preview: bool) -> None:
    run = run_of(lambda: {"password": neon(**place).password}, preview=preview)
    assert run.exports["password"].secret
    assert PASSWORD not in str([entry.public for entry in run.registrations])
    assert list(run.one(ROLE).wire.additionalSecretOutputs) == ["password"]


def test_hyperdrive_waits_for_the_role_and_the_database() -> None:
    run = run_of(lambda: hyperdrive(origin=neon(**OWN_BRANCH, create_database=True).origin) and None)
    waited_for = run.one(CONFIG).wire.propertyDependencies["origin"].urns
    assert {run.one(ROLE).urn, run.one(DATABASE).urn} <= set(waited_for)
    assert run.one(BRANCH).urn in run.one(ROLE).wire.dependencies


def test_all_children_wait_for_the_dependencies_of_the_component() -> None:
    def program() -> None:
        first = random.RandomPet("first")
        neon(pulumi.ResourceOptions(depends_on=[first]), **OWN_BRANCH, create_database=True)

    run = run_of(program)
    (pet,) = run.all("random:index/randomPet:RandomPet")
    for kind in (BRANCH, ROLE, DATABASE):
        assert pet.urn in run.one(kind).wire.dependencies


def test_hyperdrive_accepts_the_origin(preview: bool) -> None:
    run = run_of(lambda: hyperdrive(origin=neon().origin, connection_limit=80) and None, preview=preview)
    assert len(run.all(CONFIG)) == 1


def test_hyperdrive_rejects_more_than_the_compute_accepts() -> None:
    with rejected(
        "Hyperdrive `main`.connection_limit: must be at most 97, got 98 (the database accepts 104 connections, "
        "of which 7 must stay free)"
    ):
        run_of(lambda: hyperdrive(origin=neon().origin, connection_limit=98) and None)


@pytest.mark.parametrize(("least", "most"), [(0.25, 104), (0.5, 209), (1, 419), (3, 1258), (9, 3776), (56, 4000)])
def test_a_fixed_compute_has_the_connections_of_its_size(least: float, most: int, given: Given) -> None:
    run = run_of(lambda: {"most": neon(min_cu=given(least)).max_connections})
    assert run.exports["most"].value == most


@pytest.mark.parametrize(
    ("least", "largest", "most"),
    [(0.25, 1, 419), (0.25, 2, 839), (0.25, 8, 839), (0.5, 8, 1678), (1, 8, 3357), (8, 16, 4000)],
)
def test_the_largest_compute_up_to_eight_times_the_smallest_determines_the_connections(
    least: float, largest: float, most: int, given: Given
) -> None:
    run = run_of(lambda: {"most": neon(min_cu=least, max_cu=given(largest)).max_connections})
    assert run.exports["most"].value == most


def test_the_compute_of_a_default_branch_determines_the_connections() -> None:
    assert origin_of(**EXISTING)["max_connections"] == 419


@pytest.mark.parametrize("place", [{}, EXISTING], ids=["project", "default"])
def test_explicit_connections_override_those_of_the_compute(place: dict[str, Any], given: Given) -> None:
    found = origin_of(**place, max_connections=450, reserved_connections=10)
    assert (found["max_connections"], found["reserved_connections"]) == (450, 10)


def test_in_a_preview_the_values_that_neon_returns_are_unknown() -> None:
    exports = run_of(lambda: neon(**EXISTING).origin, preview=True).exports
    assert {key for key, export in exports.items() if not export.known} == {
        "host",
        "port",
        "password",
        "max_connections",
    }


# Validation errors.


@pytest.mark.parametrize(
    "argument", ["postgres_version", "organization", "project_name", "region", "history_retention_seconds"]
)
def test_an_argument_of_a_new_project_together_with_an_existing_project_is_rejected(
    argument: str, preview: bool
) -> None:
    with rejected(f"NeonPostgres `main`.{argument}: cannot be combined with `project_id`", "Omit this setting"):
        deploy(
            lambda: (
                neon(
                    **{
                        **EXISTING,
                        argument: 17 if argument in ("postgres_version", "history_retention_seconds") else "17",
                    }
                )
                and None
            ),
            preview=preview,
        )


def test_a_project_without_region_and_id_is_rejected() -> None:
    with rejected(
        "NeonPostgres `main`.region: is required for a new project", "set `project_id` to an existing project"
    ):
        deploy(lambda: neon(region=...) and None)


@pytest.mark.parametrize("argument", ["parent", "expires_after_seconds", "create_database"])
def test_parent_expiry_and_database_of_a_new_project_are_rejected(argument: str) -> None:
    with rejected(f"NeonPostgres `main`.{argument}: requires `project_id`", "a new project has only its root branch"):
        deploy(lambda: neon(**{argument: 60 if argument == "expires_after_seconds" else True}) and None)


@pytest.mark.parametrize(
    "argument", ["parent", "expires_after_seconds", "protected", "min_cu", "max_cu", "suspend_after_seconds"]
)
def test_settings_of_a_default_branch_are_rejected(argument: str) -> None:
    with rejected(f"NeonPostgres `main`.{argument}: requires `branch`", "does not change the default branch"):
        deploy(lambda: neon(**EXISTING, **{argument: 1}) and None)


def test_an_expiry_of_a_protected_branch_is_rejected(given: Given, preview: bool) -> None:
    with rejected("NeonPostgres `main`.protected: cannot be combined with an expiry"):
        deploy(lambda: neon(**OWN_BRANCH, protected=given(True), expires_after_seconds=60) and None, preview=preview)


def test_an_explicitly_unprotected_branch_can_expire() -> None:
    run = deployed(**OWN_BRANCH, protected=False, expires_after_seconds=60)
    assert run.one(BRANCH).inputs["expires_after_seconds"] == 60


def test_a_lifetime_above_neons_maximum_is_rejected(given: Given, preview: bool) -> None:
    assert run_of(lambda: neon(**OWN_BRANCH, expires_after_seconds=given(2592000)) and None).one(BRANCH)
    with rejected("`main`.expires_after_seconds: must be at most 2592000 s (30 days), got 2.592e+06 s"):
        deploy(lambda: neon(**OWN_BRANCH, expires_after_seconds=given(2592001)) and None, preview=preview)


@pytest.mark.parametrize("seconds", [0, -1])
def test_a_lifetime_that_is_not_positive_is_rejected(seconds: float, given: Given, preview: bool) -> None:
    with rejected(
        f"NeonPostgres `main`.expires_after_seconds: must be more than 0 s, got {seconds} s", "Set a longer time"
    ):
        deploy(lambda: neon(**OWN_BRANCH, expires_after_seconds=given(seconds)) and None, preview=preview)


def test_a_lower_bound_above_the_upper_bound_is_rejected(given: Given, preview: bool) -> None:
    with rejected("NeonPostgres `main`.min_cu: must be at most `max_cu`, which is 1, got 2"):
        deploy(lambda: neon(min_cu=given(2), max_cu=1) and None, preview=preview)


def test_a_compute_below_the_smallest_is_rejected(given: Given, preview: bool) -> None:
    with rejected("NeonPostgres `main`.min_cu: must be at least 0.25, got 0.1"):
        deploy(lambda: neon(min_cu=given(0.1)) and None, preview=preview)


@pytest.mark.parametrize(
    ("argument", "value", "message"),
    [
        ("min_cu", 0.3, "must be 0.25, 0.5, an integer up to 16, or an even integer above it, got 0.3"),
        ("min_cu", 17, "got 17 (sizes of Neon's computes). Set 16."),
        ("max_cu", 57, "must be at most 56 on the plan `scale`, got 57"),
        ("max_cu", 18, "must be at most 16 for a compute that scales, got 18"),
        ("max_cu", 9, "must be at most 8 above the smallest size, which is 0.25, got 9 (Neon's limit). Set 8 or less"),
        ("suspend_after_seconds", 59, "must be 60 s to 604800 s (7 days) or never, got 59 s"),
        ("suspend_after_seconds", 604801, "got 604801 s"),
        ("suspend_after_seconds", -2, "got -2 s"),
        ("history_retention_seconds", -1, "must be from 0 to 2592000 s (Neon's limit), got -1"),
        ("history_retention_seconds", 2592001, "got 2592001"),
        ("region", "azure-eastus2", "must be one of `aws-us-east-1`"),
        ("region", "aws-eu-central1", "Did you mean `aws-eu-central-1`?"),
        ("user", "pguser", "must not begin with `pg` or be a reserved name, got `pguser`"),
        ("user", "cloud_admin", "must not begin with `pg` or be a reserved name"),
        ("database", "postgres", "must not be `postgres`, `template0`, `template1`, got `postgres`"),
    ],
)
def test_a_value_that_neon_does_not_offer_is_rejected(
    argument: str, value: Any, message: str, given: Given, preview: bool
) -> None:
    with rejected(f"NeonPostgres `main`.{argument}: ", message):
        deploy(lambda: neon(**{argument: given(value)}) and None, preview=preview)


@pytest.mark.parametrize("size", [0.25, 0.5, 1, 7, 16, 18, 56])
def test_each_size_of_neon_is_accepted(size: float) -> None:
    assert deployed(min_cu=size).one(PROJECT).inputs["max_cu"] == size


def test_a_large_compute_is_never_suspended(given: Given) -> None:
    run = run_of(lambda: neon(min_cu=18, suspend_after_seconds=given(-1)) and None)
    assert run.one(PROJECT).inputs["suspend_after_seconds"] == -1
    with rejected("main`.suspend_after_seconds: must be `never` or omitted above 16 compute units, got 300 s"):
        deploy(lambda: neon(min_cu=18, suspend_after_seconds=given(300)) and None)


@pytest.mark.parametrize(
    ("plan", "argument", "value"),
    [
        ("free", "min_cu", 3),
        ("free", "suspend_after_seconds", -1),
        ("free", "suspend_after_seconds", 600),
        ("free", "history_retention_seconds", 21601),
        ("free", "protected", True),
        ("launch", "min_cu", 18),
        ("launch", "suspend_after_seconds", 600),
        ("launch", "history_retention_seconds", 604801),
    ],
)
def test_a_value_that_the_plan_does_not_include_is_rejected(plan: Any, argument: str, value: Any, given: Given) -> None:
    with rejected(f"NeonPostgres `main`.{argument}: must", f"on the plan `{plan}`", "set `plan` to the plan of the"):
        deploy(lambda: neon(plan=plan, **{argument: given(value)}) and None)
    deployed(**{argument: value})


def test_an_unknown_plan_is_rejected() -> None:
    with rejected("NeonPostgres `main`.plan: must be one of `free`, `launch`, `scale`, got `pro`"):
        deploy(lambda: neon(plan="pro") and None)


def test_an_existing_database_can_have_a_reserved_name() -> None:
    assert origin_of(**OWN_BRANCH, database="postgres")["database"] == "postgres"
    with rejected("NeonPostgres `main`.database: must not be `postgres`"):
        deploy(lambda: neon(**OWN_BRANCH, database="postgres", create_database=True) and None)


def test_the_owner_of_the_database_is_rejected_as_hyperdrives_role(given: Given, preview: bool) -> None:
    with rejected(
        "NeonPostgres `main`.user: must differ from orders_owner",
        "because Neon creates a role with this name as the owner of the database",
    ):
        deploy(lambda: neon(user=given("orders_owner"), database="orders") and None, preview=preview)


def test_on_a_branch_every_role_name_is_accepted() -> None:
    assert deployed(**OWN_BRANCH, user="neondb_owner").one(ROLE).inputs["name"] == "neondb_owner"


@pytest.mark.parametrize("argument", ["database", "user"])
@pytest.mark.parametrize("place", [{}, OWN_BRANCH], ids=["project", "branch"])
def test_a_name_of_more_than_63_bytes_is_rejected(argument: str, place: dict[str, Any], given: Given) -> None:
    with rejected(f"NeonPostgres `main`.{argument}: must have a", "bytes, got 64"):
        deploy(lambda: neon(**place, **{argument: given("x" * 64)}) and None)


def test_a_role_name_leaves_room_for_the_suffix_of_its_slot(given: Given, preview: bool) -> None:
    longest = deployed(user="x" * 61, active_slot="a").all(ROLE)
    assert [len(role.inputs["name"]) for role in longest] == [63, 63]
    with rejected("NeonPostgres `main`.user: must have a user name of 1 to 61 bytes, got 62", "`_a` or `_b`"):
        deploy(lambda: neon(user=given("x" * 62), active_slot="a") and None, preview=preview)


@pytest.mark.parametrize(
    ("place", "argument"),
    [({}, "project_name"), ({}, "branch"), (EXISTING, "branch")],
    ids=["project", "root", "child"],
)
@pytest.mark.parametrize("length", [0, 257])
def test_the_name_of_a_project_or_a_branch_has_1_to_256_characters(
    place: dict[str, Any], argument: str, length: int, given: Given, preview: bool
) -> None:
    assert len(deployed(**place, **{argument: "x" * 256}).registrations) > 1
    with rejected(f"NeonPostgres `main`.{argument}: must have 1 to 256 characters, got {length}"):
        deploy(lambda: neon(**place, **{argument: given("x" * length)}) and None, preview=preview)


@pytest.mark.parametrize("version", [13, 20])
def test_a_version_that_neon_does_not_offer_is_rejected(version: int, given: Given, preview: bool) -> None:
    with rejected(
        f"NeonPostgres `main`.postgres_version: must be from 14 to 19 (Neon's versions of Postgres), got {version}"
    ):
        deploy(lambda: neon(postgres_version=given(version)) and None, preview=preview)


def test_a_version_that_is_not_an_integer_is_rejected(given: Given, preview: bool) -> None:
    with rejected("NeonPostgres `main`.postgres_version: must be an integer, got 17.5"):
        deploy(lambda: neon(postgres_version=given(17.5)) and None, preview=preview)


def test_an_unknown_argument_is_rejected() -> None:
    with rejected("NeonPostgres `main`.regoin: unknown argument. Did you mean `region`?"):
        deploy(lambda: neon(region=..., regoin="aws-eu-central-1") and None)


def test_unknown_values_are_accepted_in_a_preview() -> None:
    arguments = ("region", "branch", "database", "user", "min_cu", "max_cu", "postgres_version", "protected")

    def program() -> None:
        nobody_knows: Any = unknown()
        neon(**dict.fromkeys(arguments, nobody_knows))

    run = deploy(program, preview=True)
    assert types(run) >= {PROJECT, ROLE}


# Warnings.


def test_a_version_that_cloudflare_does_not_list_causes_a_warning(
    given: Given, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        run_of(lambda: neon(postgres_version=given(18)) and None)
    assert (
        "NeonPostgres `main`.postgres_version: is 18, but Cloudflare lists versions up to 17 for Hyperdrive."
        in caplog.text
    )


def test_a_version_that_cloudflare_lists_causes_no_warning(caplog: pytest.LogCaptureFixture) -> None:
    deployed(postgres_version=17)
    assert caplog.text == ""


# Limits.


def test_neons_limits_are_those_of_the_sources() -> None:
    assert {size: connections_of(size, size) for size in (0.25, 0.5, *range(1, 9))} == {
        0.25: 104, 0.5: 209, 1: 419, 2: 839, 3: 1258, 4: 1678, 5: 2098, 6: 2517, 7: 2937, 8: 3357
    }  # fmt: skip
    assert numbers.MAX_COMPUTE_UNITS == {"free": 2, "launch": 16, "scale": 56}
    assert numbers.PROTECTED_BRANCHES == {"free": 0, "launch": 2, "scale": 5}
    assert (NEON_RESERVED_CONNECTIONS, HYPERDRIVE_POSTGRES) == (7, 17)
