"""The rules as tables of a page."""

import json
from collections.abc import Iterable

from edge_postgres.policies.rules import RULES


def rules() -> str:
    """What each rule holds, how it is told, what it sees and what it cannot."""
    rows = (
        (
            f"`{rule.name}`",
            f"{rule.holds} {rule.remedy}",
            f"{rule.level.value}, {rule.severity.value}" + (", production" if rule.production_only else ""),
            rule.sees,
            rule.blind_to,
        )
        for rule in RULES
    )
    return table(("rule", "what holds, and what to do", "level, severity", "what it sees", "what it cannot see"), rows)


def options() -> str:
    """What can be configured about the rules beside their levels."""
    rows = (
        (
            f"`{rule.name}`",
            f"`{name}`",
            option.says,
            "" if option.default is None else f"`{json.dumps(option.default)}`",
        )
        for rule in RULES
        for name, option in rule.own_options.items()
    )
    return table(("rule", "option", "what it says", "default"), rows)


def table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table in Markdown."""
    heads = list(heads)
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
