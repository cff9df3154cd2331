"""`DatabaseRoles`: a login role for each of two slots, so that a password changes only while no client uses it."""

from collections.abc import Mapping
from typing import NotRequired, TypedDict, cast

import pulumi

from edge_postgres.core.args import read_fields, subject_of, validate_choice, validated_args
from edge_postgres.core.children import children_of
from edge_postgres.core.errors import ValidationError
from edge_postgres.core.inputs import apply_input, apply_inputs, or_default, require_value
from edge_postgres.core.transforms import ChildClasses, Transform
from edge_postgres.origin.contract import READABLE, PostgresOrigin, with_dependencies
from edge_postgres.origin.names import default_name
from edge_postgres.origin.slot import Slot
from edge_postgres.postgres.resources import PostgresRole
from edge_postgres.postgres.role_rules import reject_same_role, validate_owner_role, validate_role_name


class DatabaseRolesArgs(TypedDict):
    """The arguments of DatabaseRoles: an administrator who creates the roles, or two existing roles."""

    origin: pulumi.Input[PostgresOrigin]
    """Database of the roles. Login roles that this component creates act as the user of this origin, unless
    `owner_role` is set."""
    active_slot: pulumi.Input[str]
    """Slot whose credentials are in use: `a` or `b`. If this component creates the roles, a slot that becomes active
    gets a new password first."""
    admin_user: NotRequired[pulumi.Input[str | None]]
    """Administrator: a role that may create roles. `pulumi up` connects as this role. Requires `admin_password`."""
    admin_password: NotRequired[pulumi.Input[str | None]]
    """Password of `admin_user`, which always becomes a secret."""
    ca_pem: NotRequired[pulumi.Input[str | None]]
    """CA certificate in PEM against which `pulumi up` verifies the server, including its host name. Without a CA the
    connection is encrypted, but the server is not verified."""
    owner_role: NotRequired[pulumi.Input[str | None]]
    """Group role that the two login roles act as, which must not be `admin_user` or another administrator. A missing
    group role is created. Unless it has the rights of the user of `origin`, the objects of this user become objects of
    the group role, and the user becomes a member. Default: the user of `origin`."""
    ownership_mark: NotRequired[str]
    """Comment that marks the roles as created by this stack. Default: `<project>-<stack>-<name>`."""
    users: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Names of two existing roles by slot, `a` and `b`. Cannot be combined with `admin_user`. Requires `passwords`."""
    passwords: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Passwords of `users` by slot, `a` and `b`, which always become secrets."""
    transform: NotRequired[Mapping[str, Transform]]
    """By child resource (`roles`): arguments of the child that replace those of the component."""


CHILDREN: ChildClasses = {
    "roles": lambda: PostgresRole,
}


