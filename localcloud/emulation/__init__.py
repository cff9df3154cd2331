"""The common basis of all API emulators: record store, request log, fault injection, HTTP server, Postgres proxy."""
