"""A stand-in for Cloudflare's API, in the wire format that Cloudflare's own clients speak.

Strict where the real one is: it dials the database of a Hyperdrive configuration, refuses with the same codes, keeps
secrets write-only and gives back exactly what was sent. The Workers run in the local runtime. `app.py` has the table
of resources; each is one file with its own table of endpoints.
"""
