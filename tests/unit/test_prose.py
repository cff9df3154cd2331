"""The prose check finds what `glossary.toml` lists, in each kind of text that it reads."""

import re
from collections.abc import Iterable
from pathlib import Path

import pytest

from tools.prose import __main__ as command
from tools.prose import glossary
from tools.prose.comments import hash_comments, slash_comments
from tools.prose.files import files, passages
from tools.prose.markdown import markdown_passages
from tools.prose.passages import Passage
from tools.prose.python_source import python_passages
from tools.prose.rules import LONG_SENTENCE, NOUN_CLAUSE, problems
from tools.prose.sentences import Sentence, sentences

GLOSSARY = glossary.load()
TERMS = {term.name: term for term in GLOSSARY.terms}
WRONG = [pytest.param(term, text, id=text) for term in GLOSSARY.terms for text in term.wrong]
RIGHT = [pytest.param(term, text, id=text) for term in GLOSSARY.terms for text in term.right]
ALLOWED = [pytest.param(term, allowed, id=allowed.pattern) for term in GLOSSARY.terms for allowed in term.allowed]


def rules_of(passage: Passage) -> list[str]:
    """Names of the rules that a passage breaks, in order."""
    return [problem.rule for sentence in sentences(passage) for problem in problems(sentence, GLOSSARY)]


def rules_in(text: str) -> list[str]:
    (passage,) = markdown_passages(text)
    return rules_of(passage)


def found(all_passages: Iterable[Passage]) -> list[tuple[int, str]]:
    """Line and rule of each finding."""
    return [
        (sentence.line, problem.rule)
        for passage in all_passages
        for sentence in sentences(passage)
        for problem in problems(sentence, GLOSSARY)
    ]


@pytest.mark.parametrize(("term", "sentence"), WRONG)
def test_each_term_of_the_glossary_is_found(term: glossary.Term, sentence: str) -> None:
    assert term.name in rules_in(sentence)


@pytest.mark.parametrize(("term", "sentence"), RIGHT)
def test_each_right_sentence_of_the_glossary_passes(term: glossary.Term, sentence: str) -> None:
    assert rules_in(sentence) == []


@pytest.mark.parametrize(("term", "allowed"), ALLOWED)
def test_each_allowed_context_has_a_right_sentence_that_fails_without_it(
    term: glossary.Term, allowed: re.Pattern[str]
) -> None:
    others = tuple(other for other in term.allowed if other is not allowed)
    without = glossary.Term(term.name, term.pattern, term.write, others, term.wrong, term.right)
    assert any(without.matches(sentence) and not term.matches(sentence) for sentence in term.right)


@pytest.mark.parametrize(
    "sentence",
    [
        "What is omitted has a default.",
        "Who connects needs a password.",
        "Where the state is kept.",
        "*What* it does",
        "The client fails: what it reads is old.",
        "It fails; who reads it waits.",
    ],
)
def test_a_noun_clause_is_found(sentence: str) -> None:
    assert rules_in(sentence) == [NOUN_CLAUSE]


@pytest.mark.parametrize(
    "sentence",
    [
        "What does it cost?",
        "Where a host is private, a route is required.",
        "The table lists what each job may do.",
        "Whoami is a command.",
        "Users who connect directly need a password.",
    ],
)
def test_a_question_a_condition_and_a_relative_clause_pass(sentence: str) -> None:
    assert rules_in(sentence) == []


def test_a_long_sentence_is_found() -> None:
    assert rules_in("Long " * 36 + "end.") == [LONG_SENTENCE]


@pytest.mark.parametrize(
    "text",
    [
        "Long " * 34 + "end.",
        "Long " * 34 + "`two words` (end).",
        "Short. " + "Long " * 20 + "end. " + "More " * 20 + "end.",
    ],
)
def test_a_sentence_of_35_words_passes_and_a_code_span_counts_as_one(text: str) -> None:
    assert rules_in(text) in ([], [LONG_SENTENCE])
    assert rules_in(text.replace("(end)", "")) == []


