"""Stack files with an error of an existing database, of its Hyperdrive configuration or of its network route."""

from tests.unit.authorities import certificate
from tests.unit.broken import (
    ADDRESS,
    API,
    BASE,
    FEW,
    HYPERDRIVE,
    MAIN,
    NEON,
    NONE,
    PRISMA,
    PUBLIC,
    TUNNEL,
    TUNNEL_ID,
    VPC,
    Case,
    with_cloud_sql,
    with_database,
    with_direct,
    with_hyperdrive,
    with_route,
    with_secrets,
    with_serverless,
    with_tls,
    with_url,
)
from tests.unit.test_settings import parts, stack_file

CACHED = {"maxAge": 60, "staleWhileRevalidate": 15}
ROLE = {"user": "worker_a", "passwordSecret": "databases.main.url"}
ROLES = {"activeSlot": "a", "a": ROLE, "b": {**ROLE, "user": "worker_b"}}
ADMIN = {"activeSlot": "a", "adminUser": "admin", "adminPasswordSecret": "databases.main.url"}
CLIENT, LOCKED, OTHER = certificate("worker"), certificate("worker", passphrase=b"x"), certificate("other")
WITH_CLIENT = {
    "mode": "require", "clientCertificateFile": "client.pem", "clientKeySecret": "databases.main.key",
}  # fmt: skip


def with_ca(pem: str, **tls: str) -> dict[str, object]:
    return with_tls(mode="verify-ca", caFile="ca.pem", **tls) | {"(files)": {"ca.pem": pem}}


def with_client(pem: str, key: str) -> dict[str, object]:
    file = with_secrets(with_tls(**WITH_CLIENT), databases={"main": {"url": "pw", "key": key}})
    return file | {"(files)": {"client.pem": pem}}


TLS_CASES: list[Case] = [
    (with_ca("no certificate"), f"{HYPERDRIVE}.tls.caFile", "certificate"),
    (
        with_ca("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"),
        f"{HYPERDRIVE}.tls.caFile",
        "cannot be read, number 1",
    ),
    (with_ca(CLIENT.pem + OTHER.pem), f"{HYPERDRIVE}.tls.caFile", "exactly one CA, got 2"),
    (with_ca(certificate("leaf", ca=False).pem), f"{HYPERDRIVE}.tls.caFile", "must be the certificate of a CA"),
    (with_ca(certificate("old", begins=-9, ends=-5).pem), f"{HYPERDRIVE}.tls.caFile", "expired on"),
    (with_ca(certificate("new", begins=5).pem), f"{HYPERDRIVE}.tls.caFile", "is not valid before"),
    (with_client(CLIENT.pem, LOCKED.key), f"{HYPERDRIVE}.tls.clientKeySecret", "must not have a passphrase"),
    (with_client(CLIENT.pem, "key"), f"{HYPERDRIVE}.tls.clientKeySecret", "must be a private key in PEM"),
    (with_client(CLIENT.pem, OTHER.key), f"{HYPERDRIVE}.tls.clientKeySecret", "does not belong to"),
    (
        with_client("\udcff", CLIENT.key),
        f"{HYPERDRIVE}.tls.clientCertificateFile",
        "must be a readable file in PEM",
    ),
    (
        with_cloud_sql(hyperdrive={**NONE, "tls": {"mode": "verify-ca", "ca": "instance", "caFile": "authority.pem"}}),
        f"{HYPERDRIVE}.tls.ca",
        "cannot be combined with `caFile`",
    ),
    (
        with_tls(mode="require", clientKeySecret="databases.main.url"),
        f"{HYPERDRIVE}.tls.clientKeySecret",
        "must be set together with",
    ),
    (
        with_database(
            **parts(host="8.8.8.8", hyperdrive={**NONE, "tls": {"mode": "verify-full", "caFile": "authority.pem"}})
        ),
        f"{HYPERDRIVE}.tls.mode",
        "requires a host name",
    ),
]

