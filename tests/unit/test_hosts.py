"""Facts that follow from a host name: vendor, pooler, reader endpoint and network."""

import re
from pathlib import Path

import pytest

from edge_postgres.origin.address import validate_host
from edge_postgres.origin.connection_string import ConnectionString
from edge_postgres.origin.hosts import (
    Endpoint,
    NetworkScope,
    direct_endpoint_hint,
    endpoint_of,
    is_host,
    is_reader,
    network_scope_of,
    vendor_of,
)
from edge_postgres.origin.url_parameters import PARAMETERS
from edge_postgres.origin.vendor import CaKind, Vendor
from edge_postgres.origin.vendors import VENDORS

REFERENCE = "abcdefghijklmnopqrst"

DIRECT = [
    ("Neon", "ep-cool-name-123.eu-central-1.aws.neon.tech", 5432),
    ("Prisma Postgres", "db.prisma.io", 5432),
    ("Supabase", f"db.{REFERENCE}.supabase.co", 5432),
    ("Amazon RDS", "shop.abc123.eu-central-1.rds.amazonaws.com", 5432),
    ("Amazon RDS", "shop.cluster-abc123.eu-central-1.rds.amazonaws.com", 5432),
    ("Amazon RDS", "shop.abc123.cn-north-1.rds.amazonaws.com.cn", 5432),
    ("Amazon RDS", "shop.abc123.rds.cn-north-1.amazonaws.com.cn", 5432),
    ("Supabase", f"db.{REFERENCE}-rr-us-east-1-abcde.supabase.co", 5432),
    ("Google Cloud SQL", "shop.abc123.sql-psa.goog", 5432),
    ("Azure Database for PostgreSQL", "shop.postgres.database.azure.com", 5432),
    ("PlanetScale Postgres", "aws-eu-central-1-1.horizon.psdb.cloud", 5432),
    ("PlanetScale Postgres", "aws-eu-central-1-1.pg.psdb.cloud", 5432),
    ("DigitalOcean", "shop-do-user-1-0.b.db.ondigitalocean.com", 25060),
    ("CockroachDB Cloud", "shop-1.aws-eu-central-1.cockroachlabs.cloud", 26257),
    ("Timescale", "abc.def.tsdb.cloud.timescale.com", None),
    ("Aiven", "pg-shop-team.a.aivencloud.com", None),
    ("Railway", "monorail.proxy.rlwy.net", None),
    ("Render", "dpg-abc123def-a.frankfurt-postgres.render.com", 5432),
    ("ClickHouse Managed Postgres", "shop.abc.c0.eu-west-1.aws.pg.clickhouse.cloud", 5432),
    ("Vercel Postgres", "ep-cool-name-123.eu-central-1.postgres.vercel-storage.com", 5432),
    ("Google Cloud SQL", "abc123.def456.europe-west3.sql.goog", 5432),
    ("Materialize", "abc.eu-west-1.aws.materialize.cloud", 6875),
    ("Xata", "eu-central-1.sql.xata.sh", 5432),
    ("Xata", "abc.eu-central-1.xata.tech", 5432),
    ("Nile", "eu-central-1.db.thenile.dev", 5432),
    ("Fly Postgres", "shop-db.fly.dev", 5432),
    ("Crunchy Bridge", "p.abc123.db.postgresbridge.com", 5432),
    ("Fly Managed Postgres", "direct.abc123.flympg.net", 5432),
]

