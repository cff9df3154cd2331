"""A stand-in for Neon's management API: real roles and databases on the local Postgres server, a port for each compute.

Its form is that of the OpenAPI document in npm's @neondatabase/api-client 2.7.3 (2026-11-21). That document names no
status for most refusals: here bad input is 400, what a rule forbids 422, what is there already 409, what is not 404.
"""
