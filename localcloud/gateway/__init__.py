"""The gateway, which represents Hyperdrive in the local cloud: one Node process with a pool for each configuration.

It pools in transaction mode, within the connection limit of the configuration, and caches reads. Not emulated: the
distance to the database, the two layers of the cache, and that Hyperdrive may briefly exceed its connection limit.
"""
