"""Connection pools like Hyperdrive's: PgBouncer in transaction mode, one process for each Hyperdrive configuration.

PgBouncer has one set of TLS settings per process (1.18 to 1.24), and configurations may have different ones. Not
emulated: the query cache, the distance to the database, and that Hyperdrive may briefly exceed its connection limit.
"""
