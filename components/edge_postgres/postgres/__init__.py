"""Everything that is spoken over the Postgres protocol: roles, databases, sessions, SCRAM verifiers.

`providers.py` has the dynamic providers, whose paths are in users' state. Vendors' management APIs are in `origins/`.
"""
