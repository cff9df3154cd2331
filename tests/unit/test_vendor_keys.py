"""`api` of `NeonPostgres` and `PrismaPostgres`: the key and the address of one component."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pulumi
import pytest

from edge_postgres import NeonPostgres, PrismaPostgres
from tests.harness import Registration, Run, deploy, rejected
from tests.unit.sound import unknown
from tests.unit.vendors import OUTPUTS

Given = Callable[[Any], Any]

SECRET = "sentinel-Zq7xKv9wJu3yHh5m"


@dataclass(frozen=True)
class Vendor:
    """One of the two components with an API."""

    component: Callable[..., Any]
    args: dict[str, Any]
    key: str
    """Name of the key among the arguments."""

    @property
    def path(self) -> str:
        """The component's path in messages."""
        return f"{self.component.__name__} `main`"

    def create(self, name: str = "main", **args: Any) -> Any:
        return self.component(name, {**self.args, **args})


NEON = {"project_id": "quiet-term-1", "branch": "dev", "create_database": True, "active_slot": "a"}
VENDORS = [
    pytest.param(Vendor(NeonPostgres, {"region": "aws-eu-central-1"}, "api_key"), id="neon-project"),
    pytest.param(Vendor(NeonPostgres, NEON, "api_key"), id="neon-branch"),
    pytest.param(Vendor(NeonPostgres, {"project_id": "quiet-term-1"}, "api_key"), id="neon-default-branch"),
    pytest.param(
        Vendor(PrismaPostgres, {"region": "eu-central-1", "plan": "starter"}, "service_token"), id="prisma-project"
    ),
    pytest.param(
        Vendor(
            PrismaPostgres,
            {"region": "eu-central-1", "plan": "starter", "project_id": "proj_1", "active_slot": "a"},
            "service_token",
        ),
        id="prisma-database",
    ),
]
both_vendors = pytest.mark.parametrize("vendor", VENDORS)


@pytest.fixture(params=["plain", "output", "secret"])
def wrapped(request: pytest.FixtureRequest) -> Given:
    """A function that returns a value unchanged, as an Output, or as a secret Output."""
    wrappers: dict[str, Given] = {
        "plain": lambda value: value,
        "output": pulumi.Output.from_input,
        "secret": pulumi.Output.secret,
    }
    return wrappers[request.param]


def run_of(program: Callable[[], Any], *, preview: bool = False) -> Run:
    """A deployment in which the vendors return sample values, except in a preview."""
    return deploy(program, outputs={} if preview else OUTPUTS, preview=preview)


def children(run: Run) -> list[Registration]:
    return [entry for entry in run.registrations if entry.wire.custom and "dynamic" in entry.type]


@both_vendors
def test_every_resource_gets_the_key_and_the_address_of_its_component(
    vendor: Vendor, wrapped: Given, preview: bool
) -> None:
    def program() -> None:
        vendor.create(api={vendor.key: wrapped(SECRET), "base_url": wrapped("https://api.example.com")})

    found = children(run_of(program, preview=preview))
    assert len(found) >= 2
    expected = {vendor.key: SECRET, "base_url": "https://api.example.com"}
    assert [entry.inputs["api"] for entry in found] == [expected] * len(found)


