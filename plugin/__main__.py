"""Serves the components to TypeScript, Go, .NET, Java and YAML: `pulumi package add <repository>/plugin@<version>`."""

import asyncio
import sys

from edge_postgres import load_sdk_lazily
from edge_postgres._plugin.package import create_package
from edge_postgres._plugin.served import serve

load_sdk_lazily()

# The engine passes its address, and flags for logging and tracing.
engine_address = next(argument for argument in sys.argv[1:] if not argument.startswith("-"))
asyncio.run(serve(create_package(), engine_address))
