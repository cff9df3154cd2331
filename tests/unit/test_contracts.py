"""Rules that every component follows. Reflection finds the components, so a new one is checked without an entry."""

import ast
import inspect
import re
import textwrap
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any, is_typeddict

import pulumi
import pytest

from edge_postgres.workers.shared_arguments import SharedWorkerArgs
from tests.harness import MAIN, deploy
from tests.unit.samples import ARGUMENTS, CA, COMPONENTS, EXPORTED, deployed, every_component, sample, schema
from tests.unit.sound import ACCOUNT, PASSWORD, URL, existing, hyperdrive
from tests.unit.vendors import CALLS, OUTPUTS

# Required inputs of other languages. A field that becomes required breaks their programs.
REQUIRED = {
    "AccessTunnelRoute": ["accountId", "hostname", "origin", "zoneId"],
    "CloudSqlPostgres": ["database", "region", "tier", "user"],
    "ConnectionBudget": ["maxConnections"],
    "DatabaseRoles": ["activeSlot", "origin"],
    "EcsConnector": ["origin", "subnetIds", "vpcId"],
    "ExistingPostgres": [],
    "Hyperdrive": ["accountId", "caching", "connectionLimit", "origin"],
    "HyperdrivePair": ["accountId", "caching", "connectionLimit", "freshShare", "origin"],
    "HyperdriveSlots": ["accountId", "activeSlot", "caching", "connectionLimit", "slots"],
    "KvCache": ["accountId"],
    "NeonPostgres": [],
    "OriginCertificates": ["accountId"],
    "PagesProject": ["accountId", "compatibilityDate", "preview", "production", "productionBranch"],
    "PreviewDatabase": ["databaseName", "origin"],
    "PrismaPostgres": ["plan", "region"],
    "Queue": ["accountId"],
    "RdsPostgres": ["engineVersion", "subnetIds", "vpcId"],
    "RdsProxy": ["databaseSecurityGroupId", "password", "subnetIds", "user", "vpcId"],
    "SecretsStore": ["accountId", "secrets"],
    "SupabasePostgres": ["password", "projectRef", "user"],
    "VpcServiceRoute": ["accountId", "origin"],
    "Worker": ["accountId", "bundle", "compatibilityDate"],
    "WorkerRollout": ["accountId", "bundle", "compatibilityDate"],
}


def arguments_of(name: str) -> Any:
    return inspect.get_annotations(COMPONENTS[name].__init__)["args"]


def definition(found: type) -> ast.ClassDef:
    (node,) = ast.parse(textwrap.dedent(inspect.getsource(found))).body
    assert isinstance(node, ast.ClassDef)
    return node


def constructor(name: str) -> list[ast.stmt]:
    (node,) = (
        node
        for node in definition(COMPONENTS[name]).body
        if isinstance(node, ast.FunctionDef) and node.name == "__init__"
    )
    return node.body


def example_of(name: str) -> str:
    return textwrap.dedent(inspect.cleandoc(COMPONENTS[name].__doc__ or "").partition("Example::\n")[2])


# The signature.


@every_component
def test_a_component_is_created_with_a_name_arguments_and_options(name: str) -> None:
    signature = inspect.signature(COMPONENTS[name])
    assert list(signature.parameters) == ["name", "args", "opts"]
    assert signature.parameters["name"].annotation is str
    assert signature.parameters["opts"].annotation == pulumi.ResourceOptions | None
    assert signature.parameters["opts"].default is None


@every_component
def test_the_arguments_are_an_exported_dictionary_named_after_the_component(name: str) -> None:
    assert is_typeddict(arguments_of(name))
    assert EXPORTED[f"{name}Args"] is arguments_of(name)


@every_component
def test_a_constructor_begins_with_super_and_ends_with_its_outputs(name: str) -> None:
    body = constructor(name)
    assert ast.unparse(body[0]).startswith(f"super().__init__('edge-postgres:index:{name}', name, ")
    assert ast.unparse(body[-1]).startswith("self.register_outputs(")


