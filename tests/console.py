"""Console blocks of the pages: the commands that a reader types, and what the page says that he sees."""

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
"""On a page: any text; on a line of its own any lines."""


@dataclass(frozen=True)
class Step:
    """One command, with the lines that the page shows below it."""

    command: str
    shown: tuple[str, ...] = ()

    @property
    def fails(self) -> bool:
        """Whether the page shows that the command ends with an error."""
        return any(re.search(r"\b[Ee]rror\b", line) for line in self.shown)


@dataclass(frozen=True)
class Block:
    """A fenced block of a page. ``is_marked`` tells whether the words before it say that it needs an account."""

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
    """What a command did."""

    step: Step
    status: int
    output: str

    def missing(self) -> list[str]:
        """The lines of the page, from the first one on that the output does not have in this order."""
        shown = [line for line in self.step.shown if line.strip() not in ("", ANYTHING)]
        output = iter(self.output.splitlines())
        for number, line in enumerate(shown):
            pattern = ".*".join(map(re.escape, line.strip().split(ANYTHING)))
            if not any(re.fullmatch(pattern, each.strip()) for each in output):
                return shown[number:]
        return []


def blocks(page: Path) -> Iterator[Block]:
    """The fenced blocks of a page, those in lists too."""
    before, said = "", ""
    for token in MarkdownIt("commonmark").enable("table").parse(page.read_text()):
        if token.type == "inline":
            said = " ".join(token.content.split()) if before == "paragraph_open" else ""
        if token.type == "fence":
            assert token.map is not None
            yield Block(token.info.strip(), token.content, token.map[0] + 1, MARK in said.lower())
            said = ""
        before = token.type


def steps_of(page: Path) -> list[Step]:
    """What a reader without an account types, from the page's first command to its last."""
    return [
        step for block in blocks(page) if block.language == "console" and not block.is_marked for step in block.steps()
    ]


def run(steps: Sequence[Step], folder: Path, environment: Mapping[str, str], log: Path) -> list[Ran]:
    """Types them into one shell, in ``folder``. What is not done after nine minutes is ended, and missing here."""
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
    told = re.split(r"\n@@(\d+)\n", log.read_text())
    return [Ran(step, int(status), text) for step, text, status in zip(steps, told[::2], told[1::2], strict=False)]