POOLED = [
    ("Neon", "ep-cool-name-123-pooler.eu-central-1.aws.neon.tech", 5432,
     "Use the direct endpoint ep-cool-name-123.eu-central-1.aws.neon.tech:5432."),
    ("Neon", "EP-COOL-POOLER.eu-central-1.aws.neon.tech", 5432,
     "Use the direct endpoint ep-cool.eu-central-1.aws.neon.tech:5432."),
    ("Vercel Postgres", "ep-cool-name-123-pooler.eu-central-1.postgres.vercel-storage.com", 5432,
     "Use the direct endpoint ep-cool-name-123.eu-central-1.postgres.vercel-storage.com:5432."),
    ("Prisma Postgres", "pooled.db.prisma.io", 5432, "Use the direct endpoint db.prisma.io:5432."),
    ("Prisma Accelerate", "accelerate.prisma-data.net", 5432, "host db.prisma.io"),
    ("Supabase", f"db.{REFERENCE}.supabase.co", 6543, f"Use the direct endpoint db.{REFERENCE}.supabase.co:5432."),
    ("Supabase", "aws-0-eu-central-1.pooler.supabase.com", 5432, "host db.<project reference>.supabase.co"),
    ("Supabase", "aws-0-eu-central-1.pooler.supabase.com", 6543, "host db.<project reference>.supabase.co"),
    ("Amazon RDS", "shop.proxy-abc123.eu-central-1.rds.amazonaws.com", 5432, "not that of an RDS Proxy"),
    ("Amazon RDS", "reader.endpoint.proxy-abc123.eu-central-1.rds.amazonaws.com", 5432, "not that of an RDS Proxy"),
    ("Render", "dpg-abc123def-a.frankfurt-postgres.render.com", 6432,
     "Use the direct endpoint dpg-abc123def-a.frankfurt-postgres.render.com:5432."),
    ("Azure Database for PostgreSQL", "shop.postgres.database.azure.com", 6432,
     "Use the direct endpoint shop.postgres.database.azure.com:5432."),
    ("PlanetScale Postgres", "aws-eu-central-1-1.pg.psdb.cloud", 6432,
     "Use the direct endpoint aws-eu-central-1-1.pg.psdb.cloud:5432."),
    ("DigitalOcean", "shop-do-user-1-0.b.db.ondigitalocean.com", 25061,
     "Use the direct endpoint shop-do-user-1-0.b.db.ondigitalocean.com:25060."),
    ("ClickHouse Managed Postgres", "shop.abc.c0.eu-west-1.aws.pg.clickhouse.cloud", 6432,
     "Use the direct endpoint shop.abc.c0.eu-west-1.aws.pg.clickhouse.cloud:5432."),
    ("Crunchy Bridge", "p.abc123.db.postgresbridge.com", 5431,
     "Use the direct endpoint p.abc123.db.postgresbridge.com:5432."),
    ("Fly Managed Postgres", "pgbouncer.abc123.flympg.net", 5432,
     "Use the direct endpoint direct.abc123.flympg.net:5432."),
]  # fmt: skip


@pytest.mark.parametrize(("vendor", "host", "port"), DIRECT)
def test_the_direct_endpoint_of_a_vendor_is_known_with_its_port(vendor: str, host: str, port: int | None) -> None:
    found = vendor_of(host)
    assert found is not None
    assert (found.name, found.port) == (vendor, port)
    assert endpoint_of(host, port or 31358) is Endpoint.DIRECT


@pytest.mark.parametrize(("vendor", "host", "port", "hint"), POOLED)
def test_the_pooler_of_a_vendor_is_known_with_the_direct_address(vendor: str, host: str, port: int, hint: str) -> None:
    found = vendor_of(host)
    assert found is not None
    assert found.name == vendor
    assert endpoint_of(host, port) is Endpoint.POOLED
    assert hint in direct_endpoint_hint(host, port)


@pytest.mark.parametrize(("vendor", "host", "port", "hint"), [row for row in POOLED if row[3].startswith("Use ")])
def test_the_suggested_address_is_direct(vendor: str, host: str, port: int, hint: str) -> None:
    derived = re.fullmatch(r"Take (\S+):(\d+)\.", direct_endpoint_hint(host, port))
    if derived:
        assert endpoint_of(derived[1], int(derived[2])) is Endpoint.DIRECT


def test_every_vendor_has_a_sample_here() -> None:
    assert {vendor.name for vendor in VENDORS} == {row[0] for row in DIRECT} | {row[0] for row in POOLED}


def test_every_vendor_with_a_pooler_has_a_sample_here() -> None:
    poolers = {vendor.name for vendor in VENDORS if vendor.pooler_host or vendor.pooler_ports}
    assert poolers <= {row[0] for row in POOLED}


