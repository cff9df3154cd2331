"""Runs the pipelines on a temporary local cloud: `python -m tools.rehearsal`."""

import sys

from localcloud.errors import LocalCloudError
from localcloud.guard import temporary_cloud
from tools.rehearsal.scenario import rehearse


def main() -> int:
    """Runs the rehearsal. The exit code is 1 if a pipeline does not behave as documented."""
    try:
        with temporary_cloud() as cloud:
            cloud.start(_say)
            repository = cloud.state_directory.path.with_name("repository")
            repository.mkdir()
            rehearse(cloud, repository, _say)
    except LocalCloudError as error:
        print(f"rehearse: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("rehearse: interrupted; the local cloud is removed.", file=sys.stderr)
        return 130
    return 0


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
