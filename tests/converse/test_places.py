"""Where a citation points to, in a few words."""

from typing import Any

import pytest

from persona.converse.places import place_words, start_of
from persona.records import SourceKind
from tests.converse.evidence import evidence, person

TIMED = {"selector": {"type": "FragmentSelector", "value": "t=92.7,100.0"}}


@pytest.mark.parametrize(
    ("kind", "passage", "source", "words"),
    [
        (
            SourceKind.LETTER,
            {"addressee_id": "nell", "created_edtf": "1987-05-12"},
            {},
            "letter to Nell Penrose, 12 May 1987",
        ),
        (SourceKind.LETTER, {"addressee_words": "the Board"}, {}, "letter to the Board"),
        (SourceKind.LETTER, {}, {"created_edtf": "1987~"}, "Box 3, about 1987"),
        (SourceKind.PHOTO, {}, {"created_edtf": "1974"}, "Box 3, 1974"),
        (SourceKind.BOOK, {}, {}, "Box 3"),
        (SourceKind.VOICE_CLIP, TIMED, {"created_edtf": "2012"}, "Box 3, at 1:32, 2012"),
        (SourceKind.INTERVIEW, {"selector": {"value": "t=0,4"}}, {}, "Box 3, at 0:00"),
        (SourceKind.CHAT, {"created_edtf": "2008-03-12T18:55"}, {}, "Box 3, 12 March 2008"),
    ],
)
def test_places(
    kind: SourceKind, passage: dict[str, Any], source: dict[str, Any], words: str
) -> None:
    item = evidence("The bees.", kind=kind, title="Box 3", passage=passage, source=source)
    assert place_words(item.source, item.passage, lambda who: person(who).name) == words


def test_the_passage_knows_its_date_better_than_the_source() -> None:
    item = evidence(
        "The bees.",
        kind=SourceKind.BOOK,
        passage={"created_edtf": "1987"},
        source={"created_edtf": "1999"},
    )
    assert place_words(item.source, item.passage, str).endswith(", 1987")


@pytest.mark.parametrize(
    ("selector", "start"),
    [
        ({"value": "t=12.5,30"}, 12.5),
        ({"value": "xywh=0,0,640,480"}, None),
        ({"type": "TextPositionSelector", "start": 3, "end": 9}, None),
        ({}, None),
    ],
)
def test_only_recordings_have_a_second(selector: dict[str, Any], start: float | None) -> None:
    assert start_of(evidence("The bees.", passage={"selector": selector}).passage) == start
