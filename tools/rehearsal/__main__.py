"""Runs the pipelines on a temporary local cloud: `python -m tools.rehearsal`."""

import sys
import tempfile
from pathlib import Path

from localcloud.errors import LocalCloudError
from localcloud.instance import Instance
from tools.rehearsal.scenario import rehearse


def main() -> int:
    """Runs the rehearsal. The exit code is 1 if a pipeline does not behave as documented."""
    with tempfile.TemporaryDirectory(prefix="rehearsal-") as name:
        folder = Path(name)
        cloud = Instance(folder / "cloud")
        try:
            cloud.start(_say)
            (folder / "repository").mkdir()
            rehearse(cloud, folder / "repository", _say)
        except LocalCloudError as error:
            print(f"rehearse: {error}", file=sys.stderr)
            return 1
        except KeyboardInterrupt:
            print("rehearse: interrupted; the local cloud is removed.", file=sys.stderr)
            return 130
        finally:
            cloud.stop(lambda _: None, remove=True)
    return 0


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
