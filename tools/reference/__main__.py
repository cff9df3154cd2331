"""Writes all generated files: `python -m tools.reference` (`make reference`)."""

from tools.reference.files import GENERATED


def main() -> None:
    for file, content in GENERATED.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content())


if __name__ == "__main__":
    main()
