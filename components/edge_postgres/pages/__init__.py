"""Pages projects: the environments `production` and `preview`, the build, the Git source and the domains.

The package owns the rules and the API form of Pages projects. The rules that Workers share (dates, drivers, names and
values of bindings, connection methods) are in `workers`. The package deploys no content.
"""
