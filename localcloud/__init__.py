"""The local cloud: Postgres, API emulators, the Workers runtime, and stand-ins for Pulumi's providers, on one machine.

`python -m localcloud up` starts it, and `python -m localcloud down` stops exactly what `up` started.
"""
