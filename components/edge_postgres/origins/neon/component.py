"""`NeonPostgres`: a Neon project, or a branch of one, with a role for Hyperdrive, as an origin."""

from typing import Any, NotRequired, TypedDict

import pulumi

from edge_postgres.core.args import validate_choice, validated_args
from edge_postgres.core.inputs import apply_input, apply_inputs
from edge_postgres.core.numbers import to_int
from edge_postgres.origin.contract import PostgresOrigin, with_dependencies
from edge_postgres.origin.limits import NEON_RESERVED_CONNECTIONS
from edge_postgres.origin.rules import validate_length
from edge_postgres.origin.slot import Slot
from edge_postgres.origins.neon.resources import NeonBranch, NeonDatabase, NeonDefaultBranch, NeonProject, NeonRole
from edge_postgres.origins.neon.rules import (
    DEFAULT_BRANCH,
    DEFAULT_DATABASE,
    DEFAULT_POSTGRES_VERSION,
    DEFAULT_USER,
    connections_of,
    reject_contradictions,
    reject_expiry_of_protected,
    untested,
    validate_compute,
    validate_expiry,
    validate_role,
)


class NeonPostgresArgs(TypedDict):
    """Arguments of NeonPostgres: a new project by its region, or an existing one by its id."""

    region: NotRequired[pulumi.Input[str]]
    """Region of a new project, such as `aws-eu-central-1`; another one makes another project, without the data."""
    postgres_version: NotRequired[pulumi.Input[float]]
    """Major version of a new project, 17 where it is left out; another one makes another project, without the data."""
    organization: NotRequired[pulumi.Input[str]]
    """Id of the organization that a new project belongs to, `org-…`; a personal API key needs it."""
    project_name: NotRequired[pulumi.Input[str]]
    """Name of a new project; the component's name where it is left out."""
    project_id: NotRequired[pulumi.Input[str]]
    """Id of an existing project, which is neither changed nor deleted."""
    branch: NotRequired[pulumi.Input[str]]
    """Name of the branch: the root of a new project, `main` where it is left out; or a child in an existing one, whose
    default branch is used where it is left out."""
    parent: NotRequired[pulumi.Input[str]]
    """Name of the branch that a child is made from, the default branch where it is left out."""
    protected: NotRequired[pulumi.Input[bool]]
    """True keeps Neon from deleting the branch and its project; paid plans have a few protected branches."""
    expires_after_seconds: NotRequired[pulumi.Input[float]]
    """Seconds after which Neon deletes a child branch, counted from when it is made or this is changed."""
    min_cu: NotRequired[pulumi.Input[float]]
    """Compute units that the compute scales down to, 0.25 where it is left out. They tell `max_connections`."""
    max_cu: NotRequired[pulumi.Input[float]]
    """Compute units that it scales up to; `min_cu` where it is left out, which is one fixed size."""
    suspend_after_seconds: NotRequired[pulumi.Input[float]]
    """Seconds without a query after which the compute is suspended, -1 for never; Neon's default is 300."""
    database: NotRequired[pulumi.Input[str]]
    """Name of the database, `neondb` where it is left out; a new project is made with it."""
    create_database: NotRequired[bool]
    """True makes the database on a branch of an existing project."""
    user: NotRequired[pulumi.Input[str]]
    """Role that is made for Hyperdrive, `hyperdrive` where it is left out."""
    active_slot: NotRequired[str]
    """`a` or `b`: makes two roles that take turns, `USER_a` and `USER_b`. Moved to the other, that one gets a new
    password."""
    max_connections: NotRequired[pulumi.Input[float]]
    """Connections that the database accepts in all; overrides what `min_cu` tells."""
    reserved_connections: NotRequired[pulumi.Input[float]]
    """Connections of these that Neon keeps for itself, 7 where it is left out."""


