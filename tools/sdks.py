"""Writes the SDKs in TypeScript and Go into a folder: `python -m tools.sdks FOLDER`.

`pulumi package add` does the same with Pulumi's language hosts, which not every machine has. Their generators are in
the Go module that contains the engine.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from tools.go_module import FLAGS, ROOT, NotBuilt, run, use_engine_modules

PROGRAM = ROOT / "tools" / "sdks.go"
SCHEMA = ROOT / "components" / "edge_postgres" / "data" / "plugin-schema.json"
SECONDS_TO_GENERATE = 60
UNAVAILABLE = 3


def generate(folder: Path) -> None:
    """Writes the SDKs into the folders `nodejs` and `go` below ``folder``. Raises ``NotBuilt``."""
    with tempfile.TemporaryDirectory() as workspace:
        program = Path(workspace, "sdks")
        run(program.parent, "mod", "init", "sdks")
        use_engine_modules(program.parent)
        run(program.parent, "build", *FLAGS, "-o", str(program), str(PROGRAM))
        subprocess.run([program, SCHEMA, folder], timeout=SECONDS_TO_GENERATE, check=True)


if __name__ == "__main__":
    try:
        generate(Path(sys.argv[1]))
    except NotBuilt as reason:
        print(f"sdks.py: the generators cannot be built: {reason}", file=sys.stderr)
        sys.exit(UNAVAILABLE)
