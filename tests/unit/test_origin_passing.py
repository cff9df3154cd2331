"""An origin is one value that a program passes on: a dictionary of fields, or one Output of all fields."""

from collections.abc import Callable
from typing import Any

import pulumi
import pytest

from edge_postgres import (
    AccessTunnelRoute,
    DatabaseRoles,
    ExistingPostgres,
    Hyperdrive,
    HyperdriveSlots,
    OriginComponent,
    PreviewDatabase,
    VpcServiceRoute,
)
from edge_postgres.origin.contract import PostgresOrigin
from edge_postgres.workers.direct_tcp import render_direct_variables
from edge_postgres.workers.serverless_driver import render_serverless_variables
from tests.harness import Run, deploy, deploy_with_vendors, rejected, reveal

ACCOUNT = "0123456789abcdef0123456789abcdef"
ZONE = "023e105f4ecef8ad9ca31a8372d0c353"
PUBLIC: dict[str, Any] = {
    "host": "db.example.com",
    "port": 5432,
    "database": "app",
    "user": "app",
    "password": "correct_horse",
}
PRIVATE = {**PUBLIC, "host": "10.0.0.5", "reach": "private"}
CONFIG = "cloudflare:index/hyperdriveConfig:HyperdriveConfig"


def whole(origin: dict[str, Any]) -> pulumi.Output[PostgresOrigin]:
    """The origin as another stack exports it: one Output, of which the password makes every part a secret."""
    fields: Any = {"password": "correct_horse", **origin}
    return pulumi.Output.secret(pulumi.Output.from_input(fields))


def hyperdrive(origin: Any, **args: Any) -> Hyperdrive:
    given: Any = {
        "account_id": ACCOUNT,
        "origin": origin,
        "connection_limit": 10,
        "caching": {"disabled": True},
        **args,
    }
    return Hyperdrive("main", given)


def config_of(origin: Callable[[], Any], **options: Any) -> Any:
    def program() -> None:
        hyperdrive(origin())

    return deploy(program, **options).one(CONFIG).inputs


ROUTES = [
    pytest.param(PUBLIC, id="public"),
    pytest.param(
        {
            "host": "t.example.com",
            "access_client_id": "id",
            "access_client_secret": "s",
            **{k: PUBLIC[k] for k in ("database", "user", "password")},
        },
        id="access",
    ),
    pytest.param({"service_id": "svc", **{k: PUBLIC[k] for k in ("database", "user", "password")}}, id="vpc"),
]


@pytest.mark.parametrize("origin", ROUTES)
def test_a_whole_output_gives_the_same_configuration_as_its_fields(origin: dict[str, Any]) -> None:
    assert reveal(config_of(lambda: whole(origin))) == reveal(config_of(lambda: dict(origin)))


@pytest.mark.parametrize("origin", ROUTES)
def test_the_keys_of_an_output_can_be_in_camel_case(origin: dict[str, Any]) -> None:
    renamed = {"".join([k.split("_")[0], *(w.title() for w in k.split("_")[1:])]): v for k, v in origin.items()}
    assert reveal(config_of(lambda: whole(renamed))) == reveal(config_of(lambda: dict(origin)))


def test_a_whole_output_can_have_fields_that_are_none() -> None:
    origin = {**PUBLIC, "service_id": None, "access_client_id": None, "sslmode": None, "max_connections": None}
    assert reveal(config_of(lambda: whole(origin))) == reveal(config_of(lambda: dict(PUBLIC)))


def test_single_outputs_can_be_none() -> None:
    none = {"service_id": None, "access_client_id": None, "access_client_secret": None}

    def origin() -> dict[str, Any]:
        return {**PUBLIC, **{field: pulumi.Output.from_input(value) for field, value in none.items()}}

    assert reveal(config_of(origin)) == reveal(config_of(lambda: dict(PUBLIC)))


