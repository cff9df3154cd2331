"""What Hyperdrive does for a database: PgBouncer in transaction mode, one process for each configuration.

PgBouncer has one set of TLS settings per process (1.18 to 1.24), and configurations may differ in theirs. Not emulated:
the query cache, the distance to the database, and that the real limit on connections is a soft one.
"""
