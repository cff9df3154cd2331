"""`DatabaseRoles`: two login roles that take turns, so that a password can change while nobody uses it."""

from typing import Any, NotRequired, TypedDict, cast

import pulumi

from edge_postgres.core.args import validate_choice, validated_args
from edge_postgres.core.errors import ValidationError
from edge_postgres.core.inputs import apply_input
from edge_postgres.origin.contract import PostgresOrigin, with_dependencies
from edge_postgres.origin.limits import HYPERDRIVE_NAME_BYTES
from edge_postgres.origin.slot import Slot
from edge_postgres.postgres.role_provider import PostgresRole


class DatabaseRolesArgs(TypedDict):
    """Arguments of DatabaseRoles: who makes the roles, or the two of them."""

    origin: PostgresOrigin
    """The database; its user is what the roles act as, where nothing else is stated."""
    active_slot: pulumi.Input[str]
    """`a` or `b`: whose credentials are in use. Moved to the other, that one's password is made anew."""
    admin_user: NotRequired[pulumi.Input[str]]
    """Role that may make roles; signs in from where `pulumi up` runs."""
    admin_password: NotRequired[pulumi.Input[str]]
    """Its password; becomes a secret if it is none."""
    ca_pem: NotRequired[pulumi.Input[str]]
    """Authority that the server is verified against, name included, while the roles are made, in PEM. Without one the
    connection is encrypted and nobody proves who answers."""
    owner_role: NotRequired[pulumi.Input[str]]
    """Group role that owns the objects that the two login roles create; created if it does not exist."""
    ownership_mark: NotRequired[str]
    """Comment that marks the roles as this stack's; default: the component's name."""
    users: NotRequired[dict[str, pulumi.Input[str]]]
    """Instead of an administrator: the two roles that are there already, by slot."""
    passwords: NotRequired[dict[str, pulumi.Input[str]]]
    """Their passwords, by slot; they become secrets if they are none."""


class DatabaseRoles(pulumi.ComponentResource):
    """Two login roles of one database, of which one is in use.

    Creates the roles with an administrator's credentials; or nothing, where both are given.

    Refuses an argument it does not know, an administrator beside given roles, half of either, an administrator of a
    database without a host, one role for both slots, and a slot other than `a` and `b`.

    Example::

        roles = DatabaseRoles("main", {
            "origin": existing.origin,
            "active_slot": "a",
            "users": {"a": "worker_a", "b": "worker_b"},
            "passwords": {"a": config.require_secret("passwordA"), "b": config.require_secret("passwordB")},
        })
    """

    slots: dict[str, PostgresOrigin]
    """The origin with the credentials of each slot."""

    origin: PostgresOrigin
    """The origin with the credentials in use."""

    def __init__(self, name: str, args: DatabaseRolesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("edge-postgres:index:DatabaseRoles", name, {}, opts)
        args = validated_args(args, DatabaseRolesArgs, subject=name)
        reject_contradictions(args, subject=name)
        active = apply_input(
            args["active_slot"], lambda slot: validate_choice(slot, Slot, subject=f"{name}.active_slot").value
        )
        child = pulumi.ResourceOptions(parent=self, depends_on=opts.depends_on if opts else None)

        self.slots = {
            slot.value: given(args, slot) if "users" in args else made(name, args, slot, active, child) for slot in Slot
        }
        self.origin = self.slots[active] if isinstance(active, str) else in_use(self.slots, active)
        self.register_outputs({})


def reject_contradictions(args: DatabaseRolesArgs, *, subject: str) -> None:
    """Raises ``ValidationError`` where the roles are both given and to be made, or neither."""
    if ("admin_user" in args) != ("admin_password" in args):
        raise ValidationError(f"{subject}.admin_user", "and `admin_password` belong together", "Give both, or neither.")
    if ("admin_user" in args) == ("users" in args):
        raise ValidationError(
            f"{subject}.admin_user",
            "stands beside `users`" if "users" in args else "is not given, and neither is `users`",
            "Give an administrator who makes the roles, or both roles with their passwords.",
        )
    if "admin_user" in args and "host" not in args["origin"]:
        raise ValidationError(
            f"{subject}.origin",
            "has no host; the roles are made through Postgres, from where `pulumi up` runs",
            "Give the database's own origin, or both roles with their passwords.",
        )
    for key in ("users", "passwords"):
        if "users" in args and sorted(cast("dict[str, Any]", args.get(key, {}))) != list(Slot):
            raise ValidationError(
                f"{subject}.{key}", "does not name the slots `a` and `b`", "Give one for each, and no other."
            )
    users = args.get("users", {})
    if users and isinstance(users["a"], str) and users["a"] == users["b"]:
        raise ValidationError(
            f"{subject}.users",
            f"has {users['a']} in both slots",
            "Take two roles: one stays as it is while the other changes.",
        )


def given(args: DatabaseRolesArgs, slot: Slot) -> PostgresOrigin:
    """The origin with a role that is there already."""
    ready = args["origin"]["password"]
    # Readiness travels with the password: this one waits for what the origin's own waits for.
    password = pulumi.Output.all(args["passwords"][slot], ready).apply(lambda both: cast("str", both[0]))
    return with_credentials(args["origin"], args["users"][slot], pulumi.Output.secret(password))


def made(
    name: str, args: DatabaseRolesArgs, slot: Slot, active: pulumi.Input[str], opts: pulumi.ResourceOptions
) -> PostgresOrigin:
    """The origin with a role that is made for it."""
    origin = args["origin"]
    group = args.get("owner_role", origin["user"])
    user = apply_input(group, lambda known: validate_role(f"{known}_{slot}", subject=f"{name}.owner_role"))
    role = PostgresRole(
        f"{name}-role-{slot}",
        host=cast("pulumi.Input[str]", origin.get("host")),
        port=origin.get("port", 5432),
        database=origin["database"],
        admin_user=args["admin_user"],
        admin_password=pulumi.Output.all(args["admin_password"], origin["password"]).apply(lambda both: str(both[0])),
        ca_pem=args.get("ca_pem"),
        name=user,
        acts_as=group,
        owner=args.get("ownership_mark", name),
        active=apply_input(active, lambda known: known == slot.value),
        opts=opts,
    )
    return with_credentials(origin, user, with_dependencies(pulumi.Output.secret(role.password), [role]))


def with_credentials(origin: PostgresOrigin, user: pulumi.Input[str], password: pulumi.Input[str]) -> PostgresOrigin:
    """The same database with another role."""
    lasting = {key: value for key, value in origin.items() if key != "password_rotates"}
    return cast("PostgresOrigin", {**lasting, "user": user, "password": password})


def in_use(slots: dict[str, PostgresOrigin], active: pulumi.Output[str]) -> PostgresOrigin:
    """The origin of a slot that only an Output names."""
    both = {key: {slot: slots[slot][key] for slot in slots} for key in ("user", "password")}
    user, password = (
        pulumi.Output.all(active, both[key]).apply(lambda known: str(known[1][known[0]]))
        for key in ("user", "password")
    )
    return with_credentials(slots["a"], user, pulumi.Output.secret(password))


def validate_role(role: str, *, subject: str) -> str:
    """The name of a slot's role, at most 63 bytes."""
    if len(role.encode()) > HYPERDRIVE_NAME_BYTES:
        raise ValidationError(
            subject, f"makes the role {role}, which is longer than {HYPERDRIVE_NAME_BYTES} bytes", "Use a shorter name."
        )
    return role
