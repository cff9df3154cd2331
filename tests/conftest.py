"""The engine, once for all tests that run it."""

import os
import subprocess
from pathlib import Path

import pytest

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
