"""Workers: scripts, versions and rollouts, bindings, connection methods, KV namespaces, the Secrets Store.

The package owns every rule about a Worker, a Worker's access to a database without Hyperdrive (direct TCP and Prisma's
serverless driver; Pages projects use both), and the data of a wrangler configuration. Hyperdrive configurations are in
`hyperdrive`, and Workers bind their IDs. The text of wrangler files is in `wrangler`.
"""
