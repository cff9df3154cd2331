"""Two credentials that take turns: existing roles, created roles, and the Hyperdrive configuration of a Worker."""

from collections.abc import Callable
from typing import Any

import pytest

from edge_postgres import DatabaseRoles, HyperdriveSlots, NeonPostgres, PrismaPlan, PrismaPostgres
from tests.harness import MAIN, Registration, Run, deploy, rejected
from tests.unit.sound import ACCOUNT, CONFIG, changed, origin, vpc
from tests.unit.vendors import CALLS, OUTPUTS

Given = Callable[[Any], Any]

ROLE = "pulumi-python:dynamic/postgres:Role"
ADMIN = {"admin_user": "admin", "admin_password": "admin-password"}
TWO = {
    "users": {"a": "worker_a", "b": "worker_b"},
    "passwords": {"a": "password-of-a", "b": "password-of-b"},
}
OTHERS = {
    "a": origin(user="worker_a", password="password-of-a"),
    "b": origin(user="worker_b", password="password-of-b"),
}


def roles(**changes: Any) -> DatabaseRoles:
    args = changed({"origin": origin(), "active_slot": "a", **ADMIN}, changes)
    return DatabaseRoles("main", args)  # type: ignore[arg-type]


def given_roles(**changes: Any) -> DatabaseRoles:
    return roles(**{**dict.fromkeys(ADMIN, ...), **TWO, **changes})


def slots(**changes: Any) -> HyperdriveSlots:
    args = {
        "account_id": ACCOUNT,
        "slots": OTHERS,
        "active_slot": "a",
        "connection_limit": 10,
        "caching": {"disabled": True},
    }
    return HyperdriveSlots("main", changed(args, changes))  # type: ignore[arg-type]


def ran(program: Callable[[], Any], *, preview: bool = False) -> Run:
    return deploy(program, outputs={} if preview else OUTPUTS, calls=CALLS, preview=preview)


def by_name(run: Run, type_: str) -> dict[str, Registration]:
    return {entry.name: entry for entry in run.all(type_)}


# Roles that are created.


def test_two_roles_are_created_and_one_is_active(preview: bool) -> None:
    created = by_name(ran(lambda: roles() and None, preview=preview), ROLE)
    assert {name: (entry.inputs["name"], entry.inputs["active"]) for name, entry in created.items()} == {
        "main-role-a": ("app_a", True),
        "main-role-b": ("app_b", False),
    }


def test_one_argument_changes_the_active_slot(given: Given) -> None:
    created = by_name(ran(lambda: roles(active_slot=given("b")) and None), ROLE)
    assert [entry.inputs["active"] for entry in created.values()] == [False, True]


def test_the_roles_act_as_the_origins_user_or_as_the_owner_role(given: Given) -> None:
    assert {entry.inputs["acts_as"] for entry in ran(lambda: roles() and None).all(ROLE)} == {"app"}
    others = ran(lambda: roles(owner_role=given("shared")) and None).all(ROLE)
    assert [(entry.inputs["acts_as"], entry.inputs["name"]) for entry in others] == [
        ("shared", "shared_a"),
        ("shared", "shared_b"),
    ]


def test_the_administrators_password_is_a_secret(given: Given) -> None:
    for entry in ran(lambda: roles(admin_password=given("sentinel")) and None).all(ROLE):
        assert "admin_password" in entry.secrets
        assert "password" in entry.wire.additionalSecretOutputs


def test_each_slot_has_its_own_credentials_on_the_same_database() -> None:
    def program() -> Any:
        created = roles()
        return {slot: [found["user"], found["password"]] for slot, found in created.slots.items()}

    run = ran(program)
    assert [run.exports[slot].value for slot in "ab"] == [
        ["app_a", OUTPUTS[ROLE]["password"]],
        ["app_b", OUTPUTS[ROLE]["password"]],
    ]
    assert run.exports["a"].secret


def test_the_origin_has_the_credentials_of_the_active_slot(given: Given) -> None:
    def program() -> Any:
        found = given_roles(active_slot=given("b")).origin
        return {"user": found["user"], "password": found["password"], "host": found.get("host")}

    run = ran(program)
    assert (run.exports["user"].value, run.exports["password"].value) == ("worker_b", "password-of-b")
    assert run.exports["password"].secret


