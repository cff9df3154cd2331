"""Expected errors of dynamic providers reach the engine as messages. Unexpected errors keep their tracebacks."""

import sys
import traceback
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

import pytest

from edge_postgres.core.errors import ValidationError
from edge_postgres.http.error_output import SERVER, report_errors_as_messages
from edge_postgres.http.errors import ApiError


@pytest.fixture
def main(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The process that runs dynamic providers, before a provider is loaded."""
    main = ModuleType("__main__")
    main.__spec__ = ModuleSpec(SERVER, None)
    vars(main)["traceback"] = traceback
    monkeypatch.setitem(sys.modules, "__main__", main)
    return main


def reported(main: ModuleType, error: Exception) -> str:
    try:
        raise error
    except Exception:
        found: str = main.traceback.format_exc()
        return found


@pytest.mark.parametrize(
    "error", [ApiError("Neon answered 422."), ValidationError("neon:apiKey", "is not set", "Set it.")]
)
def test_an_expected_error_is_reported_by_its_message(main: ModuleType, error: Exception) -> None:
    report_errors_as_messages()
    assert reported(main, error) == str(error)


def test_an_unexpected_error_is_reported_with_its_traceback(main: ModuleType) -> None:
    report_errors_as_messages()
    assert reported(main, KeyError("id")).startswith("Traceback (most recent call last):")


def test_the_other_functions_of_the_module_are_kept(main: ModuleType) -> None:
    report_errors_as_messages()
    assert main.traceback.print_exc is traceback.print_exc


def test_another_process_is_not_patched(main: ModuleType) -> None:
    main.__spec__ = ModuleSpec("pytest.__main__", None)
    report_errors_as_messages()
    assert main.traceback is traceback


def test_the_sdk_still_reports_tracebacks() -> None:
    """If this fails, read the SDK again: users may see tracebacks."""
    spec = find_spec(SERVER)
    assert spec is not None
    assert "traceback.format_exc()" in Path(spec.origin or "").read_text()
