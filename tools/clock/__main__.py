"""Runs a command with a later date: `python -m tools.clock DAYS COMMAND...`, on Linux, as root, with a C compiler.

All processes of the command see the date, also those with other environment variables. The dynamic linker loads
`later.c` into each of them, from a mount namespace in which only this command has a changed `/etc`. Statically linked
programs, such as the Pulumi engine, see the real date. Durations, timeouts and times of files do not change.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

SOURCE = Path(__file__).with_name("later.c")
SECONDS_PER_DAY = 86_400
SHIFTED = 'mount -t overlay -o "lowerdir=$1:/etc" overlay /etc && shift && exec "$@"'
"""A shell script. Its arguments are a folder whose files replace those in /etc, and the command."""


def main(arguments: Sequence[str]) -> int:
    """Returns the exit status of the command."""
    if len(arguments) < 2 or not arguments[0].isdecimal():
        print("Usage: python -m tools.clock DAYS COMMAND...", file=sys.stderr)
        return 2
    compiler, unshare = shutil.which("cc"), shutil.which("unshare")
    if compiler is None or unshare is None or os.geteuid() != 0:
        print("A later date needs Linux, the user root and a C compiler. Use sudo, and install `cc`.", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)  # other accounts load the library too, such as that of Postgres
        (Path(folder) / "etc").mkdir()
        library = Path(folder) / "later.so"
        seconds = int(arguments[0]) * SECONDS_PER_DAY
        subprocess.run([compiler, "-shared", "-fPIC", f"-DSECONDS={seconds}", SOURCE, "-o", library], check=True)
        (Path(folder) / "etc" / "ld.so.preload").write_text(f"{library}\n")
        command = [unshare, "--mount", "sh", "-c", SHIFTED, "sh", f"{folder}/etc", *arguments[1:]]
        return subprocess.run(command).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