class NeonPostgres(pulumi.ComponentResource):
    """A Postgres database at Neon, as an origin: a project of its own, a branch, or the default branch of a project.

    Creates a project with its root branch, compute, database and owner; or, in an existing project, a child branch with
    a compute; or nothing of these, where the project has to be used as it is. And a role for Hyperdrive, with a
    password that Neon makes. The host is the direct one: Hyperdrive is a pooler itself.

    Refuses arguments of a new project beside an existing one, a parent or an expiry for the root of a new project,
    settings of a compute or a branch that is not its own, an expiry of a protected branch, `min_cu` above `max_cu`,
    and the database's owner as Hyperdrive's role.

    The API key comes from the configuration `neon:apiKey` or the environment variable NEON_API_KEY.

    Example::

        neon = NeonPostgres("main", {
            "region": "aws-eu-central-1",
            "min_cu": 0.25,
            "max_cu": 1,
        })
    """

    project_id: pulumi.Output[str]
    """Id of the project."""
    branch_id: pulumi.Output[str]
    """Id of the branch."""
    host: pulumi.Output[str]
    """Host of the database itself, for Hyperdrive."""
    port: pulumi.Output[float]
    """TCP port at that host."""
    pooled_host: pulumi.Output[str]
    """Host of Neon's pooler, for a Worker that dials without Hyperdrive."""
    pooled_port: pulumi.Output[float]
    """TCP port at that host."""
    database: pulumi.Output[str]
    """Name of the database."""
    user: pulumi.Output[str]
    """Role that signs in."""
    password: pulumi.Output[str]
    """Password of the role, a secret."""
    sslmode: pulumi.Output[str]
    """TLS mode, `require`."""
    max_connections: pulumi.Output[float]
    """Connections that the smallest compute between the bounds accepts in all."""
    reserved_connections: pulumi.Output[float]
    """Connections of these that Neon keeps for itself."""

    origin: PostgresOrigin
    """All of it, for a consumer."""

    slots: dict[str, PostgresOrigin]
    """The same with the credentials of each slot, where `active_slot` is stated."""

    def __init__(self, name: str, args: NeonPostgresArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("edge-postgres:index:NeonPostgres", name, {}, opts)
        args = validated_args(args, NeonPostgresArgs, subject=name)
        reject_contradictions(args.keys(), lambda argument: f"{name}.{argument}")
        database, user = render_names(args, subject=name)
        child = pulumi.ResourceOptions(parent=self, depends_on=opts.depends_on if opts else None)

        compute = render_compute(args, subject=name)
        branch = made_branch(name, args, database, compute, child)
        owned = not isinstance(branch, NeonDefaultBranch)
        # What goes with its branch needs no request of its own.
        within = pulumi.ResourceOptions.merge(child, pulumi.ResourceOptions(deleted_with=branch if owned else None))
        # A branch is made with the roles of its parent, and with their passwords.
        roles = made_roles(name, args, branch.id, user, take_over=owned, opts=within)
        role = roles[args.get("active_slot", "")]
        made = []
        if args.get("create_database"):
            made = [
                NeonDatabase(f"{name}-database", branch=branch.id, name=database, owner_name=role.name, opts=within)
            ]

        self.project_id = branch.id.apply(lambda at: at.partition("/")[0])
        self.branch_id = branch.id.apply(lambda at: at.partition("/")[2])
        self.host, self.port = role.host, role.port
        self.pooled_host, self.pooled_port = role.pooled_host, role.pooled_port
        self.database = pulumi.Output.from_input(database)
        self.user = pulumi.Output.from_input(role.name)
        self.password = with_dependencies(pulumi.Output.secret(role.password), made)
        self.sslmode = pulumi.Output.from_input("require")
        smallest = branch.min_cu if isinstance(branch, NeonDefaultBranch) else compute["min_cu"]
        accepted = pulumi.Output.from_input(smallest).apply(connections_of)
        self.max_connections = pulumi.Output.from_input(args.get("max_connections", accepted))
        self.reserved_connections = pulumi.Output.from_input(
            args.get("reserved_connections", int(NEON_RESERVED_CONNECTIONS))
        )
        self.origin = {
            "host": self.host,
            "port": self.port,
            "database": database,
            "user": role.name if "active_slot" in args else user,
            "password": self.password,
            "sslmode": "require",
            "max_connections": self.max_connections,
            "reserved_connections": self.reserved_connections,
            "endpoint": "direct",
        }
        self.slots = {
            slot: {
                **self.origin,
                "user": each.name,
                "password": with_dependencies(pulumi.Output.secret(each.password), made),
            }
            for slot, each in roles.items()
        }
        self.register_outputs({})


def made_roles(
    name: str,
    args: NeonPostgresArgs,
    branch: pulumi.Input[str],
    user: pulumi.Input[str],
    *,
    take_over: bool,
    opts: pulumi.ResourceOptions,
) -> dict[str, NeonRole]:
    """The role that signs in, by the empty name; or two that take turns, by slot."""
    if "active_slot" not in args:
        return {"": NeonRole(f"{name}-role", branch=branch, name=user, take_over=take_over, opts=opts)}
    active = validate_choice(args["active_slot"], Slot, subject=f"{name}.active_slot")
    return {
        slot.value: NeonRole(
            f"{name}-role-{slot}",
            branch=branch,
            name=pulumi.Output.format("{0}_{1}", user, slot.value),
            take_over=take_over,
            active=slot is active,
            opts=opts,
        )
        for slot in Slot
    }


def render_names(args: NeonPostgresArgs, *, subject: str) -> tuple[pulumi.Input[str], pulumi.Input[str]]:
    """The database and the role that signs in to it."""
    database = apply_input(
        args.get("database", DEFAULT_DATABASE),
        lambda known: validate_length(known, "database subject", subject=f"{subject}.database"),
    )
    names = {"user": args.get("user", DEFAULT_USER), "database": database}
    is_new = "project_id" not in args
    user = apply_inputs(names, lambda known: validate_role(is_new=is_new, subject=f"{subject}.user", **known))
    return database, user


def render_compute(args: NeonPostgresArgs, *, subject: str) -> dict[str, Any]:
    """The settings of the branch's compute."""
    bounds = {key: args.get(key) for key in ("min_cu", "max_cu")}
    compute = apply_inputs(bounds, lambda known: validate_compute("max_cu", subject=f"{subject}.min_cu", **known))
    return {
        "min_cu": apply_input(compute, lambda known: known["min_cu"]),
        "max_cu": apply_input(compute, lambda known: known["max_cu"]),
        "suspend_after_seconds": args.get("suspend_after_seconds"),
    }


def made_branch(
    name: str,
    args: NeonPostgresArgs,
    database: pulumi.Input[str],
    compute: dict[str, Any],
    opts: pulumi.ResourceOptions,
) -> NeonProject | NeonBranch | NeonDefaultBranch:
    """The branch that the database is on, with what has to be made for it."""
    if "project_id" in args and "branch" not in args:
        return NeonDefaultBranch(f"{name}-branch", project_id=args["project_id"], opts=opts)
    if "project_id" not in args:
        version = args.get("postgres_version", DEFAULT_POSTGRES_VERSION)
        return NeonProject(
            f"{name}-project",
            name=args.get("project_name", name),
            region_id=args["region"],
            pg_version=apply_input(version, lambda known: listed_version(known, subject=f"{name}.postgres_version")),
            org_id=args.get("organization"),
            branch_name=args.get("branch", DEFAULT_BRANCH),
            database_name=database,
            protected=args.get("protected", False),
            **compute,
            opts=opts,
        )
    expiry = {key: args.get(key) for key in ("protected", "expires_after_seconds")}

    def expires(known: dict[str, Any]) -> int | None:
        reject_expiry_of_protected(subject=f"{name}.protected", **known)
        return validate_expiry(known["expires_after_seconds"], subject=f"{name}.expires_after_seconds")

    expires_after = apply_inputs(expiry, expires)
    return NeonBranch(
        f"{name}-branch",
        project_id=args["project_id"],
        name=args["branch"],
        parent=args.get("parent"),
        protected=args.get("protected", False),
        expires_after_seconds=expires_after,
        **compute,
        opts=opts,
    )


def listed_version(version: float, *, subject: str) -> int:
    """The major version; warns where Hyperdrive does not list it."""
    version = to_int(version, subject=subject)
    if complaint := untested(version):
        pulumi.log.warn(f"{subject}: {complaint}")
    return version
