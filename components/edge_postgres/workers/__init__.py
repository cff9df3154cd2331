"""Workers: scripts, versions and rollouts, bindings, connection methods, KV namespaces, the Secrets Store.

The package owns every rule about a Worker, a Worker's access to a database without Hyperdrive (direct TCP and Prisma's
serverless driver; Pages projects use both), and the data of a wrangler configuration. It does not own Hyperdrive
configurations, which arrive as ids, or the text of wrangler files (`wrangler`).
"""
