"""Two Workers of a company on one database. `acme.py` has the component with the company's defaults."""

import edge_postgres as edge
import pulumi

from acme import Api

config = pulumi.Config()

database = edge.ExistingPostgres("main", {"url": config.require_secret("databaseUrl")})
shop = Api(
    "shop",
    {
        "origin": database.origin,
        "bundle": config.require("bundle"),
        "connection_limit": 20,
        "secrets": {"API_KEY": config.require_secret("apiKey")},
    },
)
admin = Api(
    "admin",
    {
        "origin": database.origin,
        "bundle": config.require("bundle"),
        "variables": {"LOG_LEVEL": "debug"},
    },
)

pulumi.export("scripts", {"shop": shop.script_name, "admin": admin.script_name})
