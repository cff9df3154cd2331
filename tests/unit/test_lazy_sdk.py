"""The provider's SDK is loaded piece by piece, and nobody notices."""

import subprocess
import sys

import pytest


def program(*lines: str) -> list[str]:
    """What a fresh interpreter prints."""
    head = ["import sys", "import components", "import pulumi_cloudflare as cloudflare"]
    source = "\n".join([*head, *lines])
    return subprocess.run([sys.executable, "-c", source], check=True, capture_output=True, text=True).stdout.split()


LOADED = "print('pulumi_cloudflare.zone' in sys.modules)"


def test_a_resource_is_loaded_without_its_neighbours() -> None:
    assert program("print(cloudflare.HyperdriveConfig.__name__)", LOADED) == ["HyperdriveConfig", "False"]


def test_an_argument_type_is_loaded_without_its_neighbours() -> None:
    assert program("print(cloudflare.HyperdriveConfigOriginArgs.__name__)", LOADED) == [
        "HyperdriveConfigOriginArgs",
        "False",
    ]


def test_a_function_is_the_function_and_not_its_module() -> None:
    lines = "print(callable(cloudflare.get_zone), callable(cloudflare.get_zone))"
    assert program(lines) == ["True", "True"]


def test_a_star_import_loads_all_of_it() -> None:
    assert program("from pulumi_cloudflare import *", "print(Zone.__name__)", LOADED) == ["Zone", "True"]


def test_a_name_that_is_nowhere_is_an_attribute_error() -> None:
    lines = ("try:\n    cloudflare.NoSuchThing\nexcept AttributeError as error:\n    print('refused')",)
    assert program(*lines) == ["refused"]


def test_every_public_name_is_what_it_is_without_us() -> None:
    lines = (
        "names = ['HyperdriveConfig', 'WorkersScript', 'get_zone', 'Provider']",
        "lazily = {name: getattr(cloudflare, name) for name in names}",
        "cloudflare._loaded()",
        "print(all(getattr(cloudflare, name) is value for name, value in lazily.items()))",
    )
    assert program(*lines) == ["True"]


def test_it_can_be_turned_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDGE_POSTGRES_EAGER_SDK", "1")
    assert program(LOADED) == ["True"]
