"""Pulumi components that put a Postgres database behind Cloudflare Hyperdrive and a Worker in front of it.

Names are loaded when they are first used: a provider's SDK is imported by the stack that needs it, and by no other.
"""

import importlib
from typing import TYPE_CHECKING, Any

from edge_postgres.core.lazy_sdk import load_lazily

if TYPE_CHECKING:
    from edge_postgres.core.errors import ValidationError as ValidationError
    from edge_postgres.core.plan import Plan as Plan
    from edge_postgres.hyperdrive.budget import ConnectionBudget as ConnectionBudget
    from edge_postgres.hyperdrive.budget import ConnectionBudgetArgs as ConnectionBudgetArgs
    from edge_postgres.hyperdrive.certificates import OriginCertificates as OriginCertificates
    from edge_postgres.hyperdrive.certificates import OriginCertificatesArgs as OriginCertificatesArgs
    from edge_postgres.hyperdrive.configuration import Hyperdrive as Hyperdrive
    from edge_postgres.hyperdrive.configuration import HyperdriveArgs as HyperdriveArgs
    from edge_postgres.hyperdrive.pair import HyperdrivePair as HyperdrivePair
    from edge_postgres.hyperdrive.pair import HyperdrivePairArgs as HyperdrivePairArgs
    from edge_postgres.hyperdrive.slots import HyperdriveSlots as HyperdriveSlots
    from edge_postgres.hyperdrive.slots import HyperdriveSlotsArgs as HyperdriveSlotsArgs
    from edge_postgres.origin.contract import PostgresOrigin as PostgresOrigin
    from edge_postgres.origin.slot import Slot as Slot
    from edge_postgres.origins.cloud_sql.component import CloudSqlPostgres as CloudSqlPostgres
    from edge_postgres.origins.cloud_sql.component import CloudSqlPostgresArgs as CloudSqlPostgresArgs
    from edge_postgres.origins.existing.component import ExistingPostgres as ExistingPostgres
    from edge_postgres.origins.existing.component import ExistingPostgresArgs as ExistingPostgresArgs
    from edge_postgres.origins.neon.args import NeonPostgresArgs as NeonPostgresArgs
    from edge_postgres.origins.neon.component import NeonPostgres as NeonPostgres
    from edge_postgres.origins.prisma.component import PrismaPostgres as PrismaPostgres
    from edge_postgres.origins.prisma.component import PrismaPostgresArgs as PrismaPostgresArgs
    from edge_postgres.origins.prisma.limits import PrismaPlan as PrismaPlan
    from edge_postgres.origins.rds.component import RdsPostgres as RdsPostgres
    from edge_postgres.origins.rds.component import RdsPostgresArgs as RdsPostgresArgs
    from edge_postgres.origins.rds.proxy import RdsProxy as RdsProxy
    from edge_postgres.origins.rds.proxy import RdsProxyArgs as RdsProxyArgs
    from edge_postgres.origins.supabase.component import SupabasePostgres as SupabasePostgres
    from edge_postgres.origins.supabase.component import SupabasePostgresArgs as SupabasePostgresArgs
    from edge_postgres.pages.environment import PagesEnvironment as PagesEnvironment
    from edge_postgres.pages.project import PagesProject as PagesProject
    from edge_postgres.pages.project import PagesProjectArgs as PagesProjectArgs
    from edge_postgres.pages.source import GitHost as GitHost
    from edge_postgres.pages.source import PagesBuild as PagesBuild
    from edge_postgres.pages.source import PagesSource as PagesSource
    from edge_postgres.postgres.preview_database import PreviewDatabase as PreviewDatabase
    from edge_postgres.postgres.preview_database import PreviewDatabaseArgs as PreviewDatabaseArgs
    from edge_postgres.postgres.roles import DatabaseRoles as DatabaseRoles
    from edge_postgres.postgres.roles import DatabaseRolesArgs as DatabaseRolesArgs
    from edge_postgres.routes.access_tunnel import AccessTunnelRoute as AccessTunnelRoute
    from edge_postgres.routes.access_tunnel import AccessTunnelRouteArgs as AccessTunnelRouteArgs
    from edge_postgres.routes.ecs_connector import EcsConnector as EcsConnector
    from edge_postgres.routes.ecs_connector import EcsConnectorArgs as EcsConnectorArgs
    from edge_postgres.routes.rules import CertificateVerification as CertificateVerification
    from edge_postgres.routes.vpc_service import VpcServiceRoute as VpcServiceRoute
    from edge_postgres.routes.vpc_service import VpcServiceRouteArgs as VpcServiceRouteArgs
    from edge_postgres.workers.arguments import WorkerArgs as WorkerArgs
    from edge_postgres.workers.assets import AssetsArgs as AssetsArgs
    from edge_postgres.workers.assets import HtmlHandling as HtmlHandling
    from edge_postgres.workers.assets import NotFoundHandling as NotFoundHandling
    from edge_postgres.workers.bindings.kinds import DurableObjectBinding as DurableObjectBinding
    from edge_postgres.workers.bindings.kinds import RateLimitBinding as RateLimitBinding
    from edge_postgres.workers.bindings.kinds import SecretsStoreBinding as SecretsStoreBinding
    from edge_postgres.workers.cpu_limits import LimitsArgs as LimitsArgs
    from edge_postgres.workers.direct_tcp import DirectStyle as DirectStyle
    from edge_postgres.workers.direct_tcp import DirectTcpArgs as DirectTcpArgs
    from edge_postgres.workers.drivers import Driver as Driver
    from edge_postgres.workers.files import ModuleFile as ModuleFile
    from edge_postgres.workers.files import ModuleKind as ModuleKind
    from edge_postgres.workers.kv_cache import KvCache as KvCache
    from edge_postgres.workers.kv_cache import KvCacheArgs as KvCacheArgs
    from edge_postgres.workers.kv_cache_rules import Jurisdiction as Jurisdiction
    from edge_postgres.workers.observability import LogsArgs as LogsArgs
    from edge_postgres.workers.observability import ObservabilityArgs as ObservabilityArgs
    from edge_postgres.workers.observability import TracesArgs as TracesArgs
    from edge_postgres.workers.placement import PlacementArgs as PlacementArgs
    from edge_postgres.workers.rollout import WorkerRollout as WorkerRollout
    from edge_postgres.workers.rollout_arguments import WorkerRolloutArgs as WorkerRolloutArgs
    from edge_postgres.workers.secrets_store import SecretsStore as SecretsStore
    from edge_postgres.workers.secrets_store import SecretsStoreArgs as SecretsStoreArgs
    from edge_postgres.workers.secrets_store import StoredSecretArgs as StoredSecretArgs
    from edge_postgres.workers.serverless_driver import ServerlessArgs as ServerlessArgs
    from edge_postgres.workers.worker import Worker as Worker

