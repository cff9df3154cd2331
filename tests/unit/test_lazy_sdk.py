"""The provider's SDK is loaded piece by piece, and nobody notices."""

import json
import subprocess
import sys
from typing import Any

import pytest

HEAD = """
import json, sys
import components
import pulumi_cloudflare as cloudflare
def loaded(): return "pulumi_cloudflare.zone" in sys.modules
"""


def interpreted(source: str) -> Any:
    """What a fresh interpreter prints, as JSON."""
    command = [sys.executable, "-c", HEAD + source]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def test_what_is_used_is_loaded_without_its_neighbours() -> None:
    source = """
names = [cloudflare.HyperdriveConfig.__name__, cloudflare.HyperdriveConfigOriginArgs.__name__]
print(json.dumps([*names, callable(cloudflare.get_zone), callable(cloudflare.get_zone), "pulumi_cloudflare.zero" in
sys.modules, "pulumi_cloudflare.account" in sys.modules]))
"""
    assert interpreted(source) == ["HyperdriveConfig", "HyperdriveConfigOriginArgs", True, True, False, False]


def test_the_rest_is_there_as_without_us() -> None:
    source = """
names = ["HyperdriveConfig", "WorkersScript", "get_zone", "Provider"]
lazily = {name: getattr(cloudflare, name) for name in names}
before = loaded()
from pulumi_cloudflare import *
same = all(getattr(cloudflare, name) is value for name, value in lazily.items())
try:
    cloudflare.NoSuchThing
except AttributeError as error:
    refused = "NoSuchThing" in str(error)
print(json.dumps([before, loaded(), Zone.__name__, same, refused]))
"""
    assert interpreted(source) == [False, True, "Zone", True, True]


def test_it_can_be_turned_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDGE_POSTGRES_EAGER_SDK", "1")
    assert interpreted("print(json.dumps(loaded()))") is True
