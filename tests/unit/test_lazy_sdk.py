"""A provider's SDK is loaded module by module, and programs use it as before."""

import importlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import edge_postgres
from edge_postgres.core.lazy_sdk import load_sdk_lazily

LAZY = "import edge_postgres; edge_postgres.load_sdk_lazily()"

# The layout of a generated SDK.
FILES = {
    "__init__.py": """from . import _utilities
from .get_zone import *
from .big_thing import *
from .other import *
from ._inputs import *
_utilities.register(resource_modules='["big_thing", "other"]', resource_packages='["flat"]')
""",
    "_inputs.py": "class BigThingArgs: pass\n",
    "big_thing.py": "from . import _utilities\nfrom ._inputs import *\nclass BigThing: pass\n",
    "get_zone.py": "def get_zone(): return 'a zone'\n",
    "other.py": "class Other: pass\nNOWHERE_ELSE = 1\n",
    "_utilities.py": "registered = []\ndef register(**arguments): registered.append(arguments)\n",
}

# The classes of a generated SDK, in the order of their names.
CLASSES = """import builtins as _builtins

__all__ = [
    'BigThingArgs',
    'BigThingPartArgs',
    'OtherArgs',
]

def marked(cls):
    cls.is_marked = True
    return cls

@marked
class BigThingArgs:
    def __init__(self, part: 'BigThingPartArgs') -> None: pass

@marked
class BigThingPartArgs:
    pass

class OtherArgs:
    pass
"""


@pytest.fixture
def files() -> dict[str, str]:
    return FILES


