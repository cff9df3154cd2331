"""Building blocks of every package: validation errors, arguments, numbers, vendors' limits, lazy loading of the SDK.

It knows nothing of Postgres, of a vendor or of Cloudflare, except the form of Cloudflare's ids and the name of the
account's Workers plan.
"""
