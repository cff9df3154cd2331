"""The published test suites of Postgres drivers, run through the gateway: `make drivers`.

Each suite runs on the database directly, and then through a pool of the gateway. `failures.toml` has the reason of each
test that fails only through the gateway. Another failure, and a listed test that passes, fail the suite.

The npm packages `pg`, `postgres`, `kysely` and `drizzle-orm` and the package `psycopg` on PyPI are published without
tests. The tests of the crate `tokio-postgres` use a fixed port and fixed users.
"""
