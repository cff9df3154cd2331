"""What a step tells whoever reviews: the engine's own words, in Markdown. The engine masks what is secret."""

import os
import re
import secrets
from collections.abc import Mapping
from pathlib import Path

from tools.pipeline.engine import Ran

# GitHub takes 65,536 characters of a comment, and Linux 131,072 bytes of a variable.
LONGEST_BYTES = 60_000
DONE = {"preview": "Preview of", "deploy": "Deployment of", "drift": "Drift of", "remove": "Removal of"}


def markdown(step: str, stack: str, ran: Ran) -> str:
    """The first line is the same for each run of a step on a stack: a comment is found again by it."""
    text = _shortened(ran.text.strip())
    fence = "`" * max(3, *(len(run) + 1 for run in re.findall("`+", text)), 3)
    outcome = "" if ran.status == 0 else f"**It failed, with status {ran.status}.**\n\n"
    return f"### {DONE[step]} `{stack}`\n\n{outcome}{fence}text\n{text}\n{fence}\n"


def hand_over(report: str, environment: Mapping[str, str] = os.environ) -> None:
    """Where the forge looks for it: GitHub's job summary and the job's output `report`, or the file of REPORT_FILE."""
    if summary := environment.get("GITHUB_STEP_SUMMARY"):
        _append(summary, report)
    if outputs := environment.get("GITHUB_OUTPUT"):
        # A line that nobody can foresee, so that nothing in the text ends it.
        end = secrets.token_hex(16)
        _append(outputs, f"report<<{end}\n{report}\n{end}\n")
    if file := environment.get("REPORT_FILE"):
        Path(file).write_text(report)


def _append(file: str, text: str) -> None:
    with Path(file).open("a") as opened:
        opened.write(text)


def _shortened(text: str) -> str:
    whole = text.encode()
    if len(whole) <= LONGEST_BYTES:
        return text
    # The end has what was counted, and what was refused.
    return "… (the whole is in the job's log)\n" + whole[-LONGEST_BYTES:].decode(errors="ignore")
