"""Files for wrangler: the text of a configuration, the types of its bindings, and an example of `.dev.vars`.

The package owns the text of the files. The data of a configuration is an output of a Worker, and
`workers/wrangler_configuration.py` builds it.
"""
