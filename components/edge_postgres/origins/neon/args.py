"""The arguments of `NeonPostgres`, and the values that the component derives from them."""

from typing import NotRequired, TypedDict

import pulumi

from edge_postgres.core.inputs import apply_input, apply_inputs
from edge_postgres.core.numbers import to_int
from edge_postgres.origin.rules import validate_length
from edge_postgres.origins.neon.rules import (
    DEFAULT_DATABASE,
    DEFAULT_USER,
    describe_unlisted_version,
    reject_expiry_of_protected,
    validate_compute,
    validate_expiry,
    validate_role,
)


class NeonPostgresArgs(TypedDict):
    """The arguments of NeonPostgres: a new project by its region, or an existing project by its id."""

    region: NotRequired[pulumi.Input[str]]
    """Region of a new project, such as `aws-eu-central-1`. Another region creates another project without the data."""
    postgres_version: NotRequired[pulumi.Input[float]]
    """Major version of a new project. Default: 17. Another version creates another project without the data."""
    organization: NotRequired[pulumi.Input[str]]
    """Id of the organization of a new project, `org-…`. Required if the API key is a personal one."""
    project_name: NotRequired[pulumi.Input[str]]
    """Name of a new project. Default: the component's name."""
    project_id: NotRequired[pulumi.Input[str]]
    """Id of an existing project, which is neither changed nor deleted."""
    branch: NotRequired[pulumi.Input[str]]
    """Name of the branch. In a new project it is the root branch, `main` by default. In an existing project it is a new
    child branch. Default: the default branch of the project."""
    parent: NotRequired[pulumi.Input[str]]
    """Name of the parent of a child branch. Default: the default branch."""
    protected: NotRequired[pulumi.Input[bool]]
    """True makes Neon reject the deletion of the branch and its project. Paid plans have a few protected branches."""
    expires_after_seconds: NotRequired[pulumi.Input[float]]
    """Seconds until Neon deletes a child branch, counted from its creation or from a change of this argument."""
    min_cu: NotRequired[pulumi.Input[float]]
    """Smallest size of the compute in compute units. Default: 0.25. Determines `max_connections`."""
    max_cu: NotRequired[pulumi.Input[float]]
    """Largest size of the compute in compute units. Default: `min_cu`, a fixed size."""
    suspend_after_seconds: NotRequired[pulumi.Input[float]]
    """Seconds without a query until Neon suspends the compute, -1 for never. Default: Neon's, 300."""
    database: NotRequired[pulumi.Input[str]]
    """Name of the database. Default: `neondb`. A new project is created with it."""
    create_database: NotRequired[bool]
    """True creates the database on a branch of an existing project."""
    user: NotRequired[pulumi.Input[str]]
    """Name of the role that is created for Hyperdrive. Default: `hyperdrive`."""
    active_slot: NotRequired[str]
    """`a` or `b`: creates two roles that take turns, `USER_a` and `USER_b`. A slot that becomes active gets a new
    password first."""
    max_connections: NotRequired[pulumi.Input[float]]
    """Connections that the database accepts in all. Default: the number that Neon documents for `min_cu`."""
    reserved_connections: NotRequired[pulumi.Input[float]]
    """Connections of these that Neon reserves for itself. Default: 7."""


class ComputeArgs(TypedDict):
    """The settings of a branch's compute."""

    min_cu: pulumi.Input[float]
    max_cu: pulumi.Input[float]
    suspend_after_seconds: pulumi.Input[float] | None


def render_names(args: NeonPostgresArgs, *, subject: str) -> tuple[pulumi.Input[str], pulumi.Input[str]]:
    """Returns the names of the database and of Hyperdrive's role."""
    database = apply_input(
        args.get("database", DEFAULT_DATABASE),
        lambda known: validate_length(known, "database name", subject=f"{subject}.database"),
    )
    is_new = "project_id" not in args
    user = apply_inputs(
        (args.get("user", DEFAULT_USER), database),
        lambda user, database: validate_role(user, database, is_new=is_new, subject=f"{subject}.user"),
    )
    return database, user


def render_compute(args: NeonPostgresArgs, *, subject: str) -> ComputeArgs:
    """Returns the settings of the compute."""
    bounds = apply_inputs(
        (args.get("min_cu"), args.get("max_cu")),
        lambda min_cu, max_cu: validate_compute(min_cu, max_cu, upper_bound="max_cu", subject=f"{subject}.min_cu"),
    )
    return {
        "min_cu": apply_input(bounds, lambda known: known[0]),
        "max_cu": apply_input(bounds, lambda known: known[1]),
        "suspend_after_seconds": args.get("suspend_after_seconds"),
    }


def render_expiry(args: NeonPostgresArgs, *, subject: str) -> pulumi.Input[int | None]:
    """Returns the lifetime of a child branch in seconds; None for a branch that does not expire."""

    def validate(protected: bool | None, seconds: float | None) -> int | None:
        reject_expiry_of_protected(protected, seconds, subject=f"{subject}.protected")
        return validate_expiry(seconds, subject=f"{subject}.expires_after_seconds")

    return apply_inputs((args.get("protected"), args.get("expires_after_seconds")), validate)


def validate_version(version: float, *, subject: str) -> int:
    """Returns the major version of Postgres. Warns about a version that Cloudflare does not list for Hyperdrive."""
    version = to_int(version, subject=subject)
    if warning := describe_unlisted_version(version):
        pulumi.log.warn(f"{subject}: {warning}")
    return version
