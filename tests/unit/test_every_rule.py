"""Every validation rule of docs/rules.md, broken in a stack file that has another error too.

Both errors are in the one list, under the paths of the stack file. No message names an argument of a component.
"""

import ast
import re
from pathlib import Path
from typing import Any

import pytest

from tests.unit.authorities import certificate
from tests.unit.broken import (
    ADDRESS,
    API,
    BASE,
    CLOUD_SQL,
    HYPERDRIVE,
    MAIN,
    NEON,
    NETWORK,
    NONE,
    PRISMA,
    PRISMA_HOST,
    PUBLIC,
    RDS,
    TOKEN_WITHOUT_EXPIRY,
    TUNNEL,
    TUNNEL_ID,
    VPC,
    Case,
    bindings,
    database_of,
    databases,
    pages,
    vendors,
    with_bundle,
    with_cloud_sql,
    with_database,
    with_direct,
    with_hyperdrive,
    with_neon,
    with_pages,
    with_rds,
    with_route,
    with_serverless,
    with_tls,
    with_url,
    with_worker,
    workers,
)
from tests.unit.bundled import contains
from tests.unit.test_dynamic_require import MINIFIED as REQUIRES
from tests.unit.test_rules import ROWS, TEST
from tests.unit.test_settings import SENTINEL, faults, parts, root, stack_file

__all__ = ["root"]

LIBRARY = Path(__file__).resolve().parents[2] / "components" / "edge_postgres"

NEON_REGION = {"region": "aws-eu-central-1"}
AS_ADMINISTRATOR = {"activeSlot": "a", "ownerRole": "rds_superuser"}

