"""`PreviewDatabase`: a separate database of a preview stack on a shared server."""

from collections.abc import Mapping
from typing import NotRequired, TypedDict, cast

import pulumi

from edge_postgres.core.args import read_fields, subject_of, validated_args
from edge_postgres.core.children import children_of
from edge_postgres.core.inputs import apply_input, apply_inputs
from edge_postgres.core.transforms import ChildClasses, Transform
from edge_postgres.origin.contract import READABLE, PostgresOrigin, with_dependencies
from edge_postgres.origin.names import default_name
from edge_postgres.postgres.preview_database_rules import (
    validate_database_name,
    validate_server_address,
    validate_server_database,
)
from edge_postgres.postgres.resources import PostgresDatabase


class PreviewDatabaseArgs(TypedDict):
    """The arguments of PreviewDatabase: a server, and the name of the new database."""

    origin: pulumi.Input[PostgresOrigin]
    """An existing database on the server, and a role that may create databases (`CREATEDB`). `pulumi up` connects to
    the existing database."""
    database_name: str
    """Name of the new database: at most 63 lower-case letters, digits, `_` and `-`, starting with a letter or `_`."""
    template: NotRequired[str]
    """Name of a database that Postgres copies into the new database. During the copy, no client may be connected to the
    copied database. Default: Postgres creates an empty database."""
    ownership_mark: NotRequired[str]
    """Comment that marks the database as created by this stack. Default: `<project>-<stack>-<name>`."""
    ca_pem: NotRequired[pulumi.Input[str | None]]
    """CA certificate in PEM against which `pulumi up` verifies the server, including its host name. Without a CA the
    connection is encrypted, but the server is not verified."""
    transform: NotRequired[Mapping[str, Transform]]
    """By child resource (`database_resource`): arguments of the child that replace those of the component."""


CHILDREN: ChildClasses = {
    "database_resource": lambda: PostgresDatabase,
}


class PreviewDatabase(pulumi.ComponentResource):
    """A separate database on an existing server, which exists as long as its stack.

    Creates the database through the Postgres protocol, from the machine that runs `pulumi up`. If the resource is
    deleted, the database is dropped with its content and its sessions are ended. Use it for data that may be lost, such
    as the preview of a pull request.

    Rejects unknown arguments, a name that `database_name` does not allow, the name of the origin's own database, and an
    origin without a host or without a port. An existing database with the same name that this stack did not create is
    neither adopted nor dropped.

    Example::

        preview = PreviewDatabase("main", {"origin": existing.origin, "database_name": "pr-123"})
        Hyperdrive("main", {
            "account_id": account_id,
            "origin": preview.origin,
            "connection_limit": 5,
            "caching": {"disabled": True},
        })
    """

    database: pulumi.Output[str]
    """Name of the new database, known as soon as the database exists."""

    origin: PostgresOrigin
    """The origin of the server, with the new database instead of the existing database."""

    def __init__(self, name: str, args: PreviewDatabaseArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("edge-postgres:index:PreviewDatabase", name, {}, opts)
        subject = subject_of(self)
        args = validated_args(args, PreviewDatabaseArgs, subject=subject)
        server = read_fields(args["origin"], PostgresOrigin, readable=READABLE, subject=f"{subject}.origin")
        address = apply_inputs(
            (server.get("host"), server.get("port")),
            lambda host, port: validate_server_address(host, port, subject=f"{subject}.origin"),
        )
        database = validate_database_name(args["database_name"], subject=f"{subject}.database_name")
        server_database = apply_input(
            server["database"],
            lambda known: validate_server_database(known, database, subject=f"{subject}.database_name"),
        )

        children = children_of(self, opts, args.get("transform"), CHILDREN, subject=subject)
        self.database_resource = created = PostgresDatabase(
            f"{name}-database",
            {
                "host": apply_input(address, lambda known: known[0]),
                "port": apply_input(address, lambda known: known[1]),
                "database": server_database,
                "admin_user": server["user"],
                "admin_password": server["password"],
                "ca_pem": args.get("ca_pem"),
            },
            name=database,
            template=args.get("template"),
            owner=args.get("ownership_mark", default_name(name)),
            opts=children.options("database_resource"),
        )

        self.database = created.id
        password: pulumi.Output[str] = with_dependencies(pulumi.Output.secret(server["password"]), [created])
        self.origin = cast(PostgresOrigin, {**server, "database": database, "password": password})
        self.register_outputs({})