# Registered resources.


def test_every_component_has_arguments_for_a_sample() -> None:
    assert set(ARGUMENTS) == set(COMPONENTS)


@every_component
def test_the_token_is_that_of_the_package(name: str, bundle: str) -> None:
    _, component, _ = deployed(name, bundle)
    assert component.type == f"edge-postgres:index:{name}"


@every_component
def test_every_child_has_the_component_or_one_of_its_components_as_its_parent(name: str, bundle: str) -> None:
    _, component, children = deployed(name, bundle)
    parents = {entry.urn for entry in [component, *children] if not entry.wire.custom}
    assert [child.name for child in children if child.wire.parent not in parents] == []


@every_component
def test_a_child_has_a_name_of_its_resource_at_the_vendor_or_begins_with_one_or_with_its_components_name(
    name: str, bundle: str
) -> None:
    _, component, children = deployed(name, bundle)
    for child in children:
        own = [child.inputs[key] for key in ("name", "hostname", "pattern") if key in child.inputs]
        assert child.name.startswith((f"{component.name}-", MAIN, *own))


@every_component
def test_a_child_component_begins_with_the_name_of_its_component(name: str, bundle: str) -> None:
    _, component, children = deployed(name, bundle)
    inner = [child.name for child in children if not child.wire.custom]
    assert [child for child in inner if not child.startswith(f"{component.name}-")] == []


@every_component
def test_outputs_are_registered(name: str, bundle: str) -> None:
    run, component, _ = deployed(name, bundle)
    assert component.urn in run.monitor.component_outputs


@every_component
def test_a_component_keeps_no_inputs_in_the_state(name: str, bundle: str) -> None:
    _, component, _ = deployed(name, bundle)
    assert component.inputs == {}


@every_component
def test_every_annotated_output_exists(name: str, bundle: str) -> None:
    def program() -> list[str]:
        component = sample(name, bundle)
        return [output for output in inspect.get_annotations(COMPONENTS[name]) if not hasattr(component, output)]

    assert deploy(program, outputs=OUTPUTS, calls=CALLS).result == []


@every_component
def test_a_preview_registers_the_same_resources_as_an_update(name: str, bundle: str) -> None:
    urns = [
        {
            entry.urn
            for entry in deploy(
                lambda: sample(name, bundle) and None, preview=preview, outputs=OUTPUTS, calls=CALLS
            ).registrations
        }
        for preview in (True, False)
    ]
    assert urns[0] == urns[1]


# Documentation.


@every_component
def test_a_docstring_lists_created_resources_and_rejected_values_with_an_example(name: str) -> None:
    text = inspect.cleandoc(COMPONENTS[name].__doc__ or "")
    assert [word for word in ("\nCreates ", "\nRejects ", "\nExample::\n") if word not in text] == []


@every_component
def test_the_example_runs(name: str, bundle: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "workers/dist").mkdir(parents=True)
    (tmp_path / "workers/dist/pg.js").write_text(Path(bundle).read_text())
    (tmp_path / "certs").mkdir()
    (tmp_path / "certs/eu-central-1-bundle.pem").write_text(CA.pem)
    around = {"existing": lambda: existing(url=URL), "hyperdrive": hyperdrive}

    def program() -> None:
        example = example_of(name)
        names: dict[str, Any] = {**EXPORTED, "config": pulumi.Config(), "account_id": ACCOUNT}
        names.update(
            {
                key: create()
                for key, create in around.items()
                if re.search(rf"\b{key}\.", example) and f"{key} =" not in example
            }
        )
        exec(example, names)

    secrets = {
        "databaseUrl": URL,
        **dict.fromkeys(("databasePassword", "passwordA", "passwordB", "b"), PASSWORD),
    }
    run = deploy(program, outputs=OUTPUTS, calls=CALLS, config=secrets, secret_keys=list(secrets))
    assert f"edge-postgres:index:{name}" in {entry.type for entry in run.registrations}


