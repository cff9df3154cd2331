"""Building blocks of every package: validation errors, arguments, numbers, vendors' limits, lazy loading of the SDK.

It knows nothing of Postgres, of a vendor or of Cloudflare, except the name of the account's Workers plan.
"""
