"""Pages of `docs/reference`, made from what the sources say of themselves."""