def test_a_slot_waits_for_its_role() -> None:
    def program() -> None:
        created = roles()
        HyperdriveSlots(
            "main",
            {
                "account_id": ACCOUNT,
                "slots": created.slots,
                "active_slot": "a",
                "connection_limit": 10,
                "caching": {"disabled": True},
            },
        )

    configs = by_name(ran(program), CONFIG)
    waits = {name: {urn.rsplit("::", 1)[1] for urn in entry.wire.dependencies} for name, entry in configs.items()}
    assert waits == {f"{MAIN}-a": {"main-role-a"}, f"{MAIN}-b": {"main-role-b"}}


def test_a_rotated_password_of_the_origin_does_not_prevent_roles() -> None:
    def program() -> Any:
        return dict(roles(origin=origin(password_rotates=True)).slots["a"])

    assert "password_rotates" not in ran(program).exports


# Existing roles.


def test_existing_roles_create_no_resources() -> None:
    assert [entry.type for entry in ran(lambda: given_roles() and None).registrations] == [
        "edge-postgres:index:DatabaseRoles"
    ]


def test_passwords_of_existing_roles_become_secrets() -> None:
    def program() -> Any:
        return {slot: found["password"] for slot, found in given_roles().slots.items()}

    run = ran(program)
    assert [(run.exports[slot].value, run.exports[slot].secret) for slot in "ab"] == [
        ("password-of-a", True),
        ("password-of-b", True),
    ]


# Rejected arguments.


def test_missing_administrator_and_roles_are_rejected() -> None:
    with rejected("DatabaseRoles `main`.admin_user: is required if `users` is not set"):
        ran(lambda: roles(**dict.fromkeys(ADMIN, ...)) and None)


def test_an_administrator_together_with_existing_roles_is_rejected() -> None:
    with rejected("DatabaseRoles `main`.admin_user: cannot be combined with `users`"):
        ran(lambda: roles(**TWO) and None)


def test_an_administrator_of_a_database_without_a_host_is_rejected() -> None:
    with rejected("DatabaseRoles `main`.origin: must have a host", "because `pulumi up` connects to the database"):
        ran(lambda: roles(origin=vpc()) and None)


def test_the_administrator_as_the_group_role_is_rejected(given: Given) -> None:
    with rejected("DatabaseRoles `main`.owner_role: cannot be an administrator of the server", "got admin"):
        ran(lambda: roles(owner_role=given("admin")) and None)
    with rejected("DatabaseRoles `main`.owner_role: cannot be an administrator of the server", "got app"):
        ran(lambda: roles(admin_user=given("app")) and None)


def test_an_administrator_of_a_vendor_as_the_group_role_is_rejected() -> None:
    with rejected("DatabaseRoles `main`.owner_role: cannot be an administrator of the server"):
        ran(lambda: roles(owner_role="cloudsqlsuperuser") and None)


def test_the_former_user_of_the_roles_is_the_user_of_the_origin() -> None:
    created = ran(lambda: roles(owner_role="shared") and None).all(ROLE)
    assert [entry.inputs["former_user"] for entry in created] == ["app", "app"]


def test_an_administrator_without_a_user_name_is_rejected() -> None:
    with rejected("DatabaseRoles `main`.admin_user: must be set together with `admin_password`"):
        ran(lambda: roles(admin_password=...) and None)


@pytest.mark.parametrize("key", ["users", "passwords"])
def test_a_single_slot_is_rejected(key: str) -> None:
    with rejected(f"DatabaseRoles `main`.{key}: must have exactly the keys `a` and `b`"):
        ran(lambda: given_roles(**{key: {"a": "x"}}) and None)


def test_the_same_role_in_both_slots_is_rejected() -> None:
    with rejected(
        "DatabaseRoles `main`.users: must name two roles, got app in both slots",
        "one role keeps its password while the other password changes",
    ):
        ran(lambda: given_roles(users={"a": "app", "b": "app"}) and None)


@pytest.mark.parametrize("slot", ["c", "", "A"])
def test_an_unknown_slot_is_rejected(slot: str, given: Given, preview: bool) -> None:
    with rejected(f"DatabaseRoles `main`.active_slot: must be one of `a`, `b`, got `{slot}`."):
        ran(lambda: roles(active_slot=given(slot)) and None, preview=preview)


def test_a_role_name_that_becomes_too_long_is_rejected() -> None:
    with rejected(
        "DatabaseRoles `main`.owner_role: must have at most 63 bytes with the suffix of a slot, `_a` or `_b`"
    ):
        ran(lambda: roles(owner_role="x" * 62) and None)


