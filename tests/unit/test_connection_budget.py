"""`ConnectionBudget`: it allocates the connections of a database, with Hyperdrive's minimum for each consumer."""

from collections.abc import Callable
from typing import Any

import pulumi
import pytest
from hypothesis import given as examples
from hypothesis import settings
from hypothesis import strategies as st

from edge_postgres import ConnectionBudget
from edge_postgres.core.errors import ValidationError
from edge_postgres.hyperdrive.budget_rules import Budget, allocate_connections, default_unallocated, validate_budget
from tests.harness import deploy, rejected

Given = Callable[[Any], Any]


def budget(**changes: Any) -> Budget:
    claims: dict[str, Any] = {
        "max_connections": 104,
        "reserved": 7,
        "unallocated": None,
        "elsewhere": {},
        "explicit": {},
        "weights": {},
        "pairs": frozenset(),
        "ceiling": 1500,
    }
    return validate_budget(subject="main", **{**claims, **changes})


def shares(**changes: Any) -> dict[str, int]:
    return allocate_connections(budget(**changes), subject="main")


def outputs(args: Callable[[], dict[str, Any]], *, preview: bool = False) -> Any:
    """Returns the outputs of the component. ``args`` creates the arguments inside the program."""

    def program() -> Any:
        component = ConnectionBudget("main", {"max_connections": 104, **args()})  # type: ignore[typeddict-item]
        return {"limits": component.limits, "used": component.used, "left": component.left, "table": component.table}

    return {name: export.value for name, export in deploy(program, preview=preview).exports.items()}


# Allocation.


def test_a_single_weight_gets_all_remaining_connections() -> None:
    assert shares(weights={"api": 1}) == {"api": 88}


def test_the_remaining_connections_are_divided_by_weight() -> None:
    assert shares(weights={"api": 3, "reports": 1}) == {"api": 66, "reports": 22}


def test_every_consumer_gets_at_least_the_minimum() -> None:
    assert shares(weights={"api": 1000, "reports": 1}) == {"api": 83, "reports": 5}


def test_a_pair_gets_twice_the_minimum() -> None:
    assert shares(weights={"api": 1000, "reports": 1}, pairs=frozenset({"reports"})) == {"api": 78, "reports": 10}


def test_no_consumer_gets_more_than_the_ceiling_and_the_others_get_the_rest() -> None:
    assert shares(weights={"api": 9, "reports": 1}, ceiling=20) == {"api": 20, "reports": 20}


def test_other_clients_and_explicit_limits_come_first() -> None:
    assert shares(elsewhere={"migrations": 8}, explicit={"jobs": 30}, weights={"api": 1}) == {"jobs": 30, "api": 50}


def test_every_connection_of_a_small_database_is_allocated() -> None:
    # Prisma's smallest plan accepts ten connections and reserves five of them.
    assert shares(max_connections=10, reserved=5, weights={"api": 1}) == {"api": 5}


@pytest.mark.parametrize(("most", "reserved", "free"), [(104, 7, 9), (10, 5, 0), (100, 0, 10), (5, 9, 0)])
def test_a_tenth_stays_unallocated(most: int, reserved: int, free: int) -> None:
    assert default_unallocated(most, reserved) == free


def test_another_number_of_unallocated_connections_is_accepted() -> None:
    assert shares(unallocated=0, weights={"api": 1}) == {"api": 97}


# Rejected claims.


def test_claims_that_do_not_fit_are_rejected_with_a_table_of_all_consumers() -> None:
    with rejected(
        "main: needs 22 more connections than the database has available",
        "Lower `api` (90) or `migrations` (20). Or: Use a larger database, or fewer clients.",
        "  104  accepted by the database\n",
        "   -7  reserved by the database\n",
        "   -9  unallocated",
        "  -20  elsewhere: migrations\n",
        "  -90  api\n",
        "  -22  left",
    ):
        shares(elsewhere={"migrations": 20}, explicit={"api": 90})


def test_one_connection_too_many_is_rejected() -> None:
    with rejected("needs 1 more connection "):
        shares(explicit={"api": 89})
    assert shares(explicit={"api": 88}) == {"api": 88}


def test_a_weight_needs_room_for_the_minimum() -> None:
    with rejected("needs 3 more connections", "`reports` needs at least 5", "Lower `api` (86)", "-5  reports"):
        shares(explicit={"api": 86}, weights={"reports": 1})


def test_a_pair_on_a_database_that_is_too_small_is_rejected_with_a_larger_database_as_the_fix() -> None:
    with rejected(
        "`api` needs at least 10",
        "available (`api` needs at least 10). Use a larger database, or fewer clients.",
        "api, a pair",
    ):
        shares(max_connections=10, reserved=5, weights={"api": 1}, pairs=frozenset({"api"}))


@pytest.mark.parametrize("weight", [0, -1, float("nan"), float("inf")])
def test_an_invalid_weight_is_rejected(weight: float) -> None:
    with rejected(f"main.weights.api: must be a finite number above 0, got {weight:g}"):
        shares(weights={"api": weight})


@pytest.mark.parametrize("claim", ["elsewhere", "explicit"])
def test_a_negative_claim_is_rejected(claim: str) -> None:
    with rejected("main.api: must be at least 0, got -1", "0 or more"):
        shares(**{claim: {"api": -1}})


def test_a_claim_that_is_not_an_integer_is_rejected() -> None:
    with rejected("main.elsewhere.migrations: must be an integer, got 2.5", "integer"):
        shares(elsewhere={"migrations": 2.5})


