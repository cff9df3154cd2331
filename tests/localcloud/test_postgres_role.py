"""Login roles that are created through the Postgres protocol, on a real server."""

import asyncio
import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import unquote, urlsplit

import asyncpg
import pytest

from edge_postgres.http.errors import ApiError
from edge_postgres.postgres.providers import PostgresRoleProvider
from localcloud.postgres import Postgres

Props = dict[str, Any]
Run = Callable[..., Any]


@pytest.fixture
def props(postgres: Postgres) -> Iterator[Props]:
    """The inputs of a role that acts as `app`. The administrator is a superuser."""
    address = urlsplit(postgres.admin_url)
    yield {
        "host": address.hostname,
        "port": float(address.port or 0),
        "database": "app",
        "admin_user": address.username,
        "admin_password": unquote(address.password or ""),
        "ca_pem": postgres.ca_file.read_text(),
        "name": "app_a",
        "acts_as": "app",
        "former_user": "app",
        "owner": "edge-postgres-dev-main",
        "active": True,
    }
    for role in ("app_a", "app_b", "maker"):
        statement(postgres, f"do $$ begin if to_regrole('{role}') is not null then execute 'drop owned by {role}';"
                  f" execute 'drop role {role}'; end if; end $$")  # fmt: skip


def statement(postgres: Postgres, text: str, user: str = "", password: str = "") -> Any:
    async def run() -> Any:
        address = urlsplit(postgres.url(role="postgres"))
        server = await asyncpg.connect(
            host=address.hostname,
            port=address.port,
            user=user or address.username,
            password=password or unquote(address.password or ""),
            database="app",
            ssl="require",
            timeout=10,
        )
        try:
            return await server.fetchval(text)
        finally:
            await server.close()

    return asyncio.run(run())


@pytest.fixture
def as_role(postgres: Postgres) -> Run:
    return lambda text, outs: statement(postgres, text, outs["name"], outs["password"])


provider = PostgresRoleProvider()


def test_a_role_authenticates_and_acts_as_the_owner_role(props: Props, as_role: Run) -> None:
    created = provider.create(props)
    assert created.id == "app_a"
    assert as_role("select session_user || ' ' || current_user", created.outs) == "app_a app"
    assert as_role("select count(*) from public.items", created.outs) == 3


def test_objects_that_it_creates_belong_to_the_owner_role(props: Props, as_role: Run, postgres: Postgres) -> None:
    created = provider.create(props).outs
    as_role("create table made_by_a_role (id int)", created)
    owner = statement(postgres, "select tableowner from pg_tables where tablename = 'made_by_a_role'")
    statement(postgres, "drop table made_by_a_role")
    assert owner == "app"


def test_all_inputs_are_among_the_outputs(props: Props) -> None:
    outs = provider.create(props).outs or {}
    assert {key: outs[key] for key in provider.inputs} == props


def test_no_statement_contains_the_password(props: Props, postgres: Postgres) -> None:
    outs = provider.create(props).outs or {}
    stored = statement(postgres, "select rolpassword from pg_authid where rolname = 'app_a'")
    assert stored.startswith("SCRAM-SHA-256$4096:")
    assert outs["password"] not in (postgres.state_directory.path / "logs" / "postgres.log").read_text()


def test_a_role_that_becomes_active_gets_a_new_password(props: Props, as_role: Run) -> None:
    idle = provider.create({**props, "active": False}).outs or {}
    active = provider.update("app_a", idle, {**props, "active": True}).outs or {}
    assert active["password"] != idle["password"]
    assert as_role("select 1", active) == 1
    with pytest.raises(asyncpg.InvalidPasswordError):
        as_role("select 1", idle)


@pytest.mark.parametrize("active", [False, True])
def test_a_role_that_stays_active_or_becomes_idle_keeps_its_password(active: bool, props: Props, as_role: Run) -> None:
    before = provider.create(props).outs or {}
    after = provider.update("app_a", before, {**props, "active": active}).outs or {}
    assert after["password"] == before["password"]
    assert as_role("select 1", before) == 1


