"""The pipelines, rehearsed: the steps of the workflows on the local cloud, from the first deployment to a drift."""

from pathlib import Path

import pytest

from localcloud.instance import Instance
from tools.rehearsal.play import PREVIEW, rehearse

pytestmark = pytest.mark.engine


@pytest.mark.usefixtures("vendors")
def test_the_pipelines_do_what_they_promise(cloud: Instance, tmp_path: Path) -> None:
    """`rehearse` raises at the first thing that does not come out; what it says is what came to pass."""
    said: list[str] = []
    rehearse(cloud, tmp_path, said.append)
    told = "\n".join(said)
    assert f"job remove, on {PREVIEW}: passed" in told
    assert "job drift, on local-prod: passed" in told
    assert "job drift, on local-prod: failed" in told
    assert said[-1] == "end: every stack destroyed, nothing is left"
    secret = cloud.database_url
    kept = [file for file in tmp_path.rglob("*") if file.is_file() and not file.is_symlink()]
    assert [file for file in kept if secret.encode() in file.read_bytes()] == []
