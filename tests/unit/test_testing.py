"""`edge_postgres.testing.deploy`: exports, configuration of the project, and the order of the registrations."""

from pathlib import Path
from typing import Any

import pulumi
import pulumi_random as random
import pytest

from edge_postgres import NeonPostgres, testing
from edge_postgres.testing import VENDOR_OUTPUTS, Export, deploy, rejected

PROJECT = """
name: bookshop
runtime: python
config:
  region: eu
  limit:
    type: integer
    default: 20
  names:
    type: array
    items: {type: string}
    default: [one, two]
  token:
    type: string
    secret: true
  aws:region:
    value: eu-central-1
"""


@pytest.fixture
def project_file(tmp_path: Path) -> Path:
    file = tmp_path / "Pulumi.yaml"
    file.write_text(PROJECT)
    return file


def plain(value: Any) -> Export:
    return Export(value=value, known=True, secret=False)


# Answers.


def test_given_outputs_replace_single_outputs_of_the_vendors() -> None:
    role = "pulumi-python:dynamic/neon:Role"

    def program() -> dict[str, Any]:
        database = NeonPostgres("main", {"region": "aws-eu-central-1"})
        return {"host": database.host, "port": database.port}

    run = deploy(program, outputs={role: {"host": "changed.example.com"}})
    assert run.exports["host"] == plain("changed.example.com")
    assert run.exports["port"].value == VENDOR_OUTPUTS[role]["port"]


# Exports.


def test_the_exports_of_the_program_are_collected() -> None:
    def program() -> None:
        pulumi.export("url", "https://example.com")
        pulumi.export("key", pulumi.Output.secret("x"))

    run = deploy(program)
    assert run.exports == {"url": plain("https://example.com"), "key": Export(value="x", known=True, secret=True)}


def test_a_returned_dictionary_is_exported_together_with_the_exports_of_the_program() -> None:
    def program() -> dict[str, Any]:
        pulumi.export("one", 1)
        return {"two": 2}

    assert deploy(program).exports == {"one": plain(1), "two": plain(2)}


def test_an_export_can_be_a_dictionary_with_outputs() -> None:
    def program() -> None:
        pulumi.export("ids", {"pet": random.RandomPet("pet").id})

    assert deploy(program).exports["ids"] == plain({"pet": "pet-id"})


def test_an_export_of_a_new_resource_is_unknown_in_a_preview() -> None:
    def program() -> None:
        pulumi.export("id", random.RandomPet("pet").id)

    assert not deploy(program, preview=True).exports["id"].known


def test_exports_do_not_outlive_a_deployment() -> None:
    deploy(lambda: pulumi.export("before", 1))
    assert deploy(lambda: pulumi.export("after", 1)).exports == {"after": plain(1)}


# The file of the project.


def test_the_settings_have_the_defaults_of_the_project(project_file: Path) -> None:
    def program() -> None:
        config = pulumi.Config()
        pulumi.export("region", config.require("region"))
        pulumi.export("limit", config.require_int("limit"))
        pulumi.export("names", config.require_object("names"))
        pulumi.export("aws", pulumi.Config("aws").require("region"))

    values = {name: export.value for name, export in deploy(program, project_file=project_file).exports.items()}
    assert values == {"region": "eu", "limit": 20, "names": ["one", "two"], "aws": "eu-central-1"}


def test_a_value_of_the_stack_replaces_a_default(project_file: Path) -> None:
    def program() -> None:
        pulumi.export("limit", pulumi.Config().require_int("limit"))
        pulumi.export("aws", pulumi.Config("aws").require("region"))

    exports = deploy(program, project_file=project_file, config={"limit": 5, "aws:region": "us-east-1"}).exports
    assert exports == {"limit": plain(5), "aws": plain("us-east-1")}


def test_a_secret_of_the_project_is_encrypted(project_file: Path) -> None:
    def program() -> None:
        pulumi.export("token", pulumi.Output.from_input(pulumi.Config().require_secret("token")))
        assert pulumi.runtime.is_config_secret("bookshop:token")
        assert not pulumi.runtime.is_config_secret("bookshop:limit")

    assert deploy(program, project_file=project_file, config={"token": "x"}).exports["token"].secret


def test_a_setting_without_a_default_and_without_a_value_is_missing(project_file: Path) -> None:
    with pytest.raises(pulumi.ConfigMissingError, match="bookshop:token"):
        deploy(lambda: pulumi.Config().require("token"), project_file=project_file)


def test_the_project_has_the_name_in_its_file(project_file: Path) -> None:
    (pet,) = deploy(lambda: random.RandomPet("pet"), project_file=project_file).registrations
    assert pet.urn == "urn:pulumi:dev::bookshop::random:index/randomPet:RandomPet::pet"


def test_a_project_without_settings_has_none(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: bookshop\nruntime: python\n")
    assert deploy(lambda: None, project_file=tmp_path / "Pulumi.yaml").exports == {}


def test_a_file_without_a_name_is_rejected(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("runtime: python\n")
    with rejected(f"{tmp_path / 'Pulumi.yaml'}: has no `name`"):
        deploy(lambda: None, project_file=tmp_path / "Pulumi.yaml")


# Registrations.


def test_a_resource_comes_after_its_parent_and_its_dependencies() -> None:
    class Pets(pulumi.ComponentResource):
        def __init__(self) -> None:
            super().__init__("test:index:Pets", "z", {}, None)
            first = random.RandomPet("y", opts=pulumi.ResourceOptions(parent=self))
            second = random.RandomPet("x", prefix=first.id)
            random.RandomPet("w", opts=pulumi.ResourceOptions(depends_on=[second]))

    assert [entry.name for entry in deploy(Pets).registrations] == ["z", "y", "x", "w"]


def test_the_module_exports_its_public_names() -> None:
    assert [name for name in testing.__all__ if not hasattr(testing, name)] == []
