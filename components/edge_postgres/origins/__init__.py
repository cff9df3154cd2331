"""One package for each database vendor: its component, rules and limits, and the client of its management API.

Each component has an `origin`, a `PostgresOrigin`. None of them knows Hyperdrive or a Worker.
"""
