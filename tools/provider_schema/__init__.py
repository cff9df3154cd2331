"""Generates `components/edge_postgres/data/cloudflare-schema.json`: the inputs that Cloudflare's provider accepts.

Command: `python -m tools.provider_schema [FILE]`. The file has the schema of the official provider as JSON: by resource
type, each attribute with its mode, type, default and the descriptions of its validators. Without a file, the command
only updates the answers for attributes that a request did not set, which are in `answers.toml`.
"""
