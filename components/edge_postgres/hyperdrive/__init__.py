"""Hyperdrive: configurations, pairs, rotation slots, the connection budget, and uploaded certificates.

It owns everything that Cloudflare stores as a Hyperdrive configuration, and the division of a database's connections.
It takes any `PostgresOrigin` and does not know which vendor created it. It does not create network routes to a private
database (`routes`) and knows nothing of Workers, which bind its ids (`workers`).
"""
