"""The page of the policy pack matches the rules of the pack."""

import json
import re
from pathlib import Path

import pytest

from edge_postgres.policies import page
from edge_postgres.policies.rules import RULES
from tests.unit.generated import as_committed

PROJECT = Path(__file__).resolve().parents[2]
PAGE = PROJECT / "docs" / "policies.md"
EXAMPLE = PROJECT / "examples" / "policies.json"
LEVELS = {"advisory", "mandatory", "disabled"}


def test_the_tables_are_generated_from_the_rules() -> None:
    text = PAGE.read_text()
    for name, table in (("rules", page.rules_table()), ("options", page.options_table())):
        text, count = re.subn(
            rf"<!-- {name} -->\n.*?<!-- end -->",
            lambda _, name=name, table=table: f"<!-- {name} -->\n{table}<!-- end -->",  # type: ignore[misc]
            text,
            flags=re.DOTALL,
        )
        assert count == 1
    as_committed(PAGE, text)


def test_the_page_shows_the_example() -> None:
    (shown,) = re.findall(r"```json\n(.*?)```", PAGE.read_text(), re.DOTALL)
    assert shown == EXAMPLE.read_text()


@pytest.mark.parametrize(("name", "config"), json.loads(EXAMPLE.read_text()).items())
def test_the_example_names_existing_rules_and_options(name: str, config: str | dict[str, object]) -> None:
    (rule,) = (rule for rule in RULES if rule.name == name)
    if isinstance(config, str):
        config = {"enforcementLevel": config}
    assert set(config) - {"enforcementLevel"} <= set(rule.options)
    assert config.get("enforcementLevel", "mandatory") in LEVELS


def test_the_page_names_every_rule_about_a_whole_stack() -> None:
    (named,) = re.findall(r"A rule about the whole stack \((.*?)\)", PAGE.read_text(), re.DOTALL)
    stack_wide = [rule.name for rule in RULES if not hasattr(rule, "types")]
    assert re.findall(r"`(.*?)`", named) == stack_wide
