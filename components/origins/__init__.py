"""The homes of Postgres: one file each, every one yields a `PostgresOrigin`."""
