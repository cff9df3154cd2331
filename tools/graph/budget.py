"""Draws the connection budget of a database as a table with a bar, from the numbers of `ConnectionBudget`."""

from collections.abc import Iterator
from typing import cast

from edge_postgres.hyperdrive.budget import Allocation, allocate_budget
from edge_postgres.stack import Settings
from edge_postgres.stack.workers.direct import connections_by_client

WIDTH = 50
"""Number of characters of a bar, for all connections of a database."""


def budget_tables(stack: Settings) -> Iterator[str]:
    """A table for each database with a known connection limit."""
    for name, database in stack.databases.items():
        # The connections of other stacks are in their outputs, which are not read here.
        args = database.budget_args(stack.plan, {}, connections_by_client(stack.direct_users, name))
        if args is not None:
            # All numbers of a stack file are plain, and so is the allocation.
            allocation = cast(Allocation, allocate_budget(args, subject=name))
            yield table(
                name,
                allocation["table"],
                sorted(database.hyperdrive.other_stacks if database.hyperdrive else ()),
            )


def table(database: str, shares: str, other_stacks: list[str]) -> str:
    """The table of the component, with a bar for each line."""
    (accepted, _), *taken = (_row(line) for line in shares.splitlines())
    lines = [f"| `{database}` accepts {accepted} connections | | |", "|---|---:|---|"]
    begin = 0
    for number, who in taken:
        bar = _bar("░" if who == "left" else "█", begin, abs(number), accepted)
        lines.append(f"| {who} | {abs(number)} | `{bar}` |")
        begin += abs(number)
    if other_stacks:
        listed = ", ".join(f"`{stack}`" for stack in other_stacks)
        lines += ["", f"The table does not include the connections of other stacks: {listed}."]
    return "\n".join(lines)


def _row(line: str) -> tuple[int, str]:
    number, who = line.split(maxsplit=1)
    return int(number), who


def _bar(mark: str, begin: int, length: int, total: int) -> str:
    first, last = (round(WIDTH * at / total) for at in (begin, begin + length))
    return "·" * first + mark * (last - first) + "·" * (WIDTH - last)