def test_a_limit_and_a_weight_of_one_consumer_are_rejected() -> None:
    with rejected("main.api: has both a limit and a weight", "Remove the consumer from `limits` or from `weights`."):
        shares(explicit={"api": 5}, weights={"api": 1})


# The component.


def test_the_outputs_are_the_limits_their_sum_and_the_remainder(given: Given, preview: bool) -> None:
    def args() -> dict[str, Any]:
        return {"reserved_connections": given(7), "elsewhere": {"jobs": given(8)}, "weights": {"a": 1, "b": 1}}

    found = outputs(args, preview=preview)
    assert (found["limits"], found["used"], found["left"]) == ({"a": 40, "b": 40}, 80, 0)
    assert found["table"].splitlines()[-1] == "    0  left"


def test_claims_that_do_not_fit_fail_a_preview(given: Given, preview: bool) -> None:
    with rejected("ConnectionBudget `main`: needs 12 more connections", "elsewhere: staging"):
        outputs(lambda: {"limits": {"api": given(96)}, "elsewhere": {"staging": given(10)}}, preview=preview)


def test_claims_that_do_not_fit_are_rejected_before_anything_is_registered() -> None:
    registered: list[str] = []

    def program() -> None:
        try:
            ConnectionBudget("main", {"max_connections": 20, "limits": {"api": 30}})
        finally:
            registered.append("ended")

    with rejected("ConnectionBudget `main`: needs"):
        deploy(program)
    assert registered == ["ended"]


def test_the_plan_bounds_the_limits() -> None:
    assert outputs(lambda: {"plan": "free", "weights": {"a": 1}})["limits"] == {"a": 20}
    assert outputs(lambda: {"plan": "free", "connection_ceiling": 30, "weights": {"a": 1}})["limits"] == {"a": 30}


def test_an_unknown_plan_is_rejected() -> None:
    with rejected("ConnectionBudget `main`.plan: must be one of", "got `gold`", "`free`, `paid`"):
        outputs(lambda: {"plan": "gold", "weights": {"a": 1}})


# Properties of all budgets.

NAMES = st.sampled_from(["api", "jobs", "reports", "site", "edge"])
NUMBERS = st.dictionaries(NAMES, st.integers(0, 300), max_size=4)


@examples(
    most=st.integers(0, 6000),
    reserved=st.integers(0, 60),
    unallocated=st.none() | st.integers(0, 100),
    elsewhere=NUMBERS,
    explicit=NUMBERS,
    weights=st.dictionaries(NAMES, st.floats(1e-300, 1e300), max_size=4),
    pairs=st.frozensets(NAMES),
    ceiling=st.sampled_from([20, 1500]),
)
@settings(max_examples=300)
def test_an_allocation_fits_and_an_error_names_every_consumer(
    most: int,
    reserved: int,
    unallocated: int | None,
    elsewhere: dict[str, int],
    explicit: dict[str, int],
    weights: dict[str, float],
    pairs: frozenset[str],
    ceiling: int,
) -> None:
    weights = {name: weight for name, weight in weights.items() if name not in explicit}
    validated = budget(
        max_connections=most,
        reserved=reserved,
        unallocated=unallocated,
        elsewhere=elsewhere,
        explicit=explicit,
        weights=weights,
        pairs=pairs,
        ceiling=ceiling,
    )
    try:
        limits = allocate_connections(validated, subject="main")
    except ValidationError as error:
        text = str(error)
        assert [name for name, taken in {**elsewhere, **explicit}.items() if taken and name not in text] == []
        assert [name for name in weights if name not in text] == []
        return
    assert set(limits) == {*explicit, *weights}
    assert sum(limits.values()) + sum(elsewhere.values()) <= validated.usable
    assert all(type(limit) is int for limit in limits.values())
    assert all(validated.minimum(name) <= limits[name] <= max(ceiling, validated.minimum(name)) for name in weights)


def test_the_connections_of_another_stack_count() -> None:
    def program() -> Any:
        other = pulumi.Output.from_input({"main": 40}).apply(lambda used: used["main"])
        component = ConnectionBudget(
            "main", {"max_connections": 104, "elsewhere": {"prod": other}, "weights": {"api": 1}}
        )
        return {"limits": component.limits}

    assert deploy(program).exports["limits"].value == {"api": 54}


# Lookup of a limit.


def limit_of(consumer: str, value: Any, *, preview: bool = False) -> Any:
    def program() -> Any:
        component = ConnectionBudget("main", {"max_connections": value(104), "weights": {"api": 1, "web": 1}})
        return {"limit": component.limits[consumer]}

    return deploy(program, preview=preview).exports["limit"].value


def test_a_limit_is_looked_up_by_its_consumer(given: Given) -> None:
    assert limit_of("api", given) == 47


def test_the_lookup_of_an_unknown_consumer_is_rejected_with_the_known_ones(given: Given, preview: bool) -> None:
    with rejected(
        "ConnectionBudget `main`.limits.job: unknown consumer, the budget has `api`, `web`.",
        "Add the consumer to `weights`",
    ):
        limit_of("job", given, preview=preview)


def test_the_lookup_of_a_misspelled_consumer_is_rejected_with_a_suggestion() -> None:
    with rejected(
        "ConnectionBudget `main`.limits.apl: unknown consumer, the budget has `api`, `web`. Did you mean `api`?"
    ):
        limit_of("apl", lambda value: value)
