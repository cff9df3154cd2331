"""`ConnectionBudget`: divides the connections of a database among its consumers."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NotRequired, TypedDict

import pulumi

from edge_postgres.core.args import did_you_mean, subject_of, validate_choice, validated_args
from edge_postgres.core.children import reject_options_without_effect
from edge_postgres.core.errors import ValidationError
from edge_postgres.core.inputs import apply_input, apply_inputs
from edge_postgres.core.json_types import Json
from edge_postgres.core.plan import Plan, PlanInput
from edge_postgres.hyperdrive.budget_rules import Budget, allocate_connections, validate_budget
from edge_postgres.hyperdrive.limits import HYPERDRIVE_CONNECTIONS_CEILING

if TYPE_CHECKING:
    # The output of an origin component is None if the number is unknown. The budget needs the number.
    MaxConnections = pulumi.Input[float | None]
else:
    MaxConnections = pulumi.Input[float]


class ConnectionBudgetArgs(TypedDict):
    """Arguments of ConnectionBudget."""

    max_connections: MaxConnections
    """Connections that the database accepts in all, as in the output `max_connections` of an origin component."""
    reserved_connections: NotRequired[pulumi.Input[float | None]]
    """Connections that the database reserves for itself, a part of `max_connections`. Default: 0."""
    unallocated: NotRequired[pulumi.Input[float | None]]
    """Connections that no consumer gets, because Hyperdrive can exceed its limit. Default: one tenth of the connections
    that the database does not reserve, rounded down."""
    elsewhere: NotRequired[Mapping[str, pulumi.Input[float]]]
    """Connections of consumers outside this stack, by consumer: for example migrations, dashboards and other stacks.
    Default: none."""
    limits: NotRequired[Mapping[str, pulumi.Input[float]]]
    """Limits that you set, by consumer of this stack. Such a consumer is a `Hyperdrive`, a `HyperdrivePair` (one cached
    and one fresh configuration), or a client without Hyperdrive, such as a Worker with direct TCP. Default: none."""
    weights: NotRequired[Mapping[str, float]]
    """Weights of the consumers of this stack that share the remaining connections, by consumer. Each of them gets at
    least 5 connections, Hyperdrive's minimum. Default: none."""
    pairs: NotRequired[Sequence[str]]
    """Names of the consumers in `weights` that are a `HyperdrivePair`. Each pair gets at least 10 connections, 5 for
    each of its two configurations. Default: none."""
    plan: NotRequired[PlanInput]
    """Workers plan of the account, which sets the maximum for each consumer in `weights`. Default: `paid`."""
    connection_ceiling: NotRequired[float]
    """Maximum for each consumer in `weights`, if your agreement with Cloudflare differs from the plan. Default: the
    plan's maximum, 20 (free) or 1500 (paid)."""


