"""Pulumi components that put a Postgres database behind Cloudflare Hyperdrive and a Worker in front of it.

Names are loaded when they are first used: a provider's SDK is imported by the stack that needs it, and by no other.
"""

import importlib
from typing import TYPE_CHECKING, Any

from components.lazy_sdk import load_lazily

if TYPE_CHECKING:
    from components.bindings.kinds import DurableObjectBinding as DurableObjectBinding
    from components.bindings.kinds import RateLimitBinding as RateLimitBinding
    from components.bindings.kinds import SecretsStoreBinding as SecretsStoreBinding
    from components.connection_budget import ConnectionBudget as ConnectionBudget
    from components.connection_budget import ConnectionBudgetArgs as ConnectionBudgetArgs
    from components.database_roles import DatabaseRoles as DatabaseRoles
    from components.database_roles import DatabaseRolesArgs as DatabaseRolesArgs
    from components.direct import DirectStyle as DirectStyle
    from components.direct import DirectTcpArgs as DirectTcpArgs
    from components.drivers import Driver as Driver
    from components.errors import Refusal as Refusal
    from components.hyperdrive.configuration import Hyperdrive as Hyperdrive
    from components.hyperdrive.configuration import HyperdriveArgs as HyperdriveArgs
    from components.hyperdrive.pair import HyperdrivePair as HyperdrivePair
    from components.hyperdrive.pair import HyperdrivePairArgs as HyperdrivePairArgs
    from components.hyperdrive.slots import HyperdriveSlots as HyperdriveSlots
    from components.hyperdrive.slots import HyperdriveSlotsArgs as HyperdriveSlotsArgs
    from components.kv_cache import KvCache as KvCache
    from components.kv_cache import KvCacheArgs as KvCacheArgs
    from components.kv_cache_rules import Jurisdiction as Jurisdiction
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
    from components.pages.environment import PagesEnvironment as PagesEnvironment
    from components.pages.project import PagesProject as PagesProject
    from components.pages.project import PagesProjectArgs as PagesProjectArgs
    from components.pages.source import GitHost as GitHost
    from components.pages.source import PagesBuild as PagesBuild
    from components.pages.source import PagesSource as PagesSource
    from components.preview_database import PreviewDatabase as PreviewDatabase
    from components.preview_database import PreviewDatabaseArgs as PreviewDatabaseArgs
    from components.private_network.access_tunnel import AccessTunnelRoute as AccessTunnelRoute
    from components.private_network.access_tunnel import AccessTunnelRouteArgs as AccessTunnelRouteArgs
    from components.private_network.ecs_connector import EcsConnector as EcsConnector
    from components.private_network.ecs_connector import EcsConnectorArgs as EcsConnectorArgs
    from components.private_network.rules import CertificateVerification as CertificateVerification
    from components.private_network.vpc_service import VpcServiceRoute as VpcServiceRoute
    from components.private_network.vpc_service import VpcServiceRouteArgs as VpcServiceRouteArgs
    from components.secrets_store import SecretsStore as SecretsStore
    from components.secrets_store import SecretsStoreArgs as SecretsStoreArgs
    from components.secrets_store import StoredSecretArgs as StoredSecretArgs
    from components.serverless import ServerlessArgs as ServerlessArgs
    from components.slots import Slot as Slot
    from components.workers.arguments import WorkerArgs as WorkerArgs
    from components.workers.assets import AssetsArgs as AssetsArgs
    from components.workers.assets import HtmlHandling as HtmlHandling
    from components.workers.assets import NotFoundHandling as NotFoundHandling
    from components.workers.files import ModuleFile as ModuleFile
    from components.workers.files import ModuleKind as ModuleKind
    from components.workers.limits import LimitsArgs as LimitsArgs
    from components.workers.observability import LogsArgs as LogsArgs
    from components.workers.observability import ObservabilityArgs as ObservabilityArgs
    from components.workers.observability import TracesArgs as TracesArgs
    from components.workers.placement import PlacementArgs as PlacementArgs
    from components.workers.rollout import WorkerRollout as WorkerRollout
    from components.workers.rollout_arguments import WorkerRolloutArgs as WorkerRolloutArgs
    from components.workers.worker import Worker as Worker

