"""How the connections of a database are allocated to its consumers. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from edge_postgres.core.errors import ValidationError
from edge_postgres.core.numbers import to_int
from edge_postgres.hyperdrive.limits import HYPERDRIVE_CONNECTIONS_FLOOR

UNALLOCATED_FRACTION = 10
"""By default, one connection in ten remains unallocated, because Hyperdrive's limit is approximate."""


@dataclass(frozen=True)
class Budget:
    """The connections of a database and all of its consumers.

    A consumer is a Hyperdrive configuration, a pair of them, or a client with direct connections.
    """

    max_connections: int
    """Connections that the database accepts in all."""
    reserved: int
    """Connections of these that the database reserves for itself."""
    unallocated: int
    """Connections that no consumer gets."""
    elsewhere: Mapping[str, int]
    """Connections that clients outside this stack use, by name."""
    explicit: Mapping[str, int]
    """Limits that are set as numbers, by consumer."""
    weights: Mapping[str, float]
    """Consumers that divide the remaining connections, each with its weight."""
    pairs: frozenset[str]
    """Consumers that are two configurations, so that each needs twice the minimum."""
    ceiling: int
    """Most connections that a consumer with a weight gets."""

    @property
    def usable(self) -> int:
        """Connections that the consumers of all stacks can use together."""
        return self.max_connections - self.reserved - self.unallocated

    def minimum(self, consumer: str) -> int:
        """Returns the fewest connections that a consumer can have."""
        return HYPERDRIVE_CONNECTIONS_FLOOR * (2 if consumer in self.pairs else 1)

    def table(self, limits: Mapping[str, int]) -> str:
        """Returns the allocation as a table: one consumer per line, and the connections that are left."""
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
    """Returns a tenth of the connections that the database does not reserve, rounded down."""
    return max(max_connections - reserved, 0) // UNALLOCATED_FRACTION


def allocate_connections(budget: Budget, *, subject: str) -> dict[str, int]:
    """Returns the limit of each consumer. Raises `ValidationError`, with the table, if the limits do not fit."""
    for name, number in {**budget.elsewhere, **budget.explicit}.items():
        if number < 0:
            raise ValidationError(f"{subject}.{name}", f"must be at least 0, got {number}", "Set 0 or more.")
    for name, weight in budget.weights.items():
        if not 0 < weight < float("inf"):
            raise ValidationError(
                f"{subject}.weights.{name}", f"must be a finite number above 0, got {weight:g}", "Set 1 or another one."
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
    """Returns integer shares by weight, none below its minimum or above the ceiling. The rest stays unallocated."""
    shares: dict[str, int] = {}
    undecided = dict(weights)
    while undecided:
        total_weight, rest = sum(undecided.values()), connections - sum(shares.values())
        fair = {name: int(rest * weight / total_weight) for name, weight in undecided.items()}
        # Consumers below their minimum are decided first, because what they get reduces the shares of the others.
        bound = {name: minimums[name] for name, share in fair.items() if share < minimums[name]} or {
            name: ceiling for name, share in fair.items() if share > ceiling
        }
        decided = bound or fair
        shares.update(decided)
        undecided = {name: weight for name, weight in undecided.items() if name not in decided}
    return {name: shares[name] for name in weights}


def _excess_error(budget: Budget, limits: Mapping[str, int], excess: int, *, subject: str) -> ValidationError:
    minimums = [f"`{name}` needs at least {limits[name]}" for name in budget.weights]
    lowerable = [f"`{name}` ({number})" for name, number in {**budget.explicit, **budget.elsewhere}.items() if number]
    fix = f"Lower {' or '.join(lowerable)}, or use a larger database." if lowerable else "Use a larger database."
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
    """Returns the budget with all numbers as integers. Rejects a consumer with both a limit and a weight."""
    most = to_int(max_connections, subject=f"{subject}.max_connections")
    kept = to_int(reserved, subject=f"{subject}.reserved")
    if clash := sorted(set(explicit) & set(weights)):
        raise ValidationError(f"{subject}.{clash[0]}", "has both a limit and a weight", "Set one of them.")
    return Budget(
        max_connections=most,
        reserved=kept,
        unallocated=default_unallocated(most, kept)
        if unallocated is None
        else to_int(unallocated, subject=f"{subject}.unallocated"),
        elsewhere={name: to_int(number, subject=f"{subject}.elsewhere.{name}") for name, number in elsewhere.items()},
        explicit={name: to_int(number, subject=f"{subject}.limits.{name}") for name, number in explicit.items()},
        weights=weights,
        pairs=pairs,
        ceiling=ceiling,
    )