class ConnectionBudget(pulumi.ComponentResource):
    """The division of a database's connections among its consumers.

    Creates no resource. The output `limits` has the connection limits for ``Hyperdrive`` and ``HyperdrivePair``.

    Rejects unknown arguments, negative numbers, a weight that is not above 0, and a consumer with both a limit and a
    weight. Rejects limits whose sum exceeds the connections of the database. This error message has a table of all
    consumers and lists the numbers that you can lower. A preview finds the error if it knows all numbers.

    Example::

        budget = ConnectionBudget("main", {
            "max_connections": 100,
            "reserved_connections": 3,
            "elsewhere": {"migrations": 5, "staging": 20},
            "weights": {"api": 2, "reports": 1},
        })
        api_limit = budget.limits["api"]
    """

    limits: pulumi.Output[Mapping[str, float]]
    """The limit of each consumer in `limits` and in `weights`. Another name is a validation error."""
    used: pulumi.Output[float]
    """Connections of all consumers of this stack. Set this number in `elsewhere` of another stack with the same
    database."""
    left: pulumi.Output[float]
    """Connections that no consumer gets, in addition to those in `unallocated`."""
    table: pulumi.Output[str]
    """The division of the connections as a table in plain text, one consumer per line."""

    def __init__(self, name: str, args: ConnectionBudgetArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("edge-postgres:index:ConnectionBudget", name, {}, opts)
        subject = subject_of(self)
        reject_options_without_effect(opts, subject=subject)
        args = validated_args(args, ConnectionBudgetArgs, subject=subject)
        allocation = allocate_budget(args, subject=subject)

        self.limits = pulumi.Output.from_input(allocation).apply(
            lambda known: ConsumerLimits(known["limits"], subject=f"{subject}.limits")
        )
        self.used = pulumi.Output.from_input(apply_input(allocation, lambda known: known["used"]))
        self.left = pulumi.Output.from_input(apply_input(allocation, lambda known: known["left"]))
        self.table = pulumi.Output.from_input(apply_input(allocation, lambda known: known["table"]))
        self.register_outputs({})


class ConsumerLimits(dict[str, float]):
    """The limit of each consumer. Its lookup of an unknown consumer raises an error that lists the known consumers."""

    def __init__(self, limits: Mapping[str, float], *, subject: str) -> None:
        super().__init__(limits)
        self._subject = subject

    def __missing__(self, consumer: str) -> float:
        fix = did_you_mean(consumer, self) or "Add the consumer to `weights` or to `limits`."
        known = ", ".join(f"`{each}`" for each in self) or "no consumers"
        # `apply` calls this method, and the SDK shows a traceback of a `ValidationError` there.
        error = ValidationError(f"{self._subject}.{consumer}", f"unknown consumer, the budget has {known}", fix)
        raise pulumi.RunError(str(error))


class Allocation(TypedDict):
    """The outputs of a `ConnectionBudget`."""

    limits: Mapping[str, float]
    used: float
    left: float
    table: str


def allocate_budget(args: ConnectionBudgetArgs, *, subject: str) -> pulumi.Input[Allocation]:
    """Returns the limits that the budget gives to the consumers, with the other outputs of a `ConnectionBudget`.

    If all numbers in the arguments are plain values, the result is a plain value, and invalid numbers raise
    `ValidationError` at once. Otherwise the result is an Output.
    """
    plan = validate_choice(args.get("plan", Plan.PAID), Plan, subject=f"{subject}.plan")
    ceiling = int(args.get("connection_ceiling", HYPERDRIVE_CONNECTIONS_CEILING[plan]))
    elsewhere, limits = args.get("elsewhere", {}), args.get("limits", {})
    numbers: dict[str, object] = {
        "max_connections": args["max_connections"],
        "reserved": args.get("reserved_connections", 0),
        "unallocated": args.get("unallocated"),
        **{f"elsewhere.{name}": number for name, number in elsewhere.items()},
        **{f"limits.{name}": number for name, number in limits.items()},
    }

    def allocate(known: Json) -> Allocation:
        # `known` has the numbers above, without Outputs.
        budget = validate_budget(
            known["max_connections"],
            reserved=known["reserved"] or 0,
            unallocated=known["unallocated"],
            elsewhere={name: known[f"elsewhere.{name}"] for name in elsewhere},
            explicit={name: known[f"limits.{name}"] for name in limits},
            weights=args.get("weights", {}),
            pairs=frozenset(args.get("pairs", ())),
            ceiling=ceiling,
            subject=subject,
        )
        return describe_allocation(budget, allocate_connections(budget, subject=subject))

    return apply_inputs(numbers, allocate)


def describe_allocation(budget: Budget, limits: Mapping[str, int]) -> Allocation:
    """Returns the outputs of a `ConnectionBudget`.

    Args:
        budget: The connections of the database and all of its consumers.
        limits: The limit of each consumer of this stack, as `allocate_connections` returns it.
    """
    used = sum(limits.values())
    left = budget.usable - sum(budget.elsewhere.values()) - used
    return {"limits": dict(limits), "used": used, "left": left, "table": budget.table(limits)}