# Hyperdrive.


def test_each_slot_has_a_configuration_and_the_worker_binds_that_of_the_active_slot() -> None:
    def program() -> Any:
        return {"bound": slots(active_slot="b").hyperdrive_id}

    run = ran(program)
    assert {name: entry.inputs["origin"]["user"] for name, entry in by_name(run, CONFIG).items()} == {
        f"{MAIN}-a": "worker_a",
        f"{MAIN}-b": "worker_b",
    }
    assert run.exports["bound"].value == f"{MAIN}-b-id"


def test_changing_the_active_slot_changes_no_configuration() -> None:
    before = by_name(ran(lambda: slots(active_slot="a") and None), CONFIG)
    after = by_name(ran(lambda: slots(active_slot="b") and None), CONFIG)
    assert {name: entry.inputs for name, entry in before.items()} == {
        name: entry.inputs for name, entry in after.items()
    }


def test_each_slot_has_a_pair_of_configurations() -> None:
    caching = {"max_age": 60, "stale_while_revalidate": 15}
    run = ran(lambda: slots(fresh_share=0.5, caching=caching) and None)
    names = [f"{MAIN}-a", f"{MAIN}-a-fresh", f"{MAIN}-b", f"{MAIN}-b-fresh"]
    assert sorted(entry.inputs["name"] for entry in run.all(CONFIG)) == sorted(by_name(run, CONFIG)) == names


def aliases_of(run: Run) -> dict[str, list[str]]:
    return {entry.name: [alias.spec.name for alias in entry.wire.aliases] for entry in run.registrations}


def test_a_configuration_without_slots_becomes_slot_a() -> None:
    aliases = aliases_of(ran(lambda: slots() and None))
    assert (aliases["main-a"], aliases["main-b"]) == (["main", "main-a-cached"], ["main-b-cached"])
    assert (aliases[f"{MAIN}-a"], aliases[f"{MAIN}-b"]) == ([MAIN], [])


def test_a_pair_without_slots_becomes_the_pair_of_slot_a() -> None:
    caching = {"max_age": 60, "stale_while_revalidate": 15}
    aliases = aliases_of(ran(lambda: slots(fresh_share=0.5, caching=caching) and None))
    assert (aliases[f"{MAIN}-a"], aliases[f"{MAIN}-a-fresh"]) == ([MAIN], [f"{MAIN}-fresh"])


def test_a_missing_slot_is_rejected() -> None:
    with rejected("HyperdriveSlots `main`.slots: must have the slots `a` and `b`"):
        ran(lambda: slots(slots={"a": origin()}) and None)


# Vendors that create the credentials.


@pytest.mark.parametrize("active", ["a", "b"])
def test_neon_creates_two_roles(active: str) -> None:
    def program() -> Any:
        created = NeonPostgres("main", {"region": "aws-eu-central-1", "active_slot": active})
        return {slot: found["user"] for slot, found in created.slots.items()} | {"user": created.user}

    run = ran(program)
    created = by_name(run, "pulumi-python:dynamic/neon:Role")
    assert {name: (entry.inputs["name"], entry.inputs["active"]) for name, entry in created.items()} == {
        "main-role-a": ("hyperdrive_a", active == "a"),
        "main-role-b": ("hyperdrive_b", active == "b"),
    }
    assert [run.exports[key].value for key in ("a", "b", "user")] == [
        "hyperdrive_a",
        "hyperdrive_b",
        f"hyperdrive_{active}",
    ]


@pytest.mark.parametrize("active", ["a", "b"])
def test_prisma_creates_two_connections(active: str) -> None:
    def program() -> Any:
        created = PrismaPostgres("main", {"region": "eu-central-1", "plan": PrismaPlan.PRO, "active_slot": active})
        return {"slots": sorted(created.slots), "password": created.slots["b"]["password"]}

    run = ran(program)
    created = by_name(run, "pulumi-python:dynamic/prisma:Connection")
    assert {name: (entry.inputs["name"], entry.inputs["active"]) for name, entry in created.items()} == {
        "main-connection-a": ("hyperdrive-a", active == "a"),
        "main-connection-b": ("hyperdrive-b", active == "b"),
    }
    assert run.exports["slots"].value == ["a", "b"]
    assert run.exports["password"].secret
