"""Divides the connections of a database among its consumers, and rejects limits that exceed these connections."""

from collections.abc import Mapping
from dataclasses import dataclass

from edge_postgres.core.errors import ValidationError
from edge_postgres.core.numbers import to_int
from edge_postgres.hyperdrive.limits import HYPERDRIVE_CONNECTIONS_FLOOR

_UNALLOCATED_DIVISOR = 10
"""By default one tenth of the connections goes to no consumer, because Hyperdrive can exceed its limit."""


@dataclass(frozen=True)
class Budget:
    """The connections of a database and all of its consumers.

    A consumer of this stack is a `Hyperdrive`, a `HyperdrivePair`, or a client without Hyperdrive, such as a Worker
    with direct TCP.
    """

    max_connections: int
    """Connections that the database accepts in all."""
    reserved: int
    """Connections that the database reserves for itself, a part of `max_connections`."""
    unallocated: int
    """Connections that no consumer gets, because Hyperdrive can exceed its limit."""
    elsewhere: Mapping[str, int]
    """Connections of the consumers outside this stack, by consumer."""
    explicit: Mapping[str, int]
    """Limits that the user set as numbers, by consumer of this stack."""
    weights: Mapping[str, float]
    """Weights of the consumers of this stack that share the remaining connections, by consumer."""
    pairs: frozenset[str]
    """Consumers that are a `HyperdrivePair`. The minimum of a pair is 10 connections instead of 5."""
    ceiling: int
    """Maximum number of connections of a consumer with a weight."""

    @property
    def usable(self) -> int:
        """Connections that are neither reserved nor unallocated, for the consumers of all stacks together."""
        return self.max_connections - self.reserved - self.unallocated

    def minimum(self, consumer: str) -> int:
        """Returns the minimum number of connections of a consumer: 5, or 10 for a pair."""
        return HYPERDRIVE_CONNECTIONS_FLOOR * (2 if consumer in self.pairs else 1)

    def table(self, limits: Mapping[str, int]) -> str:
        """Returns a table with one line per consumer. The last line has the remaining connections.

        `limits` has the limit of each consumer of this stack. Lines with the number 0 are omitted, except the last.
        """
        rows = [
            (self.max_connections, "accepted by the database"),
            (-self.reserved, "reserved by the database"),
            (-self.unallocated, "unallocated, because Hyperdrive's limit is approximate"),
            *((-number, f"elsewhere: {name}") for name, number in self.elsewhere.items()),
            *((-number, f"{name}, a pair" if name in self.pairs else name) for name, number in limits.items()),
        ]
        rows.append((sum(number for number, _ in rows), "left"))
        width = max(len(f"{number:d}") for number, _ in rows)
        return "\n".join(f"  {number:>{width}d}  {label}" for number, label in rows if number or label == "left")


def default_unallocated(max_connections: int, reserved: int) -> int:
    """Returns one tenth of the connections that the database does not reserve, rounded down."""
    return max(max_connections - reserved, 0) // _UNALLOCATED_DIVISOR


def allocate_connections(budget: Budget, *, subject: str) -> dict[str, int]:
    """Returns the limit of each consumer of this stack, by consumer.

    Raises:
        ValidationError: A number is negative, a weight is not a finite number above 0, or the limits exceed the
            available connections. For an excess, the message has the table of all consumers.
    """
    for name, number in {**budget.elsewhere, **budget.explicit}.items():
        if number < 0:
            raise ValidationError(f"{subject}.{name}", f"must be at least 0, got {number}", "Set 0 or more.")
    for name, weight in budget.weights.items():
        if not 0 < weight < float("inf"):
            raise ValidationError(
                f"{subject}.weights.{name}",
                f"must be a finite number above 0, got {weight:g}",
                "Set a number such as 1.",
            )
    remaining = budget.usable - sum(budget.elsewhere.values()) - sum(budget.explicit.values())
    minimums = {name: budget.minimum(name) for name in budget.weights}
    if remaining < sum(minimums.values()):
        raise _excess_error(
            budget, {**budget.explicit, **minimums}, sum(minimums.values()) - remaining, subject=subject
        )
    return {**budget.explicit, **_divide(remaining, budget.weights, minimums, budget.ceiling)}