HYPERDRIVE_CASES: list[Case] = [
    (with_hyperdrive(caching={"maxAge": 9999, "staleWhileRevalidate": 5}), f"{HYPERDRIVE}.caching.maxAge", "1 and"),
    (
        with_hyperdrive(caching={"maxAge": 60, "staleWhileRevalidate": -1}),
        f"{HYPERDRIVE}.caching.staleWhileRevalidate",
        "must be at least 0",
    ),
    (with_hyperdrive(caching={"disabled": True, "maxAge": 60}), f"{HYPERDRIVE}.caching", "cannot be combined with"),
    (with_hyperdrive(caching=CACHED, fresh={"share": 1.5}), f"{HYPERDRIVE}.fresh.share", "must be less than 1"),
    (
        with_hyperdrive(connectionLimit=9, caching=CACHED, fresh={"share": 0.3}),
        f"{HYPERDRIVE}.connectionLimit",
        "for each configuration of the pair",
    ),
    (
        with_database(
            **parts(
                credentials=ROLES,
                hyperdrive={"connectionLimit": 20, "caching": CACHED, "fresh": {"share": 0.5, "configName": "a"}},
            )
        ),
        f"{HYPERDRIVE}.fresh.configName",
        "cannot be combined with `credentials`",
    ),
    (with_database(**parts(credentials={"activeSlot": "a"})), f"{MAIN}.credentials", "must contain two existing roles"),
    (
        with_database(**parts(credentials={**ROLES, "ownerRole": "app"})),
        f"{MAIN}.credentials.ownerRole",
        "cannot be combined with `a` and `b`",
    ),
    (
        with_database(**parts(credentials={**ROLES, "b": ROLE})),
        f"{MAIN}.credentials.b.user",
        "got worker_a",
    ),
    (
        with_cloud_sql(credentials={"activeSlot": "a"}),
        f"{MAIN}.credentials",
        "requires access for the machine",
    ),
    (
        with_database(**parts(credentials={**ADMIN, "ownerRole": "admin"})),
        f"{MAIN}.credentials.ownerRole",
        "cannot be an administrator",
    ),
    (with_database(**parts(previewDatabase="app")), f"{MAIN}.previewDatabase", "must differ from app"),
    (with_database(**parts(previewDatabase="PR 1")), f"{MAIN}.previewDatabase", "such as `pr-123`"),
    (
        with_database(
            **{**ADDRESS, "serviceId": "service", "previewDatabase": "pr-1"},
        ),
        f"{MAIN}.previewDatabase",
        "cannot be combined with `serviceId`",
    ),
    (with_database(**parts(database="")), f"{MAIN}.database", "got 0 (Hyperdrive's limit)"),
]

ADDRESS_CASES: list[Case] = [
    (with_database(**parts(host="postgres://db")), f"{MAIN}.host", "must be a host name or an IP address"),
    (with_database(provider="existing", port=5432), f"{MAIN}.host", "is required without `urlSecret`"),
    (with_database(**parts(accessClientId="id")), f"{MAIN}.accessClientId", "must be set together with"),
    (
        with_secrets(with_database(**parts()), databases={"main": {"url": ""}}),
        f"{MAIN}.passwordSecret",
        "authenticates with a password",
    ),
    (with_url(""), f"{MAIN}.urlSecret", "must not be empty"),
    (with_url("postgres://app:%ff@db.example.com/app"), f"{MAIN}.urlSecret", "UTF-8"),
    (with_url("db.example.com"), f"{MAIN}.urlSecret", "must be a URL or a `key=value` string"),
    (with_url(f'"{BASE}/app'), f"{MAIN}.urlSecret", "quotation mark at only one end"),
    (with_url("jdbc:postgresql://db.example.com/app?user=app&password=%ff"), f"{MAIN}.urlSecret", "UTF-8"),
    (with_url("jdbc:postgresql://db.example.com/app?user=app&password=a%z"), f"{MAIN}.urlSecret", "starts no percent"),
    (with_url("jdbc:postgresql://db.example.com/app?user=app&password=a+z"), f"{MAIN}.urlSecret", "JDBC reads as"),
    (with_url("host=db.example.com user=app password='a b dbname=app"), f"{MAIN}.urlSecret", "is not a valid `key"),
    (with_url("host=a.example.com host=b.example.com user=app password=a"), f"{MAIN}.urlSecret", "has `host` twice"),
    (with_url("host=db.example.com hostaddr=8.8.8.8 user=app password=a"), f"{MAIN}.urlSecret", "`hostaddr`"),
    (with_url("host=/var/run user=app password=a dbname=app"), f"{MAIN}.urlSecret", "has no valid `host`"),
]

