"""The features of the test harness, and the mistakes in tests that it rejects."""

from typing import Any

import pulumi
import pulumi_cloudflare as cloudflare
import pulumi_random as random
import pytest

from edge_postgres.core.errors import ValidationError
from tests.harness import Run, deploy, rejected

PASSWORD = "random:index/randomPassword:RandomPassword"
PET = "random:index/randomPet:RandomPet"
SENTINEL = "sentinel-password"
GENERATED = {PASSWORD: {"result": SENTINEL}}


class Pets(pulumi.ComponentResource):
    """A component with one child. The child's name does not begin with the component's name."""

    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("test:index:Pets", name, {}, opts)
        pet = random.RandomPet("pet", length=2, opts=pulumi.ResourceOptions(parent=self))
        self.register_outputs({"pet": pet.id})


def password() -> random.RandomPassword:
    return random.RandomPassword("password", length=8)


def leaks(run: Run) -> list[str]:
    return [entry.name for entry in run.registrations if SENTINEL in str(entry.public)]


def test_inputs_have_camel_case_keys_and_numbers_are_floats() -> None:
    inputs = deploy(lambda: random.RandomPassword("p", length=8, min_lower=1)).one(PASSWORD).inputs
    assert inputs == {"length": 8.0, "minLower": 1.0}
    assert isinstance(inputs["length"], float)


def test_a_secret_is_a_path_and_is_hidden_in_public() -> None:
    def program() -> None:
        random.RandomPet("pet", keepers={"key": pulumi.Output.secret(SENTINEL), "plain": "x"})

    pet = deploy(program).one(PET)
    assert pet.secrets == {"keepers.key"}
    assert pet.public["keepers"] == {"key": "[secret]", "plain": "x"}
    assert pet.inputs["keepers"] == {"key": SENTINEL, "plain": "x"}


def test_secret_paths_name_the_place_in_a_list() -> None:
    def program() -> None:
        secret: Any = {"name": "KEY", "type": "secret_text", "text": pulumi.Output.secret("x")}
        cloudflare.WorkersScript(
            "script", account_id="a", script_name="s", content="", bindings=[{"name": "A", "type": "ai"}, secret]
        )

    assert deploy(program).registrations[0].secrets == {"bindings[1].text"}


def test_an_output_that_a_provider_marks_secret_is_secret() -> None:
    exported = deploy(lambda: {"password": password().result}, outputs=GENERATED).exports["password"]
    assert (exported.value, exported.known, exported.secret) == (SENTINEL, True, True)


def test_a_leak_is_found() -> None:
    def leaky() -> None:
        result = password().result
        random.RandomPet("careful", prefix=result)
        random.RandomPet("pet", prefix=result, keepers={"password": pulumi.Output.unsecret(result)})

    assert leaks(deploy(leaky, outputs=GENERATED)) == ["pet"]


def test_the_id_of_a_new_resource_is_unknown_in_a_preview_only() -> None:
    def program() -> Any:
        return {"id": random.RandomPet("pet").id}

    assert deploy(program, preview=True).exports["id"].known is False
    assert deploy(program).exports["id"].value == "pet-id"


def test_a_computed_output_is_unknown_in_a_preview() -> None:
    assert deploy(lambda: {"password": password().result}, preview=True).exports["password"].known is False


def test_two_resources_with_the_same_urn_are_rejected() -> None:
    with pytest.raises(Exception, match="duplicate resource URN"):
        deploy(lambda: (random.RandomPet("pet"), random.RandomPet("pet")))


def test_two_components_whose_children_share_a_name_are_rejected() -> None:
    with pytest.raises(Exception, match=r"duplicate resource URN .*Pets\$random.*::pet"):
        deploy(lambda: (Pets("one"), Pets("two")))


def test_one_name_for_two_types_is_not_a_duplicate() -> None:
    assert len(deploy(lambda: (random.RandomPet("x"), random.RandomPassword("x", length=8))).registrations) == 2


def test_a_failing_assert_in_an_unused_apply_is_raised() -> None:
    def program() -> None:
        def check(length: Any) -> None:
            assert length == 3, "the pet has another length"

        random.RandomPet("pet", length=2).length.apply(check)

    with pytest.raises(AssertionError, match="another length"):
        deploy(program)


def test_an_error_in_the_program_is_raised_unchanged() -> None:
    def program() -> None:
        raise ValidationError("limit", "must be at least 5, got 4", "Use 5.")

    with rejected("limit: must be at least 5, got 4. Use 5."):
        deploy(program)


def test_a_deployment_after_a_failed_one_succeeds() -> None:
    with pytest.raises(ZeroDivisionError):
        deploy(lambda: 1 / 0)
    assert deploy(lambda: random.RandomPet("pet")).one(PET).name == "pet"


def test_a_validation_error_without_the_expected_words_fails_the_test() -> None:
    with pytest.raises(AssertionError, match="is 4"), rejected("is 5"):
        raise ValidationError("limit", "is 4", "Use 5.")


def test_a_missing_validation_error_fails_the_test() -> None:
    with pytest.raises(AssertionError, match="expected to fail"), rejected():
        pass


def test_another_exception_is_not_a_validation_error() -> None:
    with pytest.raises(TypeError), rejected("length"):
        raise TypeError("length")


def test_parents_and_options_are_on_the_wire() -> None:
    run = deploy(lambda: Pets("one", pulumi.ResourceOptions(protect=True)))
    assert run.one(PET).wire.parent == run.one("test:index:Pets").urn
    assert run.one(PET).wire.protect


def test_dependencies_are_on_the_wire_property_by_property() -> None:
    run = deploy(lambda: random.RandomPet("pet", prefix=password().result, length=2), outputs=GENERATED)
    properties = {key: list(value.urns) for key, value in run.one(PET).wire.propertyDependencies.items()}
    assert properties == {"prefix": [run.one(PASSWORD).urn], "length": []}


def test_registered_outputs_of_a_component_are_kept() -> None:
    run = deploy(lambda: Pets("one"))
    assert run.monitor.component_outputs[run.one("test:index:Pets").urn] == {"pet": "pet-id"}


def test_calls_of_provider_functions_are_answered_and_recorded() -> None:
    token = "cloudflare:index/getZone:getZone"
    run = deploy(lambda: {"zone": cloudflare.get_zone(zone_id="z").name}, calls={token: {"name": "example.com"}})
    assert run.exports["zone"].value == "example.com"
    assert run.answers.called == [(token, {"zoneId": "z"})]  # type: ignore[attr-defined]


def test_configuration_and_its_secrets_reach_the_program() -> None:
    def program() -> Any:
        config = pulumi.Config()
        return {"plain": config.require_int("count"), "key": config.require_secret("key")}

    exports = deploy(program, config={"count": 3, "key": SENTINEL}, secret_keys=["key"]).exports
    assert exports["plain"].value == 3
    assert exports["key"].secret


def test_configuration_does_not_outlive_a_deployment() -> None:
    deploy(lambda: None, config={"count": 3})
    assert deploy(lambda: pulumi.Config().get("count")).result is None


def test_project_and_stack_are_those_of_the_deployment() -> None:
    deploy(lambda: None, stack="before")
    run = deploy(lambda: random.RandomPet("pet"), project="shop", stack="prod")
    assert run.one(PET).urn == "urn:pulumi:prod::shop::random:index/randomPet:RandomPet::pet"
