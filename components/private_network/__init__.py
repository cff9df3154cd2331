"""Ways to a database that the Internet cannot reach: a Workers VPC service, or a tunnel behind Access."""
