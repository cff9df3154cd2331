"""`ConnectionBudget`: divides the connections of a database among its consumers."""

from collections.abc import Mapping, Sequence
from typing import NotRequired, TypedDict

import pulumi

from edge_postgres.core.args import validate_choice, validated_args
from edge_postgres.core.inputs import apply_input, apply_inputs
from edge_postgres.core.json_types import Json
from edge_postgres.core.plan import Plan
from edge_postgres.hyperdrive.budget_rules import Budget, allocate_connections, validate_budget
from edge_postgres.hyperdrive.limits import HYPERDRIVE_CONNECTIONS_CEILING


class ConnectionBudgetArgs(TypedDict):
    """Arguments of ConnectionBudget."""

    max_connections: pulumi.Input[float]
    """Connections that the database accepts in all: the `max_connections` of an origin component."""
    reserved_connections: NotRequired[pulumi.Input[float]]
    """Connections of these that the database reserves for itself. Default: 0."""
    unallocated: NotRequired[pulumi.Input[float]]
    """Connections that the budget leaves unallocated, because Hyperdrive's limit is approximate. Default: a tenth."""
    elsewhere: NotRequired[Mapping[str, pulumi.Input[float]]]
    """Connections of clients outside this stack, by name: migrations, dashboards, other stacks."""
    limits: NotRequired[Mapping[str, pulumi.Input[float]]]
    """Limits that you set, by consumer: Hyperdrive configurations and direct connections."""
    weights: NotRequired[Mapping[str, float]]
    """Consumers that divide the remaining connections, each with its weight. Each gets at least 5, Hyperdrive's
    minimum."""
    pairs: NotRequired[Sequence[str]]
    """Consumers that are two Hyperdrive configurations. Each of the two gets at least the minimum."""
    plan: NotRequired[Plan]
    """Workers plan of the account. Default: `paid`. No consumer with a weight gets more than the plan's maximum."""
    connection_ceiling: NotRequired[float]
    """Maximum of a consumer with a weight instead of the plan's."""


class ConnectionBudget(pulumi.ComponentResource):
    """The division of a database's connections among its consumers.

    Creates no resource.

    Rejects limits that together exceed what the database has available, in the preview already. The message has a
    table of all consumers and shows which numbers to change.

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
    """The limit of each consumer, including those that you set."""
    used: pulumi.Output[float]
    """Connections of all consumers of this stack: another stack reserves them in its own `elsewhere`."""
    left: pulumi.Output[float]
    """Connections that remain without a consumer."""
    table: pulumi.Output[str]
    """The division as a table in plain characters, one consumer per line."""

    def __init__(self, name: str, args: ConnectionBudgetArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("edge-postgres:index:ConnectionBudget", name, {}, opts)
        args = validated_args(args, ConnectionBudgetArgs, subject=name)
        allocation = render_shares(args, subject=name)

        self.limits = pulumi.Output.from_input(apply_input(allocation, lambda known: known["limits"]))
        self.used = pulumi.Output.from_input(apply_input(allocation, lambda known: known["used"]))
        self.left = pulumi.Output.from_input(apply_input(allocation, lambda known: known["left"]))
        self.table = pulumi.Output.from_input(apply_input(allocation, lambda known: known["table"]))
        self.register_outputs({})


class Allocation(TypedDict):
    """The outputs of a budget."""

    limits: Mapping[str, float]
    used: float
    left: float
    table: str


def render_shares(args: ConnectionBudgetArgs, *, subject: str) -> pulumi.Input[Allocation]:
    """Returns the allocation: at once if all numbers are plain, so that an excess ends the program early."""
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
    """Returns the limits, their sum, the connections that are left, and the table."""
    used = sum(limits.values())
    left = budget.usable - sum(budget.elsewhere.values()) - used
    return {"limits": dict(limits), "used": used, "left": left, "table": budget.table(limits)}
