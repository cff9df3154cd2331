"""The `PostgresOrigin` contract, and rules and facts of a database's address that need no connection.

This package owns connection strings, the table of database vendors and their hosts, certificates, and rules of
addresses. The package creates no resource. Code that only one vendor's component needs is in `origins/`.
"""
