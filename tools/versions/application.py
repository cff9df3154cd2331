"""The application of a database: its tables, the statements of its Worker, and those of its migrations."""

READER = "reader"
"""A role without a login, which can read the tables that the owner creates."""

SCHEMA = (
    "create type public.state as enum ('new', 'done')",
    "create domain public.short_text text check (length(value) < 50)",
    "create table public.items (id int generated always as identity primary key, name short_text, state state)",
    "create table public.orders (id serial primary key, item int references public.items)",
    "create table public.events (day date, item int) partition by range (day)",
    "create table public.events_2026 partition of public.events for values from ('2026-01-01') to ('2027-01-01')",
    "create sequence public.numbers",
    "create view public.open_items as select * from public.items where state = 'new'",
    "create materialized view public.totals as select count(*) from public.orders",
    "create function public.add(a int, b int) returns int language sql as 'select a + b'",
    "create procedure public.tidy() language sql as 'delete from public.orders where item is null'",
    "create function public.whoami() returns text language sql security definer as 'select current_user::text'",
    "create schema shop",
    "create table shop.carts (id int generated always as identity primary key, item int)",
    "create table public.obsolete (id int)",
    "create table public.notes (id int)",
    "insert into public.notes values (1)",
    "alter table public.notes enable row level security",
    "create policy of_the_user on public.notes to current_user using (true)",
    # A role that bypasses row-level security sees all rows in any case.
    "do $$ begin if not (select rolbypassrls from pg_roles where rolname = current_user) then"
    " alter table public.notes force row level security; end if; end $$",
    f"alter default privileges in schema public grant select on tables to {READER}",
)
"""The statements of the owner, before the rotation is turned on."""

WORK = (
    "insert into public.items (name, state) values ('one', 'new')",
    "insert into public.orders (item) select max(id) from public.items",
    "insert into public.events values ('2026-05-05', 1)",
    "update public.items set state = 'done'",
    "delete from public.orders where id < (select max(id) from public.orders)",
    "insert into shop.carts (item) values (1)",
    "select nextval('public.numbers')",
    "select public.add(1, 2), public.whoami()",
    "call public.tidy()",
    "select count(*) from public.open_items, public.totals",
    "insert into public.notes values (2)",
    "select 1 / count(*) from public.notes where id = 1",  # an error if the row is hidden
)
"""The statements of a Worker on the old objects."""


def work_on(table: str) -> tuple[str, ...]:
    """Returns the statements of a Worker on a new table."""
    statements = (
        "insert into {table} (name) values ('one')",
        "update {table} set name = 'two'",
        "delete from {table} where id < 0",
        "select count(*) from {table}",
    )
    return tuple(statement.replace("{table}", table) for statement in statements)


def creation_of(table: str) -> str:
    """Returns the statement of a migration that creates a table."""
    return f"create table {table} (id serial primary key, name text)"


def migration_of(table: str) -> tuple[str, ...]:
    """Returns the statements of a migration that changes a table, and leaves it unchanged in the end."""
    return (
        f"alter table {table} add column added int default 1",
        f"create index added_index on {table} (added)",
        f"alter table {table} drop column added",
    )


OLD_TABLES = ("public.items", "public.orders", "public.events", "shop.carts")
MIGRATION = (
    *(statement for table in OLD_TABLES for statement in migration_of(table)),
    "alter type public.state add value if not exists 'late'",
    "create or replace function public.add(a int, b int) returns int language sql as 'select b + a'",
    "refresh materialized view public.totals",
    "alter policy of_the_user on public.notes using (id > 0)",
    "create table shop.temporary_one (id int)",
    "drop table shop.temporary_one",
    "create schema other",
    "drop schema other",
)
"""The statements of a migration on old objects."""