def test_every_sample_belongs_to_one_vendor_only() -> None:
    patterns = [re.compile(vendor.host) for vendor in VENDORS]
    samples = [row[1].lower() for row in DIRECT] + [row[1].lower() for row in POOLED]
    assert [host for host in samples if len([found for found in patterns if found.fullmatch(host)]) != 1] == []


@pytest.mark.parametrize("port", [5432, 6543])
@pytest.mark.parametrize("user", ["postgres", "worker"])
def test_the_user_of_supabases_shared_pooler_determines_the_direct_host(user: str, port: int) -> None:
    hint = direct_endpoint_hint("aws-0-eu-central-1.pooler.supabase.com", port, f"{user}.{REFERENCE}")
    assert hint == f"Use the direct endpoint db.{REFERENCE}.supabase.co:5432 with the user {user}."


@pytest.mark.parametrize("user", [None, "postgres", "postgres.short", f"a.b.{REFERENCE}"])
def test_a_user_without_a_supabase_project_gives_the_general_hint(user: str | None) -> None:
    hint = direct_endpoint_hint("aws-0-eu-central-1.pooler.supabase.com", 6543, user)
    assert "host db.<project reference>.supabase.co" in hint


def test_the_user_does_not_matter_if_the_host_determines_the_direct_host() -> None:
    host = "ep-cool-name-123-pooler.eu-central-1.aws.neon.tech"
    assert direct_endpoint_hint(host, 5432, f"postgres.{REFERENCE}") == direct_endpoint_hint(host, 5432)


def test_supabases_dedicated_pooler_has_the_direct_host() -> None:
    assert endpoint_of(f"db.{REFERENCE}.supabase.co", 6543) is Endpoint.POOLED
    assert endpoint_of(f"db.{REFERENCE}.supabase.co", 5432) is Endpoint.DIRECT


def test_supabases_shared_pooler_is_a_pooler_on_both_ports() -> None:
    host = "aws-1-eu-west-2.pooler.supabase.com"
    assert [endpoint_of(host, port) for port in (5432, 6543)] == [Endpoint.POOLED] * 2


@pytest.mark.parametrize(
    ("host", "reads_only"),
    [
        ("shop.cluster-ro-abc123.eu-central-1.rds.amazonaws.com", True),
        ("shop.cluster-abc123.eu-central-1.rds.amazonaws.com", False),
        ("shop.abc123.eu-central-1.rds.amazonaws.com", False),
        ("shop.cluster-ro-abc123.example.com", False),
        (f"db.{REFERENCE}-rr-us-east-1-abcde.supabase.co", True),
        (f"db.{REFERENCE}.supabase.co", False),
    ],
)
def test_a_reader_endpoint_is_known_by_its_host_name(host: str, reads_only: bool) -> None:
    assert is_reader(host) is reads_only


@pytest.mark.parametrize(
    "host",
    [
        "shop.proxy-abc123.eu-central-1.rds.amazonaws.com",
        "abc123.def456.europe-west3.sql.goog",
        "shop.abc123.sql-psa.goog",
        "reader.endpoint.proxy-abc123.eu-central-1.rds.amazonaws.com",
        "private-shop-do-user-1-0.b.db.ondigitalocean.com",
        "postgres.railway.internal",
        "dpg-abc123def-a",
    ],
)
def test_a_host_in_the_network_of_a_vendor_is_private(host: str) -> None:
    assert network_scope_of(host) is NetworkScope.PRIVATE


@pytest.mark.parametrize(("vendor", "host", "port"), [row for row in DIRECT if row[0] != "Google Cloud SQL"])
def test_the_direct_endpoint_of_a_vendor_is_public(vendor: str, host: str, port: int | None) -> None:
    assert network_scope_of(host) is NetworkScope.PUBLIC


# The table of vendors.


@pytest.mark.parametrize("vendor", VENDORS, ids=lambda vendor: vendor.name)
def test_a_row_has_a_source(vendor: Vendor) -> None:
    assert vendor.source.startswith("https://")


