"""A private database on Amazon RDS, whose connections two Workers share."""

import edge_postgres as edge
import pulumi

WEIGHTS = {"api": 2, "reports": 1}  # By Worker: the share of the connections.

edge.load_sdk_lazily()

config = pulumi.Config()
account_id, vpc_id = config.require("accountId"), config.require("vpcId")
subnet_ids: list[str] = config.require_object("subnetIds")  # with a NAT gateway, for the connector

database = edge.RdsPostgres(
    "main",
    {
        "engine_version": "17.6",
        "instance_class": "db.t4g.medium",
        "vpc_id": vpc_id,
        "subnet_ids": subnet_ids,
    },
)

# Hyperdrive reaches the database through a tunnel, which ECS tasks in the subnets of the database keep open.
route = edge.VpcServiceRoute(
    "main",
    {
        "account_id": account_id,
        "origin": database.origin,
        # A Workers VPC service trusts public CAs only, and RDS has its own CA. The connection is encrypted.
        "certificate_verification": edge.CertificateVerification.DISABLED,
    },
)
connector = edge.EcsConnector(
    "main",
    {
        "origin": route.origin,
        "tunnel_token": route.tunnel_token,
        "vpc_id": vpc_id,
        "subnet_ids": subnet_ids,
        "database_security_group_id": database.security_group_id,
    },
)

budget = edge.ConnectionBudget(
    "main",
    {
        "max_connections": database.max_connections,
        "reserved_connections": database.reserved_connections,
        "elsewhere": {"migrations": 5},
        "weights": WEIGHTS,
    },
)
for name in WEIGHTS:
    hyperdrive = edge.Hyperdrive(
        name,
        {
            "account_id": account_id,
            "origin": connector.origin,
            "connection_limit": budget.limits[name],
            "caching": {"disabled": True},
        },
    )
    edge.Worker(
        name,
        {
            "account_id": account_id,
            "bundle": config.require("bundle"),
            "driver": edge.Driver.PG,
            "compatibility_date": "2026-11-01",
            "hyperdrive": {"HYPERDRIVE": hyperdrive.hyperdrive_id},
        },
    )

pulumi.export("connections", budget.table)
