"""Workers of a stack file that connect to a database without Hyperdrive: accepted settings and errors."""

from pathlib import Path
from typing import Any

import pulumi
import pydantic
import pytest

from edge_postgres import stack as settings
from edge_postgres.core.errors import ValidationError
from edge_postgres.core.plan import Plan
from edge_postgres.origins.neon.component import NeonPostgres
from edge_postgres.origins.prisma.component import PrismaPostgres
from edge_postgres.stack.binding_targets import BindingTargets
from edge_postgres.stack.context import StackContext
from edge_postgres.stack.errors import errors_of
from edge_postgres.stack.every_error import rule
from edge_postgres.stack.model import Model, ValidationContext
from edge_postgres.stack.origins import Database
from edge_postgres.stack.secrets import Secrets
from edge_postgres.stack.workers.direct import DirectSettings, connections_by_client, find_direct_errors
from tests.harness import deploy
from tests.unit.test_settings import load, only_fault, parts, root, stack_file

__all__ = ["root"]

NEON = {"provider": "neon", "project": {"region": "aws-eu-central-1"}}
PRISMA = {"provider": "prisma", "region": "eu-central-1", "plan": "starter"}
RDS = {
    "provider": "rds",
    "region": "eu-central-1",
    "engineVersion": "17.6",
    "instanceClass": "db.t4g.micro",
    "database": "app",
}
CLOUD_SQL = {"provider": "cloud-sql", "region": "europe-west3", "tier": "db-f1-micro", "database": "app", "user": "app"}
SUPABASE = {
    "provider": "supabase",
    "projectRef": "abcdefghijklmnopqrst",
    "user": "worker",
    "passwordSecret": "databases.main.url",
}
BEHIND = {"hyperdrive": {"connectionLimit": 10, "caching": "none"}}


def own(**changes: Any) -> dict[str, Any]:
    """A database by its parts, without Hyperdrive."""
    return {key: value for key, value in parts(**{"hyperdrive": ..., **changes}).items() if value is not ...}


def direct(**changes: Any) -> DirectSettings:
    names = frozenset({"main"})
    context = ValidationContext(stack="dev", plan=Plan.PAID, root=Path(), database_names=names)
    return DirectSettings.model_validate({"database": "main", **changes}, context=context)


def file_with(database: dict[str, Any], hyperdrive: dict[str, str] | None = None) -> dict[str, Any]:
    file = stack_file(databases__main=database)
    file["workers"]["api"]["hyperdrive"] = hyperdrive or {}
    return file


def message_for(root: Path, database: dict[str, Any], *, stack: str = "dev", **direct_settings: Any) -> str:
    """The error for a Worker that connects to a database with these settings; empty if there is none."""

    def program() -> None:
        found, _ = settings.load(root)
        clients = {"workers.api": direct(**direct_settings)}
        for error in find_direct_errors(found.databases, clients, found.plan, allow_loopback=stack == "local"):
            raise error

    try:
        deploy(program, config=file_with(database), secret_keys=("secrets",), stack=stack)
    except ValidationError as error:
        return str(error)
    return ""


def main(root: Path, database: dict[str, Any]) -> Database:
    found: Database = load(root, file_with(database))[0].databases["main"]
    return found


# The settings of the Worker.


def test_an_unknown_database_is_rejected() -> None:
    with pytest.raises(pydantic.ValidationError, match=r"must be a database of this stack, got other\. Set `main`"):
        direct(database="other")


@pytest.mark.parametrize(("style", "names"), [("url", {"user": "DB_USER"}), ("parameters", {"user": "1"})])
def test_the_names_of_variables_depend_on_the_style(style: str, names: dict[str, str]) -> None:
    with pytest.raises(pydantic.ValidationError, match="names"):
        direct(style=style, names=names)


def test_zero_connections_are_rejected() -> None:
    with pytest.raises(pydantic.ValidationError, match="connections"):
        direct(connections=0)


def test_the_names_of_the_variables_are_known() -> None:
    assert direct().variable_names == ["DB_URL"]
    assert "DB_USER" in direct(style="parameters", names={"user": "DB_USER"}).variable_names


@pytest.mark.parametrize("stack", ["dev", "local"])
def test_the_component_gets_the_settings(stack: str) -> None:
    targets = BindingTargets(direct_tcp_origins={"main": {"database": "app", "user": "app", "password": "pw"}})
    context = StackContext("account-id", Plan.PAID, stack=stack, secrets=Secrets())
    assert direct(acceptOpenNetwork=True).args(targets, context) == {
        "origin": targets.direct_tcp_origins["main"],
        "style": "url",
        "names": {},
        "allow_clear_text": False,
        "accept_open_network": True,
        "allow_loopback": stack == "local",
    }