def test_an_origin_of_another_stack_is_passed_on() -> None:
    class Answers(pulumi.runtime.Mocks):
        def new_resource(self, args: pulumi.runtime.MockResourceArgs) -> tuple[str, dict[str, Any]]:
            if args.typ == "pulumi:pulumi:StackReference":
                return args.name, {"outputs": {"origin": PUBLIC}, "secretOutputNames": ["origin"]}
            return f"{args.name}-id", dict(args.inputs)

        def call(self, args: pulumi.runtime.MockCallArgs) -> Any:
            raise AssertionError(args.token)

    def program() -> None:
        hyperdrive(pulumi.StackReference("org/database/prod").require_output("origin"))

    inputs = deploy(program, answers=Answers()).one(CONFIG).inputs
    assert reveal(inputs) == reveal(config_of(lambda: dict(PUBLIC)))


BAD = [
    pytest.param({"host": "10.0.0.5"}, "10.0.0.5", id="private host"),
    pytest.param({"reach": "private"}, "network", id="declared private"),
    pytest.param({"endpoint": "pooled"}, "pooled", id="pooled"),
    pytest.param({"password_rotates": True}, "rotated by its vendor", id="rotated password"),
    pytest.param({"sslmode": "prefer"}, "prefer", id="TLS mode"),
    pytest.param({"max_connections": 8}, "must be at most", id="too few connections"),
    pytest.param({"service_id": "svc"}, "cannot be combined with `host`", id="two routes"),
    pytest.param({"hots": "x"}, "unknown argument", id="unknown field"),
    pytest.param({"host": None}, "is required", id="no host"),
    pytest.param({"user": None}, "is required", id="no user"),
]


@pytest.mark.parametrize(("changed", "words"), BAD)
def test_a_whole_output_is_checked_as_its_fields_are(changed: dict[str, Any], words: str) -> None:
    for origin in (lambda: whole({**PUBLIC, **changed}), lambda: {**PUBLIC, **changed}):
        with rejected(" `main`.", words):
            config_of(origin)


def test_numbers_and_modes_of_a_secret_origin_stay_readable() -> None:
    origin = {**PUBLIC, "sslmode": "verify-full", "ca_certificate_id": "ca", "max_connections": 100}
    inputs = config_of(lambda: whole(origin))
    assert inputs["mtls"] == {"sslmode": "verify-full", "caCertificateId": "ca"}
    assert inputs["originConnectionLimit"] == 10


def test_routes_roles_and_preview_databases_take_a_whole_output() -> None:
    def program() -> None:
        vpc = VpcServiceRoute(
            "vpc", {"account_id": ACCOUNT, "origin": whole(PRIVATE), "certificate_verification": "disabled"}
        )
        access = AccessTunnelRoute(
            "access",
            {"account_id": ACCOUNT, "zone_id": ZONE, "hostname": "db.example.com", "origin": whole(PRIVATE)},
        )
        PreviewDatabase("preview", {"origin": whole(PUBLIC), "database_name": "pr-1"})
        roles = DatabaseRoles(
            "roles",
            {"origin": whole(PUBLIC), "active_slot": "a", "admin_user": "admin", "admin_password": "correct_horse"},
        )
        HyperdriveSlots(
            "slots",
            {
                "account_id": ACCOUNT,
                "slots": {slot: pulumi.Output.from_input(origin) for slot, origin in roles.slots.items()},
                "active_slot": "a",
                "connection_limit": 10,
                "caching": {"disabled": True},
            },
        )
        routes: list[OriginComponent] = [vpc, access]
        for number, route in enumerate(routes):
            Hyperdrive(
                f"behind-{number}",
                {
                    "account_id": ACCOUNT,
                    "origin": pulumi.Output.from_input(route.origin),
                    "connection_limit": 10,
                    "caching": {"disabled": True},
                },
            )

    run = deploy_with_vendors(program)
    origins = [reveal(each.inputs["origin"]) for each in run.all(CONFIG) if "behind" in each.name]
    found = {frozenset(set(origin) - {"scheme", "database", "user", "password"}) for origin in origins}
    assert found == {frozenset({"serviceId"}), frozenset({"host", "accessClientId", "accessClientSecret"})}


