"""Who takes how many connections of a database: a table with a bar, of the numbers that `ConnectionBudget` tells."""

from collections.abc import Iterator

from components.connection_budget import rendered_shares
from settings import Settings

WIDTH = 50
"""Characters that stand for all connections of a database."""


def budgets(stack: Settings) -> Iterator[str]:
    """A table for each database of which it is known what it accepts; nothing is said of the others."""
    for name, database in stack.databases.items():
        # What other stacks take, their outputs tell: nobody is asked here.
        args = database.budget(stack.plan, {}, stack.taken_directly(name))
        if args is not None:
            yield table(name, rendered_shares(name, args)["table"], sorted(database.other_stacks))


def table(database: str, told: str, other_stacks: list[str]) -> str:
    """The component's own table, each line beside the part of the bar that it takes."""
    (accepted, _), *taken = (_row(line) for line in told.splitlines())
    lines = [f"| `{database}` accepts {accepted} connections | | |", "|---|---:|---|"]
    begin = 0
    for number, who in taken:
        bar = _bar("░" if who == "left" else "█", begin, abs(number), accepted)
        lines.append(f"| {who} | {abs(number)} | `{bar}` |")
        begin += abs(number)
    if other_stacks:
        listed = ", ".join(f"`{stack}`" for stack in other_stacks)
        lines += ["", f"What the other stacks take is not in it; their outputs tell: {listed}."]
    return "\n".join(lines)


def _row(line: str) -> tuple[int, str]:
    number, who = line.split(maxsplit=1)
    return int(number), who


def _bar(mark: str, begin: int, length: int, whole: int) -> str:
    first, last = (round(WIDTH * at / whole) for at in (begin, begin + length))
    return "·" * first + mark * (last - first) + "·" * (WIDTH - last)
