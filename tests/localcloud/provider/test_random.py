"""The `random` package."""

import base64
import string

import pytest

from tests.localcloud.provider.conftest import rejected
from tests.localcloud.provider.engine import Engine, secret

PASSWORD = "random:index/randomPassword:RandomPassword"
STRING = "random:index/randomString:RandomString"
ID = "random:index/randomId:RandomId"
SPECIAL = "!@#$%&*()-_=+[]{}<>:?"


def test_passwords_have_the_length_and_are_different(random_engine: Engine):
    results = {random_engine.create(PASSWORD, {"length": 24}).state["result"] for _ in range(20)}
    assert len(results) == 20
    assert {len(result) for result in results} == {24}


def test_a_password_is_secret_and_its_id_does_not_reveal_it(random_engine: Engine):
    deployed = random_engine.create(PASSWORD, {"length": 24})
    assert deployed.id == "none"
    assert deployed.secrets == {"result"}


@pytest.mark.parametrize(
    ("options", "alphabet"),
    [
        ({}, string.ascii_letters + string.digits + SPECIAL),
        ({"special": False}, string.ascii_letters + string.digits),
        ({"special": False, "numeric": False}, string.ascii_letters),
        ({"special": False, "number": False}, string.ascii_letters),
        ({"special": False, "numeric": False, "upper": False}, string.ascii_lowercase),
        ({"lower": False, "numeric": False, "upper": False, "overrideSpecial": "_-"}, "_-"),
    ],
)
def test_only_enabled_characters_occur(random_engine: Engine, options: dict, alphabet: str):
    result = random_engine.create(PASSWORD, {"length": 400, **options}).state["result"]
    assert set(result) <= set(alphabet)
    assert len(set(result)) > len(alphabet) / 2


@pytest.mark.parametrize(
    ("least", "alphabet"),
    [
        ("minLower", string.ascii_lowercase),
        ("minUpper", string.ascii_uppercase),
        ("minNumeric", string.digits),
        ("minSpecial", SPECIAL),
    ],
)
def test_the_minimum_number_of_each_class_occurs(random_engine: Engine, least: str, alphabet: str):
    result = random_engine.create(PASSWORD, {"length": 8, least: 8}).state["result"]
    assert all(character in alphabet for character in result)


def test_the_positions_of_the_classes_are_random(random_engine: Engine):
    options = {"length": 8, "minLower": 4, "minNumeric": 4}
    results = [random_engine.create(PASSWORD, options).state["result"] for _ in range(20)]
    assert len({tuple(character.isdigit() for character in result) for result in results}) > 1


def test_a_length_below_the_sum_of_the_minimums_is_rejected(random_engine: Engine):
    messages = random_engine.failures(PASSWORD, {"length": 3, "minLower": 2, "minUpper": 2})
    assert "is 4, got 3" in messages["length"]


def test_at_least_one_class_is_required(random_engine: Engine):
    none = {"lower": False, "upper": False, "numeric": False, "special": False}
    assert "must be true" in random_engine.failures(PASSWORD, {"length": 8, **none})["length"]


def test_the_same_program_again_is_not_a_change(random_engine: Engine):
    inputs = {"length": 24, "keepers": {"Rotation_Key": "1"}}
    deployed = random_engine.create(PASSWORD, inputs)
    assert not random_engine.diff(deployed, inputs).changes
    assert not random_engine.diff(deployed, {**inputs, "special": True, "minLower": 0}).changes


@pytest.mark.parametrize("change", [{"length": 25}, {"special": False}, {"keepers": {"Rotation_Key": "2"}}])
def test_any_change_replaces_the_value(random_engine: Engine, change: dict):
    inputs = {"length": 24, "keepers": {"Rotation_Key": "1"}}
    deployed = random_engine.create(PASSWORD, inputs)
    assert random_engine.diff(deployed, {**inputs, **change}).replaces == list(change)


def test_names_and_secrets_of_keepers_are_not_changed(random_engine: Engine):
    deployed = random_engine.create(PASSWORD, {"length": 24, "keepers": {"Rotation_Key": secret("k")}})
    assert deployed.state["keepers"] == {"Rotation_Key": "k"}
    assert "keepers.Rotation_Key" in deployed.secrets


def test_a_refresh_changes_nothing(random_engine: Engine):
    deployed = random_engine.create(PASSWORD, {"length": 24})
    assert random_engine.refresh(deployed) == deployed


def test_the_result_is_unknown_in_a_preview(random_engine: Engine):
    planned = random_engine.create(PASSWORD, {"length": 24}, preview=True)
    assert not isinstance(planned.state["result"], str)


def test_a_password_is_its_own_import_id(random_engine: Engine):
    parse_import_id = random_engine.import_(PASSWORD, "correct-horse")
    assert parse_import_id
    assert (parse_import_id.id, parse_import_id.state["result"], parse_import_id.inputs["length"]) == (
        "none",
        "correct-horse",
        13,
    )
    assert "result" in parse_import_id.secrets


def test_the_id_of_a_string_is_its_result(random_engine: Engine):
    deployed = random_engine.create(STRING, {"length": 8, "special": False})
    assert deployed.id == deployed.state["result"]
    assert deployed.secrets == set()


def test_all_encodings_of_an_id_have_the_same_bytes(random_engine: Engine):
    state = random_engine.create(ID, {"byteLength": 8}).state
    content = bytes.fromhex(state["hex"])
    assert len(content) == 8
    assert state["dec"] == str(int.from_bytes(content))
    assert base64.b64decode(state["b64Std"]) == content
    assert base64.urlsafe_b64decode(state["b64Url"] + "=") == content


def test_a_prefix_is_added_to_every_encoding_except_the_id(random_engine: Engine):
    deployed = random_engine.create(ID, {"byteLength": 4, "prefix": "db-"})
    notations = ("b64Std", "b64Url", "dec", "hex")
    assert all(deployed.state[name].startswith("db-") for name in notations)
    assert deployed.state["b64Url"] == f"db-{deployed.id}"


def test_an_id_with_a_prefix_can_be_imported(random_engine: Engine):
    deployed = random_engine.create(ID, {"byteLength": 4, "prefix": "db-"})
    parse_import_id = random_engine.import_(ID, f"db-,{deployed.id}")
    assert parse_import_id
    assert parse_import_id.state == deployed.state


def test_the_error_about_an_unsupported_type_lists_the_supported_ones(random_engine: Engine):
    with rejected("random:index/randomPet:RandomPet", "LOCALCLOUD_PROVIDERS=official", PASSWORD):
        random_engine.create("random:index/randomPet:RandomPet", {})
