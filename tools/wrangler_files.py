"""Writes the wrangler files of a stack's Workers: `python -m tools.wrangler_files STACK [options]`.

Their content is the stack's output `wrangler`, which holds no secret. A file that this command did not write is kept.
"""

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from edge_postgres.core.errors import ValidationError
from edge_postgres.wrangler.files import MARK, Format, Mode, Source, configuration_name, render_files
from localcloud import node
from localcloud.errors import LocalCloudError
from localcloud.state_directory import CHECKOUT
from tools.wrangler_stack import configurations


def main(arguments: Sequence[str]) -> int:
    """Runs the command. The exit code is 1 after an error or if `--check` finds a difference, 2 for wrong arguments."""
    options = argument_parser().parse_args(arguments)
    try:
        texts = file_contents(options)
        return check(texts, command(options)) if options.check else write(texts)
    except (ValidationError, LocalCloudError) as error:
        print(f"wrangler: {error.message if isinstance(error, ValidationError) else error}", file=sys.stderr)
        return 1


def argument_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.wrangler_files", description=__doc__)
    parser.add_argument("stack", metavar="STACK", help="name of a deployed stack")
    parser.add_argument(
        "--out", type=_absolute, metavar="FOLDER", help="folder of the files; default: `wrangler/STACK/WORKER`"
    )
    parser.add_argument(
        "--mode", default="file", choices=[mode.value for mode in Mode], help="a complete file, or a fragment"
    )
    parser.add_argument(
        "--format", default="jsonc", choices=[form.value for form in Format], help="format of the configuration"
    )
    parser.add_argument("--worker", metavar="NAME", help="only this Worker; `--out` is then its folder")
    parser.add_argument("--main", type=_absolute, metavar="FILE", help="source of the Worker; default: `src/index.ts`")
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 if a file is not up to date")
    return parser


def file_contents(options: argparse.Namespace) -> dict[Path, str | None]:
    """Content of each file. None deletes a file that wrangler would read instead."""
    found = select_workers(configurations(options.stack), options.worker, options.stack)
    if options.main and len(found) > 1:
        raise ValidationError(
            "--main", "is one source, but the stack has several Workers", "Choose one with `--worker`."
        )
    mode, form = Mode(options.mode), Format(options.format)
    texts: dict[Path, str | None] = {}
    for worker, data in found.items():
        folder = (
            options.out if options.out and options.worker else (options.out or default_folder(options.stack)) / worker
        )
        source = Source(options.stack, worker, command(options))
        written = render_files(relative_to_folder(data, folder, options.main), source, mode, form)
        texts |= {folder / configuration_name(mode, other): None for other in Format}
        texts |= {folder / name: text for name, text in written.items()}
    return texts


def select_workers(found: Mapping[str, Any], worker: str | None, stack: str) -> Mapping[str, Any]:
    """The configurations of all Workers, or of one."""
    if worker is None:
        return found
    if worker not in found:
        raise ValidationError(
            "--worker", f"is {worker}, which stack {stack} does not have", f"It has {', '.join(found)}."
        )
    return {worker: found[worker]}


def default_folder(stack: str) -> Path:
    return CHECKOUT / "wrangler" / stack.rpartition("/")[2]


def command(options: argparse.Namespace) -> str:
    """The command that writes the same files again, on any machine."""
    given = {
        "STACK": options.stack,
        "OUT": options.out and _relative(options.out, CHECKOUT),
        "MODE": options.mode != Mode.FILE and options.mode,
        "FORMAT": options.format != Format.JSONC and options.format,
        "WORKER": options.worker,
        "MAIN": options.main and _relative(options.main, CHECKOUT),
    }
    return " ".join(["make wrangler", *(f"{name}={value}" for name, value in given.items() if value)])


def relative_to_folder(data: Mapping[str, Any], folder: Path, source: Path | None) -> dict[str, Any]:
    """The configuration with paths relative to ``folder``. Paths in the stack are relative to the checkout."""
    moved = {**data, "$schema": schema_path(str(data["$schema"]), folder)}
    if source:
        moved["main"] = _relative(source, folder)
    if "directory" in data.get("assets", {}):
        moved["assets"] = {**data["assets"], "directory": _relative(CHECKOUT / data["assets"]["directory"], folder)}
    return moved


def schema_path(schema: str, folder: Path) -> str:
    """The path from ``folder`` to the schema in an installation of wrangler: the next one above, or this checkout's."""
    above = (each for each in (folder, *folder.parents) if (each / schema).is_file())
    return _relative(next(above, node.FOLDER) / schema, folder)


def write(texts: Mapping[Path, str | None]) -> int:
    """Writes all files, or none if this command did not write one of the existing ones."""
    for path in texts:
        if path.exists() and MARK not in path.read_text(errors="replace").partition("\n")[0]:
            raise ValidationError(
                _shown(path), "exists, and edge-postgres did not write it", "Move it, or choose another OUT."
            )
    for path, text in texts.items():
        if text is None:
            path.unlink(missing_ok=True)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
            print(_shown(path))
    return 0


def check(texts: Mapping[Path, str | None], command: str) -> int:
    """Prints the files that differ from the stack. Returns 1 if there are any."""
    stale = [path for path, text in texts.items() if _read(path) != text]
    for path in stale:
        print(f"{_shown(path)} is not up to date; run: {command}", file=sys.stderr)
    return 1 if stale else 0


def _read(path: Path) -> str | None:
    return path.read_text(errors="replace") if path.is_file() else None


def _absolute(text: str) -> Path:
    return Path(text).absolute()


def _shown(path: Path) -> str:
    return str(path.relative_to(CHECKOUT) if path.is_relative_to(CHECKOUT) else path)


def _relative(path: Path, folder: Path) -> str:
    return Path(os.path.relpath(path, folder)).as_posix()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
