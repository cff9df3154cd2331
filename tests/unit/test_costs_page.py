"""The page of costs: the formulas and unit prices on the page give every cost and every total."""

import ast
import operator
import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import pytest

from tests.unit.page_tables import PROJECT, Row, rows_of, tables_of

PAGE = "docs/costs.md"
PRICES = rows_of(PAGE, "Unit prices")
BILLS = {heading: rows for heading, rows in tables_of(PAGE).items() if "Formula" in rows[0]}
LINES = [(heading, row) for heading, rows in BILLS.items() for row in rows if row["Formula"]]
TOTALS = rows_of(PAGE, "Totals")
NAME = re.compile(r"[a-z]+\.[a-z0-9_]+")
CLOUDFLARE = "Workers, paid plan, 15 million requests"
OPERATORS: Mapping[type, Callable[[Decimal, Decimal], Decimal]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


def prices() -> dict[str, Decimal]:
    return {row["Price"].strip("`"): Decimal(row["USD"]) for row in PRICES}


def cost_of(formula: str) -> Decimal:
    """Returns the value of a formula, rounded to cents."""
    numbers = NAME.sub(lambda name: str(prices()[name.group()]), formula.strip("`")).replace("×", "*")

    def value(node: ast.AST) -> Decimal:
        match node:
            case ast.Expression(body=body):
                return value(body)
            case ast.BinOp(left=left, op=op, right=right):
                return OPERATORS[type(op)](value(left), value(right))
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return -value(operand)
            case ast.Constant(value=int() | float() as number):
                return Decimal(str(number))
        raise AssertionError(f"{formula} is not arithmetic")

    return value(ast.parse(numbers, mode="eval")).quantize(Decimal("0.01"), ROUND_HALF_UP)


def total_of(heading: str) -> Decimal:
    (total,) = (Decimal(row["Cost"]) for row in BILLS[heading] if row["Item"] == "**Total**")
    return total


def anchor_of(heading: str) -> str:
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


@pytest.mark.parametrize(("heading", "row"), LINES, ids=lambda part: part if isinstance(part, str) else part["Item"])
def test_a_cost_is_its_formula_times_its_price(heading: str, row: Row) -> None:
    assert Decimal(row["Cost"]) == cost_of(row["Formula"])


@pytest.mark.parametrize("heading", BILLS)
def test_a_total_is_the_sum_of_the_costs_above_it(heading: str) -> None:
    assert BILLS[heading][-1]["Item"] == "**Total**"
    assert total_of(heading) == sum(Decimal(row["Cost"]) for row in BILLS[heading][:-1])


@pytest.mark.parametrize("row", TOTALS, ids=lambda row: row["Example"])
def test_the_total_of_an_example_adds_its_two_bills(row: Row) -> None:
    (anchor,) = re.findall(r"\(#(.*)\)", row["Database"])
    (heading,) = (heading for heading in BILLS if anchor_of(heading) == anchor)
    assert Decimal(row["Database's part"]) == total_of(heading)
    assert Decimal(row["Cloudflare's part"]) == total_of(CLOUDFLARE)
    assert Decimal(row["Total"]) == total_of(heading) + total_of(CLOUDFLARE)


def test_every_bill_is_in_the_totals() -> None:
    named = {anchor for row in TOTALS for anchor in re.findall(r"\(#(.*)\)", row["Database"])}
    assert named == {anchor_of(heading) for heading in BILLS} - {anchor_of(CLOUDFLARE)}


@pytest.mark.parametrize("example", sorted((PROJECT / "examples").glob("*.yaml")), ids=lambda path: path.name)
def test_every_example_is_on_the_page(example: object) -> None:
    text = (PROJECT / PAGE).read_text()
    name = getattr(example, "name", "")
    assert f"`examples/{name}`" in text or f"`{re.sub('^driver-.*', 'driver-*.yaml', name)}`" in text


@pytest.mark.parametrize("row", PRICES, ids=lambda row: row["Price"])
def test_a_price_has_a_source_a_day_and_how_it_was_read(row: Row) -> None:
    assert re.fullmatch(r"\[[\w ]+\]\(https://[^)]+\)", row["Source"])
    assert row["Read as"] in {"vendor", "copy", "estimate", "memory"}
    assert date.fromisoformat(row["As of"]).year >= 2026


def test_every_price_is_used_and_every_used_price_is_listed() -> None:
    used = {name for _, row in LINES for name in NAME.findall(row["Formula"])}
    assert used == set(prices())
