"""`ConnectionBudget`: the sum of all that a database is asked for, against what it grants."""

from collections.abc import Mapping, Sequence
from typing import Any, NotRequired, TypedDict

import pulumi

from edge_postgres.core.args import validate_choice, validated_args
from edge_postgres.core.inputs import apply_input, apply_inputs
from edge_postgres.core.plan import Plan
from edge_postgres.hyperdrive.budget_rules import Budget, allocate_connections, validate_budget
from edge_postgres.hyperdrive.limits import HYPERDRIVE_CONNECTIONS_CEILING


class ConnectionBudgetArgs(TypedDict):
    """Arguments of ConnectionBudget."""

    max_connections: pulumi.Input[float]
    """Connections that the database accepts in all; an origin component's `max_connections`."""
    reserved_connections: NotRequired[pulumi.Input[float]]
    """Connections of these that the database keeps for itself; none where it is left out."""
    unallocated: NotRequired[pulumi.Input[float]]
    """Connections that the budget leaves unallocated, because Hyperdrive's limit is approximate; default: a tenth."""
    elsewhere: NotRequired[Mapping[str, pulumi.Input[float]]]
    """Connections that others take, by name: migrations, dashboards, other stacks."""
    limits: NotRequired[Mapping[str, pulumi.Input[float]]]
    """Limits that are stated, by the name of who takes them: configurations of Hyperdrive, direct users."""
    weights: NotRequired[Mapping[str, float]]
    """Who shares what remains, by name, with a weight each; nobody gets fewer than Hyperdrive's floor of 5."""
    pairs: NotRequired[Sequence[str]]
    """Names that stand for two configurations of Hyperdrive: each of the two has the floor."""
    plan: NotRequired[Plan]
    """Workers plan of the account, `paid` where it is left out: nobody gets more than its ceiling."""
    connection_ceiling: NotRequired[float]
    """Overrides the plan's ceiling."""


class ConnectionBudget(pulumi.ComponentResource):
    """Who takes how many of a database's connections.

    Creates nothing.

    Refuses claims that together exceed what the database grants, in the preview already; the message has a table of who
    takes what and says which numbers to change.

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
    """The limit of each party, the stated ones too."""
    used: pulumi.Output[float]
    """Connections that these parties take together: what another stack has to leave to this one."""
    left: pulumi.Output[float]
    """Connections that nobody takes."""
    table: pulumi.Output[str]
    """Who takes what, one a line."""

    def __init__(self, name: str, args: ConnectionBudgetArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("edge-postgres:index:ConnectionBudget", name, {}, opts)
        args = validated_args(args, ConnectionBudgetArgs, subject=name)
        shares = render_shares(args, subject=name)

        self.limits = pulumi.Output.from_input(apply_input(shares, lambda known: known["limits"]))
        self.used = pulumi.Output.from_input(apply_input(shares, lambda known: known["used"]))
        self.left = pulumi.Output.from_input(apply_input(shares, lambda known: known["left"]))
        self.table = pulumi.Output.from_input(apply_input(shares, lambda known: known["table"]))
        self.register_outputs({})


def render_shares(args: ConnectionBudgetArgs, *, subject: str) -> Any:
    """The shares, at once where all numbers are plain: a claim that does not fit ends the program before it begins."""
    ceiling = args.get(
        "connection_ceiling",
        HYPERDRIVE_CONNECTIONS_CEILING[validate_choice(args.get("plan", Plan.PAID), Plan, subject=f"{subject}.plan")],
    )
    numbers: dict[str, Any] = {
        "max_connections": args["max_connections"],
        "reserved": args.get("reserved_connections", 0),
        "unallocated": args.get("unallocated"),
        **{f"elsewhere.{party}": taken for party, taken in args.get("elsewhere", {}).items()},
        **{f"limits.{party}": taken for party, taken in args.get("limits", {}).items()},
    }

    def share(known: dict[str, Any]) -> dict[str, Any]:
        budget = validate_budget(
            max_connections=known["max_connections"],
            reserved=known["reserved"] or 0,
            unallocated=known["unallocated"],
            elsewhere=_below("elsewhere.", known),
            stated=_below("limits.", known),
            weights=args.get("weights", {}),
            pairs=frozenset(args.get("pairs", ())),
            ceiling=int(ceiling),
            subject=subject,
        )
        return describe_allocation(budget, allocate_connections(budget, subject=subject))

    return apply_inputs(numbers, share)


def describe_allocation(budget: Budget, limits: Mapping[str, int]) -> dict[str, Any]:
    """Limits, their sum, what is left, and the table of it."""
    used = sum(limits.values())
    left = budget.usable - sum(budget.elsewhere.values()) - used
    return {"limits": dict(limits), "used": used, "left": left, "table": budget.table(limits)}


def _below(prefix: str, values: Mapping[str, Any]) -> dict[str, Any]:
    return {name.removeprefix(prefix): value for name, value in values.items() if name.startswith(prefix)}
