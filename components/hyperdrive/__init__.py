"""Hyperdrive configurations: one, a cached and a fresh one, or one for each credential slot."""
