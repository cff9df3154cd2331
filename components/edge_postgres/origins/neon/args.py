"""The arguments of `NeonPostgres`, and the values that the component derives from them."""

from collections.abc import Mapping
from typing import NotRequired, TypedDict

import pulumi

from edge_postgres.core.args import validate_choice
from edge_postgres.core.inputs import apply_input, apply_inputs, or_default
from edge_postgres.core.transforms import Transform
from edge_postgres.origin.rules import validate_length
from edge_postgres.origin.warnings import warn_of_unlisted_version
from edge_postgres.origins.neon.compute_rules import validate_compute, validate_suspension
from edge_postgres.origins.neon.limits import NeonPlan, NeonPlanInput
from edge_postgres.origins.neon.name_rules import validate_name, validate_new_database, validate_role
from edge_postgres.origins.neon.rules import (
    DEFAULT_DATABASE,
    DEFAULT_PLAN,
    DEFAULT_POSTGRES_VERSION,
    DEFAULT_USER,
    reject_expiry_of_protected,
    validate_expiry,
    validate_history,
    validate_protection,
    validate_version,
)


class NeonApiArgs(TypedDict):
    """The API key and the address of Neon's API for one component. Several components can share one dictionary."""

    api_key: NotRequired[pulumi.Input[str | None]]
    """API key of Neon; always a secret. Default: the configuration `neon:apiKey`, else the environment variable
    NEON_API_KEY. A new value updates the resources and replaces none."""
    base_url: NotRequired[pulumi.Input[str | None]]
    """Address of Neon's API: an https URL, or an http URL of this machine. Default: the configuration
    `neon:apiBaseUrl`, else the environment variable NEON_API_BASE_URL, else Neon's address."""


class NeonPostgresArgs(TypedDict):
    """The arguments of NeonPostgres. They create a new project in a region, or use an existing project by its ID."""

    plan: NotRequired[NeonPlanInput]
    """Plan of the organization at Neon, whose limits the other arguments must respect. Default: `scale`, the plan with
    the highest limits. The stack does not change the plan."""
    region: NotRequired[pulumi.Input[str | None]]
    """Region of a new project, such as `aws-eu-central-1`; one of Neon's regions at AWS. A new value creates an empty
    project and deletes the old one."""
    postgres_version: NotRequired[pulumi.Input[float | None]]
    """Major version of Postgres in a new project. Default: 17. A new value creates an empty project and deletes the old
    one."""
    organization: NotRequired[pulumi.Input[str | None]]
    """ID of the organization of a new project, `org-…`. Required if the API key is a personal one."""
    project_name: NotRequired[pulumi.Input[str | None]]
    """Name of a new project. Default: `<project>-<stack>-<name>`."""
    history_retention_seconds: NotRequired[pulumi.Input[float | None]]
    """Seconds of changes that Neon keeps, so that a branch of the new project can be restored to a point in that time.
    The plan Free keeps up to 21600, Launch 604800 and Scale 2592000. Default: Neon's default of the plan at the
    creation of the project."""
    project_id: NotRequired[pulumi.Input[str | None]]
    """ID of an existing project, which the stack neither changes nor deletes. Default: a new project is created."""
    branch: NotRequired[pulumi.Input[str | None]]
    """Name of the root branch of a new project, or of a child branch to create in an existing project. Default: `main`
    in a new project. In an existing project the stack uses the default branch by default."""
    parent: NotRequired[pulumi.Input[str | None]]
    """Name of the parent of a child branch in an existing project. Default: the default branch of the project."""
    protected: NotRequired[pulumi.Input[bool | None]]
    """True makes Neon reject the deletion of the branch and its project. Neon's paid plans include a few protected
    branches. Default: false."""
    expires_after_seconds: NotRequired[pulumi.Input[float | None]]
    """Seconds until Neon deletes a child branch, from its creation or from the last change of this value; at most
    2592000, which is 30 days. Default: never."""
    min_cu: NotRequired[pulumi.Input[float | None]]
    """Smallest size of the compute in compute units: 0.25, 0.5, an integer up to 16, or an even integer up to 56.
    Default: 0.25."""
    max_cu: NotRequired[pulumi.Input[float | None]]
    """Largest size of the compute in compute units. If it differs from `min_cu`, it is at most 16 and at most 8 above
    `min_cu`. Default: the value of `min_cu`, which gives a fixed size."""
    suspend_after_seconds: NotRequired[pulumi.Input[float | None]]
    """Seconds without a query until Neon suspends the compute, 60 to 604800, or -1 for never. The plan Free has only
    300, and the plan Launch only 300 and -1. Default: Neon's default, 300."""
    database: NotRequired[pulumi.Input[str | None]]
    """Name of the database. A new project is created with this database. Default: `neondb`."""
    create_database: NotRequired[bool]
    """True creates the database on a branch of an existing project. Default: false, which uses an existing database."""
    user: NotRequired[pulumi.Input[str | None]]
    """Name of the role that is created for Hyperdrive. Default: `hyperdrive`."""
    active_slot: NotRequired[str]
    """Slot whose credentials are in use: `a` or `b`. Creates one role for each slot, `USER_a` and `USER_b`. A slot that
    becomes active gets a new password first. Default: one role without a slot."""
    max_connections: NotRequired[pulumi.Input[float | None]]
    """Connections that the database accepts in total. Default: the number that Neon documents for `min_cu`
    and `max_cu`."""
    reserved_connections: NotRequired[pulumi.Input[float | None]]
    """Connections out of `max_connections` that Neon reserves for itself. Default: 7."""
    api: NotRequired[NeonApiArgs]
    """API key and address of Neon's API for this component. The state of each of its resources then contains them
    encrypted. Default: the configuration, which the state of the resources does not contain."""
    transform: NotRequired[Mapping[str, Transform]]
    """By child resource (`branch`, `roles`, `database_resource`): arguments of the child that replace those of the
    component."""


