"""Wrangler's files, made from the same declaration as the Worker."""
