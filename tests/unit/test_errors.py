"""Validation errors, and the moment at which plain values and outputs are checked."""

from collections.abc import Callable
from typing import Any

import pulumi
import pulumi_random as random
import pytest

from edge_postgres.core.errors import ValidationError
from edge_postgres.core.inputs import apply_input, apply_inputs
from tests.harness import deploy, rejected


def reject(value: Any) -> Any:
    raise ValidationError("limit", f"must be at least 5, got {value}", "Use 5 or more.")


def test_a_validation_error_has_path_problem_and_fix() -> None:
    error = ValidationError("limit", "must be at least 5, got 4", "Use 5.")
    assert error.message == "limit: must be at least 5, got 4. Use 5."


def test_the_detail_of_a_validation_error_has_no_path() -> None:
    assert ValidationError("limit", "is empty", "Use 5.").detail == "is empty. Use 5."


def test_a_validation_error_ends_a_program_without_a_traceback_and_pydantic_collects_it() -> None:
    assert issubclass(ValidationError, pulumi.RunError)
    assert issubclass(ValidationError, ValueError)


def test_a_plain_value_is_checked_at_once() -> None:
    assert apply_input(4, lambda value: value + 1) == 5
    with pytest.raises(ValidationError):
        apply_input(4, reject)


def test_a_dictionary_of_plain_values_is_checked_at_once() -> None:
    assert apply_inputs({"a": 1, "b": 2}, lambda known: known["a"] + known["b"]) == 3


def test_none_is_a_plain_value() -> None:
    assert apply_input(None, lambda value: value) is None


def test_an_output_is_checked_when_it_is_known(given: Callable[[Any], Any]) -> None:
    exported = deploy(lambda: {"value": apply_input(given(4), lambda value: value + 1)}).exports["value"]
    assert exported.value == 5


def test_a_value_from_a_secret_is_a_secret() -> None:
    assert deploy(lambda: {"value": apply_input(pulumi.Output.secret(4), str)}).exports["value"].secret


def test_a_dictionary_can_mix_plain_values_and_outputs() -> None:
    def program() -> Any:
        return {"sum": apply_inputs({"a": 1, "b": pulumi.Output.from_input(2)}, lambda known: known["a"] + known["b"])}

    assert deploy(program).exports["sum"].value == 3


def test_an_unknown_value_is_not_checked_in_a_preview() -> None:
    exported = deploy(lambda: {"value": apply_input(random.RandomPet("pet").id, reject)}, preview=True).exports["value"]
    assert exported.known is False


def test_a_rejected_output_that_no_resource_reads_ends_the_program(preview: bool) -> None:
    with rejected("limit: must be at least 5, got 4"):
        deploy(lambda: apply_input(pulumi.Output.from_input(4), reject) and None, preview=preview)


def test_a_rejected_input_of_a_resource_is_reported_unchanged(preview: bool) -> None:
    def program() -> None:
        random.RandomPet("pet", length=apply_input(pulumi.Output.from_input(4), reject))

    with pytest.raises(pulumi.RunError) as ended:
        deploy(program, preview=preview)
    message, _, line = str(ended.value).partition(" (tests/unit/test_errors.py:")
    assert (message, line[-1:]) == ("limit: must be at least 5, got 4. Use 5 or more.", ")")
