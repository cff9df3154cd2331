"""Settings of Pages projects."""
