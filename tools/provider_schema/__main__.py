"""`python -m tools.provider_schema [FILE]`."""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pulumi_cloudflare

from tools.provider_schema import answers
from tools.provider_schema.attributes import resource_attributes

TARGET = Path(__file__).resolve().parents[2] / "components" / "edge_postgres" / "data" / "cloudflare-schema.json"


def generate(raw: dict[str, Any]) -> dict[str, Any]:
    """Returns the schema by Pulumi's type tokens.

    Raises:
        ValueError: The text of a validator has no translation, or an attribute has no name in Pulumi's SDK.
    """
    classes = {_folded(name): value for name, value in vars(pulumi_cloudflare).items() if hasattr(value, "pulumi_type")}
    resources = {
        class_.pulumi_type: resource_attributes(raw["resources"][name], class_)
        for name in raw["resources"]
        for class_ in [classes[_folded(name.removeprefix("cloudflare_"))]]
    }
    source = {"source": raw["source"], "sdk": f"pulumi-cloudflare {version('pulumi-cloudflare')}"}
    return {**source, "resources": dict(sorted(resources.items()))}


def lines(schema: dict[str, Any]) -> Iterator[str]:
    """Yields the schema as JSON with one line for each attribute, so that a difference between versions is readable."""
    head = {key: value for key, value in schema.items() if key != "resources"}
    yield json.dumps(head, indent=1)[:-2] + ',\n "resources": {'
    for index, (token, attributes) in enumerate(schema["resources"].items()):
        yield f"  {',' if index else ''}{json.dumps(token)}: {{"
        rows = [f"   {json.dumps(path)}: {json.dumps(row, ensure_ascii=False)}" for path, row in attributes.items()]
        yield ",\n".join(rows) + "}"
    yield " }\n}"


def _folded(name: str) -> str:
    return name.replace("_", "").lower()


def main(arguments: Sequence[str]) -> int:
    """Writes the schema."""
    parser = argparse.ArgumentParser(prog="python -m tools.provider_schema", description="Writes Cloudflare's schema.")
    parser.add_argument(
        "file", type=Path, nargs="?", help="the official provider's schema as JSON (default: only update the answers)"
    )
    file: Path | None = parser.parse_args(arguments).file
    schema = generate(json.loads(file.read_text())) if file else json.loads(TARGET.read_text())
    schema["resources"] = answers.with_answers(schema["resources"], answers.read_groups(answers.SOURCE.read_text()))
    TARGET.write_text("\n".join(lines(schema)) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
