"""A provider's SDK is loaded module by module, and programs use it as before."""

import importlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from edge_postgres.core.lazy_sdk import load_lazily

# The layout of a generated SDK.
FILES = {
    "__init__.py": "from .get_zone import *\nfrom .big_thing import *\nfrom .other import *\nfrom ._inputs import *\n",
    "_inputs.py": "class BigThingArgs: pass\n",
    "big_thing.py": "from . import _utilities\nfrom ._inputs import *\nclass BigThing: pass\n",
    "get_zone.py": "def get_zone(): return 'a zone'\n",
    "other.py": "class Other: pass\nNOWHERE_ELSE = 1\n",
    "_utilities.py": "",
}


@pytest.fixture
def sdk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A small SDK that is loaded lazily."""
    folder = tmp_path / "flat_sdk"
    folder.mkdir()
    for name, source in FILES.items():
        (folder / name).write_text(source)
    monkeypatch.syspath_prepend(tmp_path)
    load_lazily("flat_sdk")
    yield importlib.import_module("flat_sdk")
    for name in [name for name in sys.modules if name.split(".")[0] == "flat_sdk"]:
        del sys.modules[name]


def loaded() -> set[str]:
    return {name.removeprefix("flat_sdk.") for name in sys.modules if name.startswith("flat_sdk.")}


def test_nothing_is_loaded_before_it_is_used(sdk: Any) -> None:
    assert loaded() == set()


def test_a_resource_is_loaded_without_the_other_modules(sdk: Any) -> None:
    assert sdk.BigThing.__name__ == "BigThing"
    assert loaded() == {"big_thing", "_inputs", "_utilities"}


def test_an_argument_type_is_loaded_from_the_inputs(sdk: Any) -> None:
    assert sdk.BigThingArgs.__name__ == "BigThingArgs"
    assert loaded() == {"_inputs"}


def test_a_function_with_the_name_of_its_module_is_the_function(sdk: Any) -> None:
    assert [sdk.get_zone(), sdk.get_zone()] == ["a zone", "a zone"]


def test_a_name_without_its_own_module_loads_the_package(sdk: Any) -> None:
    assert sdk.NOWHERE_ELSE == 1
    assert "big_thing" in loaded()


def test_a_star_import_loads_the_package(sdk: Any) -> None:
    names: dict[str, Any] = {}
    exec("from flat_sdk import *", names)
    assert {"BigThing", "Other", "get_zone"} <= set(names)


def test_a_loaded_class_stays_the_same_after_the_package_is_loaded(sdk: Any) -> None:
    before = sdk.BigThing
    assert sdk.NOWHERE_ELSE
    assert sdk.BigThing is before


def test_an_unknown_name_is_an_attribute_error(sdk: Any) -> None:
    with pytest.raises(AttributeError, match="NoSuchThing"):
        sdk.NoSuchThing  # noqa: B018


def test_an_imported_package_is_not_changed(sdk: Any) -> None:
    load_lazily("flat_sdk")
    assert sys.modules["flat_sdk"] is sdk


def test_lazy_loading_can_be_turned_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDGE_POSTGRES_EAGER_SDK", "1")
    (tmp_path / "eager_sdk").mkdir()
    (tmp_path / "eager_sdk" / "__init__.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    load_lazily("eager_sdk")
    assert "eager_sdk" not in sys.modules


def test_cloudflares_sdk_is_loaded_lazily() -> None:
    source = """
import json, sys
import edge_postgres
import pulumi_cloudflare as cloudflare
names = [cloudflare.HyperdriveConfig.__name__, cloudflare.HyperdriveConfigOriginArgs.__name__]
print(json.dumps([*names, callable(cloudflare.get_zone), "pulumi_cloudflare.account" in sys.modules]))
"""
    printed = subprocess.run([sys.executable, "-c", source], check=True, capture_output=True, text=True).stdout
    assert json.loads(printed) == ["HyperdriveConfig", "HyperdriveConfigOriginArgs", True, False]