@pytest.mark.parametrize("name", ["Supabase", "Amazon RDS", "Google Cloud SQL"])
def test_a_vendor_with_a_private_ca_is_marked(name: str) -> None:
    (found,) = (vendor for vendor in VENDORS if vendor.name == name)
    assert found.ca_kind is CaKind.PRIVATE


@pytest.mark.parametrize("vendor", VENDORS, ids=lambda vendor: vendor.name)
def test_every_parameter_of_a_vendors_connection_string_is_known(vendor: Vendor) -> None:
    assert {parameter.partition("=")[0] for parameter in vendor.url_parameters} <= set(PARAMETERS)


def test_the_reserved_connections_of_vendors_are_known() -> None:
    kept = {vendor.name: int(vendor.reserved_connections) for vendor in VENDORS if vendor.reserved_connections}
    assert kept == {"Azure Database for PostgreSQL": 15, "Neon": 7, "Prisma Postgres": 5}


def test_the_maximum_connections_of_vendors_are_known() -> None:
    most = {vendor.name: int(vendor.max_connections) for vendor in VENDORS if vendor.max_connections}
    assert most == {"ClickHouse Managed Postgres": 500, "Prisma Postgres": 10}


# The page of the documentation.

PAGE = Path(__file__).resolve().parents[2] / "docs/origins/existing.md"
ROWS = {
    cells[0]: cells[1:]
    for line in PAGE.read_text().splitlines()
    if line.startswith("| ") and len(cells := [cell.strip() for cell in line.strip("| ").split(" | ")]) == 9
}


