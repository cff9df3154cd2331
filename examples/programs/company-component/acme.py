"""`Api`: a Worker in front of a database, with the defaults of the company."""

from typing import NotRequired, TypedDict

import edge_postgres as edge
import pulumi


class ApiArgs(TypedDict):
    """Arguments of Api."""

    origin: pulumi.Input[edge.PostgresOrigin]
    """The database: the `origin` of an origin component."""
    bundle: str
    """Path of the built script."""
    connection_limit: NotRequired[pulumi.Input[float]]
    """Connections to the database. Default: 10."""
    variables: NotRequired[dict[str, pulumi.Input[str]]]
    """Plain variables in addition to those of the company. Default: none."""
    secrets: NotRequired[dict[str, pulumi.Input[str]]]
    """Secret variables. Default: none."""


class Api(pulumi.ComponentResource):
    """A Worker with Hyperdrive, as each team of the company runs it: without a cache, with pg, with sampled logs."""

    script_name: pulumi.Output[str]
    """Name of the script at Cloudflare."""

    def __init__(self, name: str, args: ApiArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("acme:index:Api", name, {}, opts)
        account_id = pulumi.Config("acme").require("accountId")
        child = pulumi.ResourceOptions(parent=self)

        hyperdrive = edge.Hyperdrive(
            name,
            {
                "account_id": account_id,
                "origin": args["origin"],
                "connection_limit": args.get("connection_limit", 10),
                "caching": {"disabled": True},
            },
            child,
        )
        worker = edge.Worker(
            name,
            {
                "account_id": account_id,
                "bundle": args["bundle"],
                "driver": edge.Driver.PG,
                "compatibility_date": "2026-11-01",
                "hyperdrive": {"HYPERDRIVE": hyperdrive.hyperdrive_id},
                "vars": {"ENVIRONMENT": pulumi.get_stack(), **args.get("variables", {})},
                "secrets": args.get("secrets", {}),
                "observability": {"enabled": True, "head_sampling_rate": 0.1},
            },
            child,
        )

        self.script_name = worker.script_name
        self.register_outputs({"script_name": self.script_name})
