"""The `PostgresOrigin` contract, and rules and facts of a database's address that need no connection.

It owns connection strings, the table of database vendors and their hosts, certificates, and rules of addresses. It
creates no resource. It does not own what a single vendor's component needs: that is in `origins/`.
"""
