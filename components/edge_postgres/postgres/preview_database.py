"""`PreviewDatabase`: a database of a preview stack's own, on a server that others use too."""

from typing import NotRequired, TypedDict, cast

import pulumi

from edge_postgres.core.args import validated_args
from edge_postgres.core.errors import ValidationError
from edge_postgres.core.inputs import apply_input
from edge_postgres.origin.contract import PostgresOrigin, with_dependencies
from edge_postgres.postgres.database_provider import PostgresDatabase
from edge_postgres.postgres.preview_database_rules import other_database, validate_database_name


class PreviewDatabaseArgs(TypedDict):
    """Arguments of PreviewDatabase."""

    origin: PostgresOrigin
    """The server, and a role on it that may make databases (`CREATEDB`); `pulumi up` signs in to its database."""
    database_name: str
    """Name of the new database: lower-case letters, digits, `_` and `-`, at most 63 bytes."""
    template: NotRequired[str]
    """Database whose content the new one begins with. Nobody may be connected to it meanwhile."""
    ownership_mark: NotRequired[str]
    """Comment that marks the database as this stack's; default: the component's name."""
    ca_pem: NotRequired[pulumi.Input[str]]
    """Authority that the server is verified against, name included, in PEM. Without one the connection is encrypted and
    nobody proves who answers."""


class PreviewDatabase(pulumi.ComponentResource):
    """A database that lives as long as its stack, on a server that is there already.

    Creates the database through Postgres, from where `pulumi up` runs. It is dropped with its content when the resource
    is deleted, its sessions ended: for what may be lost, such as a preview of a pull request.

    Refuses an argument it does not know, a name that Postgres or a URL would have to quote, the name of the database
    that the origin has already, and an origin without a host. A database of that name which this stack did not make is
    neither taken up nor dropped.

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
    """Name of the database, once it is there."""

    origin: PostgresOrigin
    """The server's origin with this database."""

    def __init__(self, name: str, args: PreviewDatabaseArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("edge-postgres:index:PreviewDatabase", name, {}, opts)
        args = validated_args(args, PreviewDatabaseArgs, subject=name)
        server = args["origin"]
        if "host" not in server or "port" not in server:
            raise ValidationError(
                f"{name}.origin",
                "has no host and port; the database is made through Postgres, from where `pulumi up` runs",
                "Give the server's own origin.",
            )
        wanted = validate_database_name(args["database_name"], subject=f"{name}.database_name")
        known = apply_input(
            server["database"], lambda database: other_database(wanted, database, subject=f"{name}.database_name")
        )

        made = PostgresDatabase(
            f"{name}-database",
            host=server["host"],
            port=server["port"],
            database=known,
            admin_user=server["user"],
            admin_password=server["password"],
            name=wanted,
            template=args.get("template"),
            owner=args.get("ownership_mark", name),
            ca_pem=args.get("ca_pem"),
            opts=pulumi.ResourceOptions(parent=self, depends_on=opts.depends_on if opts else None),
        )

        self.database = made.id
        password: pulumi.Output[str] = with_dependencies(pulumi.Output.secret(server["password"]), [made])
        self.origin = cast(PostgresOrigin, {**server, "database": wanted, "password": password})
        self.register_outputs({})
