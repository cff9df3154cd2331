"""The list of public names is complete and current, and a removed or renamed name is a breaking change."""

import enum
from typing import Any, NotRequired, TypedDict

import pytest

from edge_postgres._plugin import schema
from edge_postgres._plugin.compatibility import allows_breaks, find_removed_names
from tests.unit.generated import as_committed
from tools.reference.files import GENERATED
from tools.reference.public_names import names_in, settings_in


def committed() -> dict[str, list[str]]:
    names: dict[str, list[str]] = schema.read_schema(schema.PUBLIC_NAMES)
    return names


# The list.


def test_the_list_is_generated_from_the_sources() -> None:
    as_committed(schema.PUBLIC_NAMES, GENERATED[schema.PUBLIC_NAMES]())


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        pytest.param("plugin", "edge-postgres", id="package"),
        pytest.param("plugin", "edge-postgres:index:Hyperdrive", id="token"),
        pytest.param("plugin", "edge-postgres:index:Hyperdrive.inputs.connectionLimit", id="input"),
        pytest.param("plugin", "edge-postgres:index:Hyperdrive.outputs.hyperdriveId", id="output"),
        pytest.param("plugin", "edge-postgres:index:CachingArgs.properties.maxAge", id="property of a type"),
        pytest.param("plugin", "edge-postgres:index:Driver.PG = pg", id="value of an enum in other languages"),
        pytest.param("python", "edge_postgres.HyperdriveArgs.connection_limit", id="argument"),
        pytest.param("python", "edge_postgres.Hyperdrive.hyperdrive_id", id="output attribute"),
        pytest.param("python", "edge_postgres.Hyperdrive.config", id="child"),
        pytest.param("python", "edge_postgres.HyperdrivePair.bindings(cached)", id="parameter of a method"),
        pytest.param("python", "edge_postgres.OriginComponent.origin", id="property"),
        pytest.param("python", "edge_postgres.Driver.PG = pg", id="value of an enum"),
        pytest.param("python", "edge_postgres.load_sdk_lazily(package)", id="parameter of a function"),
        pytest.param("python", "edge_postgres.testing.Run.exports", id="attribute in testing"),
        pytest.param("python", "edge_postgres.testing.deploy(project_file)", id="parameter in testing"),
        pytest.param("stackFile", "plan = free", id="value of a setting"),
        pytest.param("stackFile", "databases.*[provider=neon].hyperdrive.caching = none", id="setting of a vendor"),
        pytest.param("stackFile", "databases.*[provider=rds].route[kind=vpc-service].name", id="setting of a route"),
    ],
)
def test_the_list_has_each_kind_of_name(kind: str, name: str) -> None:
    assert name in committed()[kind]


def test_no_private_name_is_in_the_list() -> None:
    assert [name for name in committed()["python"] if "._" in name] == []


def test_a_class_has_the_attributes_and_methods_that_are_public() -> None:
    class Pool:
        size: int
        _hidden: int

        def __init__(self, *, name: str) -> None:
            self.name = name
            self._key = name

        @property
        def label(self) -> str:
            return self.name

        def resize(self, size: int) -> None: ...

        def _grow(self) -> None: ...

    names = ["P.size", "P.label", "P.name", "P.resize", "P.resize(size)"]
    assert list(names_in("P", Pool)) == names


def test_a_dictionary_of_arguments_and_an_enum_have_their_members() -> None:
    class Shape(TypedDict):
        width: NotRequired[float]

    class Color(enum.StrEnum):
        RED = "red"

    assert list(names_in("S", Shape)) == ["S.width"]
    assert list(names_in("C", Color)) == ["C.RED = red"]


def test_a_setting_has_the_settings_of_each_alternative() -> None:
    found = {
        "anyOf": [{"const": "auto"}, {"$ref": "#/definitions/Size"}],
        "allOf": [{"if": {"properties": {"kind": {"const": "x"}}}, "then": {"properties": {"only": {}}}}],
        "additionalProperties": {"properties": {"inner": {"type": "array", "items": {"enum": ["a"]}}}},
    }
    definitions: dict[str, Any] = {"Size": {"properties": {"rows": {}}}}
    assert sorted(settings_in("p", found, definitions)) == [
        "p = auto",
        "p.*.inner",
        "p.*.inner[] = a",
        "p.rows",
        "p[kind=x].only",
    ]


# Releases.


def test_an_upgrade_from_the_last_release_removes_no_public_name() -> None:
    released, current = schema.read_schema(schema.RELEASED), schema.read_schema(schema.CURRENT)
    removed = find_removed_names(released[schema.NAMES], committed())
    assert allows_breaks(released["version"], current["version"]) or removed == []


def test_a_removed_name_is_a_break() -> None:
    before = {"python": ["edge_postgres.Worker"], "stackFile": ["workers", "workers.*.bundle"]}
    after = {"python": ["edge_postgres.Worker", "edge_postgres.New"], "stackFile": ["workers"]}
    assert find_removed_names(before, after) == ["workers.*.bundle was removed"]


def test_a_release_has_its_schema_and_the_names_that_the_schema_lacks() -> None:
    names = {"plugin": ["a:index:B"], "python": ["a.B"], "stackFile": ["b"]}
    released = schema.describe_release({"name": "a", "description": "prose"}, names)
    assert released == {"name": "a", schema.NAMES: {"python": ["a.B"], "stackFile": ["b"]}}


def test_the_last_release_has_names_of_each_kind() -> None:
    names = schema.read_schema(schema.RELEASED)[schema.NAMES]
    assert all(len(names[kind]) > 100 for kind in ("python", "stackFile"))
