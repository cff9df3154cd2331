"""Local stand-ins for Pulumi's `cloudflare` and `random` provider plugins.

The engine attaches to them with `PULUMI_DEBUG_PROVIDERS=cloudflare:PORT,random:PORT`. They send the same request bodies
as the official plugins. Features that are not in the tables in `cloudflare.py` and `random.py` are rejected.
"""
