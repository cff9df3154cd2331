"""One package for each database vendor: its component, rules and limits, and the client of its management API.

Each component has the attribute `origin`, a `PostgresOrigin`. No component in these packages uses Hyperdrive or a
Worker.
"""
