"""`make conformance`: no legal answer of the API is an update that the program did not ask for.

Each example stack is deployed to a local cloud whose emulator of Cloudflare's API omits undeclared values, answers
their defaults, or answers empty values. The stack passes `up`, preview, refresh, preview, an update, refresh, preview
and destroy.
"""
