"""Hyperdrive: configurations, pairs, rotation slots, the connection budget, and uploaded certificates.

The package owns everything that Cloudflare stores as a Hyperdrive configuration, and the division of a database's
connections. The package takes any `PostgresOrigin` and does not depend on the vendor that created the origin. Network
routes to a private database are in `routes`. Workers bind the IDs of the configurations and are in `workers`.
"""