class ComputeArgs(TypedDict):
    """The settings of a branch's compute."""

    min_cu: pulumi.Input[float]
    max_cu: pulumi.Input[float]
    suspend_after_seconds: pulumi.Input[float | None] | None


def render_names(args: NeonPostgresArgs, *, subject: str) -> tuple[pulumi.Input[str], pulumi.Input[str]]:
    """Returns the name of the database and the name of Hyperdrive's role."""
    is_new = "project_id" not in args
    is_created = is_new or bool(args.get("create_database"))

    def validate_database(database: str) -> str:
        validate_length(database, "database name", subject=f"{subject}.database")
        return validate_new_database(database, subject=f"{subject}.database") if is_created else database

    database = apply_input(or_default(args.get("database"), DEFAULT_DATABASE), validate_database)
    user = apply_inputs(
        (or_default(args.get("user"), DEFAULT_USER), database),
        lambda user, database: validate_role(
            user, database, is_new=is_new, has_slots="active_slot" in args, subject=f"{subject}.user"
        ),
    )
    return database, user


def render_name(name: pulumi.Input[str], *, subject: str) -> pulumi.Input[str]:
    """Returns the name of a project or a branch."""
    return apply_input(name, lambda known: validate_name(known, subject=subject))


def plan_of(args: NeonPostgresArgs, *, subject: str) -> NeonPlan:
    """Returns the plan of the organization."""
    return validate_choice(args.get("plan", DEFAULT_PLAN), NeonPlan, subject=f"{subject}.plan")


def render_compute(args: NeonPostgresArgs, plan: NeonPlan, *, subject: str) -> ComputeArgs:
    """Returns the settings of the compute: its two bounds, and the time until Neon suspends the compute."""
    bounds = apply_inputs(
        (args.get("min_cu"), args.get("max_cu")),
        lambda min_cu, max_cu: validate_compute(
            min_cu, max_cu, plan, upper_bound="max_cu", subject=f"{subject}.min_cu"
        ),
    )
    return {
        "min_cu": apply_input(bounds, lambda known: known[0]),
        "max_cu": apply_input(bounds, lambda known: known[1]),
        "suspend_after_seconds": apply_inputs(
            (args.get("suspend_after_seconds"), bounds),
            lambda seconds, known: validate_suspension(
                seconds, known[1], plan, subject=f"{subject}.suspend_after_seconds"
            ),
        ),
    }


def render_protection(args: NeonPostgresArgs, plan: NeonPlan, *, subject: str) -> pulumi.Input[bool]:
    """Returns whether the branch is protected."""
    return apply_input(
        or_default(args.get("protected"), False),
        lambda known: validate_protection(known, plan, subject=f"{subject}.protected"),
    )


def render_history(args: NeonPostgresArgs, plan: NeonPlan, *, subject: str) -> pulumi.Input[int | None]:
    """Returns the seconds of history of a new project; None for Neon's default."""
    return apply_input(
        args.get("history_retention_seconds"),
        lambda known: validate_history(known, plan, subject=f"{subject}.history_retention_seconds"),
    )


def render_lifetime(args: NeonPostgresArgs, *, subject: str) -> pulumi.Input[int | None]:
    """Returns the lifetime of a child branch in seconds; None for a branch that does not expire."""

    def validate(protected: bool | None, seconds: float | None) -> int | None:
        reject_expiry_of_protected(protected, seconds, subject=f"{subject}.protected")
        return validate_expiry(seconds, subject=f"{subject}.expires_after_seconds")

    return apply_inputs((args.get("protected"), args.get("expires_after_seconds")), validate)


def render_version(args: NeonPostgresArgs, *, subject: str) -> pulumi.Input[int]:
    """Returns the major version of Postgres. Warns about a version that Cloudflare does not list for Hyperdrive."""

    def validate(version: float) -> int:
        number = validate_version(version, subject=f"{subject}.postgres_version")
        warn_of_unlisted_version(number, subject=f"{subject}.postgres_version")
        return number

    return apply_input(or_default(args.get("postgres_version"), DEFAULT_POSTGRES_VERSION), validate)
