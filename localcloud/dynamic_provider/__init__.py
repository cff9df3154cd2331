"""The server of dynamic providers that an engine of the local cloud starts in place of Pulumi's own."""
