"""Writes all that is made from the sources: `python -m tools.reference` (`make reference`)."""

from tools.reference.files import MADE


def main() -> None:
    for file, made in MADE.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(made())


if __name__ == "__main__":
    main()
