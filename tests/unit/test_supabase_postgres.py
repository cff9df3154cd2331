"""`SupabasePostgres`: outputs, and rejected arguments."""

from collections.abc import Callable
from typing import Any

import pulumi
import pulumi_random as random
import pytest

from edge_postgres.origins.supabase.component import SupabasePostgres, connections_of_supabase
from edge_postgres.origins.supabase.limits import MAX_CONNECTIONS, RESERVED_PERCENT, ComputeSize
from tests.harness import Export, deploy, rejected
from tests.unit.sound import CONFIG, PASSWORD, changed, hyperdrive

Given = Callable[[Any], Any]
Arrival = tuple[Given, bool]

REFERENCE = "abcdefghijklmnopqrst"
HOST = f"db.{REFERENCE}.supabase.co"
SOUND = {"project_ref": REFERENCE, "user": "worker", "password": PASSWORD}


def supabase(opts: Any = None, **changes: Any) -> SupabasePostgres:
    return SupabasePostgres("main", changed(SOUND, changes), opts)  # type: ignore[arg-type]


def origin_of(**changes: Any) -> dict[str, Any]:
    return {key: export.value for key, export in deploy(lambda: supabase(**changes).origin).exports.items()}


@pytest.fixture(params=["plain in an update", "an output in a preview"])
def arrival(request: pytest.FixtureRequest) -> Arrival:
    """A function that wraps a value, and whether the run is a preview. Two of the four combinations are tested."""
    return (lambda value: value, False) if request.param.startswith("plain") else (pulumi.Output.from_input, True)


# Outputs.


def test_no_resource_is_created() -> None:
    (registered,) = deploy(lambda: supabase() and None).registrations
    assert (registered.type, registered.inputs) == ("edge-postgres:index:SupabasePostgres", {})


def test_the_direct_address_follows_from_the_reference(given: Given, preview: bool) -> None:
    exports = deploy(lambda: supabase(project_ref=given(REFERENCE)).origin, preview=preview).exports
    assert {key: export.value for key, export in exports.items()} == {
        "host": HOST, "port": 5432, "database": "postgres", "user": "worker", "password": PASSWORD
    }  # fmt: skip


def test_an_unknown_size_causes_a_warning(given: Given, caplog: pytest.LogCaptureFixture) -> None:
    deploy(lambda: supabase(project_ref=given(REFERENCE)) and None)
    assert "SupabasePostgres `main`.max_connections: is not set, so no connection limit" in caplog.text
    caplog.clear()
    origin_of(compute_size="small")
    assert caplog.text == ""


def test_only_the_password_is_a_secret(given: Given) -> None:
    exports = deploy(lambda: supabase(**{key: given(value) for key, value in SOUND.items()}).origin).exports
    assert {key for key, export in exports.items() if export.secret} == {"password"}


def test_another_database_can_be_set(given: Given) -> None:
    assert deploy(lambda: supabase(database=given("shop")).origin).exports["database"].value == "shop"


def test_the_flat_outputs_are_the_fields_of_the_origin() -> None:
    arguments = {"compute_size": "small", "sslmode": "verify-full", "ca_certificate_id": "ca"}

    def flat() -> dict[str, Any]:
        component = supabase(**arguments)
        return {key: getattr(component, key) for key in component.origin if key != "ca_certificate_id"}

    fields = deploy(lambda: supabase(**arguments).origin).exports
    exports = deploy(flat).exports
    assert {**exports, "ca_certificate_id": Export("ca", known=True, secret=False)} == fields
    assert exports["password"].secret


def test_the_password_depends_on_the_dependencies_of_the_component() -> None:
    def program() -> None:
        role = random.RandomPet("role")
        hyperdrive(origin=supabase(pulumi.ResourceOptions(depends_on=[role])).origin)

    run = deploy(program)
    assert any(urn.endswith("::role") for urn in run.one(CONFIG).wire.dependencies)


def test_the_outputs_of_a_project_from_another_provider_are_accepted(preview: bool) -> None:
    def program() -> None:
        chosen = random.RandomPassword("chosen", length=20)
        project = pulumi.Output.from_input(REFERENCE)
        hyperdrive(origin=supabase(project_ref=project, user="postgres", password=chosen.result).origin)

    outputs = {"random:index/randomPassword:RandomPassword": {"result": PASSWORD}}
    config = deploy(program, outputs=outputs, preview=preview).one(CONFIG)
    assert config.inputs["origin"]["host"] == HOST
    assert "origin.password" in config.secrets


# Connections.


@pytest.mark.parametrize(("size", "most", "kept"), [("nano", 60, 12), ("small", 90, 18), ("8xl", 490, 98)])
def test_the_size_determines_the_connections_and_a_fifth_is_reserved(size: str, most: int, kept: int) -> None:
    found = origin_of(compute_size=size)
    assert (found["max_connections"], found["reserved_connections"]) == (most, kept)


def test_without_a_size_no_connections_are_known() -> None:
    assert set(origin_of()) == {"host", "port", "database", "user", "password"}


