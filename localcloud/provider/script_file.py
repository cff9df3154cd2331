"""The source of a Worker: given as text, or as a file with its hash."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

from localcloud.provider.errors import Fault
from localcloud.provider.tree import UNKNOWN, Tree


def source_faults(inputs: Tree) -> Iterator[Fault]:
    """The rules of `content`, `contentFile` and `contentSha256`, as far as the values are known."""
    if "content" in inputs and "contentFile" in inputs:
        yield Fault("contentFile", "`contentFile` stands beside `content`; a script has one source. Leave one out.")
    if "content" not in inputs and "contentFile" not in inputs:
        yield Fault("content", "Neither `content` nor `contentFile` is given; a script needs a source. Give one.")
    if "contentFile" in inputs and "contentSha256" not in inputs:
        yield Fault("contentSha256", "`contentSha256` is missing; `contentFile` needs it, for it tells what changed.")
        return
    expected = inputs.get("contentSha256")
    if expected in (None, UNKNOWN) or UNKNOWN in (inputs.get("content"), inputs.get("contentFile")):
        return
    try:
        actual = hashlib.sha256(source_of(inputs)).hexdigest()
    except OSError as error:
        file = inputs["contentFile"]
        yield Fault(
            "contentFile", f"`contentFile` is `{file}`, which cannot be read: {error.strerror}. Build it first."
        )
        return
    if actual != str(expected).lower():
        yield Fault(
            "contentSha256",
            f"SHA-256 Hash Mismatch: `contentSha256` is {expected}, the content's is {actual}. Hash what is deployed.",
        )


def source_of(inputs: Tree) -> bytes:
    """Relative paths start at the project, where this process runs. Raises ``OSError``."""
    if "contentFile" in inputs:
        return Path(inputs["contentFile"]).read_bytes()
    return str(inputs["content"]).encode()