def _divide(
    connections: int, weights: Mapping[str, float], minimums: Mapping[str, int], ceiling: int
) -> dict[str, int]:
    """Returns an integer limit for each consumer in `weights`, in proportion to its weight.

    Each limit is from the consumer's minimum to the ceiling. Connections that remain after the division go to no
    consumer.
    """
    limits: dict[str, int] = {}
    undecided = dict(weights)
    while undecided:
        total_weight, rest = sum(undecided.values()), connections - sum(limits.values())
        fair = {name: int(rest * weight / total_weight) for name, weight in undecided.items()}
        # Consumers below their minimum come first, because their minimum reduces what the other consumers get.
        bound = {name: minimums[name] for name, number in fair.items() if number < minimums[name]} or {
            name: ceiling for name, number in fair.items() if number > ceiling
        }
        decided = bound or fair
        limits.update(decided)
        undecided = {name: weight for name, weight in undecided.items() if name not in decided}
    return {name: limits[name] for name in weights}


def _floor(name: str, pairs: frozenset[str]) -> int:
    """Returns the smallest limit of a consumer. A client without Hyperdrive has the path of its Worker as its name."""
    if name.startswith(("workers.", "pages.")):
        return 1
    return int(HYPERDRIVE_CONNECTIONS_FLOOR) * (2 if name in pairs else 1)


def _excess_error(budget: Budget, limits: Mapping[str, int], excess: int, *, subject: str) -> ValidationError:
    minimums = [f"`{name}` needs at least {limits[name]}" for name in budget.weights]
    slack = {
        **{name: number - _floor(name, budget.pairs) for name, number in budget.explicit.items()},
        **budget.elsewhere,
    }
    numbers = {**budget.explicit, **budget.elsewhere}
    lowerable = [f"`{name}` ({numbers[name]})" for name, number in slack.items() if number > 0]
    # If all clients together cannot give back so many connections, a lower limit is no fix.
    can_lower = sum(number for number in slack.values() if number > 0) >= excess
    larger = (
        "Use a larger database, or fewer clients." if budget.explicit or budget.weights else "Use a larger database."
    )
    fix = f"Lower {' or '.join(lowerable)}. Or: {larger}" if can_lower else larger
    fix += f" If the database accepts more than {budget.max_connections} connections, set `max_connections`."
    return ValidationError(
        subject,
        f"needs {excess} more {'connection' if excess == 1 else 'connections'} than the database has available"
        + (f" ({', '.join(minimums)})" if minimums else ""),
        f"{fix}\n{budget.table(limits)}",
    )


def validate_budget(
    max_connections: float,
    *,
    reserved: float,
    unallocated: float | None,
    elsewhere: Mapping[str, float],
    explicit: Mapping[str, float],
    weights: Mapping[str, float],
    pairs: frozenset[str],
    ceiling: int,
    subject: str,
) -> Budget:
    """Returns the budget with all numbers as integers.

    Raises:
        ValidationError: A number is not an integer, or a consumer has both a limit and a weight.
    """
    total = to_int(max_connections, subject=f"{subject}.max_connections")
    reserved = to_int(reserved, subject=f"{subject}.reserved_connections")
    if clash := sorted(set(explicit) & set(weights)):
        raise ValidationError(
            f"{subject}.{clash[0]}",
            "has both a limit and a weight",
            "Remove the consumer from `limits` or from `weights`.",
        )
    return Budget(
        max_connections=total,
        reserved=reserved,
        unallocated=default_unallocated(total, reserved)
        if unallocated is None
        else to_int(unallocated, subject=f"{subject}.unallocated"),
        elsewhere={name: to_int(number, subject=f"{subject}.elsewhere.{name}") for name, number in elsewhere.items()},
        explicit={name: to_int(number, subject=f"{subject}.limits.{name}") for name, number in explicit.items()},
        weights=weights,
        pairs=pairs,
        ceiling=ceiling,
    )
