"""Existing Hyperdrive configurations in a stack file: bound by name, never changed."""

from pathlib import Path
from typing import Any

from tests.unit.test_settings import faults, load, only_fault, root, stack_file

__all__ = ["root"]

ID, FRESH = "a" * 32, "b" * 32


def sharing(binding: str = "shared", **configuration: Any) -> dict[str, Any]:
    """A stack file that binds an existing configuration and has no database."""
    return stack_file(
        databases={},
        hyperdriveConfigurations={"shared": {"id": ID, **configuration}},
        workers__api__hyperdrive={"HYPERDRIVE": binding},
        secrets={},
    )


def test_a_worker_binds_an_existing_configuration_without_a_database(root: Path) -> None:
    stack, _ = load(root, sharing())
    assert stack.existing_hyperdrive_ids == {"shared": ID}


def test_the_uncached_configuration_of_the_same_database_is_bound_as_fresh(root: Path) -> None:
    stack, _ = load(root, sharing("shared.fresh", freshId=FRESH))
    assert stack.existing_hyperdrive_ids == {"shared": ID, "shared.fresh": FRESH}


def test_fresh_is_unknown_without_its_id(root: Path) -> None:
    assert "got shared.fresh" in only_fault(root, "workers.api.hyperdrive.HYPERDRIVE", sharing("shared.fresh"))


def test_an_id_has_32_hexadecimal_digits(root: Path) -> None:
    complaint = only_fault(root, "hyperdriveConfigurations.shared.id", sharing(id="main"))
    assert "32 hexadecimal digits" in complaint


def test_a_preview_stack_confirms_that_the_database_holds_no_production_data(root: Path) -> None:
    complaint = only_fault(root, "hyperdriveConfigurations.shared", sharing(), stack="pr-123")
    assert complaint.endswith("Set `noProductionData: true` if it contains no production data.")
    load(root, sharing(noProductionData=True), stack="pr-123")


def test_a_configuration_cannot_have_the_name_of_a_database(root: Path) -> None:
    file = stack_file(hyperdriveConfigurations={"main": {"id": ID}})
    assert list(faults(root, file)) == ["hyperdriveConfigurations.main"]


def test_existing_configurations_do_not_count_against_the_limit(root: Path) -> None:
    file = stack_file(accountLimits={"hyperdriveConfigurations": 1}, hyperdriveConfigurations={"shared": {"id": ID}})
    load(root, file)
