"""The foundation of dynamic providers for vendors' management APIs.

This package owns the HTTP client (time-outs, retries, ambiguous outcomes), the creation of an object that may already
exist, the credentials of an API, the errors, and the base classes of all dynamic providers. It knows no vendor: the
clients of Neon and Prisma are in `origins/`. Anything that uses the Postgres protocol is in `postgres/`.
"""
