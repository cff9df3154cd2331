"""What stands in for the clouds on a laptop: Postgres, Cloudflare's API, the Worker runtime, and Pulumi's providers.

`python -m localcloud up` starts it, `python -m localcloud down` ends exactly what `up` started.
"""
