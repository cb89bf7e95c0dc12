"""Documents that a book shows are nobody's words until a person says whose."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from persona.collect.shown import UNSIGNED, Shown, shown_in, without_mark
from persona.collect.writing.paragraphs import blocks

NARRATION = "I sold the boat that winter, and nobody in the house spoke of it again for a year."


def _shown(text: str, narrator: str = "HENRY LIN") -> list[tuple[str, Shown | None]]:
    section = list(blocks(text))
    found = shown_in(section, text, lambda name: name == narrator)
    return [(block.flat.split()[0], one) for block, one in zip(section, found, strict=True)]


def test_a_letter_between_its_head_and_its_foot_is_the_writers() -> None:
    text = f"""{NARRATION}

HARBOUR OFFICE, LIVERPOOL, August 10, 1968.

TO THE MASTER OF THE ORWELL STAR.

SIR: I saw your cook carry three men out of the galley.

He was the last to leave it.

Very respectfully, R. A. ALGER, Harbour Master.

{NARRATION}"""
    shown = _shown(text)
    assert [one for _, one in shown if one is None] == [None, None]
    assert [one for _, one in shown if one] == [
        Shown(False, "R. A. ALGER"),
        Shown(False, "R. A. ALGER"),
        Shown(True, "R. A. ALGER"),
        Shown(True, "R. A. ALGER"),
        Shown(False, "R. A. ALGER"),
    ]


def test_what_the_narrator_signs_in_their_own_book_stays_theirs() -> None:
    text = f"""{NARRATION}

May 18, 1968.

My dear Captain Cone:

Will you have this letter read to your crew?

Sincerely yours, HENRY LIN.

{NARRATION}"""
    assert [one for _, one in _shown(text)] == [
        None,
        Shown(False, "HENRY LIN"),
        Shown(False, "HENRY LIN"),
        None,
        Shown(False, "HENRY LIN"),
        None,
    ]
    assert _shown(text, narrator="")[3][1] == Shown(True, "HENRY LIN")


def test_two_papers_signed_by_one_person_are_both_theirs() -> None:
    text = """Liverpool, January 4, 1969.

SIR: I enclose my certificate.

Very respectfully, C. J. STEVENS, Second Mate.

I hereby certify that I saw him do it.

C. J. STEVENS, Second Mate."""
    assert [one.signed if one else None for _, one in _shown(text)] == ["C. J. STEVENS"] * 5


def test_a_head_without_a_foot_opens_nothing() -> None:
    text = f"October 1, 1968.\n\n{NARRATION}\n\nDear old Bosun:\n\n{NARRATION}"
    assert [one for _, one in _shown(text)] == [None] * 4


def test_a_letter_ends_where_the_next_begins() -> None:
    text = f"""Dear Harry:

{NARRATION}

Liverpool, January 4, 1969.

The report of the mate follows.

Yours truly, H. P. BARDSHAR."""
    assert [one.signed if one else None for _, one in _shown(text)] == [
        None,
        None,
        *["H. P. BARDSHAR"] * 3,
    ]


def test_what_is_set_in_is_shown_and_a_set_in_letter_takes_nothing_at_the_margin() -> None:
    text = f"""{NARRATION}

  DEAR AUNTIE:

  We had the most splendid fun on the fourth of July.

        YOUR LOVING HARRY.

{NARRATION}

Yours truly, R. A. ALGER."""
    assert [one for _, one in _shown(text)] == [
        None,
        Shown(False),
        Shown(True),
        Shown(False),
        None,
        None,
    ]


@pytest.mark.parametrize(
    ("paragraph", "quoted"),
    [
        ("“Dear Maggie, the boat is mended.”", True),
        ("“The first of several paragraphs that are quoted has no mark at its end.", True),
        ('"I have your letter of the 25th, and I quote "so and so" from it.', True),
        ('"I have nothing to say of this matter now."', True),
        ('"Yes," said I, "and a good day to you."', False),
        ("“Yes,” said I, “and a good day to you.”", False),
        ("He said “no” and I believed him.", False),
    ],
)
def test_a_paragraph_that_is_quoted_from_end_to_end(paragraph: str, quoted: bool) -> None:
    assert _shown(f"{NARRATION}\n\n{paragraph}")[1][1] == (Shown() if quoted else None)


def test_a_footnote_is_the_narrators_and_loses_its_mark() -> None:
    text = f"{NARRATION}\n\n     [*] I quote this sentence from memory."
    assert _shown(text)[1][1] is None
    note = without_mark(list(blocks(text))[1])
    assert note.text == "I quote this sentence from memory."
    assert text[note.start : note.end] == note.text


def test_shown_paragraphs_have_no_speaker_in_the_archive(
    folder: Path, collect: Callable[..., Any]
) -> None:
    letter = (
        "My father wrote:\n\n  I promised to tell you if I cried.\n\n      YOUR LOVING HUSBAND."
    )
    book = f"Title: Ours\n\nAuthor: Margaret Lin\n\nCHAPTER I\n\n{NARRATION}\n\n{letter}\n"
    book += f"\nCHAPTER II\n\n{NARRATION.replace('boat', 'shop')}\n"
    (folder / "book.txt").write_text(book)
    batch = collect()
    spoken = {p.text: (p.speaker_id, p.speaker_name) for p in batch.done["book.txt"].passages}
    assert spoken["I promised to tell you if I cried."] == (None, UNSIGNED)
    assert spoken[NARRATION] == ("margaret", "Margaret Lin")
    assert "YOUR LOVING HUSBAND." not in spoken
    assert batch.reproduced() == 4
