"""Pages projects: the environments `production` and `preview`, the build, the Git source and the domains.

The package owns the rules and the API form of Pages projects. It does not own the rules that Workers share (dates,
drivers, names and values of bindings, connection methods), which are in `workers`, and it deploys no content.
"""
