"""Rehearses the pipelines on a local cloud of their own, which ends with them: `python -m tools.rehearsal`."""

import sys
import tempfile
from pathlib import Path

from localcloud.errors import LocalCloudError
from localcloud.instance import Instance
from tools.rehearsal.play import rehearse


def main() -> int:
    """0 where all of it went as the pipelines promise, 1 where not."""
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
            print("rehearse: interrupted; nothing of it stays.", file=sys.stderr)
            return 130
        finally:
            cloud.stop(lambda _: None, remove=True)
    return 0


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
