"""Building blocks of every package: validation errors, arguments, numbers, vendors' limits, lazy loading of the SDK.

This package knows nothing of Postgres, of a vendor or of Cloudflare, with three exceptions: the form of Cloudflare's
IDs, the names of the Workers plans, and the name of Cloudflare's SDK.
"""
