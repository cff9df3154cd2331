"""A stand-in for Prisma's management API: what it makes are real databases and roles on the local Postgres.

Routes, shapes and status codes are those of the types in npm `@prisma/management-api-sdk` 1.80.0 (2026-11-21). Where
they leave a rule open, the stricter reading holds. A database has two ports here in place of the host names
`db.prisma.io` and `pooled.db.prisma.io`. `app.py` has the table of endpoints, one file a noun.
"""
