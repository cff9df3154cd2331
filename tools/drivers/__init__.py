"""The published test suites of Postgres drivers, run through the gateway: `make drivers`.

Each suite runs on the database directly, and then through a pool of the gateway. `failures.toml` has the reason of each
test that fails only through the gateway. Another failure, and a listed test that passes, fail the suite.

The npm packages `pg`, `postgres`, `kysely` and `drizzle-orm` and the package `psycopg` on PyPI are published without
tests. The packages `pg-pool` 3.8.0 and `pg-cursor` 2.13.1 are the last versions with their tests, which use `pg`. The
tests of the crate `tokio-postgres` use a fixed port and fixed users.
"""
