"""The report of a step for reviewers: the output of the engine, in Markdown. The engine masks secrets."""

import os
import re
import secrets
from collections.abc import Mapping
from pathlib import Path

from edge_postgres.core.error_codes import find_error_codes
from tools.pipeline.engine import CommandResult

# Maximum of a comment at GitHub: 65,536 characters. Maximum of a variable in Linux: 131,072 bytes.
LONGEST_BYTES = 60_000
TITLES = {"preview": "Preview of", "deploy": "Deployment of", "drift": "Drift of", "remove": "Removal of"}


def markdown(step: str, stack: str, result: CommandResult) -> str:
    """The report. Its first line identifies step and stack, so that the next run finds its comment."""
    text = _truncated(result.text.strip())
    fence = "`" * max(3, *(len(run) + 1 for run in re.findall("`+", text)), 3)
    outcome = "" if result.status == 0 else f"**It failed, with status {result.status}.**\n\n{_fixes(result.text)}"
    return f"### {TITLES[step]} `{stack}`\n\n{outcome}{fence}text\n{text}\n{fence}\n"


def _fixes(text: str) -> str:
    """Returns meaning and fix of each vendor's error code in the output, as a list. Empty without a known code."""
    found = [f"- {each.vendor} {each.code}: {each.meaning} {each.fix}\n" for each in find_error_codes(text)]
    return "".join([*found, "\n"]) if found else ""


def publish(report: str, environment: Mapping[str, str] = os.environ) -> None:
    """Writes the report to the job summary and the output `report` of GitHub, and to the file of REPORT_FILE."""
    if summary := environment.get("GITHUB_STEP_SUMMARY"):
        _append(summary, report)
    if outputs := environment.get("GITHUB_OUTPUT"):
        # A random delimiter, so that no line of the report ends the output.
        end = secrets.token_hex(16)
        _append(outputs, f"report<<{end}\n{report}\n{end}\n")
    if file := environment.get("REPORT_FILE"):
        Path(file).write_text(report)


def _append(file: str, text: str) -> None:
    with Path(file).open("a") as opened:
        opened.write(text)


def _truncated(text: str) -> str:
    encoded = text.encode()
    if len(encoded) <= LONGEST_BYTES:
        return text
    # The end contains the summary and the errors.
    return "… (the log of the job has the complete output)\n" + encoded[-LONGEST_BYTES:].decode(errors="ignore")
