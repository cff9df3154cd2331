"""The gateway, which represents Hyperdrive in the local cloud: one Node process with a pool for each configuration.

It pools in transaction mode, within the connection limit of the configuration. Not emulated: the distance to the
database, and that Hyperdrive may briefly exceed its connection limit.
"""