def test_a_table_cell_and_a_list_item_are_sentences() -> None:
    cell = "word " * 20
    page = f"| {cell}a | {cell}b |\n|---|---|\n| {cell}c | {cell}d |\n\n- {cell}\n- {cell}\n"
    assert found(markdown_passages(page)) == []


def test_markdown_has_its_findings_by_line() -> None:
    page = """# A page of homes

Plain text, `told` in code,
and told again.

```console
$ told
```

> told: the vendor's message

| a | b |
|---|---|
| fine | told |

- [told](https://told.example/told)
"""
    assert found(markdown_passages(page)) == [(1, "home"), (3, "told"), (14, "told"), (16, "told")]


PYTHON = '''"""Told once.

Fine, ``told`` in code.

    Args:
        name: Told.
        host: told
"""

LIMIT = 5  # told
# The first line is fine,
# the second one: told.
SQL = "SELECT told FROM told WHERE told"


def test_a_secret_is_told():
    """Fine."""
    raise ValueError(f"{LIMIT} is told")


HINT = "the user is told here"
'''


def test_python_has_docstrings_comments_test_names_and_messages() -> None:
    lines = [1, 6, 7, 10, 11, 16, 18, 21]
    assert sorted(found(python_passages(PYTHON, messages=True))) == [(line, "told") for line in lines]


def test_string_literals_of_tests_are_not_read() -> None:
    lines = [1, 6, 7, 10, 11, 16]
    assert sorted(found(python_passages(PYTHON, messages=False))) == [(line, "told") for line in lines]


def test_hash_comments_are_read() -> None:
    text = "# told\nkey: 'a # told'  # told\nurl: http://host/#told\n\thelp:  ## told\n"
    assert found(hash_comments(text)) == [(1, "told"), (2, "told"), (4, "told")]


def test_slash_comments_are_read() -> None:
    text = 'const url = "https://told"; // told\n/**\n * Fine,\n * told. @param {told} told\n */\n'
    assert found(slash_comments(text)) == [(1, "told"), (3, "told")]


def test_a_sentence_over_several_lines_has_the_line_of_its_beginning() -> None:
    passage = Passage(4, "First one. The second\nis told. The\nthird is told.")
    assert found([passage]) == [(4, "told"), (5, "told")]


def test_skipped_folders_are_not_read(tmp_path: Path) -> None:
    for name in ("docs/reference/a.md", "docs/b.md", "x/node_modules/c.md"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("Told.")
    assert list(files(tmp_path, [tmp_path], GLOSSARY.skipped)) == [tmp_path / "docs" / "b.md"]


def test_a_file_of_another_kind_has_no_passages(tmp_path: Path) -> None:
    (tmp_path / "data.json").write_text('{"told": "told"}')
    assert list(passages(tmp_path / "data.json", tmp_path)) == []


def test_the_command_prints_findings_with_a_fix(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "page.md").write_text("Fine.\n\nIt is told.\n")
    assert command.main([str(tmp_path)], tmp_path) == 1
    assert capsys.readouterr().out == (
        "page.md:3: told: `told` is not in the vocabulary. Write: reports, returns, shows.\n"
    )


def test_the_command_counts_by_folder_and_rule(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "page.md").write_text("It is told. It is told anew.\n")
    assert command.main(["--count", str(tmp_path)], tmp_path) == 1
    assert capsys.readouterr().out.split() == [
        "3",
        "docs",
        "3",
        "in",
        "all",
        "2",
        "told",
        "1",
        "made",
        "3",
        "in",
        "all",
    ]


def test_text_without_findings_passes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "page.md").write_text("It is reported.\n")
    assert command.main([str(tmp_path)], tmp_path) == 0
    assert capsys.readouterr().out == ""


def test_an_unknown_path_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SystemExit):
        command.main([str(tmp_path / "missing")], tmp_path)


def test_the_project_has_no_findings(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main([]) == 0, capsys.readouterr().out


def test_a_string_in_a_resource_is_not_checked() -> None:
    text = "Who may connect to the database"
    assert text in GLOSSARY.resource_texts
    assert list(problems(Sentence(1, text), GLOSSARY)) == []
    assert list(problems(Sentence(1, f"{text} or not"), GLOSSARY)) != []
