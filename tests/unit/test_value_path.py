"""The number of library functions between a setting and the resource that takes it."""

import pulumi

from edge_postgres.core.cloudflare_ids import validate_hex_id
from edge_postgres.core.inputs import apply_input
from edge_postgres.core.numbers import to_int
from tests.harness import deploy
from tests.value_path import recorded


def test_the_functions_that_take_or_return_a_marked_value_are_listed_in_order() -> None:
    with recorded("sentinel") as path:
        validate_hex_id("0" * 32, "zone id", subject="x-sentinel")
        validate_hex_id("0" * 32, "zone id", subject="other")
        to_int(1, subject="sentinel")
    ids, numbers = "edge_postgres.core.cloudflare_ids", "edge_postgres.core.numbers"
    assert path.functions == [f"{ids}:validate_hex_id", f"{numbers}:to_int"]
    assert path.modules == [ids, numbers]


def test_a_value_is_found_inside_an_output_that_becomes_known_later() -> None:
    def program() -> None:
        apply_input(pulumi.Output.from_input("x").apply(lambda known: f"{known}-sentinel"), len)

    with recorded("sentinel") as path:
        deploy(program)
    assert "edge_postgres.core.inputs:apply_input" in path.functions
