"""Prisma Postgres: projects, databases and connections, through Prisma's management API.

`providers.py` has the dynamic providers, whose paths are in users' state.
"""
