"""Network routes through which Hyperdrive reaches a private database, and the connectors that run them.

The package owns Workers VPC services, tunnels behind Cloudflare Access, and the connectors (`cloudflared`) of both.
Databases and their networks are in `origins`, and Hyperdrive configurations are in `hyperdrive`. Each route takes the
`PostgresOrigin` of a database and returns a copy with the address of the route (`Route.route_origin`).
"""