# A database without Hyperdrive.


def test_a_database_needs_no_hyperdrive(root: Path) -> None:
    found = main(root, NEON)
    assert found.hyperdrive is None
    assert found.budget_args(Plan.PAID, {}) is None
    assert found.ca_pem is None


def test_a_worker_cannot_be_bound_to_a_database_without_hyperdrive(root: Path) -> None:
    assert "main" in only_fault(root, "workers.api.hyperdrive.HYPERDRIVE", file_with(NEON, {"HYPERDRIVE": "main"}))


def test_a_route_requires_hyperdrive(root: Path) -> None:
    route = {"kind": "vpc-service", "connector": "none"}
    file = file_with(own(host="db.internal", route=route))
    assert "requires `hyperdrive`, because only Hyperdrive uses a route" in only_fault(
        root, "databases.main.route", file
    )


def test_a_separate_pooler_is_a_database_without_hyperdrive(root: Path) -> None:
    assert main(root, own(endpoint="pooled")).is_pooled
    file = file_with(own(endpoint="pooled", **BEHIND))
    assert "pooled endpoint" in only_fault(root, "databases.main.host", file)


def test_a_host_is_validated_without_hyperdrive_too(root: Path) -> None:
    file = file_with(own(host="postgres://db"))
    assert "must be a host name or an IP address" in only_fault(root, "databases.main.host", file)


# The origin of direct connections.


class Outputs:
    """Outputs of the component of a vendor that has a pooler."""

    def __init__(self, pooled_host: str | None = "pooled.example.com") -> None:
        self.origin = {"host": "direct.example.com", "port": 5432, "user": "app", "password": "pw", "database": "app"}
        self.host, self.port = self.origin["host"], self.origin["port"]
        self.pooled_host, self.pooled_port = pooled_host, 6432 if pooled_host else None


class NeonOutputs(Outputs, NeonPostgres):  # type: ignore[misc]  # plain values instead of Outputs
    """The outputs of the component of Neon."""


class PrismaOutputs(Outputs, PrismaPostgres):  # type: ignore[misc]  # plain values instead of Outputs
    """The outputs of the component of Prisma, which has one connection for all connection methods."""

    def __init__(self, pooled_host: str | None = "pooled.example.com") -> None:
        super().__init__(pooled_host)
        self.consumers = {}


def direct_tcp_origin(root: Path, database: dict[str, Any], outputs: Outputs, roles: Any = None) -> dict[str, Any]:
    def program() -> Any:
        server: Any = outputs
        return settings.load(root)[0].databases["main"].direct_tcp_origin(server, (roles or server).origin)

    exports = deploy(program, config=file_with(database), secret_keys=("secrets",)).exports
    return {key: export.value for key, export in exports.items()}


@pytest.mark.parametrize(("database", "kind"), [(NEON, NeonOutputs), (PRISMA, PrismaOutputs)], ids=["neon", "prisma"])
def test_a_worker_connects_to_the_pooler_of_the_vendor(
    database: dict[str, Any], kind: type[Outputs], root: Path
) -> None:
    found = direct_tcp_origin(root, database, kind())
    assert (found["host"], found["port"], found["endpoint"]) == ("pooled.example.com", 6432, "pooled")
    assert found["password"] == "pw"


def test_a_worker_connects_to_the_database_itself_if_prisma_returns_no_pooler(root: Path) -> None:
    found = direct_tcp_origin(root, PRISMA, PrismaOutputs(None))
    assert (found["host"], found["port"], found["endpoint"]) == ("direct.example.com", 5432, "direct")


def test_a_worker_authenticates_as_the_active_role(root: Path) -> None:
    roles = Outputs()
    roles.origin = {**roles.origin, "user": "app_b"}
    assert direct_tcp_origin(root, own(), Outputs(), roles)["user"] == "app_b"


# Databases that direct TCP cannot reach.