class DatabaseRoles(pulumi.ComponentResource):
    """Two login roles of one database, of which one is in use.

    Creates the roles with the credentials of an administrator. Creates nothing if two existing roles are set.

    Rejects unknown arguments, an administrator together with existing roles, incomplete credentials, and an
    administrator of a database without a host. Rejects the same role in both slots, a slot other than `a` and `b`, a
    role to create whose name has more than 63 bytes, and an administrator as the group role.

    Example::

        roles = DatabaseRoles("main", {
            "origin": existing.origin,
            "active_slot": "a",
            "users": {"a": "worker_a", "b": "worker_b"},
            "passwords": {"a": config.require_secret("passwordA"), "b": config.require_secret("passwordB")},
        })
    """

    slots: dict[str, PostgresOrigin]
    """By slot, `a` and `b`: the origin with the credentials of the slot."""

    origin: PostgresOrigin
    """The origin with the credentials in use."""

    def __init__(self, name: str, args: DatabaseRolesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("edge-postgres:index:DatabaseRoles", name, {}, opts)
        subject = subject_of(self)
        args = validated_args(args, DatabaseRolesArgs, subject=subject)
        origin = read_fields(args["origin"], PostgresOrigin, readable=READABLE, subject=f"{subject}.origin")
        reject_contradictions(args, subject=subject)
        active = apply_input(
            args["active_slot"], lambda slot: validate_choice(slot, Slot, subject=f"{subject}.active_slot").value
        )
        children = children_of(self, opts, args.get("transform"), CHILDREN, subject=subject)

        self.roles: dict[str, PostgresRole] = {}
        if "users" in args:
            self.slots = {slot.value: existing_role(args, origin, slot) for slot in Slot}
        else:
            within = pulumi.ResourceOptions(deleted_with=opts.deleted_with if opts else None)
            options = children.options("roles", within)
            group = apply_inputs(
                (or_default(args.get("owner_role"), origin["user"]), args.get("admin_user")),
                lambda role, admin: validate_owner_role(role, admin, subject=f"{subject}.owner_role"),
            )
            users = {slot.value: render_user(group, slot, subject=f"{subject}.owner_role") for slot in Slot}
            self.roles = {
                slot.value: create_role(name, args, origin, group, slot, active, options, subject=subject)
                for slot in Slot
            }
            self.slots = {
                slot: with_credentials(
                    origin, users[slot], with_dependencies(pulumi.Output.secret(role.password), [role])
                )
                for slot, role in self.roles.items()
            }
        self.origin = self.slots[active] if isinstance(active, str) else select_slot(self.slots, active)
        self.register_outputs({})


def reject_contradictions(args: DatabaseRolesArgs, *, subject: str) -> None:
    """Rejects arguments that contradict each other, and incomplete credentials.

    Raises:
        ValidationError: Neither an administrator nor two different existing roles are set with all credentials, or both
            are set. Or the administrator's database has no host.
    """
    if ("admin_user" in args) != ("admin_password" in args):
        raise ValidationError(
            f"{subject}.admin_user", "must be set together with `admin_password`", "Set both, or neither."
        )
    if "admin_user" in args and "users" in args:
        raise ValidationError(
            f"{subject}.admin_user",
            "cannot be combined with `users`",
            "Remove `users` and `passwords`, or remove `admin_user` and `admin_password`.",
        )
    if "admin_user" not in args and "users" not in args:
        raise ValidationError(
            f"{subject}.admin_user",
            "is required if `users` is not set",
            "Set `admin_user` with `admin_password`, or `users` with `passwords`.",
        )
    if "users" in args:
        for key, values in (("users", args["users"]), ("passwords", args.get("passwords", {}))):
            if sorted(values) != list(Slot):
                raise ValidationError(
                    f"{subject}.{key}",
                    "must have exactly the keys `a` and `b`",
                    "Set one value for each of the two keys.",
                )
    users = args.get("users", {})
    if users:
        reject_same_role(users["a"], users["b"], subject=f"{subject}.users")


def existing_role(args: DatabaseRolesArgs, origin: PostgresOrigin, slot: Slot) -> PostgresOrigin:
    """Returns the origin with the credentials of the existing role that is set for a slot."""
    # The password of the origin depends on the resources that must exist first. The password of the role must depend on
    # the same resources.
    password = pulumi.Output.all(args["passwords"][slot], origin["password"]).apply(lambda both: str(both[0]))
    return with_credentials(origin, args["users"][slot], pulumi.Output.secret(password))


def create_role(
    name: str,
    args: DatabaseRolesArgs,
    origin: PostgresOrigin,
    group: pulumi.Input[str],
    slot: Slot,
    active: pulumi.Input[str],
    opts: pulumi.ResourceOptions,
    *,
    subject: str,
) -> PostgresRole:
    """Creates and returns the role of a slot.

    Args:
        group: Name of the group role.
        slot: The slot of the new role.
        active: The slot in use, which may be another slot.
    """
    admin_password = require_value(args["admin_password"], subject=f"{subject}.admin_password")
    return PostgresRole(
        f"{name}-role-{slot}",
        {
            "host": apply_input(origin.get("host"), lambda host: require_host(host, subject=f"{subject}.origin")),
            "port": apply_input(origin.get("port"), lambda port: 5432 if port is None else port),
            "database": origin["database"],
            "admin_user": require_value(args["admin_user"], subject=f"{subject}.admin_user"),
            "admin_password": pulumi.Output.all(admin_password, origin["password"]).apply(lambda both: str(both[0])),
            "ca_pem": args.get("ca_pem"),
        },
        name=render_user(group, slot, subject=f"{subject}.owner_role"),
        acts_as=group,
        former_user=origin["user"],
        owner=args.get("ownership_mark", default_name(name)),
        active=apply_input(active, lambda known: known == slot.value),
        opts=opts,
    )


def render_user(group: pulumi.Input[str], slot: Slot, *, subject: str) -> pulumi.Input[str]:
    """Returns the name of the login role of a slot."""
    return apply_input(group, lambda known: validate_role_name(f"{known}_{slot}", subject=subject))


def with_credentials(origin: PostgresOrigin, user: pulumi.Input[str], password: pulumi.Input[str]) -> PostgresOrigin:
    """Returns the origin with other credentials, which the vendor of the database does not rotate."""
    kept = {key: value for key, value in origin.items() if key != "password_rotates"}
    return cast("PostgresOrigin", {**kept, "user": user, "password": password})


def select_slot(slots: dict[str, PostgresOrigin], active: pulumi.Output[str]) -> PostgresOrigin:
    """Returns the origin with the credentials of the slot that the Output ``active`` names.

    Args:
        slots: By slot, the origin with the credentials of the slot.
    """
    users = {slot: origin["user"] for slot, origin in slots.items()}
    passwords = {slot: origin["password"] for slot, origin in slots.items()}
    user = pulumi.Output.all(active, users).apply(lambda known: str(known[1][known[0]]))
    password = pulumi.Output.all(active, passwords).apply(lambda known: str(known[1][known[0]]))
    return with_credentials(slots["a"], user, pulumi.Output.secret(password))


def require_host(host: str | None, *, subject: str) -> str:
    """Returns the host unchanged. Raises `ValidationError` for an origin without a host."""
    if host is None:
        raise ValidationError(
            subject,
            "must have a host, because `pulumi up` connects to the database to create the roles",
            "Set an origin with a host, or set `users` and `passwords` instead of `admin_user`.",
        )
    return host