ROUTE_CASES: list[Case] = [
    (
        with_database(**parts(route=VPC, caCertificateId="x", sslmode="verify-ca")),
        f"{MAIN}.caCertificateId",
        "is not supported by a Workers VPC service",
    ),
    (with_database(**ADDRESS, serviceId="x", route=VPC), f"{MAIN}.serviceId", "belongs to another network route"),
    (with_route(**VPC, tunnelTokenVersion=0), f"{MAIN}.route.tunnelTokenVersion", "must be at least 1"),
    (
        with_route(**VPC, tunnelId=TUNNEL_ID, tunnelTokenVersion=2),
        f"{MAIN}.route.tunnelTokenVersion",
        "does not change an existing tunnel",
    ),
    (
        with_route(**TUNNEL, hostname="t.example.com", serviceTokenVersion=3, previousServiceTokenExpiresAt="soon"),
        f"{MAIN}.route.previousServiceTokenExpiresAt",
        "RFC 3339",
    ),
    (
        with_route(**TUNNEL, hostname="t.example.com", previousServiceTokenExpiresAt="2026-12-01T12:00:00Z"),
        f"{MAIN}.route.previousServiceTokenExpiresAt",
        "requires `serviceTokenVersion`",
    ),
    (with_route(kind="vpc-service", connector="ecs"), f"{MAIN}.route.connector", "requires `vpcId` and `subnetIds`"),
    (
        with_route(kind="vpc-service", connector={"image": "cloudflare/cloudflared:latest"}),
        f"{MAIN}.route.connector.image",
        "a fixed version",
    ),
    (with_route(kind="vpc-service", connector={"tasks": 0}), f"{MAIN}.route.connector.tasks", "must be at least 1"),
    (
        with_direct({**PUBLIC, "route": VPC, "hyperdrive": NONE}),
        f"{API}.direct.database",
        "is only for Hyperdrive",
    ),
]

DIRECT_CASES: list[Case] = [
    (
        with_direct(
            {"provider": "existing", "urlSecret": "databases.main.url"}, style="parameters", acceptOpenNetwork=True
        ),
        f"{API}.direct.style",
        "would show a secret",
    ),
    (with_database(**ADDRESS, serviceId="x", sslmode="require"), f"{MAIN}.sslmode", "`serviceId`"),
    (with_direct({**with_cloud_sql()["databases"]["main"], "hyperdrive": None}), f"{API}.direct.database", "Google's"),
    (with_direct({**ADDRESS, "host": "104.16.0.1"}), f"{API}.direct.database", "an address of Cloudflare"),
    (with_direct({**ADDRESS, "host": "accelerate.prisma-data.net"}), f"{API}.direct.database", "another protocol"),
    (
        with_direct({**ADDRESS, "host": NEON}, style="url", names={"host": "H"}),
        f"{API}.direct.names.host",
        "unknown variable of this style",
    ),
    (
        with_serverless({**with_cloud_sql()["databases"]["main"], "hyperdrive": None}),
        f"{API}.serverless.URL",
        "is not Prisma Postgres",
    ),
    (with_serverless(PRISMA, serverless={"A": "main", "B": "main"}), f"{API}.serverless", "at most one entry"),
    (
        with_serverless({**PRISMA, "hyperdrive": FEW}, hyperdrive={"H": "main"}),
        f"{API}.serverless",
        "cannot be combined with `hyperdrive`",
    ),
]

STACK_CASES: list[Case] = [
    (stack_file(accountId=""), "accountId", "is required"),
    (
        stack_file(secrets={"databases": {"main": {"url": 1e30}}}),
        "secrets.databases.main.url",
        "must be a string",
    ),
    (stack_file(databases__Main=PUBLIC), "databases.Main", "must consist of lower-case letters"),
    (stack_file(workers='{"api"'), "workers", "is not valid JSON"),
    (stack_file(workers='{"api": {}, "api": {}}'), "workers", "has the key `api` twice"),
    (stack_file(workers="[" * 100_000), "workers", "is nested too deeply"),
    (stack_file(secrets="text", databases__main=PUBLIC), "secrets", "must be a map"),
]

CASES = [*TLS_CASES, *HYPERDRIVE_CASES, *ADDRESS_CASES, *ROUTE_CASES, *DIRECT_CASES, *STACK_CASES]
"""The settings of existing databases, and those that all databases have."""
