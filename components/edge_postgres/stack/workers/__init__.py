"""Settings of Workers and of what Workers share."""