def test_the_diff_reports_changed_inputs(props: Props) -> None:
    outs = provider.create(props).outs or {}
    assert provider.diff("app_a", outs, props).changes is False
    assert provider.diff("app_a", outs, {**props, "active": False}).replaces == []
    assert provider.diff("app_a", outs, {**props, "active": False}).changes is True
    assert provider.diff("app_a", outs, {**props, "name": "app_b"}).replaces == ["name"]


def test_a_read_detects_a_deleted_role(props: Props, postgres: Postgres) -> None:
    outs = provider.create(props).outs or {}
    assert provider.read("app_a", outs).id == "app_a"
    statement(postgres, "drop role app_a")
    assert provider.read("app_a", outs).id == ""


def test_deleting_a_role_keeps_the_objects_that_it_owned(props: Props, postgres: Postgres) -> None:
    outs = provider.create(props).outs or {}
    statement(postgres, "create table owned_by_a (id int)")
    statement(postgres, "alter table owned_by_a owner to app_a")
    provider.delete("app_a", outs)
    provider.delete("app_a", outs)
    owner = statement(postgres, "select tableowner from pg_tables where tablename = 'owned_by_a'")
    statement(postgres, "drop table owned_by_a")
    assert owner == "app"
    assert statement(postgres, "select to_regrole('app_a')") is None


def test_an_interrupted_create_is_continued(props: Props, as_role: Run) -> None:
    first = provider.create(props).outs or {}
    second = provider.create(props).outs or {}
    assert as_role("select 1", second) == 1
    assert first["password"] != second["password"]


def test_an_existing_role_that_the_stack_did_not_create_is_rejected(props: Props, postgres: Postgres) -> None:
    statement(postgres, "create role app_a")
    with pytest.raises(ApiError, match="Role app_a already exists, and this stack did not create it"):
        provider.create(props)


def test_a_missing_owner_role_is_created(props: Props, as_role: Run, postgres: Postgres) -> None:
    try:
        outs = provider.create({**props, "acts_as": "shared", "former_user": "shared"}).outs
        assert as_role("select current_user", outs) == "shared"
        as_role("create table made_by_shared (id int)", outs)
    finally:
        statement(postgres, "drop role if exists app_a")
        statement(postgres, "drop owned by shared")
        statement(postgres, "drop role if exists shared")


def test_an_administrator_need_not_be_a_superuser(props: Props, as_role: Run, postgres: Postgres) -> None:
    statement(postgres, "create role maker login createrole password 'm'")
    statement(postgres, "grant app to maker with admin option")
    created = provider.create({**props, "admin_user": "maker", "admin_password": "m"}).outs or {}
    assert as_role("select current_user", created) == "app"
    provider.update("app_a", {**created, "active": False}, {**created, "active": True})
    provider.delete("app_a", created)
    assert statement(postgres, "select to_regrole('app_a')") is None


def test_the_error_about_a_wrong_password_does_not_contain_it(props: Props) -> None:
    with pytest.raises(
        ApiError, match=r"Postgres at 127\.0\.0\.1:[0-9]+ returned an error for role app_a: password authentication"
    ) as error:
        provider.create({**props, "admin_password": "sentinel"})
    assert "sentinel" not in str(error.value)


def test_the_error_about_an_unreachable_server_names_the_fix(props: Props) -> None:
    with pytest.raises(ApiError, match=r"127\.0\.0\.1:1 cannot be reached from this machine for role app_a"):
        provider.create({**props, "port": 1.0})


def test_another_ca_is_not_trusted(props: Props, tmp_path: Any) -> None:
    from localcloud.certificates import Certificates

    (tmp_path / "certificates").mkdir()
    other = Certificates.ensure(tmp_path / "certificates").ca_file.read_text()
    with pytest.raises(ApiError, match="cannot be reached"):
        provider.create({**props, "ca_pem": other})