CASES: dict[str, list[Case]] = {
    "T1": [
        (with_database(**parts(host=NEON.replace("name", "name-pooler"))), f"{MAIN}.host", f"direct endpoint {NEON}"),
        (with_database(**parts(port=6432)), f"{MAIN}.host", "set `endpoint` to `direct`"),
        (with_url("postgres://app:pw@db.example.com/app?pgbouncer=true"), f"{MAIN}.urlSecret", "direct endpoint"),
        (with_url("postgres://app:pw@db.example.com:6543/app"), f"{MAIN}.urlSecret", "direct endpoint"),
    ],
    "T2": [(with_database(**parts(serviceId="x")), f"{MAIN}.serviceId", "cannot be combined with `host`")],
    "T3": [
        (with_database(**parts(host="10.0.0.5")), f"{MAIN}.host", "which only a private network can reach"),
        (with_url("postgres://app:pw@10.0.0.5/app"), f"{MAIN}.urlSecret", "must be public"),
        (with_database(**parts(host="shop.abc.sql-psa.goog")), f"{MAIN}.host", "which only a private network"),
    ],
    "T4": [
        (with_database(**parts(sslmode="prefer")), f"{MAIN}.sslmode", "must be one of `require`"),
        (with_url("postgres://app:pw@db.example.com/app?sslmode=disable"), f"{MAIN}.urlSecret", "must be one of"),
    ],
    "T5": [
        (with_database(**parts(sslmode="verify-full")), f"{MAIN}.sslmode", "`hyperdrive.tls`"),
        (with_url("postgres://app:pw@db.example.com/app?sslmode=verify-full"), f"{MAIN}.urlSecret", "caFile"),
        (
            with_database(
                **{**CLOUD_SQL, "hyperdrive": {**NONE, "tls": {"mode": "verify-full", "ca": "instance"}}},
            ),
            f"{MAIN}.hyperdrive.tls.mode",
            "does not contain its address",
        ),
        (with_database(**parts(caCertificateId="x", sslmode="require")), f"{MAIN}.sslmode", "`caCertificateId`"),
    ],
    "T7": [
        (with_direct({**PUBLIC, "sslmode": "verify-full"}), f"{API}.direct.database", "takes no certificate"),
        (with_direct({**PUBLIC, "sslmode": "disable"}), f"{API}.direct.database", "`allowClearText`"),
    ],
    "T8": [
        (
            with_direct({**ADDRESS, "host": "a.b.eu-central-1.rds.amazonaws.com"}),
            f"{API}.direct.database",
            "must have a certificate of a public CA",
        )
    ],
    "T9": [(with_direct({**ADDRESS, "host": "8.8.8.8"}), f"{API}.direct.database", "must be a host name")],
    "T10": [(with_direct({**ADDRESS, "host": NEON}, allowClearText=True), f"{API}.direct.allowClearText", "TLS")],
    "T11": [(with_direct({**ADDRESS, "host": "10.0.0.5"}), f"{API}.direct.database", "a private network")],
    "T12": [(with_direct({**PUBLIC, "caCertificateId": "x"}), f"{API}.direct.database", "requires Hyperdrive")],
    "T13": [(with_serverless(PRISMA, driver="pg"), f"{API}.serverless", "which needs a TCP connection")],
    "O1": [(stack_file(databases__main__host="db.example.com"), f"{MAIN}.urlSecret", "cannot be combined with `host`")],
    "O3": [
        (with_url("postgres://app:pw@x.aivencloud.com/app"), f"{MAIN}.urlSecret", "has no port"),
    ],
    "O4": [(with_url("postgres://app:pw@db.example.com"), f"{MAIN}.urlSecret", "has no database name")],
    "O7": [(with_database(**parts(endpoint="pooled")), f"{MAIN}.host", "must be a direct endpoint")],
    "O12": [
        (
            with_database(**CLOUD_SQL, authorizedNetworks=["0.0.0.0/0"]),
            f"{MAIN}.authorizedNetworks",
            "`openToTheInternet`",
        ),
        (with_direct(PUBLIC), f"{API}.direct.acceptOpenNetwork", "must be true"),
    ],
    "O14": [
        (with_database(**RDS), f"{MAIN}.region", "is required"),
        (with_database(provider="prisma", plan="free"), f"{MAIN}.region", "is required"),
        (with_database(provider="neon", project={}), f"{MAIN}.project.region", "is required"),
    ],
    "O15": [(with_worker(placement={"region": "nowhere"}), f"{API}.placement.region", "")],
    "O18": [
        (with_database(**RDS, region="eu-west-1", managedPassword=True), f"{MAIN}.managedPassword", "rotat"),
        (with_database(**parts(passwordRotates=True)), f"{MAIN}.passwordRotates", "`rotationSync`"),
    ],
    "O21": [
        (with_database(**RDS, region="eu-west-1", identifier="sg-main"), f"{MAIN}.identifier", "begin with `sg-`"),
        (
            with_database(**parts(route={"kind": "vpc-service", "connector": {"name": "sg-main"}})),
            f"{MAIN}.route.connector.name",
            "begin with `sg-`",
        ),
    ],
    "O22": [
        (with_url("psql -h db.example.com -U app app"), f"{MAIN}.urlSecret", "a command `psql` with options"),
        (with_url("postgres://app:[YOUR-PASSWORD]@db.example.com/app"), f"{MAIN}.urlSecret", "a placeholder"),
        (with_url("host=db.example.com user=app dbname=app"), f"{MAIN}.urlSecret", "has no `password`"),
    ],
    "O23": [
        (with_neon(project={**NEON_REGION, "name": "x" * 257}), f"{MAIN}.project.name", "1 to 256 characters"),
        (with_neon(project={**NEON_REGION, "postgresVersion": 13}), f"{MAIN}.project.postgresVersion", "14 to 19"),
        (
            with_neon(project={**NEON_REGION, "historyRetention": "31d"}),
            f"{MAIN}.project.historyRetention",
            "from 0 to",
        ),
        (with_neon(user="x" * 62, credentials={"activeSlot": "a"}), f"{MAIN}.user", "1 to 61 bytes"),
    ],
    "O24": [
        (
            with_rds(network={**NETWORK, "additionalRanges": ["203.0.113.7/32"]}, credentials=AS_ADMINISTRATOR),
            f"{MAIN}.credentials.ownerRole",
            "got rds_superuser",
        ),
    ],
    "O25": [(with_rds(credentials={"activeSlot": "a"}), f"{MAIN}.credentials", "requires access for the machine")],
    "L1": [
        (stack_file(databases__main__hyperdrive__connectionLimit=4), f"{MAIN}.hyperdrive.connectionLimit", "least 5"),
        (stack_file(databases__main__hyperdrive__connectionLimit=1501), f"{MAIN}.hyperdrive.connectionLimit", "1500"),
    ],
    "L2": [(stack_file(databases__main__maxConnections=10), f"{MAIN}.hyperdrive.connectionLimit", "more connection")],
    "L3": [(stack_file(databases__main__hyperdrive={"connectionLimit": 9}), f"{MAIN}.hyperdrive.caching", "required")],
    "L4": [
        (with_database(**parts(host=PRISMA_HOST)), f"{MAIN}.hyperdrive.connectionLimit", "accepted by the database"),
        (with_url(f"postgres://app:pw@{PRISMA_HOST}/app"), f"{MAIN}.hyperdrive.connectionLimit", "accepted by"),
    ],
    "L5": [(stack_file(databases__main=database_of(20, 19)), f"{MAIN}.hyperdrive.connectionLimit", "unallocated")],
    "L6": [
        (
            with_direct({**PUBLIC, "maxConnections": 50}, acceptOpenNetwork=True),
            f"{API}.direct.connections",
            "is required",
        )
    ],
    "W1": [
        (with_worker(compatibilityDate="tomorrow"), f"{API}.compatibilityDate", "must be a date"),
        (with_worker(compatibilityDate="2099-01-01"), f"{API}.compatibilityDate", "must not be in the future"),
        (with_pages(compatibilityDate="2099-01-01"), "pages.site.production.compatibilityDate", "in the future"),
    ],
    "W2": [(with_worker(compatibilityDate="2021-01-01"), f"{API}.compatibilityDate", "2024-09-23 or later")],
    "W3": [(with_worker(compatibilityDate="2026-01-01"), f"{API}.compatibilityFlags", "must contain nodejs_compat")],
    "W5": [(with_worker(compatibilityFlags=["no_nodejs_compat"]), f"{API}.compatibilityFlags", "must not contain")],
    "W6": [(with_worker(compatibilityFlags=["node_compat"]), f"{API}.compatibilityFlags", "wrangler 4 removed")],
    "W9": [(with_bundle("addEventListener('fetch', () => {})"), f"{API}.bundle", "")],
    "W10": [
        (with_worker(vars={"1A": "x"}), f"{API}.vars", "must have JavaScript names"),
        (with_worker(vars={"HYPERDRIVE": "x"}), f"{API}.vars", "must have unique names"),
    ],
    "W13": [(with_worker(vars={"DB": f"postgres://a:{SENTINEL}@h/d"}), f"{API}.vars.DB", "secret")],
    "W14": [(stack_file(pages={"site": {"productionBranch": "main"}}), "pages.site.preview", "is required")],
    "W15": [
        (with_pages(compatibilityDate="2021-01-01"), "pages.site.production.compatibilityDate", "or later"),
        (with_pages(vars={"DB": f"postgres://a:{SENTINEL}@h/d"}), "pages.site.production.vars.DB", "secret"),
    ],
    "R12": [
        (
            with_database(**parts(route=TOKEN_WITHOUT_EXPIRY)),
            f"{MAIN}.route.previousServiceTokenExpiresAt",
            "is required",
        )
    ],
    "W17": [(with_worker(routeRecords=["www.example.com"]), f"{API}.routeRecords", "must be host names of `routes`")],
    "W18": [(with_worker(limits={"cpuMs": 400000}), f"{API}.limits.cpuMs", "")],
    "W19": [
        (
            with_worker(transform={"script": {"bindings": [{"name": "HYPERDRIVE", "type": "inherit"}]}}),
            f"{API}.transform.script.bindings[0].type",
            "must not be inherit",
        )
    ],
    "D1": [(with_bundle(contains("pg@8.0.0")), f"{API}.bundle", "or later")],
    "D2": [(with_bundle(contains("pg@8.11.4")), f"{API}.bundle", "8.11.4")],
    "D5": [(with_bundle(contains("drizzle-orm@0.45.4"), driver="drizzle"), f"{API}.bundle", "does not contain pg")],
    "D7": [
        (
            with_bundle(contains("@prisma/adapter-pg@7.10.0", "@prisma/adapter-ppg@7.10.0"), driver="prisma"),
            f"{API}.bundle",
            "adapter",
        )
    ],
    "D11": [(with_bundle(contains("@neondatabase/serverless@1.2.0")), f"{API}.bundle", "npm install")],
    "D12": [(with_bundle(REQUIRES), f"{API}.bundle", "wrangler deploy --dry-run")],
    "P1": [(with_serverless(PUBLIC), f"{API}.serverless.URL", "must be the direct host of Prisma Postgres")],
    "P2": [(with_serverless(PRISMA, acceptEarlyAccess=False), f"{API}.acceptEarlyAccess", "must be true")],
    "P3": [(with_serverless({**PRISMA, "host": f"pooled.{PRISMA_HOST}"}), f"{API}.serverless.URL", "direct endpoint")],
    "P5": [
        (
            with_serverless({**PRISMA}) | {"secrets": {"databases": {"main": {"url": "a b"}}}},
            f"{API}.serverless.URL",
            "characters that a URL encodes",
        )
    ],
    "R2": [(with_worker(limits={"cpuMs": 400000}), f"{API}.limits.cpuMs", "")],
}


