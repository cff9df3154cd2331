"""Programs that a type checker must accept. `test_typing.py` runs mypy on this module and does not run the programs."""

from pathlib import Path
from typing import Unpack

import pulumi

from edge_postgres import (
    ConnectionBudget,
    DatabaseRoles,
    Driver,
    ExistingPostgres,
    Hyperdrive,
    HyperdrivePair,
    HyperdriveSlots,
    KvCache,
    NeonPostgres,
    OriginCertificates,
    OriginComponent,
    PagesProject,
    Plan,
    PrismaPostgres,
    RdsPostgres,
    SlotsComponent,
    SupabasePostgres,
    VpcServiceRoute,
    Worker,
    WorkerArgs,
    WorkerOptions,
    WorkerRollout,
)

ACCOUNT = "0123456789abcdef0123456789abcdef"


def outputs_of_components(rds: RdsPostgres, existing: ExistingPostgres, pair: HyperdrivePair) -> None:
    """Outputs of components as arguments of other components. An Output can contain None."""
    budget = ConnectionBudget("main", {"max_connections": rds.max_connections, "weights": {"api": 1}})
    api: pulumi.Output[float] = budget.limits["api"]
    copy = ExistingPostgres(
        "copy",
        {
            "host": existing.host,
            "port": existing.port,
            "database": existing.database,
            "user": existing.user,
            "password": existing.password,
            "sslmode": existing.sslmode,
            "max_connections": existing.max_connections,
        },
    )
    Hyperdrive(
        "main",
        {"account_id": ACCOUNT, "origin": copy.origin, "connection_limit": api, "caching": {"disabled": True}},
    )
    Worker(
        "api",
        {
            "account_id": ACCOUNT,
            "bundle": "dist/pg.js",
            "compatibility_date": "2026-11-01",
            "hyperdrive": pair.bindings(),
        },
    )
    PagesProject(
        "site",
        {
            "account_id": ACCOUNT,
            "production_branch": "main",
            "compatibility_date": "2026-11-01",
            "production": {"hyperdrive": pair.bindings()},
            "preview": {},
            "domains": ("www.example.com",),
        },
    )


def strings_as_choices(config: pulumi.Config, neon: NeonPostgres) -> None:
    """The string of a choice, and a slot from the configuration."""
    pair = HyperdrivePair(
        "main",
        {
            "account_id": ACCOUNT,
            "origin": neon.origin,
            "connection_limit": 20,
            "fresh_share": 0.3,
            "caching": {"max_age": 60, "stale_while_revalidate": 15},
            "plan": "paid",
        },
    )
    Worker(
        "api",
        {
            "account_id": ACCOUNT,
            "bundle": "dist/pg.js",
            "compatibility_date": "2026-11-01",
            "driver": "pg",
            "plan": Plan.PAID,
            "direct": {"origin": neon.origin, "style": "url"},
            "hyperdrive": pair.bindings(),
        },
    )
    KvCache("answers", {"account_id": ACCOUNT, "jurisdiction": "eu"})
    PrismaPostgres("main", {"region": "eu-central-1", "plan": "starter"})
    SupabasePostgres("main", {"project_ref": "a" * 20, "user": "app", "password": "x", "compute_size": "small"})
    VpcServiceRoute("main", {"account_id": ACCOUNT, "origin": neon.origin, "certificate_verification": "disabled"})
    slot = config.require("activeSlot")
    roles = DatabaseRoles(
        "main",
        {
            "origin": neon.origin,
            "active_slot": slot,
            "users": {"a": "one", "b": "two"},
            "passwords": {"a": config.require_secret("a"), "b": config.require_secret("b")},
        },
    )
    HyperdriveSlots(
        "main",
        {
            "account_id": ACCOUNT,
            "slots": roles.slots,
            "active_slot": slot,
            "connection_limit": 20,
            "caching": {"disabled": True},
        },
    )


def paths(folder: Path) -> None:
    """A `Path` wherever an argument is a path."""
    WorkerRollout(
        "api",
        {
            "account_id": ACCOUNT,
            "bundle": folder / "pg.js",
            "compatibility_date": "2026-11-01",
            "files": {"a.wasm": folder / "a.wasm", "b": {"path": folder / "b", "kind": "text"}, "c.txt": "dist/c.txt"},
            "assets": {"directory": folder / "public", "html_handling": "none", "run_worker_first": ["/api/*"]},
        },
    )
    OriginCertificates("main", {"account_id": ACCOUNT, "ca_file": folder / "ca.pem"})


def origins_in_a_loop(rds: RdsPostgres, neon: NeonPostgres, prisma: PrismaPostgres) -> None:
    """One loop over components of several vendors."""
    components: dict[str, OriginComponent] = {"orders": rds, "users": neon, "logs": prisma}
    for name, component in components.items():
        Hyperdrive(
            name,
            {
                "account_id": ACCOUNT,
                "origin": component.origin,
                "connection_limit": 5,
                "caching": {"disabled": True},
            },
        )
    rotating: list[SlotsComponent] = [neon, prisma]
    for each in rotating:
        HyperdriveSlots(
            "main",
            {
                "account_id": ACCOUNT,
                "slots": each.slots,
                "active_slot": "a",
                "connection_limit": 5,
                "caching": {"disabled": True},
            },
        )


DEFAULTS: WorkerOptions = {
    "driver": Driver.PG,
    "compatibility_flags": ["nodejs_compat"],
    "observability": {"enabled": True},
}


def team_worker(name: str, bundle: Path, **options: Unpack[WorkerOptions]) -> Worker:
    """A function that adds the defaults of a team. The caller can override each of them."""
    args: WorkerArgs = {
        "account_id": ACCOUNT,
        "bundle": bundle,
        "compatibility_date": "2026-11-01",
        **DEFAULTS,
        **options,
    }
    return Worker(name, args)


def use_the_function(pair: HyperdrivePair) -> None:
    """A call of the function with some arguments."""
    team_worker("api", Path("dist/pg.js"), hyperdrive=pair.bindings(), plan="free", driver="postgres.js")


def rejected(neon: NeonPostgres) -> None:
    """Programs that a type checker must reject."""
    Hyperdrive(
        "main",
        {
            "account_id": ACCOUNT,
            "origin": neon.origin,
            "connection_limit": 5,
            "caching": {},  # type: ignore[typeddict-item]
        },
    )
    KvCache("answers", {"account_id": ACCOUNT, "jurisdiction": "mars"})  # type: ignore[typeddict-item]
    ConnectionBudget("main", {"max_connections": "100"})  # type: ignore[typeddict-item]