@pytest.fixture
def former(props: Props, postgres: Postgres) -> Iterator[Props]:
    """Inputs of a role whose former user `former` is the administrator, owns a table, and is no superuser."""
    statement(postgres, "create role former login createrole password 'f'")
    statement(postgres, "grant usage, create on schema public to former with grant option")
    statement(postgres, "grant connect, temporary on database app to former with grant option")
    statement(postgres, "create table made_by_former (id int)", "former", "f")
    yield {
        **props,
        "admin_user": "former",
        "admin_password": "f",
        "former_user": "former",
        "acts_as": "later_owner",
        "name": "later_owner_a",
    }
    for role in ("later_owner_a", "former", "later_owner"):
        statement(postgres, f"do $$ begin if to_regrole('{role}') is not null then execute 'drop owned by {role}';"
                  f" execute 'drop role {role}'; end if; end $$")  # fmt: skip


def test_the_group_role_becomes_the_owner_of_the_tables_of_the_former_user(
    former: Props, as_role: Run, postgres: Postgres
) -> None:
    created = provider.create(former).outs or {}
    owner = statement(postgres, "select tableowner from pg_tables where tablename = 'made_by_former'")
    assert owner == "later_owner"
    as_role("alter table made_by_former add column name text", created)
    statement(postgres, "insert into made_by_former values (1)", "former", "f")
    statement(postgres, "drop table made_by_former", "former", "f")


def test_a_right_that_the_group_role_would_lack_is_reported_before_a_role_exists(
    former: Props, postgres: Postgres
) -> None:
    statement(postgres, "grant select on items to former")
    with pytest.raises(ApiError, match=r"Role later_owner lacks rights that former has.*SELECT on public\.items"):
        provider.create(former)
    assert statement(postgres, "select to_regrole('later_owner_a')") is None


def test_a_right_that_the_administrator_can_grant_is_granted(former: Props, as_role: Run, postgres: Postgres) -> None:
    statement(postgres, "grant select on items to former with grant option")
    assert as_role("select count(*) from items", provider.create(former).outs) == 3


@pytest.mark.parametrize("attribute", ["superuser", "createrole", "in role former"])
def test_a_group_role_that_acts_as_an_administrator_is_rejected(
    attribute: str, former: Props, postgres: Postgres
) -> None:
    statement(postgres, f"create role later_owner {attribute}")
    with pytest.raises(ApiError, match="Role later_owner is an administrator of the server or acts as one"):
        provider.create(former)


def test_an_administrator_that_cannot_grant_the_group_role_gets_the_statement(
    former: Props, postgres: Postgres
) -> None:
    statement(postgres, "create role later_owner nologin")
    with pytest.raises(ApiError, match='GRANT "later_owner" TO "former" WITH ADMIN OPTION'):
        provider.create(former)


def test_the_error_about_a_role_of_a_restored_copy_has_the_statement_that_takes_it_over(
    former: Props, as_role: Run, postgres: Postgres
) -> None:
    """A server that was restored from a backup has the roles and the comments of the original."""
    original = provider.create({**former, "owner": "shop-prod-main"}).outs or {}
    copy = {**former, "owner": "shop-staging-main"}
    with pytest.raises(ApiError, match="restored copy that only this stack uses, run: COMMENT ON ROLE") as error:
        provider.create(copy)
    assert "its comment is `shop-prod-main`" in str(error.value)
    (fix,) = re.findall(r"run: (COMMENT ON ROLE .*?) \. Then", str(error.value))
    statement(postgres, fix, "former", "f")
    taken_over = provider.create(copy).outs
    assert as_role("select count(*) from made_by_former", taken_over) == 0
    with pytest.raises(asyncpg.InvalidPasswordError):
        as_role("select 1", original)


def test_a_role_without_a_comment_is_no_role_of_a_restored_copy(props: Props, postgres: Postgres) -> None:
    statement(postgres, "create role app_a")
    with pytest.raises(ApiError, match=r"did not create it\. Set another `owner_role`") as error:
        provider.create(props)
    assert "COMMENT" not in str(error.value)


