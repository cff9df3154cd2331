"""Postgres drivers: their packages, the supported releases, and whether they need Node compatibility."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, TypeGuard

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
    """Kysely, a query builder, on node-postgres."""
    PRISMA = "prisma"
    """Prisma ORM with one of its adapters: `@prisma/adapter-pg`, or `@prisma/adapter-ppg` for the serverless driver."""
    PRISMA_PPG = "prisma-ppg"
    """The serverless driver of Prisma Postgres, the npm package `@prisma/ppg`."""
    RUST_POSTGRES = "rust-postgres"
    """The Rust crate `tokio-postgres`, compiled to WASM."""


if TYPE_CHECKING:
    DriverInput = Driver | Literal["pg", "postgres.js", "drizzle", "kysely", "prisma", "prisma-ppg", "rust-postgres"]
else:
    DriverInput = Driver


@dataclass(frozen=True)
class Package:
    """An npm package of a driver, with the releases that work."""

    name: str
    minimum: Release
    """The first release that works."""
    broken: Mapping[Release, str] = field(default_factory=lambda: MappingProxyType({}))
    """Single releases that do not work, and the reason."""


# The first releases that work behind Hyperdrive: the page of each driver below
# https://developers.cloudflare.com/hyperdrive/examples/connect-to-postgres/, read 2026-11-21.
_PG = Package("pg", (8, 16, 3), MappingProxyType({(8, 11, 4): "its parsing of connection strings is broken"}))
_POSTGRES = Package("postgres", (3, 4, 5))
_DRIZZLE = Package("drizzle-orm", (0, 26, 2))
_KYSELY = Package("kysely", (0, 26, 3))
# Cloudflare's page has no minimum. 6.16.0 has the first stable adapters and client without a native engine, and
# 6.16.2 fixed its regression in workerd (https://github.com/prisma/orm/releases/tag/6.16.2, read 2026-11-21).
_PRISMA = Package("@prisma/client", (6, 16, 2))
_ADAPTER_PG = Package("@prisma/adapter-pg", (6, 16, 2))
# The first release (`npm view @prisma/adapter-ppg versions`, 2026-11-21).
_ADAPTER_PPG = Package("@prisma/adapter-ppg", (7, 0, 1))
# The first release after 0.5.2 (`npm view @prisma/ppg versions`, 2026-11-21).
_PPG = Package("@prisma/ppg", (1, 0, 1))

# The packages of each driver, its own package first. A Rust crate leaves no trace in a script.
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
    """Returns whether a driver needs Node compatibility. `prisma-ppg` (HTTP) and `rust-postgres` (WASM) do not need
    it."""
    return driver is not None and driver not in _WITHOUT_NODE


def find_driver_packages(text: str) -> dict[str, Release]:
    """Returns the releases of the packages that a built script names in its comments, by package.

    The build writes a comment for each package: ``edge-postgres: driver pg@8.23.1``.
    """
    return {name: (int(major), int(minor), int(patch)) for name, major, minor, patch in _BANNER.findall(text)}


def validate_driver_release(
    found: Mapping[str, Release], driver: Driver, connection_methods: Collection[str] = (), *, subject: str
) -> None:
    """Checks that a bundle contains its driver in a supported release. A bundle that names no packages is valid.

    Args:
        found: The releases of the packages, by package.
        driver: The driver that the bundle must contain.
        connection_methods: Arguments of the Worker such as `hyperdrive` and `direct`; empty if they are not known.
        subject: Path of the bundle.

    Raises:
        ValidationError: The bundle contains another driver, an unsupported release, or an adapter that does not fit the
            connection method. Or it lacks a package of its driver.
    """
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
            f"contains {others[0]}, which does not belong to the driver {driver.value}",
            "Set `driver` to the driver in the bundle, or remove the package from the bundle.",
        )
    for package in packages:
        _validate_release(found.get(package.name), package, driver, subject=subject)


def reject_accelerate(found: Mapping[str, Release], *, subject: str) -> None:
    """Raises ``ValidationError`` if Prisma Accelerate, which pools and caches itself, is among the packages."""
    if _ACCELERATE in found:
        raise ValidationError(
            subject,
            f"contains {_ACCELERATE}, which pools and caches instead of Hyperdrive",
            f"Remove the extension, and use {_ADAPTER_PG.name} with the direct connection string.",
        )


_KNOWN = (_PG, _POSTGRES, _DRIZZLE, _KYSELY, _PRISMA, _ADAPTER_PG, _ADAPTER_PPG, _PPG)


def _reject_mixed_adapters(found: Collection[str], connection_methods: Collection[str], *, subject: str) -> None:
    over_tcp, over_http = _ADAPTER_PG.name in found, _ADAPTER_PPG.name in found
    if over_tcp and over_http:
        raise ValidationError(
            subject,
            f"contains both {_ADAPTER_PG.name}, which connects to Postgres, and {_ADAPTER_PPG.name}, which sends HTTP "
            "to Prisma",
            f"Remove one of them. Hyperdrive and direct TCP need {_ADAPTER_PG.name}, and the serverless driver needs "
            f"{_ADAPTER_PPG.name}.",
        )
    if over_tcp and "serverless" in connection_methods:
        raise ValidationError(
            subject,
            f"contains {_ADAPTER_PG.name}, but `serverless` needs {_ADAPTER_PPG.name}",
            f"Install {_ADAPTER_PPG.name} instead, or use `hyperdrive` instead of `serverless`.",
        )
    if over_http and connection_methods and "serverless" not in connection_methods:
        raise ValidationError(
            subject,
            f"contains {_ADAPTER_PPG.name}, which sends HTTP to Prisma and cannot use "
            f"{' or '.join(sorted(connection_methods))}",
            f"Use `serverless` instead, or install {_ADAPTER_PG.name}.",
        )


def _validate_release(version: Release | None, package: Package, driver: Driver, *, subject: str) -> None:
    if version is None:
        raise ValidationError(
            subject,
            f"does not contain {package.name}, which the driver {driver.value} needs",
            f'Install it: npm install "{package.name}@^{_format(package.minimum)}".',
        )
    if version in package.broken:
        raise ValidationError(
            subject,
            f"contains {package.name} {_format(version)}: {package.broken[version]}",
            f"Install a later release of {package.name}.",
        )
    if version < package.minimum:
        minimum = _format(package.minimum)
        raise ValidationError(
            subject,
            f"must contain {package.name} {minimum} or later, got {_format(version)}",
            f'Install it again: npm install "{package.name}@^{minimum}".',
        )


def _format(release: Release) -> str:
    return ".".join(map(str, release))
