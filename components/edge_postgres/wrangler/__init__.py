"""Files for wrangler, generated from a Worker's outputs: its configuration and the types of its bindings.

The data of a configuration is an output of a Worker: `workers/wrangler_configuration.py`.
"""
