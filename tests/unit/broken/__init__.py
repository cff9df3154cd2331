"""Stack files with one error each: the settings that the cases of this folder have in common."""

from typing import Any

from tests.unit.test_settings import parts, stack_file

Case = tuple[dict[str, Any], str, str]
"""A stack file, the path of its error, and a part of the message. `(files)` has further files of the folder."""

MAIN, API = "databases.main", "workers.api"
NONE = {"connectionLimit": 10, "caching": "none"}
FEW = {"connectionLimit": 5, "caching": "none"}
PRISMA_HOST = "db.prisma.io"
NEON = "ep-cool-name.eu-central-1.aws.neon.tech"
ADDRESS = {"provider": "existing", "database": "app", "user": "app", "passwordSecret": "databases.main.url"}
NETWORK = {"vpcId": "vpc-1", "subnetIds": ["subnet-1", "subnet-2"], "public": True}
RDS = {"provider": "rds", "engineVersion": "17.10", "instanceClass": "db.t4g.medium", "network": NETWORK}
TOKEN_WITHOUT_EXPIRY = {
    "kind": "access-tunnel", "hostname": "db.example.com", "zoneId": "0" * 32, "connector": "none",
    "serviceTokenVersion": 2,
}  # fmt: skip
CLOUD_SQL = {
    "provider": "cloud-sql", "region": "europe-west3", "tier": "db-custom-2-7680", "database": "app", "user": "app",
}  # fmt: skip


def with_url(url: str, **changes: Any) -> dict[str, Any]:
    """A stack file with a secret connection string."""
    return stack_file(secrets={"databases": {"main": {"url": url}}}, **changes)


def with_database(**entry: Any) -> dict[str, Any]:
    return stack_file(databases__main={"hyperdrive": NONE, **entry}, workers={})


def database_of(connections: int, limit: int) -> dict[str, Any]:
    """An entry whose database accepts so many connections, and whose Hyperdrive configuration may open so many."""
    return parts(maxConnections=connections, hyperdrive={"connectionLimit": limit, "caching": "none"})


def with_direct(entry: dict[str, Any], **direct: Any) -> dict[str, Any]:
    """A stack file with a Worker that connects without Hyperdrive."""
    worker = {"bundle": "worker.js", "compatibilityDate": "2026-11-01", "direct": {"database": "main", **direct}}
    return stack_file(databases__main=entry, workers={"api": worker})


def with_worker(**changes: Any) -> dict[str, Any]:
    return stack_file(**{f"workers__api__{key}": value for key, value in changes.items()})


def with_bundle(text: str, **changes: Any) -> dict[str, Any]:
    return with_worker(bundle="driver.js", **changes) | {"(files)": {"driver.js": text}}


def with_serverless(entry: dict[str, Any], **changes: Any) -> dict[str, Any]:
    worker = {
        "bundle": "worker.js", "compatibilityDate": "2026-11-01", "serverless": {"URL": "main"},
        "acceptEarlyAccess": True, **changes,
    }  # fmt: skip
    return stack_file(databases__main=entry, workers={"api": worker})


def with_pages(**production: Any) -> dict[str, Any]:
    site = {
        "productionBranch": "main", "compatibilityDate": "2026-11-01", "driver": "pg", "production": production,
        "preview": {},
    }  # fmt: skip
    return stack_file(pages={"site": site})


PRISMA = {**ADDRESS, "host": PRISMA_HOST, "hyperdrive": None}
PUBLIC = {**ADDRESS, "host": "db.example.com"}


def with_tls(**tls: Any) -> dict[str, Any]:
    return with_hyperdrive(tls=tls)


def with_hyperdrive(**changes: Any) -> dict[str, Any]:
    return with_database(**parts(hyperdrive={**NONE, **changes}))


def with_route(**route: Any) -> dict[str, Any]:
    return with_database(**parts(route=route))


def with_cloud_sql(**changes: Any) -> dict[str, Any]:
    return with_database(**{**CLOUD_SQL, **changes})


HYPERDRIVE = f"{MAIN}.hyperdrive"
TUNNEL_ID = "12345678-1234-4234-8234-123456789abc"
VPC = {"kind": "vpc-service", "connector": "none"}
TUNNEL = {"kind": "access-tunnel", "zoneId": "0" * 32, "connector": "none"}
BASE = "postgres://app:pw@db.example.com"


def with_neon(**changes: Any) -> dict[str, Any]:
    return with_database(**{"provider": "neon", "project": {"region": "aws-eu-central-1"}, **changes})


def with_rds(**changes: Any) -> dict[str, Any]:
    return with_database(**{**RDS, "region": "eu-west-1", **changes})


def with_prisma(**changes: Any) -> dict[str, Any]:
    return with_database(
        **{"provider": "prisma", "region": "eu-central-1", "plan": "starter", "hyperdrive": FEW, **changes}
    )


def with_secrets(file: dict[str, Any], **secrets: Any) -> dict[str, Any]:
    """A stack file with more values of `secrets`, by section."""
    return {**file, "secrets": {**file["secrets"], **secrets}}