def described(found: type) -> Iterator[tuple[str, bool]]:
    """Yields the fields of a class, each with true if a docstring follows it."""
    body = definition(found).body
    for node, below in zip(body, [*body[1:], None], strict=True):
        target = (
            node.target
            if isinstance(node, ast.AnnAssign)
            else node.targets[0]
            if isinstance(node, ast.Assign)
            else None
        )
        if isinstance(target, ast.Name) and not target.id.startswith("_"):
            literal = (
                isinstance(below, ast.Expr)
                and isinstance(below.value, ast.Constant)
                and isinstance(below.value.value, str)
            )
            yield target.id, literal


def nested(annotation: Any) -> Iterator[type]:
    """Yields the dictionaries and enums in an annotation."""
    if is_typeddict(annotation) or (inspect.isclass(annotation) and issubclass(annotation, Enum)):
        yield annotation
        for inner in inspect.get_annotations(annotation).values():
            yield from nested(inner)
    for inner in getattr(annotation, "__args__", ()):
        yield from nested(inner)


DOCUMENTED = sorted(
    {
        found
        for name, component in COMPONENTS.items()
        for found in (
            component,
            *nested(arguments_of(name)),
            *(n for a in component.__annotations__.values() for n in nested(a)),
        )
    },
    key=lambda found: found.__name__,
)


@pytest.mark.parametrize("found", [*DOCUMENTED, SharedWorkerArgs], ids=lambda found: found.__name__)
def test_every_field_and_every_output_is_documented(found: type) -> None:
    assert [field for field, documented in described(found) if not documented] == []


@pytest.mark.parametrize("found", [*DOCUMENTED, SharedWorkerArgs], ids=lambda found: found.__name__)
def test_every_type_is_documented(found: type) -> None:
    assert ast.get_docstring(definition(found))


def test_the_documented_types_are_the_types_of_the_schema() -> None:
    names = {token.split(":")[-1] for token in [*schema()["types"], *schema()["resources"]]}
    assert names == {found.__name__ for found in DOCUMENTED} - {f"{name}Args" for name in COMPONENTS}


# The schema for other languages.


@every_component
def test_a_component_can_be_used_from_other_languages(name: str) -> None:
    resource = schema()["resources"][f"edge-postgres:index:{name}"]
    assert resource["isComponent"]
    assert resource["inputProperties"]


@every_component
def test_the_required_inputs_of_other_languages_are_as_committed(name: str) -> None:
    assert sorted(schema()["resources"][f"edge-postgres:index:{name}"]["requiredInputs"]) == REQUIRED[name]


@every_component
def test_every_property_is_described_to_other_languages(name: str) -> None:
    resource = schema()["resources"][f"edge-postgres:index:{name}"]
    properties = {**resource["inputProperties"], **resource["properties"]}
    assert [key for key, found in properties.items() if not found.get("description")] == []


def test_no_type_is_empty() -> None:
    # Inference turns a class that it does not understand into an empty object, without a warning.
    assert [
        token for token, found in schema()["types"].items() if not (found.get("properties") or found.get("enum"))
    ] == []


def test_every_property_of_a_type_is_described_to_other_languages() -> None:
    undescribed = [
        (token, key)
        for token, found in schema()["types"].items()
        for key, inner in found.get("properties", {}).items()
        if not inner.get("description")
    ]
    assert undescribed == []


def test_no_input_has_the_type_integer() -> None:
    # In other languages, an Output in place of an integer fails: `int() argument must be …, not 'Output'`.
    inputs = [
        (token, key)
        for token, found in [*schema()["types"].items(), *schema()["resources"].items()]
        for key, inner in {**found.get("properties", {}), **found.get("inputProperties", {})}.items()
        if inner.get("type") == "integer"
    ]
    assert inputs == []
