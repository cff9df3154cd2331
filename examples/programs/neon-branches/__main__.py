"""A Neon project with one branch for each environment, and a Worker in front of each branch."""

import edge_postgres as edge
import pulumi

edge.load_sdk_lazily()

config = pulumi.Config()
account_id = config.require("accountId")
environments: list[str] = config.require_object("environments")
api: edge.NeonApiArgs = {"api_key": config.require_secret("neonApiKey")}  # instead of `neon:apiKey` for all components

project = edge.NeonPostgres("main", {"region": "aws-eu-central-1", "min_cu": 0.25, "max_cu": 1, "api": api})

scripts: dict[str, pulumi.Output[str]] = {}
for environment in environments:
    branch = edge.NeonPostgres(
        environment,
        {
            "project_id": project.project_id,
            "branch": environment,
            "api": api,
        },
    )
    hyperdrive = edge.Hyperdrive(
        environment,
        {
            "account_id": account_id,
            "origin": branch.origin,
            "connection_limit": 10,
            "caching": {"disabled": True},
        },
    )
    worker = edge.Worker(
        environment,
        {
            "account_id": account_id,
            "bundle": config.require("bundle"),
            "driver": edge.Driver.PG,
            "compatibility_date": "2026-11-01",
            "hyperdrive": {"HYPERDRIVE": hyperdrive.hyperdrive_id},
            "vars": {"ENVIRONMENT": environment},
        },
    )
    scripts[environment] = worker.script_name

pulumi.export("scripts", scripts)
pulumi.export("project", project.project_id)
