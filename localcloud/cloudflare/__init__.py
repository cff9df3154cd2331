"""An emulator of Cloudflare's API, with the wire format of Cloudflare's clients.

It is as strict as the real API: it connects to the database of a Hyperdrive configuration, returns the same error
codes, never shows secrets and returns exactly the sent values. The Workers run in the local runtime. `app.py` has the
table of resources, and each resource is one file with its table of endpoints.
"""
