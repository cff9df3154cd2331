"""The children of a component: typed attributes, the argument `transform`, and options that have no effect."""

from collections.abc import Callable
from typing import Any

import pulumi
import pulumi_cloudflare as cloudflare
import pytest

import edge_postgres
from edge_postgres import (
    ExistingPostgres,
    Hyperdrive,
    HyperdrivePair,
    HyperdriveSlots,
    KvCache,
    NeonPostgres,
    PrismaPlan,
    PrismaPostgres,
    RdsPostgres,
    Worker,
)
from edge_postgres.core.transforms import find_invalid_arguments
from edge_postgres.origins.neon.resources import NeonBranch, NeonProject
from tests.harness import deploy_with_vendors, rejected
from tests.unit.sound import ACCOUNT

CONFIG = "cloudflare:index/hyperdriveConfig:HyperdriveConfig"
ORIGIN: Any = {"host": "db.example.com", "port": 5432, "database": "app", "user": "app", "password": "correct_horse"}
RDS: Any = {
    "engine_version": "17.6",
    "instance_class": "db.t4g.medium",
    "vpc_id": "vpc-0a1b2c3d4e5f60718",
    "subnet_ids": ["subnet-0a1b2c3d4e5f60718", "subnet-1b2c3d4e5f607182a"],
    "public": True,
}


def hyperdrive(opts: Any = None, **args: Any) -> Hyperdrive:
    given: Any = {
        "account_id": ACCOUNT,
        "origin": ORIGIN,
        "connection_limit": 10,
        "caching": {"disabled": True},
        **args,
    }
    return Hyperdrive("main", given, opts)


def config_of(**args: Any) -> Any:
    def program() -> None:
        hyperdrive(**args)

    return deploy_with_vendors(program).one(CONFIG)


def test_a_transform_replaces_arguments_of_a_child() -> None:
    found = config_of(transform={"config": {"origin_connection_limit": 7, "name": "other"}})
    assert (found.inputs["originConnectionLimit"], found.inputs["name"]) == (7, "other")
    assert found.inputs["caching"] == config_of().inputs["caching"]


def test_the_arguments_can_be_in_camel_case() -> None:
    assert config_of(transform={"config": {"originConnectionLimit": 7}}).inputs["originConnectionLimit"] == 7


def test_a_replaced_argument_stays_a_secret_and_keeps_its_dependencies() -> None:
    origin = {
        "scheme": "postgres",
        "host": "x.example.com",
        "port": 5432,
        "database": "a",
        "user": "b",
        "password": "c",
    }

    def program() -> None:
        neon = NeonPostgres("neon", {"region": "aws-eu-central-1"})
        hyperdrive(origin=neon.origin, transform={"config": {"origin": origin}})

    run = deploy_with_vendors(program)
    found = run.one(CONFIG)
    assert found.inputs["origin"]["host"] == "x.example.com"
    assert "origin" in found.secrets
    assert run.one("pulumi-python:dynamic/neon:Role").urn in found.wire.propertyDependencies["origin"].urns


@pytest.mark.parametrize(
    ("transform", "words"),
    [
        pytest.param({"confg": {}}, ["Hyperdrive `main`.transform.confg: unknown child", "`config`"], id="child"),
        pytest.param("config", ["Hyperdrive `main`.transform: must be a map of children"], id="no map of children"),
        pytest.param({"config": 5}, ["Hyperdrive `main`.transform.config: must be a map of arguments"], id="no map"),
        pytest.param(
            {"config": {"nam": "x"}},
            ["Hyperdrive `main`.transform.config.nam: unknown argument", "`name`"],
            id="argument",
        ),
        pytest.param(
            {"config": {"caching": {"disabledd": True}}},
            ["Hyperdrive `main`.transform.config.caching.disabledd: unknown argument", "`disabled`"],
            id="field of an argument",
        ),
    ],
)
def test_an_unknown_name_in_a_transform_is_rejected(transform: Any, words: list[str]) -> None:
    with rejected(*words):
        config_of(transform=transform)


def test_the_api_key_of_a_component_is_no_argument_of_its_children() -> None:
    transform: Any = {"roles": {"api": {"api_key": "correct_horse"}}}
    with rejected("NeonPostgres `neon`.transform.roles.api: unknown argument"):
        deploy_with_vendors(
            lambda: NeonPostgres("neon", {"region": "aws-eu-central-1", "transform": transform}) and None
        )


def test_a_child_with_several_classes_has_the_arguments_of_all_of_them() -> None:
    transform = {"region_id": "x", "project_id": "y", "owner_name": "z"}
    found = find_invalid_arguments(transform, NeonProject | NeonBranch, subject="main")
    assert [error.path for error in found] == ["main.owner_name"]


def test_the_arguments_of_a_child_are_the_inputs_of_its_resource() -> None:
    def program() -> None:
        PrismaPostgres(
            "prisma",
            {"region": "eu-central-1", "plan": PrismaPlan.PRO, "transform": {"connections": {"name": "other"}}},
        )

    assert deploy_with_vendors(program).one("pulumi-python:dynamic/prisma:Connection").inputs["name"] == "other"


