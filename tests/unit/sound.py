"""Valid arguments of the components. A test changes some of them."""

from typing import Any

import pulumi
import pulumi_random as random

from edge_postgres import ExistingPostgres, Hyperdrive, HyperdrivePair, Worker

ACCOUNT = "0123456789abcdef0123456789abcdef"
PASSWORD = "correct-horse-battery"
HOST = "db.example.com"
URL = f"postgres://app:{PASSWORD}@{HOST}:5432/app"

CONFIG = "cloudflare:index/hyperdriveConfig:HyperdriveConfig"
SCRIPT = "cloudflare:index/workersScript:WorkersScript"
SUBDOMAIN = "cloudflare:index/workersScriptSubdomain:WorkersScriptSubdomain"
ROUTE = "cloudflare:index/workersRoute:WorkersRoute"
DOMAIN = "cloudflare:index/workersCustomDomain:WorkersCustomDomain"


def changed(args: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """Returns the arguments with ``changes``. The value ``...`` removes an argument."""
    return {key: value for key, value in {**args, **changes}.items() if value is not ...}


def origin(**changes: Any) -> Any:
    """Returns a public origin."""
    return changed({"host": HOST, "port": 5432, "database": "app", "user": "app", "password": PASSWORD}, changes)


def access(**changes: Any) -> Any:
    """Returns an origin behind a tunnel with Access."""
    route = {"port": ..., "access_client_id": "token.access", "access_client_secret": "token-secret"}
    return origin(**{**route, **changes})


def vpc(**changes: Any) -> Any:
    """Returns an origin behind a Workers VPC service."""
    return origin(**{"host": ..., "port": ..., "service_id": "service", **changes})


def hyperdrive(opts: pulumi.ResourceOptions | None = None, **changes: Any) -> Any:
    """Registers a Hyperdrive; ``changes`` are its arguments."""
    args = {"account_id": ACCOUNT, "origin": origin(), "connection_limit": 10, "caching": {"disabled": True}}
    return Hyperdrive("main", changed(args, changes), opts)  # type: ignore[arg-type]


def pair(**changes: Any) -> Any:
    """Registers a HyperdrivePair; ``changes`` are its arguments."""
    caching = {"max_age": 60, "stale_while_revalidate": 15}
    args = {"account_id": ACCOUNT, "origin": origin(), "connection_limit": 20, "fresh_share": 0.3, "caching": caching}
    return HyperdrivePair("main", changed(args, changes))  # type: ignore[arg-type]


def existing(opts: Any = None, **args: Any) -> Any:
    """Registers an ExistingPostgres with these arguments."""
    return ExistingPostgres("main", args, opts)  # type: ignore[arg-type]


def worker(bundle: Any, **changes: Any) -> Any:
    """Registers a Worker; ``changes`` are its arguments."""
    args = {"account_id": ACCOUNT, "bundle": bundle, "driver": "pg", "compatibility_date": "2026-11-01"}
    return Worker("api", changed(args, changes))  # type: ignore[arg-type]


def unknown() -> pulumi.Output[str]:
    """Returns a value that is unknown in a preview. Call it inside a program."""
    return random.RandomPet("unknown").id
