"""Generates `components/edge_postgres/data/cloudflare-schema.json`: the inputs that Cloudflare's provider accepts.

Command: `python -m tools.provider_schema FILE`. The file has the schema of the official provider as JSON: by resource
type, each attribute with its mode, type, default and the descriptions of its validators.
"""
