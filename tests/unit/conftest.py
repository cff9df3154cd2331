"""Fixtures of the component tests: plain values and outputs, updates and previews, and a bundle."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import hypothesis
import pulumi
import pytest

from edge_postgres import load_sdk_lazily
from tests.unit.bundled import contains

# As in the stack program. The components import only the modules of the SDK that they use.
load_sdk_lazily()

# A slow machine must not fail a test.
hypothesis.settings.register_profile(
    "any machine", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("any machine")

FORMS: dict[str, Callable[[Any], Any]] = {
    "plain": lambda value: value,
    "output": pulumi.Output.from_input,
}


@pytest.fixture(params=FORMS)
def given(request: pytest.FixtureRequest) -> Callable[[Any], Any]:
    """Returns a value unchanged, or as an Output. Call it inside a program."""
    return FORMS[request.param]


@pytest.fixture(params=["update", "preview"])
def preview(request: pytest.FixtureRequest) -> bool:
    """False for an update, true for a preview."""
    return bool(request.param == "preview")


@pytest.fixture
def bundle(tmp_path: Path) -> str:
    """Returns the path of a script with the code of a supported release of pg."""
    path = tmp_path / "worker.js"
    path.write_text(contains("pg@8.23.1"))
    return str(path)


@pytest.fixture
def warnings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The warnings that a provider logs."""
    messages: list[str] = []
    monkeypatch.setattr("pulumi.log.warn", messages.append)
    return messages