@pytest.fixture
def sdk(files: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A small SDK that is loaded lazily."""
    folder = tmp_path / "flat_sdk"
    folder.mkdir()
    for name, source in files.items():
        (folder / name).write_text(source)
    monkeypatch.syspath_prepend(tmp_path)
    load_sdk_lazily("flat_sdk")
    yield importlib.import_module("flat_sdk")
    for name in [name for name in sys.modules if name.split(".")[0] == "flat_sdk"]:
        del sys.modules[name]


def loaded() -> set[str]:
    return {name.removeprefix("flat_sdk.") for name in sys.modules if name.startswith("flat_sdk.")}


def printed(source: str) -> Any:
    """Returns the JSON that a separate Python process prints."""
    finished = subprocess.run([sys.executable, "-c", source], check=True, capture_output=True, text=True)
    return json.loads(finished.stdout)


def test_no_resource_is_loaded_before_it_is_used(sdk: Any) -> None:
    assert loaded() == {"_utilities"}


def test_all_resource_modules_are_registered_once(sdk: Any) -> None:
    registration = {"resource_modules": '["big_thing", "other"]', "resource_packages": '["flat"]'}
    assert sdk._utilities.registered == [registration]
    assert sdk.NOWHERE_ELSE
    assert sdk._utilities.registered == [registration]


def test_dir_lists_every_name(sdk: Any) -> None:
    assert {"BigThing", "BigThingArgs", "Other", "get_zone", "NOWHERE_ELSE"} <= set(dir(sdk))


def test_a_resource_is_loaded_without_the_other_modules(sdk: Any) -> None:
    assert sdk.BigThing.__name__ == "BigThing"
    assert loaded() == {"big_thing", "_inputs", "_utilities"}


def test_an_argument_type_is_loaded_from_the_inputs(sdk: Any) -> None:
    assert sdk.BigThingArgs.__name__ == "BigThingArgs"
    assert loaded() == {"_inputs", "_utilities"}


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


@pytest.mark.parametrize("is_used", [False, True], ids=["before the first use", "after the package is loaded"])
def test_a_second_call_has_no_effect(sdk: Any, is_used: bool) -> None:
    assert not is_used or sdk.NOWHERE_ELSE
    load_sdk_lazily("flat_sdk")
    assert sys.modules["flat_sdk"] is sdk
    assert ("big_thing" in loaded()) is is_used


def test_lazy_loading_can_be_turned_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDGE_POSTGRES_EAGER_SDK", "1")
    (tmp_path / "eager_sdk").mkdir()
    (tmp_path / "eager_sdk" / "__init__.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    load_sdk_lazily("eager_sdk")
    assert "eager_sdk" not in sys.modules


class TestClassByClass:
    """An SDK whose argument classes are in the layout that Pulumi generates."""

    @pytest.fixture
    def files(self) -> dict[str, str]:
        return {**FILES, "_inputs.py": CLASSES, "big_thing.py": FILES["big_thing.py"] + "ARGUMENT = 'BigThingArgs'\n"}

    @staticmethod
    def created() -> set[str]:
        return {name for name in vars(sys.modules["flat_sdk._inputs"]) if name.endswith("Args")}

    def test_only_the_used_class_is_created(self, sdk: Any) -> None:
        assert sdk.OtherArgs.__name__ == "OtherArgs"
        assert self.created() == {"OtherArgs"}

    def test_a_class_is_created_with_its_decorators_and_the_classes_in_its_annotations(self, sdk: Any) -> None:
        assert sdk.BigThingArgs.is_marked
        assert self.created() == {"BigThingArgs", "BigThingPartArgs"}

    def test_a_resource_has_the_argument_classes_that_its_module_names(self, sdk: Any) -> None:
        assert sdk.BigThing.__name__ == "BigThing"
        assert vars(sys.modules["flat_sdk.big_thing"])["BigThingArgs"] is sdk.BigThingArgs
        assert self.created() == {"BigThingArgs", "BigThingPartArgs"}

    def test_a_created_class_stays_the_same_after_the_package_is_loaded(self, sdk: Any) -> None:
        before = sdk.BigThingArgs
        assert sdk.NOWHERE_ELSE
        assert sdk.BigThingArgs is before
        assert self.created() == {"BigThingArgs", "BigThingPartArgs", "OtherArgs"}

    def test_all_classes_are_listed_and_an_unknown_one_is_an_attribute_error(self, sdk: Any) -> None:
        assert sdk.OtherArgs
        inputs = sys.modules["flat_sdk._inputs"]
        assert {"BigThingArgs", "BigThingPartArgs", "OtherArgs"} <= set(dir(inputs))
        with pytest.raises(AttributeError, match="NoSuchArgs"):
            inputs.NoSuchArgs  # noqa: B018

    def test_a_direct_import_of_a_module_has_all_classes(self, sdk: Any) -> None:
        assert sdk.OtherArgs
        module = importlib.import_module("flat_sdk.big_thing")
        assert vars(module)["BigThingPartArgs"] is sdk.BigThingPartArgs


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("class BigThingArgs: pass\n", id="without __all__"),
        pytest.param(CLASSES.replace("    'OtherArgs',\n", ""), id="a class that is not exported"),
        pytest.param(CLASSES.replace("class OtherArgs:\n    pass", "OtherArgs = dict"), id="a name that is no class"),
    ],
)
def test_a_module_of_another_layout_is_imported_as_usual(
    source: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "odd_sdk"
    folder.mkdir()
    for name, text in {**FILES, "_inputs.py": source}.items():
        (folder / name).write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    load_sdk_lazily("odd_sdk")
    sdk = importlib.import_module("odd_sdk")
    assert sdk.BigThing
    assert type(sys.modules["odd_sdk._inputs"]) is ModuleType
    assert sdk.BigThingArgs.__name__ == "BigThingArgs"


ORDERS = {
    "library first": "from edge_postgres import Hyperdrive",
    "sdk first": "import pulumi_cloudflare, edge_postgres",
    "lazy": LAZY,
}


def test_cloudflares_sdk_is_loaded_lazily() -> None:
    source = f"""
import json, sys
{LAZY}
import pulumi_cloudflare as cloudflare
names = [cloudflare.HyperdriveConfig.__name__, cloudflare.HyperdriveConfigOriginArgs.__name__]
print(json.dumps([*names, callable(cloudflare.get_zone), "pulumi_cloudflare.account" in sys.modules]))
"""
    assert printed(source) == ["HyperdriveConfig", "HyperdriveConfigOriginArgs", True, False]


TYPES = """
from pulumi import _types

def types(cls, seen):
    \"\"\"Returns the types of the properties of a class, and of the classes of these properties.\"\"\"
    found = {}
    for kind in (_types.resource_types, _types.input_type_types, _types.output_type_types):
        try:
            found.update({name: repr(type_) for name, type_ in kind(cls).items()})
            nested = kind(cls).values()
        except AssertionError:  # another kind of class
            continue
        for each in nested:
            for part in (each, *getattr(each, "__args__", ())):
                if getattr(part, "__module__", "").startswith("pulumi_cloudflare") and part not in seen:
                    seen.add(part)
                    found[repr(part)] = types(part, seen)
    return found
"""

DATA = Path(edge_postgres.__file__).parent / "data" / "cloudflare-schema.json"
RESOURCES = sorted(type_.rpartition(":")[2] for type_ in json.loads(DATA.read_text())["resources"])


def types_of_resources(first: str) -> Any:
    return printed(f"""
import json
{first}
import pulumi_cloudflare as cloudflare
{TYPES}
names = [name + suffix for name in {RESOURCES} for suffix in ("", "Args")]
print(json.dumps({{name: types(getattr(cloudflare, name), set()) for name in names}}))
""")


def test_each_resource_has_the_same_types_as_with_the_whole_sdk() -> None:
    """Pulumi derives the names in requests and outputs from these types."""
    lazy = types_of_resources(LAZY)
    assert lazy == types_of_resources("")
    assert all(lazy.values())


TOO_LATE = (
    "pulumi_cloudflare: is loaded already. Call `load_sdk_lazily` before `import pulumi_cloudflare` and before "
    "`from edge_postgres import ...`."
)


@pytest.fixture(scope="module", params=ORDERS)
def observed(request: pytest.FixtureRequest) -> Any:
    """Values in a program after the imports: modules of resources, the object for a reference, and the SDK's names.

    `late` has the errors of two late calls of `load_sdk_lazily`, the second one with lazy loading turned off. One
    process observes everything, because the whole SDK takes a second to load.
    """
    return printed(f"""
import asyncio, json, os
{ORDERS[request.param]}
from pulumi.runtime import rpc
modules = len(rpc._RESOURCE_MODULES)
import edge_postgres
import pulumi
import pulumi_cloudflare as cloudflare
from google.protobuf import struct_pb2

class Mocks(pulumi.runtime.Mocks):
    def new_resource(self, arguments): return [f"{{arguments.name}}_id", dict(arguments.inputs)]
    def call(self, arguments): return {{}}

def late_error():
    try:
        edge_postgres.load_sdk_lazily()
    except edge_postgres.ValidationError as error:
        return error.message

async def main():
    pulumi.runtime.set_mocks(Mocks())
    urn = "urn:pulumi:dev::shop::acme:index:Site$cloudflare:index/zone:Zone::shop"
    answer = struct_pb2.Struct()
    answer["zone"] = {{rpc._special_sig_key: rpc._special_resource_sig, "urn": urn, "id": "zone_id"}}
    zone = rpc.deserialize_properties(answer)["zone"]
    reference = [type(zone).__name__, isinstance(zone, cloudflare.Zone)]
    late = [late_error()]
    os.environ["EDGE_POSTGRES_EAGER_SDK"] = "1"
    late.append(late_error())
    print(json.dumps({{"modules": modules, "reference": reference, "names": dir(cloudflare), "late": late}}))

asyncio.run(main())
""")


def test_a_late_call_is_an_error_unless_lazy_loading_is_turned_off(
    observed: Any, request: pytest.FixtureRequest
) -> None:
    is_late = request.node.callspec.params["observed"] != "lazy"
    assert observed["late"] == [TOO_LATE if is_late else None, None]


def test_a_reference_to_a_resource_becomes_an_instance_of_its_class(observed: Any) -> None:
    assert observed["reference"] == ["Zone", True]


def test_dir_of_cloudflares_sdk_works(observed: Any) -> None:
    assert {"HyperdriveConfig", "Zone", "get_zone", "Provider"} <= set(observed["names"])


@pytest.fixture(scope="module")
def registered_modules() -> Any:
    """The number of modules that the SDK registers without the library."""
    return printed("import pulumi_cloudflare; from pulumi.runtime import rpc; print(len(rpc._RESOURCE_MODULES))")


def test_each_order_registers_all_resource_modules(observed: Any, registered_modules: int) -> None:
    assert observed["modules"] == registered_modules > 0
