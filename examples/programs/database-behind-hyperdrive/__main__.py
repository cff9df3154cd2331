"""An existing database behind Hyperdrive with a cache, and a Worker with a variable and a secret."""

import edge_postgres as edge
import pulumi

edge.load_sdk_lazily()  # loads only the used modules of Cloudflare's SDK, which makes previews faster

config = pulumi.Config()
account_id = config.require("accountId")

database = edge.ExistingPostgres("main", {"url": config.require_secret("databaseUrl")})
hyperdrive = edge.Hyperdrive(
    "main",
    {
        "account_id": account_id,
        "origin": database.origin,
        "connection_limit": 20,
        "caching": {"max_age": 60, "stale_while_revalidate": 15},
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
        "vars": {"LOG_LEVEL": "info"},
        "secrets": {"API_KEY": config.require_secret("apiKey")},
    },
)

pulumi.export("script", worker.script_name)
