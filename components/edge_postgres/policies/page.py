"""Tables of the page about the policy pack (`docs/policies.md`), generated from the rules."""

import json
from collections.abc import Iterable

from edge_postgres.policies.rules import RULES


def rules_table() -> str:
    """Returns the table of the rules: description and fix, level and severity, inputs, limitations."""
    rows = (
        (
            f"`{rule.name}`",
            f"{rule.description} {rule.fix}",
            f"{rule.level.value}, {rule.severity.value}" + (", production" if rule.production_only else ""),
            rule.inputs,
            rule.limitations,
        )
        for rule in RULES
    )
    return render_table(("Rule", "Description and fix", "Level, severity", "Inputs", "Limitations"), rows)


def options_table() -> str:
    """Returns the table of the options of the rules, except their levels."""
    rows = (
        (
            f"`{rule.name}`",
            f"`{name}`",
            option.description,
            "" if option.default is None else f"`{json.dumps(option.default)}`",
        )
        for rule in RULES
        for name, option in rule.own_options.items()
    )
    return render_table(("Rule", "Option", "Description", "Default"), rows)


def render_table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Returns a table in Markdown."""
    heads = list(heads)
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