@pytest.mark.parametrize(
    "option",
    [
        {"ignore_changes": ["caching"]},
        {"replace_on_changes": ["caching"]},
        {"delete_before_replace": True},
        {"additional_secret_outputs": ["id"]},
        {"custom_timeouts": pulumi.CustomTimeouts(create="5m")},
        {"import_": "an-id"},
    ],
    ids=lambda option: next(iter(option)),
)
def test_an_option_without_effect_is_rejected_and_the_error_names_what_works(option: dict[str, Any]) -> None:
    (name,) = option
    with rejected(f"Hyperdrive `main`.opts.{name}: has no effect on a component", "`transforms`", "`transform`"):
        deploy_with_vendors(lambda: hyperdrive(opts=pulumi.ResourceOptions(**option)) and None)


def test_options_with_an_effect_are_accepted() -> None:
    def program() -> None:
        first = KvCache("first", {"account_id": ACCOUNT})
        options = pulumi.ResourceOptions(depends_on=[first], protect=True, retain_on_delete=True)
        KvCache("second", {"account_id": ACCOUNT}, options)

    run = deploy_with_vendors(program)
    second = next(each for each in run.registrations if each.name == "second-namespace")
    assert second.wire.protect
    assert any("first" in urn for urn in second.wire.dependencies)


def test_children_are_attributes_with_their_type() -> None:
    found: list[Any] = []

    def program() -> None:
        pair = HyperdrivePair(
            "pair",
            {
                "account_id": ACCOUNT,
                "origin": ORIGIN,
                "connection_limit": 20,
                "fresh_share": 0.5,
                "caching": {"max_age": 60, "stale_while_revalidate": 15},
                "transform": {"fresh": {"name": "uncached"}},
            },
        )
        slots = HyperdriveSlots(
            "slots",
            {
                "account_id": ACCOUNT,
                "slots": {"a": ORIGIN, "b": ORIGIN},
                "active_slot": "a",
                "connection_limit": 10,
                "caching": {"disabled": True},
            },
        )
        database = RdsPostgres("database", RDS)
        neon = NeonPostgres("neon", {"region": "aws-eu-central-1"})
        found.extend([pair.cached.config, pair.fresh.config, slots.configurations["a"], database.instance])
        found.extend([database.subnet_group, neon.branch, neon.roles[""], database.random_password])

    run = deploy_with_vendors(program)
    assert [type(each).__name__ for each in found] == [
        "HyperdriveConfig",
        "HyperdriveConfig",
        "Hyperdrive",
        "Instance",
        "SubnetGroup",
        "NeonProject",
        "NeonRole",
        "RandomPassword",
    ]
    assert "uncached" in {each.inputs["name"] for each in run.all(CONFIG)}


def test_a_child_that_does_not_exist_is_none() -> None:
    def program() -> None:
        database = RdsPostgres("database", RDS)
        assert (database.cluster, database.cluster_instances) == (None, [])

    deploy_with_vendors(program)


def test_the_children_of_a_worker_are_attributes(tmp_path: Any) -> None:
    bundle = tmp_path / "worker.js"
    bundle.write_text("export default {}")

    def program() -> None:
        worker = Worker(
            "api",
            {
                "account_id": ACCOUNT,
                "bundle": bundle,
                "compatibility_date": "2026-11-01",
                "domains": ["api.example.com"],
                "crons": ["0 3 * * *"],
                "transform": {"script": {"logpush": True}},
            },
        )
        assert isinstance(worker.script, cloudflare.WorkersScript)
        assert isinstance(worker.domains["api.example.com"], cloudflare.WorkersCustomDomain)
        assert isinstance(worker.cron_trigger, cloudflare.WorkersCronTrigger)
        assert worker.routes == {}

    run = deploy_with_vendors(program)
    assert run.one("cloudflare:index/workersScript:WorkersScript").inputs["logpush"] is True


COMPONENTS = [
    getattr(edge_postgres, name)
    for name in edge_postgres.__all__
    if isinstance(getattr(edge_postgres, name), type)
    and issubclass(getattr(edge_postgres, name), pulumi.ComponentResource)
]
WITHOUT_CHILDREN = {"ExistingPostgres", "SupabasePostgres", "ConnectionBudget"}


@pytest.mark.parametrize("component", COMPONENTS, ids=lambda each: each.__name__)
def test_every_component_with_children_has_a_transform(component: Callable[..., Any]) -> None:
    annotations = component.__init__.__annotations__["args"].__annotations__
    assert ("transform" in annotations) == (component.__name__ not in WITHOUT_CHILDREN)


def test_a_component_without_children_rejects_options_without_effect_too() -> None:
    with rejected("ExistingPostgres `main`.opts.ignore_changes: has no effect"):
        deploy_with_vendors(
            lambda: (
                ExistingPostgres(
                    "main", {"url": "postgres://u:p@db.example.com/app"}, pulumi.ResourceOptions(ignore_changes=["url"])
                )
                and None
            )
        )
