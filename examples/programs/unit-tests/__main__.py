"""A program with unit tests: `python -m pytest` in this folder runs `test_shop.py`."""

import pulumi

from shop import create_shop

for name, value in create_shop().items():
    pulumi.export(name, value)