@both_vendors
def test_the_key_is_a_secret_in_the_state_and_is_in_no_log(
    vendor: Vendor, wrapped: Given, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        run = run_of(lambda: vendor.create(api={vendor.key: wrapped(SECRET)}) and None)
    for entry in children(run):
        assert "api" in entry.secrets
        assert "api" in entry.wire.additionalSecretOutputs
    assert SECRET not in str([entry.public for entry in run.registrations])
    assert SECRET not in caplog.text


@both_vendors
def test_the_password_stays_a_secret_output(vendor: Vendor) -> None:
    run = run_of(lambda: vendor.create(api={vendor.key: SECRET}) and None)
    secret = [entry for entry in children(run) if "password" in entry.wire.additionalSecretOutputs]
    assert next(entry.type.rpartition(":")[2] for entry in secret) in ("Role", "Connection")


@both_vendors
@pytest.mark.parametrize("api", [None, {}, {"base_url": None}], ids=str)
def test_without_values_the_resources_have_no_other_inputs_and_no_other_secrets(vendor: Vendor, api: Any) -> None:
    given = run_of(lambda: vendor.create(api=api) and None)
    omitted = run_of(lambda: vendor.create() and None)
    assert [entry.inputs for entry in children(given)] == [entry.inputs for entry in children(omitted)]
    for entry in children(given):
        assert "api" not in entry.inputs
        assert "api" not in entry.wire.additionalSecretOutputs


def test_two_components_of_one_program_can_have_two_keys() -> None:
    def program() -> None:
        NeonPostgres("shop", {"region": "aws-eu-central-1", "api": {"api_key": "of-one"}})
        NeonPostgres("blog", {"region": "aws-eu-central-1", "api": {"api_key": pulumi.Output.secret("of-two")}})

    found = {entry.name: entry.inputs["api"]["api_key"] for entry in children(run_of(program))}
    assert {key for name, key in found.items() if "shop-" in name} == {"of-one"}
    assert {key for name, key in found.items() if "blog-" in name} == {"of-two"}


def test_several_components_can_share_one_object() -> None:
    def program() -> None:
        shared: Any = {"service_token": pulumi.Output.secret(SECRET)}
        for name in ("shop", "blog"):
            PrismaPostgres(name, {"region": "eu-central-1", "plan": "starter", "api": shared})
        assert list(shared) == ["service_token"]

    assert {entry.inputs["api"]["service_token"] for entry in children(run_of(program))} == {SECRET}


@both_vendors
def test_a_key_that_another_resource_creates_is_unknown_in_a_preview(vendor: Vendor) -> None:
    run = run_of(lambda: vendor.create(api={vendor.key: unknown()}) and None, preview=True)
    assert len(children(run)) >= 2


@both_vendors
def test_whitespace_around_a_key_is_removed(vendor: Vendor, given: Given) -> None:
    run = run_of(lambda: vendor.create(api={vendor.key: given(f"{SECRET}\n")}) and None)
    assert {entry.inputs["api"][vendor.key] for entry in children(run)} == {SECRET}


@both_vendors
@pytest.mark.parametrize(
    ("key", "problem"),
    [
        ("sentinel key", "must not contain spaces, control characters or characters outside ASCII"),
        (" ", "must not be empty"),
    ],
)
def test_a_malformed_key_is_rejected_and_not_shown(
    vendor: Vendor, key: str, problem: str, wrapped: Given, preview: bool
) -> None:
    with pytest.raises(pulumi.RunError, match=rf"{vendor.path}\.api\.{vendor.key}: {problem}\.") as raised:
        run_of(lambda: vendor.create(api={vendor.key: wrapped(key)}) and None, preview=preview)
    assert "sentinel" not in str(raised.value)


@both_vendors
def test_an_output_without_a_value_is_rejected(vendor: Vendor) -> None:
    for argument in (vendor.key, "base_url"):
        with rejected(f"{vendor.path}.api.{argument}: has no value."):
            run_of(lambda name=argument: vendor.create(api={name: pulumi.Output.from_input(None)}) and None)  # type: ignore[misc]


@both_vendors
@pytest.mark.parametrize("url", ["http://api.example.com", "api.example.com", ""])
def test_an_unencrypted_address_is_rejected(vendor: Vendor, url: str, given: Given) -> None:
    with rejected(
        f"{vendor.path}.api.base_url: must be an https URL, because any other URL would send the", "unencrypted"
    ):
        run_of(lambda: vendor.create(api={"base_url": given(url)}) and None)


@both_vendors
def test_an_address_on_this_machine_can_be_unencrypted(vendor: Vendor, given: Given) -> None:
    run = run_of(lambda: vendor.create(api={"base_url": given("http://127.0.0.1:8080")}) and None)
    assert {entry.inputs["api"]["base_url"] for entry in children(run)} == {"http://127.0.0.1:8080"}


@both_vendors
def test_an_unknown_argument_of_the_object_is_rejected(vendor: Vendor) -> None:
    with rejected(f"{vendor.path}.api.{vendor.key}s: unknown argument. Did you mean `{vendor.key}`?"):
        run_of(lambda: vendor.create(api={f"{vendor.key}s": SECRET}) and None)


@both_vendors
def test_a_key_in_place_of_the_object_is_rejected_and_not_shown(vendor: Vendor) -> None:
    with pytest.raises(pulumi.RunError, match=rf"{vendor.path}\.api: must be a dictionary") as raised:
        run_of(lambda: vendor.create(api=SECRET) and None)
    assert SECRET not in str(raised.value)


@both_vendors
def test_an_output_in_place_of_the_object_is_rejected_with_its_fix(vendor: Vendor) -> None:
    with rejected(
        f"{vendor.path}.api: must be a plain value, got an Output",
        "Set a dictionary. A value in the dictionary can be an Output",
    ):
        run_of(lambda: vendor.create(api=pulumi.Output.secret({vendor.key: SECRET})) and None)
