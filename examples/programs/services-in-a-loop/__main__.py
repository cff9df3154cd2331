"""A table of services, each with its database, its driver and its connections. A loop creates them."""

from dataclasses import dataclass

import edge_postgres as edge
import pulumi

config = pulumi.Config()
account_id = config.require("accountId")


@dataclass(frozen=True)
class Service:
    """A Worker with a Hyperdrive configuration."""

    database: edge.OriginComponent
    bundle: str
    connection_limit: int
    driver: edge.Driver = edge.Driver.PG


orders = edge.ExistingPostgres("orders", {"url": config.require_secret("ordersUrl")})
reports = edge.PrismaPostgres("reports", {"region": "eu-central-1", "plan": edge.PrismaPlan.STARTER})

bundles = config.require("bundles")
SERVICES = {
    "shop": Service(orders, f"{bundles}/pg.js", connection_limit=20),
    "admin": Service(orders, f"{bundles}/kysely.js", connection_limit=5, driver=edge.Driver.KYSELY),
    "dashboard": Service(reports, f"{bundles}/postgres.js", connection_limit=5, driver=edge.Driver.POSTGRES_JS),
}

scripts: dict[str, pulumi.Output[str]] = {}
for name, service in SERVICES.items():
    hyperdrive = edge.Hyperdrive(
        name,
        {
            "account_id": account_id,
            "origin": service.database.origin,
            "connection_limit": service.connection_limit,
            "caching": {"disabled": True},
        },
    )
    worker = edge.Worker(
        name,
        {
            "account_id": account_id,
            "bundle": service.bundle,
            "driver": service.driver,
            "compatibility_date": "2026-11-01",
            "hyperdrive": {"HYPERDRIVE": hyperdrive.hyperdrive_id},
        },
    )
    scripts[name] = worker.script_name

pulumi.export("scripts", scripts)
