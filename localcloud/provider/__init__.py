"""Stands in for Pulumi's `cloudflare` and `random` plugins on a machine that cannot download them.

The engine attaches to it with `PULUMI_DEBUG_PROVIDERS=cloudflare:PORT,random:PORT`. What the official plugins do is
followed to the request body; what they can do beyond the tables in `cloudflare.py` and `random.py` is refused.
"""