URLS = [
    ("mysql://app:pw@db.example.com/app", "must be a Postgres URL"),
    ("prisma+postgres://accelerate.prisma-data.net", "only Prisma's own client"),
    ("postgres://app:p w@db.example.com/app", "has a space"),
    ("postgres://app:p@w@db.example.com/app", "more than one unencoded `@`"),
    ("postgres://db.example.com/app", "has no user and password"),
    ("postgres://app:p/w@db.example.com/app", "unencoded `/` or `?`"),
    ("postgres://app:p%w@db.example.com/app", "starts no percent-encoded"),
    ("postgres://app@db.example.com/app", "no user or no password"),
    ("postgres://app:pw@a.example.com,b.example.com/app", "several hosts"),
    ("postgres://app:pw@-/app", "no valid host"),
    (f"{BASE}:99999/app", "port from 1 to 65535"),
    (f"{BASE}/app/other", "unencoded `/` in its database name"),
    (f"{BASE}/app?a+b=1", "parameter with an invalid name"),
    (f"{BASE}/app?schema=shop", "must not have `schema`"),
    (f"{BASE}/app?sslmode=require&sslmode=prefer", "`sslmode` twice"),
    (f"{BASE}/app?sslmode=strict", "Postgres does not know"),
]
"""Connection strings, and a part of the message about each."""

