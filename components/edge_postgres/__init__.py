"""Pulumi components that put a Postgres database behind Cloudflare Hyperdrive and a Worker in front of it.

A name's module is imported when a program first uses the name, so a program imports only the provider SDKs that it
needs. `load_sdk_lazily` also loads only the used modules of Cloudflare's SDK. Call it before the program uses the name
of a component: after `import edge_postgres`, and before `from edge_postgres import Hyperdrive`.
"""

import importlib
import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from edge_postgres.core.errors import ValidationError as ValidationError
    from edge_postgres.core.lazy_sdk import load_sdk_lazily as load_sdk_lazily
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
    from edge_postgres.origin.contract import OriginComponent as OriginComponent
    from edge_postgres.origin.contract import PostgresOrigin as PostgresOrigin
    from edge_postgres.origin.contract import SlotsComponent as SlotsComponent
    from edge_postgres.origin.slot import Slot as Slot
    from edge_postgres.origins.cloud_sql.arguments import CloudSqlPostgresArgs as CloudSqlPostgresArgs
    from edge_postgres.origins.cloud_sql.component import CloudSqlPostgres as CloudSqlPostgres
    from edge_postgres.origins.existing.component import ExistingPostgres as ExistingPostgres
    from edge_postgres.origins.existing.component import ExistingPostgresArgs as ExistingPostgresArgs
    from edge_postgres.origins.neon.args import NeonApiArgs as NeonApiArgs
    from edge_postgres.origins.neon.args import NeonPostgresArgs as NeonPostgresArgs
    from edge_postgres.origins.neon.component import NeonPostgres as NeonPostgres
    from edge_postgres.origins.neon.limits import NeonPlan as NeonPlan
    from edge_postgres.origins.prisma.component import PrismaApiArgs as PrismaApiArgs
    from edge_postgres.origins.prisma.component import PrismaPostgres as PrismaPostgres
    from edge_postgres.origins.prisma.component import PrismaPostgresArgs as PrismaPostgresArgs
    from edge_postgres.origins.prisma.limits import PrismaPlan as PrismaPlan
    from edge_postgres.origins.rds.arguments import RdsPostgresArgs as RdsPostgresArgs
    from edge_postgres.origins.rds.component import RdsPostgres as RdsPostgres
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
    from edge_postgres.workers.arguments import WorkerOptions as WorkerOptions
    from edge_postgres.workers.assets import AssetsArgs as AssetsArgs
    from edge_postgres.workers.assets import HtmlHandling as HtmlHandling
    from edge_postgres.workers.assets import NotFoundHandling as NotFoundHandling
    from edge_postgres.workers.bindings.kinds import DurableObjectBinding as DurableObjectBinding
    from edge_postgres.workers.bindings.kinds import RateLimitBinding as RateLimitBinding
    from edge_postgres.workers.bindings.kinds import SecretsStoreBinding as SecretsStoreBinding
    from edge_postgres.workers.bindings.kinds import WorkflowBinding as WorkflowBinding
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
    from edge_postgres.workers.queue import Queue as Queue
    from edge_postgres.workers.queue import QueueArgs as QueueArgs
    from edge_postgres.workers.queue_consumers import QueueConsumerArgs as QueueConsumerArgs
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

# The imports above are the only list of public names: type checkers read it, and this module reads it at run time.
_SOURCE = Path(__file__).read_text(encoding="utf-8")
_EXPORTS = {
    name: module
    for module, name in re.findall(r"^    from (edge_postgres\.\S+) import (\w+) as \2$", _SOURCE, re.MULTILINE)
}

__all__ = sorted(_EXPORTS)  # pyright: ignore[reportUnsupportedDunderAll]

if not TYPE_CHECKING:  # A type checker reports an unknown name only if it does not see this function.

    def __getattr__(name: str) -> object:
        if name not in _EXPORTS:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        try:
            module = importlib.import_module(_EXPORTS[name])
        except ModuleNotFoundError as error:
            raise _missing(name, error) from None
        return getattr(module, name)


def _missing(name: str, error: ModuleNotFoundError) -> ImportError:
    """Returns the error for a name whose module needs a package that is not installed."""
    from edge_postgres.core.extras import EXTRAS, fix_of, problem_of

    if error.name is None or error.name not in EXTRAS:
        return error
    return ImportError(f"`{name}` {problem_of(error.name)}. {fix_of(error.name)}", name=error.name)


def __dir__() -> list[str]:
    return list(__all__)
