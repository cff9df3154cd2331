"""What the tests of the components share: the ways in which a value arrives, and a bundle."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import hypothesis
import pulumi
import pytest

# How fast a machine is decides over no test.
hypothesis.settings.register_profile(
    "any machine", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("any machine")

WAYS: dict[str, Callable[[Any], Any]] = {
    "plain": lambda value: value,
    "output": pulumi.Output.from_input,
}


@pytest.fixture(params=WAYS)
def given(request: pytest.FixtureRequest) -> Callable[[Any], Any]:
    """A value as it is, and as an Output. Called inside a program."""
    return WAYS[request.param]


@pytest.fixture(params=["update", "preview"])
def preview(request: pytest.FixtureRequest) -> bool:
    """An update, and a preview."""
    return bool(request.param == "preview")


@pytest.fixture
def bundle(tmp_path: Path) -> str:
    """Path of a script that says that it holds a sound pg."""
    path = tmp_path / "worker.js"
    path.write_text("/* edge-postgres: driver pg@8.23.1 */\nexport default {};\n")
    return str(path)