MORE: list[Case] = [
    (stack_file(databases__main__hyperdrive__caching={}), f"{MAIN}.hyperdrive.caching", "Set `none`, or both ages"),
    (with_worker(scriptName="a" * 64), f"{API}.scriptName", "1 to 63"),
    (with_database(**parts(user="u" * 65)), f"{MAIN}.user", "64 bytes"),
    (with_database(**parts(database="d" * 64)), f"{MAIN}.database", "63 bytes"),
    (with_database(**CLOUD_SQL, privateNetwork="projects/a/global/networks/b"), f"{MAIN}.privateNetwork", "`route`"),
    (with_database(**parts(rotationSync="nightly")), f"{MAIN}.rotationSync", "`passwordRotates`"),
    (with_database(**parts(hyperdrive={**NONE, "scheme": "mysql"})), f"{MAIN}.hyperdrive.scheme", "'postgres'"),
    (with_url("postgres://app:p#w@db.example.com/app"), f"{MAIN}.urlSecret", "unencoded `#`"),
    (
        with_database(
            **parts(
                credentials={
                    "activeSlot": "a",
                    "ownerRole": "r" * 62,
                    "adminUser": "admin",
                    "adminPasswordSecret": "databases.main.url",
                }
            )
        ),
        f"{MAIN}.credentials.ownerRole",
        "`ownerRole`",
    ),
    (
        with_database(
            **parts(host="8.8.8.8", hyperdrive={**NONE, "tls": {"mode": "verify-full", "caFile": "worker.js"}})
        ),
        f"{MAIN}.hyperdrive.tls.caFile",
        "certificate",
    ),
    (with_tls(mode="verify-full"), f"{HYPERDRIVE}.tls.caFile", "is required for"),
    (
        with_tls(mode="require", caFile="authority.pem"),
        f"{HYPERDRIVE}.tls.caFile",
        "cannot be combined with `mode: require`",
    ),
    (with_tls(mode="verify-full", caFile="gone.pem"), f"{HYPERDRIVE}.tls.caFile", "must be an existing file"),
    (
        with_tls(mode="require", clientCertificateFile="authority.pem"),
        f"{HYPERDRIVE}.tls.clientKeySecret",
        "set together",
    ),
    (with_tls(mode="verify-full", ca="instance"), f"{HYPERDRIVE}.tls.ca", "is only for `cloud-sql`"),
    (
        with_tls(mode="verify-full", ca="instance", caFile="authority.pem"),
        f"{HYPERDRIVE}.tls.ca",
        "cannot be combined with `caFile`",
    ),
    (with_tls(mode="require", transform={"ca": {}}), f"{HYPERDRIVE}.tls.transform", "requires a certificate"),
    (with_hyperdrive(connectionLimit="10"), f"{HYPERDRIVE}.connectionLimit", "must be an integer or `auto`"),
    (with_hyperdrive(connectionLimit="auto"), f"{HYPERDRIVE}.connectionLimit", "cannot be `auto`"),
    (with_hyperdrive(fresh={"share": 0.5}), f"{HYPERDRIVE}.fresh", "cannot be combined with `caching: none`"),
    (with_database(**parts(passwordSecret="pw")), f"{MAIN}.passwordSecret", "must be the path of a secret"),
    (with_database(**parts(passwordSecret="databases.main.other")), f"{MAIN}.passwordSecret", "has no value"),
    (
        with_database(**parts(port=5432, accessClientId="id", accessClientSecret="databases.main.url")),
        f"{MAIN}.port",
        "the tunnel contains the port",
    ),
    (with_database(**parts(host="db_example")), f"{MAIN}.host", ""),
    (with_database(**parts(user="")), f"{MAIN}.user", ""),
    (with_database(**parts(port=0)), f"{MAIN}.port", ""),
    (
        with_database(
            **parts(credentials={"activeSlot": "a", "a": {"user": "x", "passwordSecret": "databases.main.url"}})
        ),
        f"{MAIN}.credentials.b",
        "two roles take turns",
    ),
    (
        with_database(**parts(credentials={"activeSlot": "a", "adminUser": "x"})),
        f"{MAIN}.credentials.adminUser",
        "set together",
    ),
    (with_route(kind="vpc-service"), f"{MAIN}.route.connector", "is required"),
    (
        with_route(kind="vpc-service", tunnelId=TUNNEL_ID, connector={}),
        f"{MAIN}.route.connector",
        "cannot be combined with `tunnelId`",
    ),
    (with_route(**VPC, resolverIps=[]), f"{MAIN}.route.resolverIps", "at least one IP address"),
    (with_route(**VPC, resolverIps=["dns"]), f"{MAIN}.route.resolverIps", "not an IP address"),
    (
        with_database(
            **parts(host="10.0.0.5", route={**VPC, "resolverIps": ["10.0.0.2"], "certificateVerification": "disabled"})
        ),
        f"{MAIN}.route.resolverIps",
        "needs no resolver",
    ),
    (
        with_database(**parts(host="10.0.0.5", route=VPC)),
        f"{MAIN}.route.certificateVerification",
        "requires a host name",
    ),
    (
        with_database(**parts(host="x.abc.eu-west-1.rds.amazonaws.com", route=VPC)),
        f"{MAIN}.route.certificateVerification",
        "has a private CA",
    ),
    (
        with_database(**parts(route=VPC, hyperdrive={**NONE, "tls": {"mode": "require"}})),
        f"{HYPERDRIVE}.tls",
        "its own TLS settings",
    ),
    (with_database(**parts(route=VPC, hyperdrive=None)), f"{MAIN}.route", "requires `hyperdrive`"),
    (
        with_database(provider="neon", project={"region": "aws-eu-central-1"}, route=VPC),
        f"{MAIN}.route",
        "databases are public",
    ),
    (with_route(**TUNNEL, hostname="x"), f"{MAIN}.route.hostname", "full host name"),
    (with_route(**TUNNEL, hostname="db.example.com"), f"{MAIN}.route.hostname", "is the host of the database"),
    (with_worker(domains=["https://example.com"]), f"{API}.domains[0]", "must be one host name"),
    (with_worker(keepBindings=["A b"]), f"{API}.keepBindings", "must be types of bindings"),
    (with_worker(tailConsumers=["logs", "logs"]), f"{API}.tailConsumers", "must be unique"),
    (with_worker(crons=["0 3"]), f"{API}.crons", "must have five fields"),
    (with_worker(crons=["0 25 * * *"]), f"{API}.crons", "must have a valid hour"),
    (with_worker(crons=["0 3 * * *", "0 3 * * *"]), f"{API}.crons", "must be unique"),
    (
        with_worker(otherBindings={"X": {"type": "secret_text", "text": "s"}}),
        f"{API}.otherBindings.X.text",
        "must not contain",
    ),
    (with_worker(secrets=["STRIPE"]), f"{API}.secrets[0]", "has no value"),
    (with_worker(hyperdrive={"HYPERDRIVE": "other"}), f"{API}.hyperdrive.HYPERDRIVE", "must be"),
    (with_worker(bundle="gone.js"), f"{API}.bundle", ""),
    (with_worker(assets={"directory": "gone"}), f"{API}.assets.directory", "must be a directory"),
    (with_worker(rollout={"percentage": 150}), f"{API}.rollout.percentage", ""),
    (
        with_worker(workflows={"W": {"className": "A", "scriptName": "x"}}),
        f"{API}.workflows.W.workflowName",
        "is required",
    ),
    (with_cloud_sql(instanceName="Shop"), f"{MAIN}.instanceName", "lower-case letters"),
    (with_cloud_sql(instanceName="a" * 98), f"{MAIN}.instanceName", "at most 98 characters"),
    (with_cloud_sql(database="postgres"), f"{MAIN}.database", "every instance already contains"),
    (with_cloud_sql(authorizedNetworks=[]), f"{MAIN}.authorizedNetworks", "must not be empty"),
    (with_cloud_sql(authorizedNetworks=["office"]), f"{MAIN}.authorizedNetworks", "must contain IPv4 ranges"),
    (with_cloud_sql(authorizedNetworks=["2001:db8::/32"]), f"{MAIN}.authorizedNetworks", "must contain IPv4 ranges"),
    (with_cloud_sql(authorizedNetworks=["10.0.0.0/8"]), f"{MAIN}.authorizedNetworks", "private or reserved"),
    (
        with_cloud_sql(authorizedNetworks=["8.8.8.0/24"], openToTheInternet=True),
        f"{MAIN}.openToTheInternet",
        "cannot be combined",
    ),
    (with_cloud_sql(maintenanceWindow="sunday"), f"{MAIN}.maintenanceWindow", "a day and a full hour"),
    (stack_file(queues={"q": {"id": "0" * 32}}), "queues.q.queueName", "is required with `id`"),
    (
        stack_file(queues={"q": {"id": "0" * 32, "queueName": "q", "deliveryDelay": 5}}),
        "queues.q.deliveryDelay",
        "cannot be combined with `id`",
    ),
    *((with_url(url), f"{MAIN}.urlSecret", words) for url, words in URLS),
    *databases.CASES,
    *vendors.CASES,
    *workers.CASES,
    *bindings.CASES,
    *pages.CASES,
]
"""Rules that docs/rules.md does not list one by one."""


