"""Hyperdrive: the configuration, the pair, the slots of a rotation, the connection budget, certificates.

It takes any `PostgresOrigin` and does not know which vendor made it. It knows nothing of Workers.
"""