@pytest.mark.parametrize(
    ("database", "problem"),
    [
        (
            {**RDS, "network": {"vpcId": "v", "subnetIds": ["a", "b"], "public": True}, "user": "app"},
            "Amazon RDS signs",
        ),
        (CLOUD_SQL, "is a Cloud SQL instance with a certificate of Google's CA"),
        (SUPABASE, "Supabase signs"),
        (own(host="shop.aivencloud.com", port=25432), "Aiven signs"),
        (own(host="db.internal"), "which only a private network can reach"),
        (
            own(serviceId="s", host=..., sslmode=...),
            "requires Hyperdrive, because only Hyperdrive supports network routes",
        ),
        (
            own(accessClientId="i", accessClientSecret="databases.main.url"),
            "requires Hyperdrive, because only Hyperdrive supports network routes",
        ),
    ],
    ids=["rds", "cloud-sql", "supabase", "aiven", "private", "vpc-service", "access"],
)
def test_a_database_without_direct_tcp_is_rejected(database: dict[str, Any], problem: str, root: Path) -> None:
    message = message_for(root, database, acceptOpenNetwork=True, connections=1)
    assert message.startswith("workers.api.direct.database: names main, whose ")
    assert problem in message
    assert "Hyperdrive" in message


def test_a_database_with_a_route_is_rejected(root: Path) -> None:
    route = {"kind": "vpc-service", "connector": "none", "certificateVerification": "verify_ca"}
    message = message_for(root, own(host="db.internal", route=route, **BEHIND), acceptOpenNetwork=True)
    assert "names main, whose `route` is only for Hyperdrive" in message


def test_an_open_network_has_to_be_accepted(root: Path) -> None:
    assert message_for(root, own(endpoint="pooled")).startswith("workers.api.direct.accept_open_network: must be true")
    assert message_for(root, own(endpoint="pooled"), acceptOpenNetwork=True) == ""


@pytest.mark.parametrize("database", [NEON, PRISMA], ids=["neon", "prisma"])
def test_a_vendor_with_open_databases_needs_no_consent(database: dict[str, Any], root: Path) -> None:
    assert message_for(root, database) == ""


def test_the_local_stack_connects_to_this_machine(root: Path) -> None:
    assert message_for(root, own(host="127.0.0.1"), stack="local") == ""


def test_parameters_cannot_come_from_a_secret_connection_string(root: Path) -> None:
    database = {"provider": "existing", "urlSecret": "databases.main.url"}
    assert "style: would show a secret in a plain variable" in message_for(
        root, database, style="parameters", acceptOpenNetwork=True
    )
    assert message_for(root, database, acceptOpenNetwork=True) == ""


def test_an_error_of_the_whole_file_has_the_path_of_its_entry() -> None:
    class File(Model):
        @rule
        def _fits(self) -> None:
            raise ValidationError("workers.api.direct.connections", "is required", "Set it.")

    with pytest.raises(pydantic.ValidationError) as error:
        File.model_validate({})
    (found,) = errors_of(error.value, File, {"provider": (), "kind": ()})
    assert found.path == "workers.api.direct.connections"


# The budget.


def test_connections_are_required_if_the_database_has_a_known_maximum(root: Path) -> None:
    message = message_for(root, own(maxConnections=50), acceptOpenNetwork=True)
    assert message.startswith("workers.api.direct.connections: is required, because `main` accepts 50 connections")
    assert message_for(root, own(maxConnections=50, endpoint="pooled"), acceptOpenNetwork=True) == ""


def test_direct_clients_share_the_connections_with_hyperdrive(root: Path) -> None:
    database = own(maxConnections=50, **BEHIND)
    assert message_for(root, database, acceptOpenNetwork=True, connections=35) == ""
    message = message_for(root, database, acceptOpenNetwork=True, connections=36)
    assert "needs 1 more connection than the database has available" in message
    assert "36  workers.api" in message


def test_direct_clients_are_consumers_of_the_budget(root: Path) -> None:
    clients = {"workers.api": direct(connections=7), "workers.jobs": direct(), "workers.web": None}
    assert connections_by_client(clients, "main") == {"workers.api": 7}
    assert connections_by_client(clients, "other") == {}
    automatic = {"hyperdrive": {"connectionLimit": "auto", "caching": "none"}}
    budget = main(root, own(maxConnections=50, **automatic)).budget_args(Plan.PAID, {"dev": 5}, {"workers.api": 7})
    assert budget is not None
    assert (budget["limits"], budget["weights"], budget["elsewhere"]) == ({"workers.api": 7}, {"main": 1.0}, {"dev": 5})


def test_a_database_with_direct_clients_only_has_a_budget(root: Path) -> None:
    budget = main(root, own(maxConnections=50)).budget_args(Plan.PAID, {}, {"workers.api": 7})
    assert budget is not None
    accepted = deploy(lambda: [pulumi.Output.from_input(budget)]).result
    assert accepted
    assert budget["limits"] == {"workers.api": 7}
