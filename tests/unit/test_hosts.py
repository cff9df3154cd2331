"""What the name of a host tells."""

import re

import pytest

from components.hosts import VENDORS, Endpoint, Reach, endpoint_of, is_host, reach_of, vendor_of, way_to_direct

REFERENCE = "abcdefghijklmnopqrst"

DIRECT = [
    ("Neon", "ep-cool-name-123.eu-central-1.aws.neon.tech", 5432),
    ("Prisma Postgres", "db.prisma.io", 5432),
    ("Supabase", f"db.{REFERENCE}.supabase.co", 5432),
    ("Amazon RDS", "shop.abc123.eu-central-1.rds.amazonaws.com", 5432),
    ("Amazon RDS", "shop.cluster-abc123.eu-central-1.rds.amazonaws.com", 5432),
    ("Amazon RDS", "shop.abc123.cn-north-1.rds.amazonaws.com.cn", 5432),
    ("Azure Database for PostgreSQL", "shop.postgres.database.azure.com", 5432),
    ("PlanetScale Postgres", "aws-eu-central-1-1.horizon.psdb.cloud", 5432),
    ("PlanetScale Postgres", "aws-eu-central-1-1.pg.psdb.cloud", 5432),
    ("DigitalOcean", "shop-do-user-1-0.b.db.ondigitalocean.com", 25060),
    ("CockroachDB Cloud", "shop-1.aws-eu-central-1.cockroachlabs.cloud", 26257),
    ("Timescale", "abc.def.tsdb.cloud.timescale.com", 5432),
    ("Materialize", "abc.eu-west-1.aws.materialize.cloud", 6875),
    ("Xata", "eu-central-1.sql.xata.sh", 5432),
    ("Xata", "abc.eu-central-1.xata.tech", 5432),
    ("Nile", "eu-central-1.db.thenile.dev", 5432),
    ("Fly Postgres", "shop-db.fly.dev", 5432),
]

POOLED = [
    ("Neon", "ep-cool-name-123-pooler.eu-central-1.aws.neon.tech", 5432,
     "Take ep-cool-name-123.eu-central-1.aws.neon.tech:5432."),
    ("Neon", "EP-COOL-POOLER.eu-central-1.aws.neon.tech", 5432, "Take ep-cool.eu-central-1.aws.neon.tech:5432."),
    ("Prisma Postgres", "pooled.db.prisma.io", 5432, "Take db.prisma.io:5432."),
    ("Prisma Accelerate", "accelerate.prisma-data.net", 5432, "host db.prisma.io"),
    ("Supabase", f"db.{REFERENCE}.supabase.co", 6543, f"Take db.{REFERENCE}.supabase.co:5432."),
    ("Supabase", "aws-0-eu-central-1.pooler.supabase.com", 5432, "host db.<project reference>.supabase.co"),
    ("Supabase", "aws-0-eu-central-1.pooler.supabase.com", 6543, "host db.<project reference>.supabase.co"),
    ("Amazon RDS", "shop.proxy-abc123.eu-central-1.rds.amazonaws.com", 5432, "not the RDS Proxy's"),
    ("Azure Database for PostgreSQL", "shop.postgres.database.azure.com", 6432,
     "Take shop.postgres.database.azure.com:5432."),
    ("PlanetScale Postgres", "aws-eu-central-1-1.pg.psdb.cloud", 6432, "Take aws-eu-central-1-1.pg.psdb.cloud:5432."),
    ("DigitalOcean", "shop-do-user-1-0.b.db.ondigitalocean.com", 25061,
     "Take shop-do-user-1-0.b.db.ondigitalocean.com:25060."),
]  # fmt: skip


@pytest.mark.parametrize(("vendor", "host", "port"), DIRECT)
def test_the_direct_endpoint_of_a_vendor_is_known_with_its_port(vendor: str, host: str, port: int) -> None:
    found = vendor_of(host)
    assert found is not None
    assert (found.name, found.port) == (vendor, port)
    assert endpoint_of(host, port) is Endpoint.DIRECT


