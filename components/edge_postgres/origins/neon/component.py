"""`NeonPostgres`: a Neon project, or a branch of an existing project, with a role for Hyperdrive."""

import pulumi

from edge_postgres.core.args import subject_of, validate_choice, validated_args
from edge_postgres.core.children import Children, children_of
from edge_postgres.core.inputs import apply_input, apply_inputs, or_default, require_value
from edge_postgres.core.transforms import ChildClasses
from edge_postgres.http.resource import ApiInput, render_api
from edge_postgres.origin.contract import PostgresOrigin, with_dependencies
from edge_postgres.origin.limits import NEON_RESERVED_CONNECTIONS
from edge_postgres.origin.names import default_name
from edge_postgres.origin.slot import Slot
from edge_postgres.origins.neon.args import (
    ComputeArgs,
    NeonApiArgs,
    NeonPostgresArgs,
    plan_of,
    render_compute,
    render_history,
    render_lifetime,
    render_name,
    render_names,
    render_protection,
    render_version,
)
from edge_postgres.origins.neon.compute_rules import connections_of
from edge_postgres.origins.neon.limits import NeonPlan
from edge_postgres.origins.neon.providers import NeonProvider
from edge_postgres.origins.neon.resources import NeonBranch, NeonDatabase, NeonDefaultBranch, NeonProject, NeonRole
from edge_postgres.origins.neon.rules import (
    DEFAULT_BRANCH,
    reject_contradictions,
    validate_region,
)

CHILDREN: ChildClasses = {
    "branch": lambda: NeonProject | NeonBranch | NeonDefaultBranch,
    "roles": lambda: NeonRole,
    "database_resource": lambda: NeonDatabase,
}


class NeonPostgres(pulumi.ComponentResource):
    """A Postgres database at Neon: a separate project, a branch, or the default branch of an existing project.

    Creates a role for Hyperdrive, with a password that Neon generates. Without `project_id` the component also creates
    a project with its root branch, compute, database and owner. With `project_id` and `branch` the component also
    creates a child branch with a compute. The output `host` is the direct host, because Hyperdrive is a pooler itself.

    Rejects unknown arguments, a new project without a region, and arguments of a new project together with
    `project_id`. Rejects `parent`, `expires_after_seconds` and `create_database` for a new project. Also rejects
    settings of a default branch, an expiry of a protected branch, and the owner of a new project's database as
    Hyperdrive's role. Rejects a compute, a suspension, an expiry, a region or a name that Neon does not offer on the
    plan.

    The API key is the argument `api`, else the configuration `neon:apiKey`, else the environment variable NEON_API_KEY.

    Example::

        neon = NeonPostgres("main", {
            "region": "aws-eu-central-1",
            "min_cu": 0.25,
            "max_cu": 1,
        })
    """

    project_id: pulumi.Output[str]
    """ID of the project."""
    branch_id: pulumi.Output[str]
    """ID of the branch."""
    host: pulumi.Output[str]
    """Host of the database itself, for Hyperdrive."""
    port: pulumi.Output[float]
    """TCP port of the database itself."""
    pooled_host: pulumi.Output[str]
    """Host of Neon's pooler, for a Worker that connects without Hyperdrive."""
    pooled_port: pulumi.Output[float]
    """TCP port of Neon's pooler."""
    database: pulumi.Output[str]
    """Name of the database."""
    user: pulumi.Output[str]
    """Role that Hyperdrive uses."""
    password: pulumi.Output[str]
    """Password of the role, a secret."""
    sslmode: pulumi.Output[str]
    """TLS mode, `require`."""
    max_connections: pulumi.Output[float]
    """Connections that the compute accepts in total."""
    reserved_connections: pulumi.Output[float]
    """Connections out of `max_connections` that Neon reserves for itself."""

    origin: PostgresOrigin
    """The database with the credentials in use, for Hyperdrive."""

    slots: dict[str, PostgresOrigin]
    """By slot: the origin with the credentials of the slot. The keys are `a` and `b`. Without `active_slot`, the only
    key is the empty string."""

    def __init__(self, name: str, args: NeonPostgresArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("edge-postgres:index:NeonPostgres", name, {}, opts)
        subject = subject_of(self)
        args = validated_args(args, NeonPostgresArgs, subject=subject)
        settings = {argument: argument for argument in NeonPostgresArgs.__annotations__}
        reject_contradictions(args.keys(), settings=settings, subject=subject)
        database, user = render_names(args, subject=subject)
        api = render_api(args.get("api"), NeonApiArgs, NeonProvider.api_settings, subject=f"{subject}.api")
        children = children_of(self, opts, args.get("transform"), CHILDREN, subject=subject)

        plan = plan_of(args, subject=subject)
        compute = render_compute(args, plan, subject=subject)
        self.branch = branch = create_branch(name, args, plan, database, compute, api, children)
        is_created = not isinstance(branch, NeonDefaultBranch)
        # Neon deletes the roles and databases of a branch with the branch, so Pulumi need not delete them.
        within = pulumi.ResourceOptions(deleted_with=branch if is_created else None)
        # A new branch has the roles of its parent branch with the same passwords, so the stack takes the role over.
        self.roles = roles = create_roles(
            name, args, branch.id, user, api, children, take_over=is_created, within=within
        )
        role = roles[args.get("active_slot", "")]
        self.database_resource: NeonDatabase | None = None
        if args.get("create_database"):
            self.database_resource = NeonDatabase(
                f"{name}-database",
                branch=branch.id,
                name=database,
                owner_name=role.name,
                api=api,
                opts=children.options("database_resource", within),
            )
        databases = [self.database_resource] if self.database_resource else []

        self.project_id = branch.id.apply(lambda id_: id_.partition("/")[0])
        self.branch_id = branch.id.apply(lambda id_: id_.partition("/")[2])
        self.host, self.port = role.host, role.port
        self.pooled_host, self.pooled_port = role.pooled_host, role.pooled_port
        self.database = pulumi.Output.from_input(database)
        self.user = pulumi.Output.from_input(role.name)
        self.password = with_dependencies(pulumi.Output.secret(role.password), databases)
        self.sslmode = pulumi.Output.from_input("require")
        sizes = (
            (branch.min_cu, branch.max_cu)
            if isinstance(branch, NeonDefaultBranch)
            else (compute["min_cu"], compute["max_cu"])
        )
        accepted = apply_inputs(sizes, connections_of)
        self.max_connections = pulumi.Output.from_input(or_default(args.get("max_connections"), accepted))
        self.reserved_connections = pulumi.Output.from_input(
            or_default(args.get("reserved_connections"), int(NEON_RESERVED_CONNECTIONS))
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
                "password": with_dependencies(pulumi.Output.secret(each.password), databases),
            }
            for slot, each in roles.items()
        }
        self.register_outputs({"host": self.host})