def test_the_settings_of_the_former_user_are_those_of_the_login_role(
    former: Props, as_role: Run, postgres: Postgres
) -> None:
    statement(postgres, "alter role former set search_path to 'my shop', public")
    statement(postgres, "alter role former in database app set statement_timeout to '7s'")
    statement(postgres, "alter role former set log_min_duration_statement to 5")  # only a superuser can set it
    created = provider.create(former).outs
    assert as_role("show search_path", created) == '"my shop", public'
    assert as_role("show statement_timeout", created) == "7s"
    assert as_role("select current_user", created) == "later_owner"


@pytest.fixture
def protected(former: Props, postgres: Postgres) -> Props:
    """The table of `former` has row-level security, also for its owner, and two rows."""
    for text in (
        "alter table made_by_former add column visible bool",
        "insert into made_by_former values (1, true), (2, false)",
        "alter table made_by_former enable row level security",
        "alter table made_by_former force row level security",
    ):
        statement(postgres, text, "former", "f")
    return former


def test_a_policy_that_names_the_former_user_is_for_the_group_role_too(
    protected: Props, as_role: Run, postgres: Postgres
) -> None:
    statement(postgres, "create policy of_former on made_by_former to former using (visible)", "former", "f")
    assert as_role("select count(*) from made_by_former", provider.create(protected).outs) == 1
    assert statement(postgres, "select count(*) from made_by_former", "former", "f") == 1


def test_a_policy_that_compares_the_name_of_the_role_is_reported_before_a_role_exists(
    protected: Props, as_role: Run, postgres: Postgres
) -> None:
    statement(postgres, "create policy named on made_by_former using (current_user = 'former')", "former", "f")
    with pytest.raises(ApiError, match="by the policy named, which compares the name of the role"):
        provider.create(protected)
    assert statement(postgres, "select to_regrole('later_owner_a')") is None
    both = "alter policy named on made_by_former using (current_user in ('former', 'later_owner'))"
    statement(postgres, both, "former", "f")
    assert as_role("select count(*) from made_by_former", provider.create(protected).outs) == 2


def test_a_group_role_bypasses_row_level_security_if_the_former_user_does(
    protected: Props, as_role: Run, postgres: Postgres
) -> None:
    statement(postgres, "alter role former bypassrls")
    assert as_role("select count(*) from made_by_former", provider.create(protected).outs) == 2


def test_a_group_role_that_cannot_bypass_row_level_security_is_reported_before_a_role_exists(
    protected: Props, as_role: Run, postgres: Postgres
) -> None:
    statement(postgres, "alter role former bypassrls")
    statement(postgres, "create role maker login createrole password 'm'")
    statement(postgres, "grant former to maker")
    protected = {**protected, "admin_user": "maker", "admin_password": "m"}
    with pytest.raises(ApiError, match=r'all rows of .*made_by_former.*ALTER ROLE "later_owner" BYPASSRLS'):
        provider.create(protected)
    assert statement(postgres, "select to_regrole('later_owner_a')") is None
    statement(postgres, 'ALTER ROLE "later_owner" BYPASSRLS')
    assert as_role("select count(*) from made_by_former", provider.create(protected).outs) == 2


def test_other_roles_keep_their_default_privileges_on_new_objects(
    former: Props, as_role: Run, postgres: Postgres
) -> None:
    statement(postgres, "create role maker")
    statement(postgres, "alter default privileges in schema public grant select on tables to maker", "former", "f")
    statement(postgres, "alter default privileges revoke execute on functions from public", "former", "f")
    created = provider.create(former).outs
    as_role("create table made_by_a_migration (id int)", created)
    as_role("create function made_by_a_migration() returns int language sql as 'select 1'", created)
    try:
        assert statement(postgres, "select has_table_privilege('maker', 'made_by_a_migration', 'SELECT')")
        assert not statement(postgres, "select has_function_privilege('maker', 'made_by_a_migration()', 'EXECUTE')")
    finally:
        statement(postgres, "drop function made_by_a_migration()")
