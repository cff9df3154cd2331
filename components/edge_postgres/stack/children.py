"""The child resources of each section of a stack file, whose arguments `transform` replaces.

Each function takes an entry of the stack file that is not validated yet, and imports its component only when it is
called. Other validators report a wrong or missing value of the settings that the functions read.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, cast

from edge_postgres.core.json_types import JsonInput
from edge_postgres.core.transforms import ChildClasses
from edge_postgres.stack.raw_settings import find_setting
from edge_postgres.workers.deployment_kind import DeploymentKind, deployment_kind

if TYPE_CHECKING:
    from edge_postgres.workers.placement import PlacementArgs


def database_children(database: JsonInput) -> ChildClasses | None:
    """Returns the children of the database's component. None if the provider is unknown or creates no resources."""
    match database.get("provider"):
        case "cloud-sql":
            from edge_postgres.origins.cloud_sql.component import CHILDREN
        case "neon":
            return neon_children(database)
        case "prisma":
            from edge_postgres.origins.prisma.component import CHILDREN
        case "rds":
            from edge_postgres.origins.rds.component import CHILDREN
        case _:
            return None
    return CHILDREN


def neon_children(database: JsonInput) -> ChildClasses:
    """Returns the children of ``NeonPostgres``, with the class of the child `branch` that the settings determine."""
    from edge_postgres.origins.neon.component import CHILDREN
    from edge_postgres.origins.neon.resources import NeonBranch, NeonDefaultBranch, NeonProject

    if find_setting(database, "project.existing") is None:
        return {**CHILDREN, "branch": lambda: NeonProject}
    if find_setting(database, "branch.name") is None:
        return {**CHILDREN, "branch": lambda: NeonDefaultBranch}
    return {**CHILDREN, "branch": lambda: NeonBranch}


def role_children(_database: JsonInput) -> ChildClasses:
    """Returns the children of ``DatabaseRoles``."""
    from edge_postgres.postgres.roles import CHILDREN

    return CHILDREN


def hyperdrive_children(database: JsonInput) -> ChildClasses:
    """Returns the children of the Hyperdrive configurations: of the slots, of the pair, or of the only one."""
    if database.get("credentials") is not None:
        from edge_postgres.hyperdrive.slots import CHILDREN

    elif find_setting(database, "hyperdrive.fresh") is not None:
        from edge_postgres.hyperdrive.pair import CHILDREN
    else:
        from edge_postgres.hyperdrive.configuration import CHILDREN
    return CHILDREN


def certificate_children(_database: JsonInput) -> ChildClasses:
    """Returns the children of ``OriginCertificates``."""
    from edge_postgres.hyperdrive.certificates import CHILDREN

    return CHILDREN


def route_children(database: JsonInput) -> ChildClasses | None:
    """Returns the children of the network route. None if its kind is unknown."""
    match find_setting(database, "route.kind"):
        case "access-tunnel":
            from edge_postgres.routes.access_tunnel import CHILDREN
        case "vpc-service":
            from edge_postgres.routes.vpc_service import CHILDREN
        case _:
            return None
    return CHILDREN


def connector_children(_database: JsonInput) -> ChildClasses:
    """Returns the children of ``EcsConnector``."""
    from edge_postgres.routes.ecs_connector import CHILDREN

    return CHILDREN


def namespace_children(_namespace: JsonInput) -> ChildClasses:
    """Returns the children of ``KvCache``."""
    from edge_postgres.workers.kv_cache import CHILDREN

    return CHILDREN


def queue_children(_queue: JsonInput) -> ChildClasses:
    """Returns the children of ``Queue``."""
    from edge_postgres.workers.queue import CHILDREN

    return CHILDREN


def store_children(_store: JsonInput) -> ChildClasses:
    """Returns the children of ``SecretsStore``."""
    from edge_postgres.workers.secrets_store import CHILDREN

    return CHILDREN


def worker_children(worker: JsonInput) -> ChildClasses:
    """Returns the children of ``Worker``, or of ``WorkerRollout`` for a Worker that is made of versions."""
    placement, files = worker.get("placement"), worker.get("files")
    kind = deployment_kind(
        rollout=worker.get("rollout") is not None,
        placement=cast("PlacementArgs", placement) if isinstance(placement, Mapping) else None,
        files=files if isinstance(files, Mapping) else None,
    )
    if kind is DeploymentKind.VERSIONS:
        from edge_postgres.workers.rollout import CHILDREN
    else:
        from edge_postgres.workers.worker import CHILDREN
    return CHILDREN


def pages_children(_project: JsonInput) -> ChildClasses:
    """Returns the children of ``PagesProject``."""
    from edge_postgres.pages.project import CHILDREN

    return CHILDREN


SECTIONS: tuple[tuple[str, str, Callable[[JsonInput], ChildClasses | None]], ...] = (
    ("databases.*", "", database_children),
    ("databases.*", "credentials.", role_children),
    ("databases.*", "hyperdrive.", hyperdrive_children),
    ("databases.*", "hyperdrive.tls.", certificate_children),
    ("databases.*", "route.", route_children),
    ("databases.*", "route.connector.", connector_children),
    ("kv.*", "", namespace_children),
    ("pages.*", "", pages_children),
    ("queues.*", "", queue_children),
    ("secretsStore", "", store_children),
    ("workers.*", "", worker_children),
)
"""Each section that can have a `transform`: the entry that contains it, its path in the entry, and its children."""