load_lazily("pulumi_cloudflare")

_HOME = {
    "AccessTunnelRoute": "components.private_network.access_tunnel",
    "AccessTunnelRouteArgs": "components.private_network.access_tunnel",
    "AssetsArgs": "components.workers.assets",
    "CertificateVerification": "components.private_network.rules",
    "CloudSqlPostgres": "components.origins.cloud_sql",
    "CloudSqlPostgresArgs": "components.origins.cloud_sql",
    "ConnectionBudget": "components.connection_budget",
    "ConnectionBudgetArgs": "components.connection_budget",
    "DatabaseRoles": "components.database_roles",
    "DatabaseRolesArgs": "components.database_roles",
    "DirectStyle": "components.direct",
    "DirectTcpArgs": "components.direct",
    "Driver": "components.drivers",
    "DurableObjectBinding": "components.bindings.kinds",
    "EcsConnector": "components.private_network.ecs_connector",
    "EcsConnectorArgs": "components.private_network.ecs_connector",
    "ExistingPostgres": "components.origins.existing",
    "ExistingPostgresArgs": "components.origins.existing",
    "GitHost": "components.pages.source",
    "HtmlHandling": "components.workers.assets",
    "Hyperdrive": "components.hyperdrive.configuration",
    "HyperdriveArgs": "components.hyperdrive.configuration",
    "HyperdrivePair": "components.hyperdrive.pair",
    "HyperdrivePairArgs": "components.hyperdrive.pair",
    "HyperdriveSlots": "components.hyperdrive.slots",
    "HyperdriveSlotsArgs": "components.hyperdrive.slots",
    "Jurisdiction": "components.kv_cache_rules",
    "KvCache": "components.kv_cache",
    "KvCacheArgs": "components.kv_cache",
    "LimitsArgs": "components.workers.limits",
    "LogsArgs": "components.workers.observability",
    "ModuleFile": "components.workers.files",
    "ModuleKind": "components.workers.files",
    "NeonPostgres": "components.origins.neon",
    "NeonPostgresArgs": "components.origins.neon",
    "NotFoundHandling": "components.workers.assets",
    "ObservabilityArgs": "components.workers.observability",
    "OriginCertificates": "components.origin_certificates",
    "OriginCertificatesArgs": "components.origin_certificates",
    "PagesBuild": "components.pages.source",
    "PagesEnvironment": "components.pages.environment",
    "PagesProject": "components.pages.project",
    "PagesProjectArgs": "components.pages.project",
    "PagesSource": "components.pages.source",
    "PlacementArgs": "components.workers.placement",
    "Plan": "components.limits.cloudflare",
    "PostgresOrigin": "components.origin",
    "PreviewDatabase": "components.preview_database",
    "PreviewDatabaseArgs": "components.preview_database",
    "PrismaPlan": "components.limits.prisma",
    "PrismaPostgres": "components.origins.prisma",
    "PrismaPostgresArgs": "components.origins.prisma",
    "RateLimitBinding": "components.bindings.kinds",
    "RdsPostgres": "components.origins.rds",
    "RdsPostgresArgs": "components.origins.rds",
    "RdsProxy": "components.origins.rds_proxy",
    "RdsProxyArgs": "components.origins.rds_proxy",
    "Refusal": "components.errors",
    "SecretsStore": "components.secrets_store",
    "SecretsStoreArgs": "components.secrets_store",
    "SecretsStoreBinding": "components.bindings.kinds",
    "ServerlessArgs": "components.serverless",
    "Slot": "components.slots",
    "StoredSecretArgs": "components.secrets_store",
    "SupabasePostgres": "components.origins.supabase",
    "SupabasePostgresArgs": "components.origins.supabase",
    "TracesArgs": "components.workers.observability",
    "VpcServiceRoute": "components.private_network.vpc_service",
    "VpcServiceRouteArgs": "components.private_network.vpc_service",
    "Worker": "components.workers.worker",
    "WorkerArgs": "components.workers.arguments",
    "WorkerRollout": "components.workers.rollout",
    "WorkerRolloutArgs": "components.workers.rollout_arguments",
}

__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return list(__all__)
