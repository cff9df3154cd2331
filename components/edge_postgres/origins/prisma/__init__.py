"""Prisma Postgres: projects, databases and connections, created through Prisma's management API.

This package owns the component `PrismaPostgres`, its rules and limits, the client of Prisma's API and the dynamic
providers of `providers.py`, whose paths are in the state of users' stacks. It does not own the HTTP client (`http/`),
nor Prisma's settings in the stack file (`stack/`), nor the detection of Prisma by host name (`origin/vendors.py`).
"""
