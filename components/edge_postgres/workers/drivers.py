"""Postgres drivers: the packages each is made of, the releases that work, what each needs."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import TypeGuard

from edge_postgres.core.errors import ValidationError

Release = tuple[int, int, int]


class Driver(StrEnum):
    """The Postgres driver inside a Worker's bundle."""

    PG = "pg"
    """node-postgres."""
    POSTGRES_JS = "postgres.js"
    """Postgres.js, the npm package `postgres`."""
    DRIZZLE = "drizzle"
    """Drizzle ORM on node-postgres."""
    KYSELY = "kysely"
    """Kysely, a query builder, on a pool of node-postgres."""
    PRISMA = "prisma"
    """Prisma ORM with one of its adapters: `@prisma/adapter-pg`, or `@prisma/adapter-ppg` for the serverless driver."""
    PRISMA_PPG = "prisma-ppg"
    """The serverless driver of Prisma Postgres, the npm package `@prisma/ppg`."""
    RUST_POSTGRES = "rust-postgres"
    """The Rust crate `tokio-postgres`, compiled to WASM."""


@dataclass(frozen=True)
class Package:
    """A package that a driver is made of: the first release that works, and later ones that do not."""

    name: str
    floor: Release
    broken: Mapping[Release, str] = field(default_factory=lambda: MappingProxyType({}))


# The first releases that work behind Hyperdrive: the page of each driver below
# https://developers.cloudflare.com/hyperdrive/examples/connect-to-postgres/, read 2026-11-21.
_PG = Package("pg", (8, 16, 3), MappingProxyType({(8, 11, 4): "its parsing of connection strings is broken"}))
_POSTGRES = Package("postgres", (3, 4, 5))
_DRIZZLE = Package("drizzle-orm", (0, 26, 2))
_KYSELY = Package("kysely", (0, 26, 3))
# Cloudflare's page states none. 6.16.0 made adapters and the client without a native engine generally available, and
# 6.16.2 mended what it broke in workerd (https://github.com/prisma/orm/releases/tag/6.16.2, read 2026-11-21).
_PRISMA = Package("@prisma/client", (6, 16, 2))
_ADAPTER_PG = Package("@prisma/adapter-pg", (6, 16, 2))
# The first release (`npm view @prisma/adapter-ppg versions`, 2026-11-21).
_ADAPTER_PPG = Package("@prisma/adapter-ppg", (7, 0, 1))
# The first release after 0.5.2 (`npm view @prisma/ppg versions`, 2026-11-21).
_PPG = Package("@prisma/ppg", (1, 0, 1))

# The packages of each driver, its own first. A crate leaves no trace in a script.
DRIVER_PACKAGES: Mapping[Driver, tuple[Package, ...]] = MappingProxyType(
    {
        Driver.PG: (_PG,),
        Driver.POSTGRES_JS: (_POSTGRES,),
        Driver.DRIZZLE: (_DRIZZLE, _PG),
        Driver.KYSELY: (_KYSELY, _PG),
        Driver.PRISMA: (_PRISMA, _ADAPTER_PG, _PG),
        Driver.PRISMA_PPG: (_PPG,),
        Driver.RUST_POSTGRES: (),
    }
)
_SERVERLESS_PRISMA = (_PRISMA, _ADAPTER_PPG, _PPG)

_WITHOUT_NODE = frozenset({Driver.PRISMA_PPG, Driver.RUST_POSTGRES})

_ACCELERATE = "@prisma/extension-accelerate"
_BANNER = re.compile(r"edge-postgres: driver ([\w@/.-]+)@(\d+)\.(\d+)\.(\d+)")


def needs_node(driver: Driver | None) -> TypeGuard[Driver]:
    """Whether a driver runs with Node compatibility only. What speaks HTTP, or is WASM, does without."""
    return driver is not None and driver not in _WITHOUT_NODE


