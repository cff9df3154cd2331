"""Drivers: the packages in a bundle, the releases that work, and Node compatibility."""

import json
import re
from pathlib import Path

import pytest

from edge_postgres.workers.bundled_packages import NEON, Releases, find_packages
from edge_postgres.workers.drivers import (
    DRIVER_PACKAGES,
    Driver,
    Package,
    needs_node,
    reject_unsupported_packages,
    validate_driver_release,
)
from edge_postgres.wrangler.types import render_env_declaration
from tests.harness import rejected
from tests.unit.bundled import contains

CHECKOUT = Path(__file__).parents[2]

# Every package of a driver, at a release that works.
WORKING = {
    Driver.PG: ["pg@8.23.1"],
    Driver.POSTGRES_JS: ["postgres@3.4.9"],
    Driver.DRIZZLE: ["drizzle-orm@0.45.4", "pg@8.23.1"],
    Driver.KYSELY: ["kysely@0.29.9", "pg@8.23.1"],
    Driver.PRISMA: ["@prisma/adapter-pg@7.10.0", "@prisma/client@7.10.0", "pg@8.23.1"],
    Driver.PRISMA_PPG: ["@prisma/ppg@1.0.1"],
}
SERVERLESS_PRISMA = ["@prisma/adapter-ppg@7.10.0", "@prisma/client@7.10.0", "@prisma/ppg@1.0.1"]
PACKAGES = {package.name: package for packages in DRIVER_PACKAGES.values() for package in packages}


def bundle(*held: str) -> dict[str, Releases]:
    """Returns the packages in a script with the code of these packages."""
    return find_packages(contains(*held))


def release(package: Package) -> str:
    return ".".join(map(str, package.minimum))


# Packages in a bundle.


@pytest.mark.parametrize("driver", WORKING)
def test_a_bundle_with_all_packages_of_its_driver_is_allowed(driver: Driver) -> None:
    validate_driver_release(bundle(*WORKING[driver]), driver, subject="bundle")


@pytest.mark.parametrize("driver", WORKING)
def test_a_bundle_without_a_known_package_is_accepted_with_a_warning(driver: Driver) -> None:
    name = DRIVER_PACKAGES[driver][0].name
    assert validate_driver_release(bundle(), driver, subject="bundle") == [
        f"no release of {name} was recognised, so it was not checked"
    ]


def test_a_comment_that_names_a_package_proves_nothing() -> None:
    assert find_packages("/* edge-postgres: driver pg@8.23.1 */ // @prisma/extension-accelerate") == {}


@pytest.mark.parametrize("driver", WORKING)
def test_a_release_that_the_code_shows_needs_no_warning(driver: Driver) -> None:
    assert validate_driver_release(bundle(*WORKING[driver]), driver, subject="bundle") == []


def test_a_range_of_releases_with_the_minimum_inside_is_accepted_with_a_warning() -> None:
    assert validate_driver_release(bundle("pg@8.16.2"), Driver.PG, subject="bundle") == [
        "contains pg, a release from 8.14.0 to before 8.17.0; 8.16.3 or later is necessary"
    ]


@pytest.mark.parametrize("driver", [Driver.DRIZZLE, Driver.KYSELY])
def test_a_library_may_use_postgres_js(driver: Driver) -> None:
    held = [package for package in WORKING[driver] if not package.startswith("pg@")]
    assert validate_driver_release(bundle(*held, "postgres@3.4.9"), driver, subject="bundle") == []


@pytest.mark.parametrize(
    ("driver", "held", "found"),
    [
        (Driver.PG, "postgres@3.4.9", "postgres"),
        (Driver.PG, "@prisma/ppg@1.0.1", "@prisma/ppg"),
        (Driver.PRISMA_PPG, "pg@8.23.1", "pg"),
        (Driver.RUST_POSTGRES, "pg@8.23.1", "pg"),
    ],
)
def test_a_package_of_another_driver_is_rejected(driver: Driver, held: str, found: str) -> None:
    with rejected(f"bundle: contains {found}, which does not belong to the driver {driver.value}", "Set `driver`"):
        validate_driver_release(bundle(held), driver, subject="bundle")


@pytest.mark.parametrize("driver", [Driver.DRIZZLE, Driver.KYSELY, Driver.PRISMA])
def test_a_library_that_uses_pg_is_rejected_for_the_driver_pg(driver: Driver) -> None:
    with rejected(
        f"bundle: contains {min(WORKING[driver]).rpartition('@')[0]}, which does not belong to the driver pg"
    ):
        validate_driver_release(bundle(*WORKING[driver]), Driver.PG, subject="bundle")