def arguments_of_components() -> set[str]:
    """The names of all arguments of components that are not the same in a stack file, such as `ca_certificate_id`."""
    found: set[str] = set()
    for path in LIBRARY.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ClassDef) and any(ast.unparse(base) == "TypedDict" for base in node.bases):
                found |= {ast.unparse(each.target) for each in node.body if isinstance(each, ast.AnnAssign)}
    return {name for name in found if "_" in name}


ARGUMENTS = arguments_of_components()
BROKEN = [*((rule, *case) for rule, cases in CASES.items() for case in cases), *(("", *case) for case in MORE)]


def report_of(root: Path, file: dict[str, Any]) -> dict[str, str]:
    """Returns the errors of a case by their paths, with the error of another setting."""
    for name, content in file.get("(files)", {}).items():
        (root / name).parent.mkdir(exist_ok=True)
        if name.endswith("/"):
            (root / name).mkdir()
            continue
        # A surrogate is a byte that is not UTF-8.
        (root / name).write_text(content, errors="surrogateescape")
    settings = {key: value for key, value in file.items() if key != "(files)"}
    return faults(root, {**settings, **unrelated_error(file)})


def unrelated_error(file: dict[str, Any]) -> dict[str, str]:
    """A setting with an error that has nothing to do with the error of the case."""
    return {"accountId": "abc"} if file["accountId"] else {"plan": "none"}


