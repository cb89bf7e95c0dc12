"""The material of the benchmark on manner: whose words are whose, before anything is measured."""

import json
from pathlib import Path

from benchmarks.manner.roosevelt import PEOPLE, _gather, _unquoted, texts


def test_what_a_book_quotes_is_not_its_author(shared_data: Path) -> None:
    found = texts(shared_data / "roosevelt")
    assert set(found) == {"letters", "sister", "friend", "book"}
    assert len(found["letters"]) == 132
    for name in ("sister", "friend", "book"):
        assert len(found[name]) > 200
        assert not any("Project Gutenberg" in text for text in found[name])
        assert not any(text.startswith("“") for text in found[name])


def test_quotations_are_taken_out() -> None:
    letter = "“Dear Corinne, I am well, and the boys are well. " * 6
    assert _unquoted(letter) == ""
    assert _unquoted("He wrote: “I am well.” We were glad.").split() == (
        "He wrote: We were glad.".split()
    )
    assert _unquoted("THE END OF A CHAPTER, which is a heading") == ""


def test_the_secret_letters_are_those_to_archie(shared_data: Path, tmp_path: Path) -> None:
    _gather(shared_data / "roosevelt", tmp_path)
    for name, to_archie in (("letters.jsonl", False), ("letters_archie.jsonl", True)):
        lines = (tmp_path / name).read_text(encoding="utf-8").splitlines()
        assert lines
        assert all((json.loads(line)["to"] == "Archie") is to_archie for line in lines)
    assert "[[files]]" in PEOPLE.read_text(encoding="utf-8")
