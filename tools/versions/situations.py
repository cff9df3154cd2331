"""The roles that a user has at each vendor, created by the vendor's superuser on a server without tables.

No role of a user is a superuser. The attributes are those that the vendors document, as far as Postgres itself has
them. The settings that lead to the group role are those of the library.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from edge_postgres.stack.credentials import OWNER_ROLE


@dataclass(frozen=True)
class Situation:
    """The roles of one vendor."""

    superuser: str
    """The superuser, which belongs to the vendor."""
    user: str
    """The role as which the Worker authenticates before the rotation, and which owns the tables."""
    admin: str
    """The role that creates the login roles."""
    group: str
    """The group role."""
    database: str
    statements: Sequence[str]
    """Statements of the superuser in the database `postgres`. `PASSWORD` stands for the password of each role."""
    statements_of_admin: Sequence[str] = ()
    """Statements of the admin after them."""
    statements_in_database: Sequence[str] = ()
    """Statements of the superuser in the database."""


def _rds(master: str) -> Situation:
    """A master user of RDS: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.MasterAccounts.html."""
    return Situation(
        superuser="rdsadmin",
        user=master,
        admin=master,
        group=OWNER_ROLE,
        database="app",
        statements=(
            "create role rds_superuser nologin",
            "grant pg_monitor, pg_signal_backend to rds_superuser with admin option",
            f"create role {master} login createrole createdb password PASSWORD",
            f"grant rds_superuser to {master} with admin option",
            f"create database app owner {master}",
        ),
    )


def _existing(group: str) -> Situation:
    """An existing server with an administrator that is no superuser, and a user that owns the tables."""
    return Situation(
        superuser="postgres",
        user="app",
        admin="creator",
        group=group,
        database="app",
        statements=("create role creator login createrole createdb password PASSWORD",),
        statements_of_admin=(
            "create role app login password PASSWORD",
            "grant app to creator",
            "create database app owner app",
        ),
    )


SITUATIONS = {
    "rds: master postgres": _rds("postgres"),
    "rds: master app": _rds("app"),
    "aurora: master root": _rds("root"),
    "cloud-sql": Situation(
        # https://docs.cloud.google.com/sql/docs/postgres/users: each user of the API is a member of the group.
        superuser="cloudsqladmin",
        user="worker",
        admin="worker",
        group=OWNER_ROLE,
        database="app",
        statements=(
            "create role cloudsqlsuperuser nologin createrole createdb",
            "grant pg_monitor to cloudsqlsuperuser with admin option",
            "create role worker login createrole createdb in role cloudsqlsuperuser password PASSWORD",
            "create database app owner cloudsqlsuperuser",
        ),
    ),
    "existing: user that owns the tables": _existing(group="app"),
    "existing: ownerRole instead of the user": _existing(group="shared"),
    "existing: Neon with neondb_owner": Situation(
        # https://neon.com/docs/manage/roles
        superuser="cloud_admin",
        user="neondb_owner",
        admin="neondb_owner",
        group="shared",
        database="neondb",
        statements=(
            "create role neon_superuser nologin createrole createdb bypassrls",
            "grant pg_read_all_data, pg_write_all_data to neon_superuser",
            "create role neondb_owner login createrole createdb bypassrls in role neon_superuser password PASSWORD",
            "create database neondb owner neondb_owner",
        ),
    ),
    "supabase: postgres": Situation(
        # https://supabase.com/docs/guides/database/postgres/roles
        superuser="supabase_admin",
        user="postgres",
        admin="postgres",
        group="shared",
        database="postgres",
        statements=(
            "create role postgres login createrole createdb bypassrls password PASSWORD",
            "create role supabase_auth_admin nologin",
            "create role anon nologin",
            "alter database postgres owner to postgres",
        ),
        statements_in_database=(
            "create schema auth authorization supabase_auth_admin",
            "create table auth.users (id int primary key)",
            "alter table auth.users owner to supabase_auth_admin",
            "grant usage on schema auth to postgres with grant option",
            "grant all on auth.users to postgres with grant option",
            "grant usage on schema public to anon",
        ),
    ),
}
