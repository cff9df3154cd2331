"""The engine, once for all tests that run it, and the end of local clouds of a killed test run."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from localcloud.guard import guarded

CHECKOUT = Path(__file__).resolve().parent.parent
NO_ENGINE = 3


@pytest.fixture(scope="session")
def pulumi_path() -> Path:
    """The path of `pulumi`. Without one, tests are skipped with the reason; REQUIRE_ENGINE=1 makes that a failure."""
    found = subprocess.run([CHECKOUT / "tools" / "pulumi.sh"], capture_output=True, text=True)
    if found.returncode == NO_ENGINE and os.environ.get("REQUIRE_ENGINE") != "1":
        pytest.skip(found.stderr)
    assert found.returncode == 0, found.stderr
    return Path(found.stdout.strip())


@pytest.fixture(scope="session")
def guard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Removes the local clouds of this process if it is killed."""
    with guarded(tmp_path_factory.getbasetemp()):
        yield
