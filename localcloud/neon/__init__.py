"""An emulator of Neon's management API, with real roles and databases on the local Postgres, and ports for computes.

The format follows the OpenAPI document in npm's @neondatabase/api-client 2.7.3 (2026-11-21) and the types of npm's
@neon/sdk 6.1.2 (2026-12-01). They have no status for most errors. Here invalid input is 400, a violated rule 422, an
existing object 409, and a missing one 404.
"""
