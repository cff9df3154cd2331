"""Pulumi components that put a Postgres database behind Cloudflare Hyperdrive and a Worker in front of it.

Names are loaded when they are first used: a provider's SDK is imported by the stack that needs it, and by no other.
"""

import importlib
from typing import TYPE_CHECKING, Any

from components.lazy_sdk import load_lazily

if TYPE_CHECKING:
    from components.compatibility import Driver as Driver
    from components.connection_budget import ConnectionBudget as ConnectionBudget
    from components.connection_budget import ConnectionBudgetArgs as ConnectionBudgetArgs
    from components.database_roles import DatabaseRoles as DatabaseRoles
    from components.database_roles import DatabaseRolesArgs as DatabaseRolesArgs
    from components.ecs_connector import EcsConnector as EcsConnector
    from components.ecs_connector import EcsConnectorArgs as EcsConnectorArgs
    from components.errors import Refusal as Refusal
    from components.hyperdrive import Hyperdrive as Hyperdrive
    from components.hyperdrive import HyperdriveArgs as HyperdriveArgs
    from components.hyperdrive_pair import HyperdrivePair as HyperdrivePair
    from components.hyperdrive_pair import HyperdrivePairArgs as HyperdrivePairArgs
    from components.hyperdrive_slots import HyperdriveSlots as HyperdriveSlots
    from components.hyperdrive_slots import HyperdriveSlotsArgs as HyperdriveSlotsArgs
    from components.limits.cloudflare import Plan as Plan
    from components.limits.prisma import PrismaPlan as PrismaPlan
    from components.origin import PostgresOrigin as PostgresOrigin
    from components.origin_certificates import OriginCertificates as OriginCertificates
    from components.origin_certificates import OriginCertificatesArgs as OriginCertificatesArgs
    from components.origins.cloud_sql import CloudSqlPostgres as CloudSqlPostgres
    from components.origins.cloud_sql import CloudSqlPostgresArgs as CloudSqlPostgresArgs
    from components.origins.existing import ExistingPostgres as ExistingPostgres
    from components.origins.existing import ExistingPostgresArgs as ExistingPostgresArgs
    from components.origins.neon import NeonPostgres as NeonPostgres
    from components.origins.neon import NeonPostgresArgs as NeonPostgresArgs
    from components.origins.prisma import PrismaPostgres as PrismaPostgres
    from components.origins.prisma import PrismaPostgresArgs as PrismaPostgresArgs
    from components.origins.rds import RdsPostgres as RdsPostgres
    from components.origins.rds import RdsPostgresArgs as RdsPostgresArgs
    from components.origins.rds_proxy import RdsProxy as RdsProxy
    from components.origins.rds_proxy import RdsProxyArgs as RdsProxyArgs
    from components.origins.supabase import SupabasePostgres as SupabasePostgres
    from components.origins.supabase import SupabasePostgresArgs as SupabasePostgresArgs
    from components.preview_database import PreviewDatabase as PreviewDatabase
    from components.preview_database import PreviewDatabaseArgs as PreviewDatabaseArgs
    from components.private_network.access_tunnel import AccessTunnelRoute as AccessTunnelRoute
    from components.private_network.access_tunnel import AccessTunnelRouteArgs as AccessTunnelRouteArgs
    from components.private_network.rules import CertificateVerification as CertificateVerification
    from components.private_network.vpc_service import VpcServiceRoute as VpcServiceRoute
    from components.private_network.vpc_service import VpcServiceRouteArgs as VpcServiceRouteArgs
    from components.slots import Slot as Slot
    from components.worker import Worker as Worker
    from components.worker import WorkerArgs as WorkerArgs

load_lazily("pulumi_cloudflare")

_HOME = {
    "AccessTunnelRoute": "components.private_network.access_tunnel",
    "AccessTunnelRouteArgs": "components.private_network.access_tunnel",
    "CertificateVerification": "components.private_network.rules",
    "CloudSqlPostgres": "components.origins.cloud_sql",
    "CloudSqlPostgresArgs": "components.origins.cloud_sql",
    "ConnectionBudget": "components.connection_budget",
    "ConnectionBudgetArgs": "components.connection_budget",
    "DatabaseRoles": "components.database_roles",
    "DatabaseRolesArgs": "components.database_roles",
    "Driver": "components.compatibility",
    "EcsConnector": "components.ecs_connector",
    "EcsConnectorArgs": "components.ecs_connector",
    "ExistingPostgres": "components.origins.existing",
    "ExistingPostgresArgs": "components.origins.existing",
    "Hyperdrive": "components.hyperdrive",
    "HyperdriveArgs": "components.hyperdrive",
    "HyperdrivePair": "components.hyperdrive_pair",
    "HyperdrivePairArgs": "components.hyperdrive_pair",
    "HyperdriveSlots": "components.hyperdrive_slots",
    "HyperdriveSlotsArgs": "components.hyperdrive_slots",
    "NeonPostgres": "components.origins.neon",
    "NeonPostgresArgs": "components.origins.neon",
    "OriginCertificates": "components.origin_certificates",
    "OriginCertificatesArgs": "components.origin_certificates",
    "Plan": "components.limits.cloudflare",
    "PostgresOrigin": "components.origin",
    "PreviewDatabase": "components.preview_database",
    "PreviewDatabaseArgs": "components.preview_database",
    "PrismaPlan": "components.limits.prisma",
    "PrismaPostgres": "components.origins.prisma",
    "PrismaPostgresArgs": "components.origins.prisma",
    "RdsPostgres": "components.origins.rds",
    "RdsPostgresArgs": "components.origins.rds",
    "RdsProxy": "components.origins.rds_proxy",
    "RdsProxyArgs": "components.origins.rds_proxy",
    "Refusal": "components.errors",
    "Slot": "components.slots",
    "SupabasePostgres": "components.origins.supabase",
    "SupabasePostgresArgs": "components.origins.supabase",
    "VpcServiceRoute": "components.private_network.vpc_service",
    "VpcServiceRouteArgs": "components.private_network.vpc_service",
    "Worker": "components.worker",
    "WorkerArgs": "components.worker",
}

__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return list(__all__)
