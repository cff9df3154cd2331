"""The bindings of a Worker: their kinds, their names, the rules for their values, and their form in the API.

The package does not own the variables of direct TCP and the serverless driver: it receives them as
``DatabaseVariables``. The bindings of Pages projects have another form in the API and are in `pages`.
"""
