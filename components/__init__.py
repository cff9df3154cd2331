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
    from components.errors import Refusal as Refusal
    from components.hyperdrive import Hyperdrive as Hyperdrive
    from components.hyperdrive import HyperdriveArgs as HyperdriveArgs
    from components.hyperdrive_pair import HyperdrivePair as HyperdrivePair
    from components.hyperdrive_pair import HyperdrivePairArgs as HyperdrivePairArgs
    from components.limits.cloudflare import Plan as Plan
    from components.origin import PostgresOrigin as PostgresOrigin
    from components.origin_certificates import OriginCertificates as OriginCertificates
    from components.origin_certificates import OriginCertificatesArgs as OriginCertificatesArgs
    from components.origins.existing import ExistingPostgres as ExistingPostgres
    from components.origins.existing import ExistingPostgresArgs as ExistingPostgresArgs
    from components.worker import Worker as Worker
    from components.worker import WorkerArgs as WorkerArgs

load_lazily("pulumi_cloudflare")

_HOME = {
    "ConnectionBudget": "components.connection_budget",
    "ConnectionBudgetArgs": "components.connection_budget",
    "Driver": "components.compatibility",
    "ExistingPostgres": "components.origins.existing",
    "ExistingPostgresArgs": "components.origins.existing",
    "Hyperdrive": "components.hyperdrive",
    "HyperdriveArgs": "components.hyperdrive",
    "HyperdrivePair": "components.hyperdrive_pair",
    "HyperdrivePairArgs": "components.hyperdrive_pair",
    "OriginCertificates": "components.origin_certificates",
    "OriginCertificatesArgs": "components.origin_certificates",
    "Plan": "components.limits.cloudflare",
    "PostgresOrigin": "components.origin",
    "Refusal": "components.errors",
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
