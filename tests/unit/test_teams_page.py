"""The stack files on the page for several teams fit one database, and the page has the budget of the component."""

import re
from typing import Any

import pytest
import yaml

from edge_postgres import ConnectionBudget
from tests.harness import deploy
from tests.unit.page_tables import PROJECT, rows_of

PAGE = "docs/teams.md"
OWNER = "3. Write the owner's stack file"


def databases() -> dict[str, dict[str, Any]]:
    """The database ``main`` of each stack file on the page, by the project's name."""
    blocks = re.findall(r"```yaml\n(.*?)```", (PROJECT / PAGE).read_text(), re.DOTALL)
    return {
        key.removesuffix(":databases"): value["main"]
        for block in blocks
        for key, value in yaml.safe_load(block).items()
    }


def budget_of(project: str, others: dict[str, int]) -> list[int]:
    """The numbers of the budget in the order of the component, from accepted to remaining connections."""
    database = databases()[project]
    hyperdrive = database["hyperdrive"]

    def program() -> Any:
        return {
            "table": ConnectionBudget(
                "main",
                {
                    "max_connections": database["maxConnections"],
                    "reserved_connections": database["reservedConnections"],
                    "elsewhere": {**hyperdrive["reservedElsewhere"], **others},
                    "limits": {"main": hyperdrive["connectionLimit"]},
                },
            ).table
        }

    table = deploy(program).exports["table"].value
    return [int(line.split()[0]) for line in table.splitlines()]


def test_the_page_has_the_budget_of_the_owner() -> None:
    shown = [int(row["Connections"].replace("−", "-")) for row in rows_of(PAGE, OWNER)]
    assert shown == budget_of("shop", {})


def test_the_database_has_connections_for_the_other_team() -> None:
    taken = databases()["shop"]["hyperdrive"]["connectionLimit"]
    assert budget_of("reports", {"acme/shop/prod": taken})[-1] == budget_of("shop", {})[-1]


def test_the_agreed_share_is_the_limit_of_the_other_team() -> None:
    agreed = databases()["shop"]["hyperdrive"]["reservedElsewhere"]["reports"]
    assert agreed == databases()["reports"]["hyperdrive"]["connectionLimit"]


@pytest.mark.parametrize("project", ["shop", "reports"])
def test_both_teams_describe_the_same_database(project: str) -> None:
    sizes = {(found["maxConnections"], found["reservedConnections"]) for found in databases().values()}
    assert len(sizes) == 1
    assert databases()[project]["provider"] == "existing"
