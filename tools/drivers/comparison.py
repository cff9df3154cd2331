"""Runs a suite on the database directly and through the gateway, and compares the failures with `failures.toml`."""

import asyncio
import tempfile
import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

import asyncpg

from localcloud.gateway.origin import PooledOrigin, PoolTarget
from localcloud.gateway.service import Gateway
from localcloud.guard import temporary_cloud
from localcloud.postgres import SUPERUSER, Postgres
from localcloud.state_directory import StateDirectory
from localcloud.supervisor import Supervisor
from tools.drivers.suites import GoSuite, NodeSuite, PythonSuite, Results, Suite
from tools.matrix import CellFailure

FAILURES = Path(__file__).parent / "failures.toml"
LIMIT = 20
DATABASE = "postgres"
"""The tests of asyncpg use this name."""
PGX, PGX_VERSION = "github.com/jackc/pgx/v5", "v5.13.0"
ASYNCPG = "45e64e56714d888330b884aad1dfb363d0bf43fb343e3d1a8968525f3bade478"
ASYNCPG_FILES = (
    *("adversity", "cache_invalidation", "cancellation", "codecs", "connect", "copy", "cursor", "exceptions"),
    *("execute", "introspection", "listeners", "logging", "pool", "prepare", "record", "timeout", "transaction"),
    *("types", "utils"),
)
SUITES: Mapping[str, Suite] = {
    "pgx": GoSuite(PGX, PGX_VERSION),
    "pgx pgconn": GoSuite(PGX, PGX_VERSION, "pgconn"),
    "pgx pgtype": GoSuite(PGX, PGX_VERSION, "pgtype"),
    "pgx pgxpool": GoSuite(PGX, PGX_VERSION, "pgxpool"),
    "pgx stdlib": GoSuite(PGX, PGX_VERSION, "stdlib"),
    "asyncpg": PythonSuite("asyncpg", "0.32.0", ASYNCPG, tuple(f"test_{name}" for name in ASYNCPG_FILES)),
    "pg-pool": NodeSuite("pg-pool"),
    "pg-cursor": NodeSuite("pg-cursor"),
}
SETUP = (
    "create extension hstore",
    "create extension ltree",
    "create domain uint64 as numeric(20, 0)",
    """create role " tricky, ' } "" \\ test user " superuser""",
)
"""Objects that the tests of pgx need."""


@dataclass(frozen=True)
class Known:
    """The tests of one suite in `failures.toml`."""

    failing: frozenset[str]
    """Tests that fail through the gateway."""
    endless: frozenset[str]
    """Tests that wait without a limit for what the gateway does not do. They are not run."""

    @classmethod
    def of(cls, suite: str) -> "Known":
        entries = [entry for entry in tomllib.loads(FAILURES.read_text())["failures"] if entry["suite"] == suite]
        tests = {
            is_endless: frozenset(
                test for entry in entries if entry.get("endless", False) is is_endless for test in entry["tests"]
            )
            for is_endless in (False, True)
        }
        return cls(tests[False], tests[True])


def run_cell(row: str, column: str) -> None:  # noqa: ARG001
    """Runs one suite. Raises ``CellFailure`` with the tests whose result differs from `failures.toml`."""
    suite, known = SUITES[row], Known.of(row)
    with tempfile.TemporaryDirectory(prefix="edge-postgres-") as name, temporary_cloud() as cloud:
        folder = Path(name)
        suite.prepare(folder)
        cloud.state_directory.prepare()
        direct, pooled = environments(cloud.state_directory)
        expected = suite.run(folder, direct, (), known.endless)
        found = suite.run(folder, pooled, (), known.endless)
        # A test that depends on time can fail on a busy machine, so that it runs a second time.
        again = [test for test in failed(found) if test not in known.failing and expected.get(test)]
        found = {**found, **(suite.run(folder, pooled, again, ()) if again else {})}
    print(f"{row}: {sum(expected.values())} tests pass directly, {sum(found.values())} of them through the gateway")
    if problems := list(differences(expected, found, known.failing)):
        raise CellFailure("; ".join(problems))


def failed(results: Results) -> set[str]:
    return {test for test, has_passed in results.items() if not has_passed}


def differences(direct: Results, pooled: Results, known: Collection[str]) -> Iterator[str]:
    """Yields the tests that fail through the gateway without a reason, and reasons without such a failure."""
    passed_directly = direct.keys() - failed(direct)
    if not passed_directly:
        yield "no test passes on the database directly"
    if unexplained := sorted(passed_directly - (pooled.keys() - failed(pooled)) - set(known)):
        yield f"failures without a reason: {', '.join(unexplained)}"
    if unneeded := sorted(set(known) - failed(pooled)):
        yield f"reasons without a failure: {', '.join(unneeded)}"


def environments(state_directory: StateDirectory) -> tuple[dict[str, str], dict[str, str]]:
    """Starts Postgres and the gateway. Returns the variables for tests on the database and through the gateway."""
    postgres, gateway = Postgres(state_directory, durable=False), Gateway(state_directory)
    for service in (postgres, gateway):
        Supervisor(state_directory).ensure(service, lambda _: None)
    return asyncio.run(_prepare(postgres, gateway))


async def _prepare(postgres: Postgres, gateway: Gateway) -> tuple[dict[str, str], dict[str, str]]:
    url = postgres.url(SUPERUSER, DATABASE)
    client = await asyncpg.connect(url)
    for statement in SETUP:
        await client.execute(statement)
    await client.close()
    parts, pools = urlsplit(url), gateway.pools()
    target = PoolTarget(str(parts.hostname), int(parts.port or 0), DATABASE, SUPERUSER)
    pooled = (await pools.ensure_pools({"main": PooledOrigin(target, unquote(str(parts.password)), LIMIT)}))["main"]
    await pools.close()
    return variables(url, "require"), variables(pooled, "disable")


def variables(url: str, sslmode: str) -> dict[str, str]:
    """Returns the variables that the tests read."""
    parts = urlsplit(url)
    return {
        "PGHOST": str(parts.hostname),
        "PGPORT": str(parts.port),
        "PGUSER": unquote(str(parts.username)),
        "PGPASSWORD": unquote(str(parts.password)),
        "PGDATABASE": parts.path[1:],
        "PGSSLMODE": sslmode,
        "PGX_TEST_DATABASE": url,
    }
