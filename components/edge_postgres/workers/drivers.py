"""Postgres drivers: their packages, the supported releases, and whether they need Node compatibility."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, TypeGuard

from edge_postgres.core.errors import ValidationError
from edge_postgres.workers.bundled_packages import ACCELERATE, NEON, PACKAGES, Release, Releases


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
_PG = Package("pg", (8, 16, 3), MappingProxyType({(8, 11, 4): "whose parsing of connection strings is broken"}))
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


def needs_node(driver: Driver | None) -> TypeGuard[Driver]:
    """Returns whether a driver needs Node compatibility. `prisma-ppg` (HTTP) and `rust-postgres` (WASM) do not need
    it."""
    return driver is not None and driver not in _WITHOUT_NODE


def validate_driver_release(
    found: Mapping[str, Releases], driver: Driver, connection_methods: Collection[str] = (), *, subject: str
) -> list[str]:
    """Checks that a bundle contains its driver in a supported release.

    Returns:
        A sentence for each package that the bundle does not show, or whose release it does not show.

    Args:
        found: The packages in the bundle, with their possible releases.
        driver: The driver that the bundle must contain.
        connection_methods: Arguments of the Worker such as `hyperdrive` and `direct`; empty if they are not known.
        subject: Path of the bundle.

    Raises:
        ValidationError: The bundle contains another driver, an unsupported release, or an adapter that does not fit the
            connection method. Or it contains a library without the package that connects.
    """
    packages = DRIVER_PACKAGES[driver]
    if driver is Driver.PRISMA:
        _reject_mixed_adapters(found, connection_methods, subject=subject)
        packages = _SERVERLESS_PRISMA if _ADAPTER_PPG.name in found else packages
    elif _POSTGRES.name in found and _PG.name not in found:
        # Drizzle and Kysely run on Postgres.js too.
        packages = tuple(_POSTGRES if package is _PG and len(packages) > 1 else package for package in packages)
    own = [package.name for package in packages]
    if others := sorted({package.name for package in _KNOWN} & set(found) - set(own)):
        raise ValidationError(
            subject,
            f"contains {others[0]}, which does not belong to the driver {driver.value}",
            "Set `driver` to the driver in the bundle, or remove the package from the bundle.",
        )
    if not found:
        return [f"no release of {package.name} was recognised, so it was not checked" for package in packages[:1]]
    sentences = (_validate_release(found.get(package.name), package, driver, subject=subject) for package in packages)
    return [sentence for sentence in sentences if sentence]


def reject_unsupported_packages(
    found: Collection[str], connection_methods: Collection[str] = (), *, subject: str
) -> None:
    """Raises ``ValidationError`` for a package that replaces Hyperdrive, and so cannot use its connection string.

    These are Prisma Accelerate, and Neon's serverless driver behind Hyperdrive if the bundle has no other driver.
    """
    if ACCELERATE in found:
        raise ValidationError(
            subject,
            f"contains {ACCELERATE}, which pools and caches instead of Hyperdrive",
            f"Remove the extension, and use {_ADAPTER_PG.name} with the direct connection string.",
        )
    if NEON in found and "hyperdrive" in connection_methods and not {_PG.name, _POSTGRES.name} & set(found):
        raise ValidationError(
            subject,
            f"contains {NEON}, which sends its queries to Neon over HTTP or WebSocket and cannot use Hyperdrive's "
            "connection string",
            f'Use pg instead: npm install "{_PG.name}@^{_format(_PG.minimum)}". With Prisma ORM, use '
            f"{_ADAPTER_PG.name}. Then build the bundle again.",
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


def _validate_release(releases: Releases | None, package: Package, driver: Driver, *, subject: str) -> str | None:
    minimum = _format(package.minimum)
    install = f'npm install "{package.name}@^{minimum}"'
    if releases is None:
        raise ValidationError(
            subject,
            f"does not contain {package.name}, which the driver {driver.value} needs",
            f"Install it: {install}.",
        )
    broken = [f"such as {_format(it)}, {reason}" for it, reason in package.broken.items() if it in releases]
    if releases.before is not None and releases.before <= package.minimum:
        note = f" ({broken[0]})" if broken else ""
        raise ValidationError(
            subject,
            f"must contain {package.name} {minimum} or later, got {releases}{note}",
            f"Install it again: {install}. Then build the bundle again.",
        )
    if releases.first >= package.minimum or not PACKAGES[package.name].shows_release:
        return None
    return f"contains {package.name}, {releases}; {minimum} or later is necessary"


def _format(release: Release) -> str:
    return ".".join(map(str, release))