@pytest.mark.parametrize("driver", [Driver.DRIZZLE, Driver.KYSELY, Driver.PRISMA])
def test_a_library_without_pg_is_rejected_with_the_command_that_installs_pg(driver: Driver) -> None:
    held = [package for package in WORKING[driver] if not package.startswith("pg@")]
    with rejected(f"bundle: does not contain pg, which the driver {driver.value} needs", 'npm install "pg@^8.16.3"'):
        validate_driver_release(bundle(*held), driver, subject="bundle")


def test_a_package_of_no_driver_does_not_matter() -> None:
    validate_driver_release(bundle("pg@8.23.1", "hono@4.0.0"), Driver.PG, subject="bundle")


# Releases.


@pytest.mark.parametrize("driver", WORKING)
def test_the_minimum_release_is_allowed(driver: Driver) -> None:
    validate_driver_release(
        bundle(*(f"{it.name}@{release(it)}" for it in DRIVER_PACKAGES[driver])), driver, subject="bundle"
    )


@pytest.mark.parametrize(
    ("driver", "old", "minimum", "shown"),
    [
        (Driver.PG, "pg@8.13.3", "8.16.3", "a release before 8.14.1"),
        (Driver.PG, "pg@8.11.0", "8.16.3", "a release before 8.14.1"),
        (Driver.POSTGRES_JS, "postgres@3.3.5", "3.4.5", "a release before 3.4.0"),
        (Driver.DRIZZLE, "drizzle-orm@0.26.1", "0.26.2", "0.26.1"),
        (Driver.DRIZZLE, "pg@8.13.3", "8.16.3", "a release before 8.14.1"),
        (Driver.KYSELY, "kysely@0.26.1", "0.26.3", "a release before 0.26.2"),
        (Driver.PRISMA, "@prisma/client@6.16.1", "6.16.2", "6.16.1"),
        (Driver.PRISMA_PPG, "@prisma/ppg@0.5.2", "1.0.1", "a release before 1.0.1"),
    ],
)
def test_a_release_below_the_minimum_is_rejected_with_the_command_that_installs_another(
    driver: Driver, old: str, minimum: str, shown: str
) -> None:
    package, _, _ = old.rpartition("@")
    held = [old, *(working for working in WORKING[driver] if not working.startswith(f"{package}@"))]
    with rejected(
        f"bundle: must contain {package} {minimum} or later, got {shown}", f'npm install "{package}@^{minimum}"'
    ):
        validate_driver_release(bundle(*held), driver, subject="bundle")


@pytest.mark.parametrize("driver", [Driver.PG, Driver.DRIZZLE])
def test_pg_8_11_4_is_rejected_by_name(driver: Driver) -> None:
    held = [package for package in WORKING[driver] if not package.startswith("pg@")]
    with rejected("got a release before 8.14.1 (such as 8.11.4, whose parsing of connection strings is broken)"):
        validate_driver_release(bundle(*held, "pg@8.11.4"), driver, subject="bundle")


def locked(name: str) -> str:
    packages = json.loads((CHECKOUT / "workers" / "package-lock.json").read_text())["packages"]
    return str(packages[f"node_modules/{name}"]["version"])


@pytest.mark.parametrize("name", PACKAGES)
def test_the_release_in_the_lock_file_works(name: str) -> None:
    version = tuple(int(part) for part in locked(name).split("."))
    assert version >= PACKAGES[name].minimum
    assert version not in PACKAGES[name].broken


@pytest.mark.parametrize("name", PACKAGES)
def test_the_drivers_page_has_the_minimum_release_and_the_locked_release(name: str) -> None:
    page = (CHECKOUT / "docs" / "drivers.md").read_text()
    assert f"`{name}` {release(PACKAGES[name])} ({locked(name)})" in page


@pytest.mark.parametrize("driver", list(Driver))
def test_the_drivers_page_has_a_row_for_each_driver(driver: Driver) -> None:
    page = (CHECKOUT / "docs" / "drivers.md").read_text()
    rows = {
        row[0]: row[1:] for row in re.findall(r"^\| `([^`]+)` \|.*\| (not )?needed \|.*\| `([^`]+)` \|$", page, re.M)
    }
    unneeded, example = rows[driver.value]
    assert bool(unneeded) is not needs_node(driver)
    assert f"driver: {driver.value}\n" in (CHECKOUT / "examples" / f"{example}.yaml").read_text()


@pytest.mark.parametrize("name", ["direct", "drizzle", "kysely", "pg", "postgres", "ppg", "prisma"])
def test_the_page_of_a_driver_contains_its_file_to_copy(name: str) -> None:
    source = (CHECKOUT / "workers" / "copy" / f"{name}.ts").read_text()
    assert f"```ts\n{source}```\n" in (CHECKOUT / "docs" / "drivers" / f"{name}.md").read_text()
    assert f"(drivers/{name}.md)" in (CHECKOUT / "docs" / "drivers.md").read_text()


