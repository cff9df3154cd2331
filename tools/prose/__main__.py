"""`python -m tools.prose [--count] [PATH...]`: without a path, the whole project."""

import argparse
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.prose import glossary
from tools.prose.files import files, passages
from tools.prose.rules import Problem, problems
from tools.prose.sentences import sentences

CHECKOUT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Finding:
    file: str
    line: int
    problem: Problem

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.problem.rule}: {self.problem.description}. {self.problem.fix}"


def main(arguments: Sequence[str], root: Path = CHECKOUT) -> int:
    """Prints the findings; 1 if there are any."""
    parser = argparse.ArgumentParser(prog="python -m tools.prose", description="Checks the project's English.")
    parser.add_argument("--count", action="store_true", help="print the number of findings per folder and rule")
    parser.add_argument("paths", nargs="*", type=Path, help="files and folders; default: the whole project")
    options = parser.parse_args(arguments)
    words = glossary.load()
    paths = [path.resolve() for path in options.paths] or [root]
    missing = [str(path) for path in paths if not path.exists()]
    if missing:
        parser.error(f"no such file or folder: {', '.join(missing)}")
    found = sorted(findings(root, paths, words), key=lambda finding: (finding.file, finding.line))
    print_counts(found) if options.count else print(*found, sep="\n", end="\n" if found else "")
    return 1 if found else 0


def findings(root: Path, paths: Sequence[Path], words: glossary.Glossary) -> Iterator[Finding]:
    for file in files(root, paths, words.skipped):
        for passage in passages(file, root):
            for sentence in sentences(passage):
                for problem in problems(sentence, words):
                    yield Finding(file.relative_to(root).as_posix(), sentence.line, problem)


def print_counts(found: Sequence[Finding]) -> None:
    """Two tables: per top-level folder and per rule."""
    for counts in (
        Counter(finding.file.partition("/")[0] for finding in found),
        Counter(f.problem.rule for f in found),
    ):
        for name, count in counts.most_common():
            print(f"{count:7} {name}")
        print(f"{counts.total():7} in all\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
