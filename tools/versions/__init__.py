"""`make versions`: rotation on databases that already have tables, on real Postgres servers.

Each cell starts a server of one major version, creates the roles and the database that a vendor provides, and creates
tables as their usual owner. Then the resources of the library turn the rotation on and rotate twice. No login of the
library is a superuser.
"""
