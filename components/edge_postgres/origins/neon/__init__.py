"""Neon: projects, branches, computes, roles and databases, through Neon's management API.

`providers.py` has the dynamic providers, whose paths are in users' state.
"""
