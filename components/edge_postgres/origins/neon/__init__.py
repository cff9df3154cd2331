"""Neon: projects, branches, computes, roles and databases, created through Neon's management API.

This package owns the component `NeonPostgres`, its rules and limits, the client of Neon's API and the dynamic providers
of `providers.py`, whose paths are in the state of users' stacks. It does not own the HTTP client (`http/`), nor Neon's
settings in the stack file (`stack/`), nor the detection of Neon by host name (`origin/vendors.py`).
"""
