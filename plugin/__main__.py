"""The components for TypeScript, Go, .NET, Java and YAML: `pulumi package add <repository>/plugin@<version>`.

A plugin is run by its `__main__.py`. The one beside `components/` is the stack program, so this one has a folder of its
own.
"""

import asyncio
import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

    from plugin.package import package
    from plugin.served import serve

    # The engine passes its address, and flags for logging and tracing.
    engine_address = next(argument for argument in sys.argv[1:] if not argument.startswith("-"))
    asyncio.run(serve(package(), engine_address))