def test_every_file_to_copy_has_a_page_and_the_generated_types() -> None:
    folder = CHECKOUT / "workers" / "copy"
    files = {path.stem for path in folder.glob("*.ts") if not path.name.endswith(".d.ts")}
    assert files == {path.stem for path in (CHECKOUT / "docs" / "drivers").glob("*.md")} - {"rust-postgres"}
    data = {
        "hyperdrive": [{"binding": "HYPERDRIVE", "id": "0"}],
        "secrets": {"required": ["API_TOKEN", "DB_URL", "PRISMA_DIRECT_TCP_URL"]},
    }
    assert (folder / "worker-configuration.d.ts").read_text() == render_env_declaration(data)


# Node compatibility.


def test_drivers_over_http_or_in_wasm_do_not_need_node() -> None:
    assert [driver for driver in Driver if not needs_node(driver)] == [Driver.PRISMA_PPG, Driver.RUST_POSTGRES]


# Prisma ORM's adapters.


@pytest.mark.parametrize("methods", [[], ["serverless"]])
def test_prisma_with_its_serverless_adapter_is_allowed(methods: list[str]) -> None:
    validate_driver_release(bundle(*SERVERLESS_PRISMA), Driver.PRISMA, methods, subject="bundle")


@pytest.mark.parametrize("method", ["hyperdrive", "direct"])
def test_prisma_with_its_pg_adapter_is_allowed_over_tcp(method: str) -> None:
    validate_driver_release(bundle(*WORKING[Driver.PRISMA]), Driver.PRISMA, [method], subject="bundle")


def test_both_adapters_of_prisma_in_one_bundle_are_rejected() -> None:
    with rejected(
        "bundle: contains both @prisma/adapter-pg, ",
        " and @prisma/adapter-ppg",
        "the serverless driver needs @prisma/adapter-ppg.",
    ):
        validate_driver_release(bundle(*WORKING[Driver.PRISMA], *SERVERLESS_PRISMA), Driver.PRISMA, subject="bundle")


def test_the_pg_adapter_of_prisma_is_rejected_if_serverless_is_the_only_connection_method() -> None:
    with rejected("bundle: contains @prisma/adapter-pg", "`serverless` needs @prisma/adapter-ppg"):
        validate_driver_release(bundle(*WORKING[Driver.PRISMA]), Driver.PRISMA, ["serverless"], subject="bundle")


@pytest.mark.parametrize("method", ["hyperdrive", "direct"])
def test_the_serverless_adapter_of_prisma_is_rejected_over_tcp(method: str) -> None:
    with rejected("bundle: contains @prisma/adapter-ppg", f"cannot use {method}", "Use `serverless`"):
        validate_driver_release(bundle(*SERVERLESS_PRISMA), Driver.PRISMA, [method], subject="bundle")


def test_prisma_accelerate_in_a_bundle_is_rejected_with_every_driver() -> None:
    with rejected("api.bundle", "which pools and caches instead of Hyperdrive", "@prisma/adapter-pg"):
        reject_unsupported_packages(bundle("@prisma/extension-accelerate@3.0.1"), subject="api.bundle")


def test_a_bundle_that_only_mentions_accelerate_is_accepted() -> None:
    reject_unsupported_packages(find_packages('"no @prisma/extension-accelerate here"'), subject="api.bundle")


def test_neons_serverless_driver_is_rejected_behind_hyperdrive() -> None:
    with rejected("api.bundle: contains @neondatabase/serverless", 'npm install "pg@^8.16.3"'):
        reject_unsupported_packages(bundle(f"{NEON}@1.2.0"), ["hyperdrive"], subject="api.bundle")


@pytest.mark.parametrize("method", ["direct", "serverless"])
def test_neons_serverless_driver_is_accepted_without_hyperdrive(method: str) -> None:
    reject_unsupported_packages(bundle(f"{NEON}@1.2.0"), [method], subject="api.bundle")


@pytest.mark.parametrize("other", ["pg@8.23.1", "postgres@3.4.9"])
def test_neons_serverless_driver_is_accepted_beside_a_driver_that_uses_hyperdrive(other: str) -> None:
    reject_unsupported_packages(bundle(f"{NEON}@1.2.0", other), ["hyperdrive"], subject="api.bundle")


def test_the_old_copy_of_pg_in_neons_driver_does_not_make_pg_look_old() -> None:
    assert bundle(f"{NEON}@1.2.0", "pg@8.13.3")["pg"].before is None