if __name__ != "edge_postgres":
    # A second import name would be a second copy of every class, and another path in users' state.
    raise ImportError(f"import edge_postgres, not {__name__}")

load_lazily("pulumi_cloudflare")

_EXPORTS = {
    "AccessTunnelRoute": "edge_postgres.routes.access_tunnel",
    "AccessTunnelRouteArgs": "edge_postgres.routes.access_tunnel",
    "AssetsArgs": "edge_postgres.workers.assets",
    "CertificateVerification": "edge_postgres.routes.rules",
    "CloudSqlPostgres": "edge_postgres.origins.cloud_sql.component",
    "CloudSqlPostgresArgs": "edge_postgres.origins.cloud_sql.component",
    "ConnectionBudget": "edge_postgres.hyperdrive.budget",
    "ConnectionBudgetArgs": "edge_postgres.hyperdrive.budget",
    "DatabaseRoles": "edge_postgres.postgres.roles",
    "DatabaseRolesArgs": "edge_postgres.postgres.roles",
    "DirectStyle": "edge_postgres.workers.direct_tcp",
    "DirectTcpArgs": "edge_postgres.workers.direct_tcp",
    "Driver": "edge_postgres.workers.drivers",
    "DurableObjectBinding": "edge_postgres.workers.bindings.kinds",
    "EcsConnector": "edge_postgres.routes.ecs_connector",
    "EcsConnectorArgs": "edge_postgres.routes.ecs_connector",
    "ExistingPostgres": "edge_postgres.origins.existing.component",
    "ExistingPostgresArgs": "edge_postgres.origins.existing.component",
    "GitHost": "edge_postgres.pages.source",
    "HtmlHandling": "edge_postgres.workers.assets",
    "Hyperdrive": "edge_postgres.hyperdrive.configuration",
    "HyperdriveArgs": "edge_postgres.hyperdrive.configuration",
    "HyperdrivePair": "edge_postgres.hyperdrive.pair",
    "HyperdrivePairArgs": "edge_postgres.hyperdrive.pair",
    "HyperdriveSlots": "edge_postgres.hyperdrive.slots",
    "HyperdriveSlotsArgs": "edge_postgres.hyperdrive.slots",
    "Jurisdiction": "edge_postgres.workers.kv_cache_rules",
    "KvCache": "edge_postgres.workers.kv_cache",
    "KvCacheArgs": "edge_postgres.workers.kv_cache",
    "LimitsArgs": "edge_postgres.workers.cpu_limits",
    "LogsArgs": "edge_postgres.workers.observability",
    "ModuleFile": "edge_postgres.workers.files",
    "ModuleKind": "edge_postgres.workers.files",
    "NeonPostgres": "edge_postgres.origins.neon.component",
    "NeonPostgresArgs": "edge_postgres.origins.neon.args",
    "NotFoundHandling": "edge_postgres.workers.assets",
    "ObservabilityArgs": "edge_postgres.workers.observability",
    "OriginCertificates": "edge_postgres.hyperdrive.certificates",
    "OriginCertificatesArgs": "edge_postgres.hyperdrive.certificates",
    "PagesBuild": "edge_postgres.pages.source",
    "PagesEnvironment": "edge_postgres.pages.environment",
    "PagesProject": "edge_postgres.pages.project",
    "PagesProjectArgs": "edge_postgres.pages.project",
    "PagesSource": "edge_postgres.pages.source",
    "PlacementArgs": "edge_postgres.workers.placement",
    "Plan": "edge_postgres.hyperdrive.limits",
    "PostgresOrigin": "edge_postgres.origin.contract",
    "PreviewDatabase": "edge_postgres.postgres.preview_database",
    "PreviewDatabaseArgs": "edge_postgres.postgres.preview_database",
    "PrismaPlan": "edge_postgres.origins.prisma.limits",
    "PrismaPostgres": "edge_postgres.origins.prisma.component",
    "PrismaPostgresArgs": "edge_postgres.origins.prisma.component",
    "RateLimitBinding": "edge_postgres.workers.bindings.kinds",
    "RdsPostgres": "edge_postgres.origins.rds.component",
    "RdsPostgresArgs": "edge_postgres.origins.rds.component",
    "RdsProxy": "edge_postgres.origins.rds.proxy",
    "RdsProxyArgs": "edge_postgres.origins.rds.proxy",
    "ValidationError": "edge_postgres.core.errors",
    "SecretsStore": "edge_postgres.workers.secrets_store",
    "SecretsStoreArgs": "edge_postgres.workers.secrets_store",
    "SecretsStoreBinding": "edge_postgres.workers.bindings.kinds",
    "ServerlessArgs": "edge_postgres.workers.serverless_driver",
    "Slot": "edge_postgres.origin.slot",
    "StoredSecretArgs": "edge_postgres.workers.secrets_store",
    "SupabasePostgres": "edge_postgres.origins.supabase.component",
    "SupabasePostgresArgs": "edge_postgres.origins.supabase.component",
    "TracesArgs": "edge_postgres.workers.observability",
    "VpcServiceRoute": "edge_postgres.routes.vpc_service",
    "VpcServiceRouteArgs": "edge_postgres.routes.vpc_service",
    "Worker": "edge_postgres.workers.worker",
    "WorkerArgs": "edge_postgres.workers.arguments",
    "WorkerRollout": "edge_postgres.workers.rollout",
    "WorkerRolloutArgs": "edge_postgres.workers.rollout_arguments",
}

__all__ = sorted(_EXPORTS)


def __getattr__(name: str) -> Any:
    if name not in _EXPORTS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_EXPORTS[name]), name)


def __dir__() -> list[str]:
    return list(__all__)
