"""Workers: scripts, versions and rollouts, bindings, connection methods, KV namespaces, the Secrets Store.

Direct TCP and the serverless driver are here too, because only a Worker or a Pages project uses them.
"""
