"""Two databases that one Worker reads, with explicit providers and resource options."""

import edge_postgres as edge
import pulumi
import pulumi_cloudflare as cloudflare

config = pulumi.Config()
account_id = config.require("accountId")
is_production = pulumi.get_stack() == "prod"

# Each token has only the permissions that its resources need.
hyperdrive_provider = cloudflare.Provider("hyperdrive", api_token=config.require_secret("hyperdriveToken"))
workers_provider = cloudflare.Provider("workers", api_token=config.require_secret("workersToken"))

orders = edge.ExistingPostgres("orders", {"url": config.require_secret("ordersUrl")})
reports = edge.PrismaPostgres(
    "reports",
    {"region": "eu-central-1", "plan": edge.PrismaPlan.STARTER},
    # The component passes `protect` on to each resource at Prisma, so that no deployment deletes the database.
    pulumi.ResourceOptions(protect=is_production),
)

orders_hyperdrive = edge.Hyperdrive(
    "orders",
    {
        "account_id": account_id,
        "origin": orders.origin,
        "connection_limit": 20,
        "caching": {"max_age": 60, "stale_while_revalidate": 15},
    },
    pulumi.ResourceOptions(
        provider=hyperdrive_provider,
        aliases=[pulumi.Alias(name="main")],  # the previous name of the component
    ),
)
reports_hyperdrive = edge.Hyperdrive(
    "reports",
    {
        "account_id": account_id,
        "origin": reports.origin,
        "connection_limit": 5,
        "caching": {"disabled": True},
    },
    pulumi.ResourceOptions(provider=hyperdrive_provider),
)
worker = edge.Worker(
    "api",
    {
        "account_id": account_id,
        "bundle": config.require("bundle"),
        "driver": edge.Driver.PG,
        "compatibility_date": "2026-11-01",
        "hyperdrive": {
            "HYPERDRIVE": orders_hyperdrive.hyperdrive_id,
            "REPORTS": reports_hyperdrive.hyperdrive_id,
        },
    },
    pulumi.ResourceOptions(provider=workers_provider),
)

pulumi.export("script", worker.script_name)
