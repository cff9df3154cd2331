"""Network routes through which Hyperdrive reaches a private database, and the connectors that run them.

It owns Workers VPC services, tunnels behind Cloudflare Access, and the connectors (`cloudflared`) of both. It does not
create databases or their networks (`origins`) and does not configure Hyperdrive. Each route takes a `PostgresOrigin`
and returns another one (`Route.route_origin`).
"""
