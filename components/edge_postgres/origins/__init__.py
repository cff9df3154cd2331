"""One package for each database vendor and one for existing databases: the component, its rules and its limits.

The packages of Neon and Prisma also have the client of the vendor's management API. Each component has the attribute
`origin`, a `PostgresOrigin`. No component in these packages uses Hyperdrive or a Worker.
"""
