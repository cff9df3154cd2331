"""Building blocks of every package: validation errors, arguments, numbers, vendors' limits, lazy loading of the SDK.

This package knows nothing of Postgres, of a vendor or of Cloudflare, with two exceptions: the form of Cloudflare's IDs,
and the name of the account's Workers plan.
"""
