"""Roles and databases that are created through the Postgres protocol.

This package owns the components `DatabaseRoles` and `PreviewDatabase`, sessions with a server, SCRAM verifiers and
the dynamic providers of `providers.py`, whose paths are in the state of users' stacks. It does not own connection
strings and the origin contract (`origin/`), nor roles and databases that a vendor's API creates (`origins/`).
"""
