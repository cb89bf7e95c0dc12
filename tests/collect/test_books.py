"""Books: the narrator's paragraphs, without licence, contents and index."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

BOOK = """The Project Gutenberg EBook of My Brother, by Margaret Lin

Title: My Brother Henry

Author: Margaret Lin

*** START OF THIS PROJECT GUTENBERG EBOOK MY BROTHER HENRY ***

Produced by somebody who types.

MY BROTHER HENRY

CONTENTS

      I. THE NURSERY            1

     II. THE BOAT              34


PREFACE

This book is for those who knew him, and for those who did not.


CHAPTER I

THE NURSERY

The first thing that I remember of my brother is his laugh on the stairs.

[Illustration: Henry

with his boat, 1950]

He wrote to me in that year:

“Dear Maggie, the boat is mended.”

       *       *       *

* Diaries, 12.

CHAPTER II

THE BOAT

He never sold it, whatever anybody may have told you about that.


INDEX

Boat, 1, 34

Stairs, 2, and laughter on them, and what came of it in the end.

*** END OF THIS PROJECT GUTENBERG EBOOK MY BROTHER HENRY ***

Section 1. General Terms of Use
"""


def test_only_the_narrators_paragraphs_are_kept(folder: Path, collect: Callable[..., Any]) -> None:
    (folder / "book.txt").write_text(BOOK.replace("\n", "\r\n"), newline="")
    batch = collect()
    one = batch.done["book.txt"]
    assert [p.text for p in one.passages] == [
        "This book is for those who knew him, and for those who did not.",
        "The first thing that I remember of my brother is his laugh on the stairs.",
        "He wrote to me in that year:",
        "“Dear Maggie, the boat is mended.”",
        "He never sold it, whatever anybody may have told you about that.",
    ]
    assert [p.speaker_id for p in one.passages] == [*["margaret"] * 3, None, "margaret"]
    assert (one.source.narrator_id, one.source.title) == ("margaret", "My Brother Henry")
    assert list(one.source.details["units"].values()) == [
        "PREFACE",
        "CHAPTER I · THE NURSERY",
        "CHAPTER II · THE BOAT",
    ]
    assert batch.reproduced() == 5


def test_an_unknown_author_is_not_guessed(folder: Path, collect: Callable[..., Any]) -> None:
    (folder / "book.txt").write_text(BOOK.replace("Margaret Lin", "Zoe Lin"))
    batch = collect()
    assert {p.speaker_id for p in batch.done["book.txt"].passages} == {None}
    assert "Zoe Lin, is not in people.toml" in batch.warnings


def test_an_editors_introduction_is_not_the_authors(
    folder: Path, collect: Callable[..., Any]
) -> None:
    edited = BOOK.replace("MY BROTHER HENRY\n\nC", "MY BROTHER HENRY\n\nEdited by Ann Ho\n\nC")
    (folder / "book.txt").write_text(edited)
    passages = collect().done["book.txt"].passages
    assert (passages[0].speaker_id, passages[0].speaker_name) == (None, "Ann Ho")
    assert {p.speaker_id for p in passages[1:] if "Maggie" not in p.text} == {"margaret"}


def test_a_text_can_be_called_a_book(folder: Path, collect: Callable[..., Any]) -> None:
    (folder / "memoir.txt").write_text("One long day.\n\nAnother long day.\n")
    batch = collect('[[files]]\nmatch = "*.txt"\nkind = "book"\nnarrator = "ruth"\n')
    one = batch.done["memoir.txt"]
    assert one.source.kind == "book"
    assert [p.speaker_id for p in one.passages] == ["ruth", "ruth"]


def test_a_book_that_is_only_a_licence_is_left_out(
    folder: Path, collect: Callable[..., Any]
) -> None:
    (folder / "book.txt").write_text(BOOK.split("Produced", maxsplit=1)[0])
    assert "no paragraphs" in collect().failed["book.txt"]