def validate_driver_release(
    bundle: str, driver: Driver, connection_methods: Collection[str] = (), *, subject: str
) -> None:
    """Raises ``ValidationError`` where a bundle says that it holds another driver than stated, or a release below its
    floor.

    Bundles say so in comments, ``edge-postgres: driver pg@8.23.1``, one for each package; one that says nothing is
    taken on trust. ``connection_methods`` are those among `hyperdrive`, `direct` and `serverless` that the Worker has,
    nothing where that is not known.
    """
    found = {name: (int(major), int(minor), int(patch)) for name, major, minor, patch in _BANNER.findall(bundle)}
    if not found:
        return
    packages = DRIVER_PACKAGES[driver]
    if driver is Driver.PRISMA:
        _reject_mixed_adapters(found, connection_methods, subject=subject)
        packages = _SERVERLESS_PRISMA if _ADAPTER_PPG.name in found else packages
    own = [package.name for package in packages]
    if others := sorted({package.name for package in _KNOWN} & set(found) - set(own)):
        raise ValidationError(
            subject,
            f"holds {others[0]}, which the driver {driver.value} is not made of",
            "Name the driver that the bundle holds.",
        )
    for package in packages:
        _reject_release(package, found.get(package.name), driver, subject=subject)


def reject_accelerate(bundle: str, *, subject: str) -> None:
    """Raises ``ValidationError`` where a bundle says that it holds Prisma Accelerate, a pool and a cache of its own."""
    if any(name == _ACCELERATE for name, *_ in _BANNER.findall(bundle)):
        raise ValidationError(
            subject,
            f"holds {_ACCELERATE}; Accelerate pools and caches in the place of Hyperdrive",
            f"Leave the extension out, and use {_ADAPTER_PG.name} with the direct string.",
        )


_KNOWN = (_PG, _POSTGRES, _DRIZZLE, _KYSELY, _PRISMA, _ADAPTER_PG, _ADAPTER_PPG, _PPG)


def _reject_mixed_adapters(found: Collection[str], connection_methods: Collection[str], *, subject: str) -> None:
    over_tcp, over_http = _ADAPTER_PG.name in found, _ADAPTER_PPG.name in found
    if over_tcp and over_http:
        raise ValidationError(
            subject,
            f"holds both {_ADAPTER_PG.name} and {_ADAPTER_PPG.name}; one speaks to Postgres, the other HTTP to Prisma",
            f"Keep {_ADAPTER_PG.name} behind Hyperdrive or over TCP, {_ADAPTER_PPG.name} for the serverless driver.",
        )
    if over_tcp and "serverless" in connection_methods:
        raise ValidationError(
            subject, f"holds {_ADAPTER_PG.name}; `serverless` is for {_ADAPTER_PPG.name}", "Bind `hyperdrive` instead."
        )
    if over_http and connection_methods and "serverless" not in connection_methods:
        raise ValidationError(
            subject,
            f"holds {_ADAPTER_PPG.name}, which speaks HTTP to Prisma and cannot use "
            f"{' or '.join(sorted(connection_methods))}",
            f"State `serverless`, or use {_ADAPTER_PG.name}.",
        )


def _reject_release(package: Package, version: Release | None, driver: Driver, *, subject: str) -> None:
    if version is None:
        raise ValidationError(
            subject,
            f"lacks {package.name}, which the driver {driver.value} is made of",
            f'Install it: npm install "{package.name}@^{_shown(package.floor)}".',
        )
    if version in package.broken:
        reason = package.broken[version]
        raise ValidationError(
            subject, f"holds {package.name} {_shown(version)}; {reason}", f"Install {package.name} of a later release."
        )
    if version < package.floor:
        needed = _shown(package.floor)
        raise ValidationError(
            subject,
            f"holds {package.name} {_shown(version)}; in Workers it works from {needed} on",
            f'Install it anew: npm install "{package.name}@^{needed}".',
        )


def _shown(release: Release) -> str:
    return ".".join(map(str, release))