def words(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def sample(host: str) -> str:
    """Returns a host of the page with values in place of its placeholders."""
    return host.replace("REFERENCE", REFERENCE).replace("*", "x")


def test_the_page_has_one_row_for_every_vendor_in_the_order_of_the_table() -> None:
    assert list(ROWS)[1:] == [vendor.name for vendor in VENDORS]


@pytest.mark.parametrize("vendor", VENDORS, ids=lambda vendor: vendor.name)
def test_the_page_has_the_hosts_of_a_vendor(vendor: Vendor) -> None:
    hosts = words(ROWS[vendor.name][0])
    assert hosts
    assert {vendor_of(sample(host)) for host in hosts} == {vendor}


@pytest.mark.parametrize("vendor", VENDORS, ids=lambda vendor: vendor.name)
def test_the_page_has_the_hosts_and_ports_of_a_pooler(vendor: Vendor) -> None:
    pooled = words(ROWS[vendor.name][2])
    hosts = [word for word in pooled if not word.isdigit()]
    assert {int(word) for word in pooled if word.isdigit()} == set(vendor.pooler_ports)
    assert bool(hosts) == (vendor.pooler_host is not None)
    assert {endpoint_of(sample(host), 5432) for host in hosts} <= {Endpoint.POOLED}


@pytest.mark.parametrize("vendor", VENDORS, ids=lambda vendor: vendor.name)
def test_the_page_has_the_facts_of_a_vendor(vendor: Vendor) -> None:
    _, port, _, database, connections, certificate, parameters, note = ROWS[vendor.name]
    most, kept = vendor.max_connections, vendor.reserved_connections
    counted = " ".join([*([f"{most} in total"] if most else []), *([f"{kept} reserved"] if kept else [])])
    assert port == str(vendor.port or "varies")
    assert database == (vendor.database or "–")
    assert connections == (counted or "–")
    assert certificate == (vendor.ca_kind.value if vendor.ca_kind else "?")
    assert words(parameters) == list(vendor.url_parameters)
    assert note == vendor.note


@pytest.mark.parametrize("host", ["db.prisma.io", f"db.{REFERENCE}.supabase.co"])
def test_the_default_database_of_a_vendor_is_known(host: str) -> None:
    found = vendor_of(host)
    assert found is not None
    assert found.database == "postgres"


def test_rds_has_no_default_database_because_a_new_server_can_have_any_name() -> None:
    found = vendor_of("a.b.eu-west-1.rds.amazonaws.com")
    assert found is not None
    assert found.database is None


@pytest.mark.parametrize(
    "host",
    ["db.example.com", "neon.tech.example.com", "notneon.tech", "db.short.supabase.co", "203.0.113.7", "fly.dev"],
)
def test_an_unknown_host_is_treated_as_direct(host: str) -> None:
    assert vendor_of(host) is None
    assert endpoint_of(host, 5432) is Endpoint.DIRECT


@pytest.mark.parametrize("port", [6432, 6543])
def test_the_default_port_of_a_pooler_shows_a_pooler_at_an_unknown_host(port: int) -> None:
    assert endpoint_of("db.example.com", port) is Endpoint.POOLED
    hint = direct_endpoint_hint("db.example.com", port)
    assert f"If the database itself answers at port {port}, set `endpoint` to `direct`." in hint


def test_a_final_dot_does_not_change_the_vendor_of_a_host() -> None:
    for host in ("shop.abc123.eu-central-1.rds.amazonaws.com", "db.prisma.io", "pooled.db.prisma.io"):
        assert vendor_of(f"{host}.") is vendor_of(host)
        assert endpoint_of(f"{host}.", 5432) is endpoint_of(host, 5432)
        assert validate_host(f"{host}.", subject="") == host
        assert ConnectionString.parse(f"postgres://app:pw@{host}./app").host == host


def test_the_hint_for_an_unknown_pooler_is_general() -> None:
    assert "not of its pooler" in direct_endpoint_hint("pgbouncer.example.com", 6432)


@pytest.mark.parametrize("host", ["db.example.com", "internal.example.com", "8.8.8.8", "2606:4700::1"])
def test_a_public_host_is_public(host: str) -> None:
    assert network_scope_of(host) is NetworkScope.PUBLIC


@pytest.mark.parametrize(
    "host",
    ["10.0.0.5", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "::", "fc00::1", "fe80::1",
     "::ffff:10.0.0.1", "2001:db8::1", "203.0.113.7", "::ffff:8.8.8.8", "64:ff9b::808:808", "64:ff9b::a00:5",
     "64:ff9b:1::1", "2002:a00:5::1", "2001:0:4136::1", "3fff::1", "fec0::1", "ff02::1", "224.0.0.1", "240.0.0.1",
     "255.255.255.255", "198.18.0.1", "192.0.0.8", "192.0.2.1", "198.51.100.1"],
)  # fmt: skip
def test_a_private_address_is_private(host: str) -> None:
    assert network_scope_of(host) is NetworkScope.PRIVATE


@pytest.mark.parametrize("host", ["postgres", "db", "DB"])
def test_a_single_label_is_private(host: str) -> None:
    assert network_scope_of(host) is NetworkScope.PRIVATE


@pytest.mark.parametrize("suffix", ["internal", "local", "lan", "intranet", "private", "home.arpa", "INTERNAL."])
def test_a_name_of_a_private_zone_is_private(suffix: str) -> None:
    assert network_scope_of(f"db.{suffix}") is NetworkScope.PRIVATE


@pytest.mark.parametrize("host", ["localhost", "db.localhost", "127.0.0.1", "127.8.8.8", "::1", "LOCALHOST."])
def test_this_machine_is_loopback(host: str) -> None:
    assert network_scope_of(host) is NetworkScope.LOOPBACK


@pytest.mark.parametrize(
    "text", ["db", "db.example.com", "DB_1.example.com", "x1", "203.0.113.7", "2606:4700::1", "::1"]
)
def test_a_host_name_or_an_address_is_a_host(text: str) -> None:
    assert is_host(text)


@pytest.mark.parametrize(
    "text",
    [None, "", "db.example.com:5432", "db.example.com.", "https://db.example.com", "app@db.example.com",
     "db.example.com/app", "[2606:4700::1]", "fe80::1%eth0", "a b", "db,db2", "127.1", "10.0.0.01", "1",
     "*.example.com", "db\n", "0.0.0.0", "::", "224.0.0.1", "ff02::1", "::1%lo"],
)  # fmt: skip
def test_a_string_with_more_than_a_host_is_not_a_host(text: str | None) -> None:
    assert not is_host(text)