def test_explicit_connections_override_the_size(given: Given) -> None:
    exports = deploy(lambda: supabase(compute_size="nano", max_connections=given(200)).origin).exports
    assert (exports["max_connections"].value, exports["reserved_connections"].value) == (200, 40)


def test_an_explicit_reserve_overrides_the_fifth(given: Given) -> None:
    exports = deploy(lambda: supabase(compute_size="nano", reserved_connections=given(36)).origin).exports
    assert (exports["max_connections"].value, exports["reserved_connections"].value) == (60, 36)


def test_a_reserve_without_known_connections_is_passed_on() -> None:
    assert origin_of(reserved_connections=10)["reserved_connections"] == 10


@pytest.mark.parametrize(("most", "kept"), [(60, 12), (61, 13), (60.0, 12), (1, 1)])
def test_the_reserve_is_rounded_up(most: float, kept: int) -> None:
    assert repr(connections_of_supabase(most)) == repr(kept)


def test_hyperdrives_limit_is_below_the_free_connections() -> None:
    deploy(lambda: hyperdrive(origin=supabase(compute_size="nano").origin, connection_limit=48) and None)
    with rejected("must be at most 48, got 49 (the database accepts 60 connections, of which 12 must stay free)"):
        deploy(lambda: hyperdrive(origin=supabase(compute_size="nano").origin, connection_limit=49) and None)


def test_the_numbers_are_those_of_the_source() -> None:
    assert {size.value: int(limit) for size, limit in MAX_CONNECTIONS.items()} == {
        "nano": 60, "micro": 60, "small": 90, "medium": 120, "large": 160, "xl": 240, "2xl": 380, "4xl": 480,
        "8xl": 490, "12xl": 500, "16xl": 500,
    }  # fmt: skip
    assert int(RESERVED_PERCENT) == 20


def test_every_size_has_its_number() -> None:
    assert set(MAX_CONNECTIONS) == set(ComputeSize)


# Rejected arguments.


@pytest.mark.parametrize(
    "reference",
    [HOST, f"https://{REFERENCE}.supabase.co", "aws-0-eu-central-1.pooler.supabase.com", REFERENCE[:19],
     REFERENCE.upper(), f"postgres://postgres:{PASSWORD}@{HOST}:5432/postgres", ""],
)  # fmt: skip
def test_an_invalid_project_reference_is_rejected_and_not_shown(reference: str, arrival: Arrival) -> None:
    given, preview = arrival
    with pytest.raises(
        pulumi.RunError, match=r"SupabasePostgres `main`.project_ref: must be a project reference of 20 lower-"
    ) as no:
        deploy(lambda: supabase(project_ref=given(reference)).origin, preview=preview)
    assert not reference or reference not in str(no.value)


def test_a_user_of_the_shared_pooler_is_rejected_with_the_role_to_use(arrival: Arrival) -> None:
    given, preview = arrival
    with rejected(
        "SupabasePostgres `main`.user: must be a role of the database, got a user name of the shared pooler",
        "reference: worker.",
    ):
        deploy(lambda: supabase(user=given(f"worker.{REFERENCE}")).origin, preview=preview)


def test_a_role_with_a_dot_is_accepted() -> None:
    assert origin_of(user="app.worker")["user"] == "app.worker"


@pytest.mark.parametrize("part", ["host", "port", "endpoint", "url", "pooler_host"])
def test_an_address_argument_is_rejected(part: str) -> None:
    with rejected(f"SupabasePostgres `main`.{part}: unknown argument", "`project_ref`"):
        deploy(lambda: supabase(**{part: "x"}))


@pytest.mark.parametrize("part", ["project_ref", "user", "password"])
def test_a_missing_part_is_rejected(part: str) -> None:
    with rejected(f"SupabasePostgres `main`.{part}: is required"):
        deploy(lambda: supabase(**{part: ...}))


@pytest.mark.parametrize(("part", "noun"), [("user", "user name"), ("database", "database name")])
def test_a_name_of_more_than_63_bytes_is_rejected(part: str, noun: str, arrival: Arrival) -> None:
    given, preview = arrival
    with rejected(f"SupabasePostgres `main`.{part}: must have a {noun} of 1 to 63 bytes, got 64"):
        deploy(lambda: supabase(**{part: given("x" * 64)}).origin, preview=preview)


def test_an_empty_password_is_rejected(arrival: Arrival) -> None:
    given, preview = arrival
    with rejected("SupabasePostgres `main`.password: must not be empty"):
        deploy(lambda: supabase(password=given("")).origin, preview=preview)


def test_an_unknown_size_is_rejected() -> None:
    with rejected("SupabasePostgres `main`.compute_size: must be one of", "got `huge`", "`nano`", "`16xl`"):
        deploy(lambda: supabase(compute_size="huge"))


def test_an_unknown_reference_is_accepted_in_a_preview() -> None:
    run = deploy(lambda: {"host": supabase(project_ref=random.RandomPet("project").id).host}, preview=True)
    assert not run.exports["host"].known