@pytest.mark.parametrize(
    ("component", "words"),
    [
        pytest.param(
            lambda: VpcServiceRoute("main", {"account_id": ACCOUNT, "origin": whole({**PUBLIC, "reach": "public"})}),
            "is public",
            id="route to a public database",
        ),
        pytest.param(
            lambda: VpcServiceRoute("main", {"account_id": ACCOUNT, "origin": whole({**PRIVATE, "host": None})}),
            "is required",
            id="route without a host",
        ),
        pytest.param(
            lambda: VpcServiceRoute(
                "main", {"account_id": ACCOUNT, "origin": whole({**PRIVATE, "host": "db", "ca_certificate_id": "ca"})}
            ),
            "is not supported by a Workers VPC service",
            id="route with a certificate",
        ),
        pytest.param(
            lambda: PreviewDatabase("main", {"origin": whole({**PUBLIC, "port": None}), "database_name": "pr-1"}),
            "must have a host and a port",
            id="preview database without a port",
        ),
        pytest.param(
            lambda: DatabaseRoles(
                "main",
                {
                    "origin": whole({**PUBLIC, "host": None}),
                    "active_slot": "a",
                    "admin_user": "admin",
                    "admin_password": "correct_horse",
                },
            ),
            "must have a host",
            id="roles without a host",
        ),
    ],
)
def test_other_consumers_check_a_whole_output(component: Callable[[], object], words: str) -> None:
    with rejected(" `main`.", words):
        deploy_with_vendors(component)


def test_workers_without_hyperdrive_take_a_whole_output() -> None:
    found: dict[str, Any] = {}

    def program() -> None:
        neon = {**PUBLIC, "host": "ep-a-pooler.eu-central-1.aws.neon.tech"}
        prisma = {**PUBLIC, "host": "db.prisma.io"}
        direct = render_direct_variables({"origin": whole(neon)}, subject="api.direct.main")
        serverless = render_serverless_variables(
            {"origin": whole(prisma), "accept_early_access": True}, subject="api.serverless.main"
        )
        pulumi.Output.all(direct.secret["DB_URL"], serverless.secret["PRISMA_DIRECT_TCP_URL"]).apply(
            lambda urls: found.update(urls=urls)
        )

    deploy(program)
    assert [url.partition("?")[0].partition("@")[2] for url in found["urls"]] == [
        "ep-a-pooler.eu-central-1.aws.neon.tech:5432/app",
        "db.prisma.io:5432/app",
    ]


@pytest.mark.parametrize("changed", [{"service_id": "svc"}, {"reach": "private"}, {"ca_certificate_id": "ca"}])
def test_workers_without_hyperdrive_check_a_whole_output(changed: dict[str, Any]) -> None:
    def program() -> None:
        render_direct_variables({"origin": whole({**PUBLIC, **changed}), "accept_open_network": True}, subject="api")

    with rejected("api.origin"):
        deploy(program)


def test_slots_as_one_output_are_rejected_because_they_decide_which_resources_exist() -> None:
    def program() -> None:
        HyperdriveSlots(
            "main",
            {
                "account_id": ACCOUNT,
                "slots": pulumi.Output.from_input({"a": PUBLIC, "b": PUBLIC}),  # type: ignore[typeddict-item]
                "active_slot": "a",
                "connection_limit": 10,
                "caching": {"disabled": True},
            },
        )

    with rejected("HyperdriveSlots `main`.slots", "must be a plain value", "Set a dictionary"):
        deploy(program)


def test_a_loop_over_kinds_of_databases_has_a_type() -> None:
    def program() -> None:
        databases: dict[str, OriginComponent] = {
            "one": ExistingPostgres("one", {"url": "postgres://u:p@one.example.com/app"}),
            "two": PreviewDatabase("two", {"origin": PUBLIC, "database_name": "pr-1"}),  # type: ignore[typeddict-item]
        }
        for name, database in databases.items():
            Hyperdrive(
                name,
                {
                    "account_id": ACCOUNT,
                    "origin": database.origin,
                    "connection_limit": 10,
                    "caching": {"disabled": True},
                },
            )

    run: Run = deploy(program)
    assert len(run.all(CONFIG)) == 2
