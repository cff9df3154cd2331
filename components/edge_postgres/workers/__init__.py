"""Workers: scripts, versions and rollouts, bindings, connection methods, KV namespaces, the Secrets Store.

The package owns every rule about a Worker, and the data of a wrangler configuration. It also owns the access to a
database without Hyperdrive, which Pages projects use too: direct TCP and Prisma's serverless driver. Hyperdrive
configurations are in `hyperdrive`, and Workers bind their IDs. The text of wrangler files is in `wrangler`.
"""