def create_roles(
    name: str,
    args: NeonPostgresArgs,
    branch: pulumi.Input[str],
    user: pulumi.Input[str],
    api: ApiInput,
    children: Children,
    *,
    take_over: bool,
    within: pulumi.ResourceOptions,
) -> dict[str, NeonRole]:
    """Creates one role, or with `active_slot` one role for each slot.

    Returns the roles by slot. The key of a role without a slot is the empty string.
    """
    opts = children.options("roles", within)
    if "active_slot" not in args:
        return {"": NeonRole(f"{name}-role", branch=branch, name=user, take_over=take_over, api=api, opts=opts)}
    active = validate_choice(args["active_slot"], Slot, subject=f"{children.subject}.active_slot")
    return {
        slot.value: NeonRole(
            f"{name}-role-{slot}",
            branch=branch,
            name=pulumi.Output.format("{0}_{1}", user, slot.value),
            take_over=take_over,
            active=slot is active,
            api=api,
            opts=opts,
        )
        for slot in Slot
    }


def create_branch(
    name: str,
    args: NeonPostgresArgs,
    plan: NeonPlan,
    database: pulumi.Input[str],
    compute: ComputeArgs,
    api: ApiInput,
    children: Children,
) -> NeonProject | NeonBranch | NeonDefaultBranch:
    """Creates a project or a child branch, or looks up the default branch of an existing project."""
    opts, subject = children.options("branch"), children.subject
    if "project_id" not in args:
        return NeonProject(
            f"{name}-project",
            name=render_name(
                or_default(args.get("project_name"), default_name(name)), subject=f"{subject}.project_name"
            ),
            region_id=apply_input(
                require_value(args["region"], subject=f"{subject}.region"),
                lambda known: validate_region(known, subject=f"{subject}.region"),
            ),
            pg_version=render_version(args, subject=subject),
            org_id=args.get("organization"),
            branch_name=render_name(or_default(args.get("branch"), DEFAULT_BRANCH), subject=f"{subject}.branch"),
            database_name=database,
            protected=render_protection(args, plan, subject=subject),
            history_retention_seconds=render_history(args, plan, subject=subject),
            **compute,
            api=api,
            opts=opts,
        )
    project_id = require_value(args["project_id"], subject=f"{subject}.project_id")
    if "branch" not in args:
        return NeonDefaultBranch(f"{name}-branch", project_id=project_id, api=api, opts=opts)
    return NeonBranch(
        f"{name}-branch",
        project_id=project_id,
        name=render_name(require_value(args["branch"], subject=f"{subject}.branch"), subject=f"{subject}.branch"),
        parent=args.get("parent"),
        protected=render_protection(args, plan, subject=subject),
        expires_after_seconds=render_lifetime(args, subject=subject),
        **compute,
        api=api,
        opts=opts,
    )
