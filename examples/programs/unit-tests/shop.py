"""The program as a function, so that tests can run it with different configurations."""

import edge_postgres as edge
import pulumi


def create_shop() -> dict[str, pulumi.Output[str]]:
    """Creates a database behind Hyperdrive, and a Worker. Returns the exports of the stack."""
    config = pulumi.Config()
    account_id = config.require("accountId")
    database = edge.ExistingPostgres("main", {"url": config.require_secret("databaseUrl")})
    hyperdrive = edge.Hyperdrive(
        "main",
        {
            "account_id": account_id,
            "origin": database.origin,
            "connection_limit": config.require_int("connectionLimit"),
            "caching": {"disabled": True},
        },
    )
    worker = edge.Worker(
        "api",
        {
            "account_id": account_id,
            "bundle": config.require("bundle"),
            "driver": edge.Driver.PG,
            "compatibility_date": "2026-11-01",
            "hyperdrive": {"HYPERDRIVE": hyperdrive.hyperdrive_id},
        },
    )
    return {"script": worker.script_name}