@pytest.mark.parametrize(("vendor", "host", "port", "way_out"), POOLED)
def test_the_pooler_of_a_vendor_is_known_with_the_way_to_the_database(
    vendor: str, host: str, port: int, way_out: str
) -> None:
    found = vendor_of(host)
    assert found is not None
    assert found.name == vendor
    assert endpoint_of(host, port) is Endpoint.POOLED
    assert way_out in way_to_direct(host, port)


@pytest.mark.parametrize(("vendor", "host", "port", "way_out"), [row for row in POOLED if row[3].startswith("Take ")])
def test_the_derived_way_out_is_itself_direct(vendor: str, host: str, port: int, way_out: str) -> None:
    derived = re.fullmatch(r"Take (\S+):(\d+)\.", way_to_direct(host, port))
    if derived:
        assert endpoint_of(derived[1], int(derived[2])) is Endpoint.DIRECT


def test_every_vendor_has_a_sample_here() -> None:
    assert {vendor.name for vendor in VENDORS} == {row[0] for row in DIRECT} | {row[0] for row in POOLED}


def test_every_vendor_with_a_pooler_has_a_sample_here() -> None:
    poolers = {vendor.name for vendor in VENDORS if vendor.pooled_host or vendor.pooled_ports}
    assert poolers == {row[0] for row in POOLED}


@pytest.mark.parametrize("host", ["db.prisma.io", f"db.{REFERENCE}.supabase.co", "a.b.eu-west-1.rds.amazonaws.com"])
def test_a_vendor_that_fixes_the_name_of_the_database_says_it(host: str) -> None:
    found = vendor_of(host)
    assert found is not None
    assert found.database == "postgres"


@pytest.mark.parametrize(
    "host",
    ["db.example.com", "neon.tech.example.com", "notneon.tech", "db.short.supabase.co", "203.0.113.7", "fly.dev"],
)
def test_a_host_that_no_row_knows_is_taken_as_direct(host: str) -> None:
    assert vendor_of(host) is None
    assert endpoint_of(host, 6543) is Endpoint.DIRECT


def test_the_way_out_of_a_pooler_that_no_row_knows_is_general() -> None:
    assert "not its pooler's" in way_to_direct("pgbouncer.example.com", 6432)


@pytest.mark.parametrize("host", ["db.example.com", "internal.example.com", "8.8.8.8", "2606:4700::1"])
def test_a_public_host_is_public(host: str) -> None:
    assert reach_of(host) is Reach.PUBLIC


@pytest.mark.parametrize(
    "host",
    ["10.0.0.5", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "::", "fc00::1", "fe80::1",
     "::ffff:10.0.0.1", "2001:db8::1", "203.0.113.7"],
)  # fmt: skip
def test_a_private_address_is_private(host: str) -> None:
    assert reach_of(host) is Reach.PRIVATE


@pytest.mark.parametrize("host", ["postgres", "db", "DB"])
def test_a_single_label_is_private(host: str) -> None:
    assert reach_of(host) is Reach.PRIVATE


@pytest.mark.parametrize("suffix", ["internal", "local", "lan", "intranet", "private", "home.arpa", "INTERNAL."])
def test_a_name_of_a_private_zone_is_private(suffix: str) -> None:
    assert reach_of(f"db.{suffix}") is Reach.PRIVATE


@pytest.mark.parametrize("host", ["localhost", "db.localhost", "127.0.0.1", "127.8.8.8", "::1", "LOCALHOST."])
def test_this_machine_is_loopback(host: str) -> None:
    assert reach_of(host) is Reach.LOOPBACK


@pytest.mark.parametrize(
    "text", ["db", "db.example.com", "DB_1.example.com", "x1", "203.0.113.7", "2606:4700::1", "::1"]
)
def test_a_host_name_or_an_address_is_a_host(text: str) -> None:
    assert is_host(text)


@pytest.mark.parametrize(
    "text",
    ["", "db.example.com:5432", "db.example.com.", "https://db.example.com", "app@db.example.com", "db.example.com/app",
     "[2606:4700::1]", "fe80::1%eth0", "a b", "db,db2", "127.1", "10.0.0.01", "1", "*.example.com", "db\n"],
)  # fmt: skip
def test_what_has_more_to_it_is_no_host(text: str) -> None:
    assert not is_host(text)
