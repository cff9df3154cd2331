"""Console blocks of the pages: the commands, and the output that the page shows."""

import os
import re
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from markdown_it import MarkdownIt

SECONDS = 540
MARK = "needs an account"
PROMPT = "$ "
ANYTHING = "…"
"""Matches any characters of a line. Alone on a line, it matches any number of lines."""


@dataclass(frozen=True)
class Step:
    """A command, and the lines that the page shows below it."""

    command: str
    shown: tuple[str, ...] = ()

    @property
    def fails(self) -> bool:
        """Whether the page shows that the command ends with an error."""
        return any(re.search(r"\b[Ee]rror\b", line) for line in self.shown)


@dataclass(frozen=True)
class Block:
    """A fenced block of a page. ``is_marked`` is true if the paragraph before the block contains ``MARK``."""

    language: str
    text: str
    line: int
    is_marked: bool

    def steps(self) -> list[Step]:
        steps: list[Step] = []
        for line in self.text.splitlines():
            if line.startswith(PROMPT):
                steps.append(Step(line.removeprefix(PROMPT)))
            elif steps[-1].command.endswith("\\") and not steps[-1].shown:
                steps[-1] = Step(steps[-1].command + "\n" + line.removeprefix("> "))
            else:
                steps[-1] = Step(steps[-1].command, (*steps[-1].shown, line))
        return steps


@dataclass(frozen=True)
class Ran:
    """The exit status and the output of a command."""

    step: Step
    status: int
    output: str

    def missing(self) -> list[str]:
        """Returns the lines of the page from the first line that the output lacks. The order of the lines matters."""
        shown = [line for line in self.step.shown if line.strip() not in ("", ANYTHING)]
        output = iter(self.output.splitlines())
        for number, line in enumerate(shown):
            pattern = ".*".join(map(re.escape, line.strip().split(ANYTHING)))
            if not any(re.fullmatch(pattern, each.strip()) for each in output):
                return shown[number:]
        return []


def blocks(page: Path) -> Iterator[Block]:
    """Yields the fenced blocks of a page, including the blocks in lists."""
    before, paragraph = "", ""
    for token in MarkdownIt("commonmark").enable("table").parse(page.read_text()):
        if token.type == "inline":
            paragraph = " ".join(token.content.split()) if before == "paragraph_open" else ""
        if token.type == "fence":
            assert token.map is not None
            yield Block(token.info.strip(), token.content, token.map[0] + 1, MARK in paragraph.lower())
            paragraph = ""
        before = token.type


def steps_of(page: Path) -> list[Step]:
    """Returns the commands for a reader without an account, in the order of the page."""
    return [
        step for block in blocks(page) if block.language == "console" and not block.is_marked for step in block.steps()
    ]


def run(steps: Sequence[Step], folder: Path, environment: Mapping[str, str], log: Path) -> list[Ran]:
    """Runs the commands in one shell, in ``folder``. Ends it after ``SECONDS`` and omits unfinished commands."""
    script = "".join(f"{step.command}\nprintf '\\n@@%s\\n' \"$?\"\n" for step in steps)
    with log.open("w") as output:
        shell = subprocess.Popen(
            ["bash", "-c", script],
            cwd=folder,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            shell.wait(SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(shell.pid, signal.SIGKILL)
            shell.wait()
    parts = re.split(r"\n@@(\d+)\n", log.read_text())
    return [Ran(step, int(status), text) for step, text, status in zip(steps, parts[::2], parts[1::2], strict=False)]
