"""Settings of Workers, and of the KV namespaces and secrets that they share."""
