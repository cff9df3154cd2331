"""Writes all generated files: `python -m tools.reference` (`make reference`)."""

from edge_postgres import load_sdk_lazily
from tools.reference.files import GENERATED


def main() -> None:
    load_sdk_lazily()  # before the pages import the components, because the pictures run the stack program
    for file, content in GENERATED.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content())


if __name__ == "__main__":
    main()
