"""An emulator of Prisma's management API, with real databases and roles on the local Postgres.

Routes, fields and status codes follow the types in npm `@prisma/management-api-sdk` 1.80.0 (2026-11-21), with
which the tests compare every response. Undefined behaviour is handled strictly. A database has two ports here instead
of the host names `db.prisma.io` and `pooled.db.prisma.io`. `app.py` has the table of endpoints, and each resource is
one file.
"""