@pytest.mark.parametrize(("rule", "file", "path", "words"), BROKEN, ids=[f"{row[0]} {row[2]}" for row in BROKEN])
def test_a_broken_rule_is_reported_with_the_other_errors(
    root: Path, rule: str, file: dict[str, Any], path: str, words: str
) -> None:
    found = report_of(root, file)
    assert unrelated_error(file).keys() <= found.keys(), rule
    assert path in found
    assert words in found[path]
    named = set(re.findall(r"[a-z]+(?:_[a-z]+)+", " ".join([*found, *found.values()])))
    assert named & ARGUMENTS == set()
    assert SENTINEL not in str(found)


def test_every_rule_about_a_rejected_value_is_broken_here() -> None:
    # Each rule of `test_moves.py` compares the stack file with the previous update.
    rejecting = {
        row.name
        for row in ROWS
        if row.group != "Systems"
        for path, name in TEST.findall(row.checked_by)
        if path.startswith("tests/unit/") and path != "tests/unit/test_moves.py"
        if re.search(r"_(is|are)_(rejected|required)", name)
    }
    assert rejecting - {rule for rule, cases in CASES.items() if cases} == set()


def test_an_argument_of_a_component_in_a_message_would_be_noticed() -> None:
    assert {"ca_certificate_id", "connection_limit", "allow_clear_text"} <= ARGUMENTS


