"""How the connections of a database are shared out: who takes what, what is left, what does not fit. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from edge_postgres.core.errors import ValidationError
from edge_postgres.core.numbers import to_int
from edge_postgres.hyperdrive.limits import HYPERDRIVE_CONNECTIONS_FLOOR

HEADROOM_SHARE = 10
"""One connection in so many stays free: a limit of Hyperdrive is soft."""


@dataclass(frozen=True)
class Budget:
    """A database's connections and all who take them.

    ``stated`` and ``elsewhere`` are connections by name, ``weights`` say how what remains is divided among those who
    state none. A name in ``pairs`` stands for two configurations: it takes at least twice the floor.
    """

    max_connections: int
    reserved: int
    unallocated: int
    elsewhere: Mapping[str, int]
    stated: Mapping[str, int]
    weights: Mapping[str, float]
    pairs: frozenset[str]
    ceiling: int

    @property
    def usable(self) -> int:
        """What all parties of all stacks may take together."""
        return self.max_connections - self.reserved - self.unallocated

    def floor(self, party: str) -> int:
        return HYPERDRIVE_CONNECTIONS_FLOOR * (2 if party in self.pairs else 1)

    def table(self, limits: Mapping[str, int]) -> str:
        """Who takes what, one a line, and what is left."""
        rows = [
            (self.max_connections, "accepted by the database"),
            (-self.reserved, "kept by the database"),
            (-self.unallocated, "kept free: a limit of Hyperdrive is soft"),
            *((-taken, f"elsewhere: {name}") for name, taken in self.elsewhere.items()),
            *((-taken, f"{name}, a pair" if name in self.pairs else name) for name, taken in limits.items()),
        ]
        rows.append((sum(number for number, _ in rows), "left"))
        width = max(len(f"{number:d}") for number, _ in rows)
        return "\n".join(f"  {number:>{width}d}  {who}" for number, who in rows if number or who == "left")


def default_unallocated(max_connections: int, reserved: int) -> int:
    """A tenth of what the database does not keep, rounded down."""
    return max(max_connections - reserved, 0) // HEADROOM_SHARE


def allocate_connections(budget: Budget, *, subject: str) -> dict[str, int]:
    """The limit of every party, by name. Raises ``ValidationError``, with the table, where they do not fit."""
    for name, taken in {**budget.elsewhere, **budget.stated}.items():
        if taken < 0:
            raise ValidationError(f"{subject}.{name}", f"is {taken}", "Use a whole number of 0 or more.")
    for name, weight in budget.weights.items():
        if not 0 < weight < float("inf"):
            raise ValidationError(f"{subject}.weights.{name}", f"is {weight:g}", "Use a number above 0.")
    remaining = budget.usable - sum(budget.elsewhere.values()) - sum(budget.stated.values())
    floors = {name: budget.floor(name) for name in budget.weights}
    if remaining < sum(floors.values()):
        raise _too_many(budget, {**budget.stated, **floors}, sum(floors.values()) - remaining, subject=subject)
    return {**budget.stated, **_divided(remaining, budget.weights, floors, budget.ceiling)}


def _divided(connections: int, weights: Mapping[str, float], floors: Mapping[str, int], ceiling: int) -> dict[str, int]:
    """Whole shares by weight, none below its floor or above the ceiling; a remainder stays free."""
    shares: dict[str, int] = {}
    open_parties = dict(weights)
    while open_parties:
        whole_weight, rest = sum(open_parties.values()), connections - sum(shares.values())
        fair = {name: int(rest * weight / whole_weight) for name, weight in open_parties.items()}
        # Who would get too little gets the floor first: it comes from the others' shares.
        bound = {name: floors[name] for name, share in fair.items() if share < floors[name]} or {
            name: ceiling for name, share in fair.items() if share > ceiling
        }
        settled = bound or fair
        shares.update(settled)
        open_parties = {name: weight for name, weight in open_parties.items() if name not in settled}
    return {name: shares[name] for name in weights}


def _too_many(budget: Budget, limits: Mapping[str, int], excess: int, *, subject: str) -> ValidationError:
    least = [f"`{name}` takes at least {limits[name]}" for name in budget.weights]
    lower = [f"`{name}` ({taken})" for name, taken in {**budget.stated, **budget.elsewhere}.items() if taken]
    ways = [f"Lower {' or '.join(lower)}"] if lower else []
    return ValidationError(
        subject,
        f"needs {excess} {'connection' if excess == 1 else 'connections'} more than the database grants"
        + (f"; {', '.join(least)}" if least else ""),
        f"{', or '.join([*ways, 'take' if ways else 'Take'])} a larger database.\n{budget.table(limits)}",
    )


def validate_budget(
    max_connections: float,
    *,
    reserved: float,
    unallocated: float | None,
    elsewhere: Mapping[str, float],
    stated: Mapping[str, float],
    weights: Mapping[str, float],
    pairs: frozenset[str],
    ceiling: int,
    subject: str,
) -> Budget:
    """The budget of what was stated.

    Raises ``ValidationError`` for what is no whole number and for a name with two claims.
    """
    most, kept = (
        to_int(max_connections, subject=f"{subject}.max_connections"),
        to_int(reserved, subject=f"{subject}.reserved"),
    )
    if clash := sorted(set(stated) & set(weights)):
        raise ValidationError(f"{subject}.{clash[0]}", "states a limit and a weight", "State one of them.")
    return Budget(
        max_connections=most,
        reserved=kept,
        unallocated=default_unallocated(most, kept)
        if unallocated is None
        else to_int(unallocated, subject=f"{subject}.unallocated"),
        elsewhere={name: to_int(taken, subject=f"{subject}.elsewhere.{name}") for name, taken in elsewhere.items()},
        stated={name: to_int(taken, subject=f"{subject}.limits.{name}") for name, taken in stated.items()},
        weights=weights,
        pairs=pairs,
        ceiling=ceiling,
    )
