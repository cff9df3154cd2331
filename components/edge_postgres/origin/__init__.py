"""The `PostgresOrigin` contract, and all that is known of a database's address without a connection.

It owns connection strings, the table of database vendors and their hosts, certificates, and rules of addresses. It
creates no resource. It does not own what a single vendor's component needs: that is in `origins/`.
"""