EXPIRED = {"mode": "verify-full", "caFile": "old.pem"}


def test_an_expired_ca_is_reported_with_the_other_errors(root: Path) -> None:
    (root / "old.pem").write_text(certificate("Old CA", begins=-30, ends=-10).pem)
    found = faults(root, with_database(**parts(hyperdrive={**NONE, "tls": EXPIRED})) | {"accountId": "abc"})
    assert set(found) == {"accountId", f"{MAIN}.hyperdrive.tls.caFile"}
    assert "expired on" in found[f"{MAIN}.hyperdrive.tls.caFile"]


def test_every_rule_of_an_entry_runs_although_a_setting_of_the_entry_is_invalid(root: Path) -> None:
    entry = parts(maxConnections=-1, hyperdrive={"connectionLimit": 4}, database=None, userr="app")
    file = with_direct(entry, connections=0) | {"accountId": "abc"}
    assert set(faults(root, file)) == {
        "accountId",
        f"{MAIN}.database",
        f"{MAIN}.hyperdrive.caching",
        f"{MAIN}.hyperdrive.connectionLimit",
        f"{MAIN}.maxConnections",
        f"{MAIN}.userr",
        f"{API}.direct.connections",
    }


def test_every_missing_part_of_an_address_is_reported_at_once(root: Path) -> None:
    assert set(faults(root, with_database(provider="existing", port=5432))) == {
        f"{MAIN}.{part}" for part in ("database", "host", "passwordSecret", "user")
    }


def test_every_contradiction_of_a_route_is_reported_at_once(root: Path) -> None:
    found = faults(root, with_database(**parts(serviceId="x", port=5432, accessClientId="id")))
    assert "cannot be combined with `host` and `port` and `accessClientId`" in found[f"{MAIN}.serviceId"]
    assert "must be set together with `accessClientSecret`" in found[f"{MAIN}.accessClientId"]


def test_an_error_of_a_worker_does_not_hide_that_its_database_cannot_be_reached(root: Path) -> None:
    file = with_direct({**PUBLIC, "host": "10.0.0.5"})
    file["workers"]["api"]["compatibilityDate"] = "tomorrow"
    assert set(faults(root, file)) == {f"{API}.compatibilityDate", f"{API}.direct.database"}


def test_every_contradiction_between_a_database_and_its_route_is_reported_at_once(root: Path) -> None:
    route = {**VPC, "resolverIps": ["10.0.0.2"]}
    file = with_database(**parts(host="10.0.0.5", route=route, hyperdrive={**NONE, "tls": {"mode": "require"}}))
    assert set(faults(root, file)) == {
        f"{MAIN}.route.certificateVerification",
        f"{MAIN}.route.resolverIps",
        f"{MAIN}.hyperdrive.tls",
    }
