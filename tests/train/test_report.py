"""The report card counts what the audience may read, and the curve is a plain picture."""

import json
import xml.etree.ElementTree as ET
from pathlib import Path

from persona.records import Memory, MemoryKind
from persona.train.adapter import TrainedAdapter
from persona.train.report import loss_curve_svg, report_card
from tests.train.test_versions import EXAMPLES, planned

TRAINED = TrainedAdapter(Path("adapter"), "a" * 64, (3.5, 3.25), 1.29, 1.195744, 61.27, 2)


def memory(name: str, narrator: str, kind: MemoryKind) -> Memory:
    return Memory(
        id=name, narrator_id=narrator, kind=kind, statement="s", quote="q", extracted_by="test"
    )


MEMORIES = [
    memory("mem_a", "henry", MemoryKind.OWN_WORDS),
    memory("mem_b", "ruth", MemoryKind.EVENT),
    memory("mem_elsewhere", "sam", MemoryKind.EVENT),
]


def test_memories_are_counted_by_standing_and_narrator() -> None:
    card = report_card(planned(), MEMORIES, TRAINED, "henry")
    assert card["memories_by_standing"] == {"own_words": 1, "told": 1}
    assert card["memories_by_narrator"] == {"henry": 1, "ruth": 1}


def test_memories_that_the_audience_may_not_read_are_not_even_counted() -> None:
    card = report_card(planned(), MEMORIES[:1], TRAINED, "henry")
    assert card["memories"] == 1
    assert "ruth" not in json.dumps(card)


def test_a_trained_manner_has_its_measures() -> None:
    card = report_card(planned(), MEMORIES, TRAINED, "henry")
    assert card["manner"] == "trained"
    assert card["bits_per_character"] == {"base": 1.29, "adapter": 1.1957}
    assert card["losses"] == [3.5, 3.25]
    assert (card["steps"], card["seconds"]) == (2, 61.3)
    assert (card["examples"], card["held_out_units"]) == (4, 2)


def test_a_manner_that_was_not_trained_says_so() -> None:
    card = report_card(planned(examples=EXAMPLES[:1]), MEMORIES, None, "henry")
    assert card["manner"] == "few_shot"
    assert "nothing was trained" in card["manner_note"]
    assert card["bits_per_character"] == {"base": None, "adapter": None}
    json.dumps(card)


def test_the_curve_falls_from_left_to_right_inside_the_picture() -> None:
    picture = ET.fromstring(loss_curve_svg([4.0, 3.0, 2.0], width=300, height=120))
    line = picture.find("{http://www.w3.org/2000/svg}polyline")
    assert line is not None
    points = [tuple(map(float, point.split(","))) for point in line.attrib["points"].split()]
    assert len(points) == 3
    assert points == sorted(points)
    assert [y for _, y in points] == sorted(y for _, y in points)
    assert all(0 <= x <= 300 and 0 <= y <= 120 for x, y in points)
    assert {"4.00", "2.00", "step 3"} <= {text.text for text in picture}


def test_a_curve_of_one_step_or_none_is_a_picture_too() -> None:
    for losses in ([], [2.0], [2.0, 2.0]):
        assert ET.fromstring(loss_curve_svg(losses)).tag.endswith("svg")
