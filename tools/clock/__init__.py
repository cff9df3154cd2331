"""A later date for a command, to find tests that fail only after a date."""
