"""The page of a report card: whole, safe, bilingual, and printable without a network."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from persona.errors import MadeByProgram, WorkspaceError
from persona.evaluation import judging
from persona.evaluation.numbers import AIMS
from persona.evaluation.probe import Gate, Kind
from persona.export import report_wording
from persona.export.marking_return import Returning
from persona.export.report_card import card_html, write_card
from persona.export.report_plots import WIDTH, scale_svg, shares_svg
from persona.records import Standing


def card(**changes: Any) -> dict[str, Any]:
    gates = {gate.value: {"tested": 4, "failed": 0, "state": "kept"} for gate in Gate}
    return {
        "version": {"id": "ver_1", "number": 3, "name": "second generation"},
        "persona": "Arthur <Penrose>",
        "made_at": "2026-11-22T12:00:00+00:00",
        "made_with": {
            "language_model": "smollm2-135m", "manner": "none", "embedder": "e5", "seed": 0,
        },
        "questions": 12,
        "gates": gates,
        "figures": {"full_support": 0.97, "abstention_f1": 0.88, "right": None,
            "first_sentence_ms_p50": 80.4},
        "aims": {name: f"{sign} {aim}" for name, (sign, aim) in AIMS.items()},
        "standings": {"own_words": 7, "unknown": 3},
        "routes": {},
        "examples": {"best": [example()], "failed": []},
        **changes,
    }  # fmt: skip


def example(**changes: Any) -> dict[str, Any]:
    sentence = {"text": "I wrote: “the bees”", "standing": "own_words", "sources": ["nell.txt"]}
    return {
        "kind": "known", "route": "-", "listener": "Nell", "reasons": [], "missed": False,
        "invented": False, "question": "What of the bees?", "answer": [sentence], **changes,
    }  # fmt: skip


class Strict(HTMLParser):
    """Refuses a page whose tags are not closed in their order."""

    VOID = frozenset({"meta", "br", "rect", "path", "circle"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: object) -> None:
        assert tag in self.VOID

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def read(page: str) -> str:
    parser = Strict()
    parser.feed(page)
    parser.close()
    assert parser.open == []
    return parser.text


def test_the_page_is_whole_and_needs_no_network() -> None:
    page = card_html(card())
    text = read(page)
    assert "Arthur <Penrose>" in text
    assert "<Penrose>" not in page
    assert not re.search(r"(src|href)=|@import|url\(|<script", page)
    assert "http" not in page.replace("http://www.w3.org/2000/svg", "")
    assert page.count("<svg") == 3  # what sentences rest on, and a line for each known share
    assert "@media print" in page


def test_it_speaks_english_and_chinese() -> None:
    text = read(card_html(card()))
    for words in ("Report card", "评估报告", "What must never happen".lower()[:4], "底线"):
        assert words in text


def test_every_gate_kind_standing_and_number_has_words() -> None:
    words = report_wording.words()
    assert set(words["gate"]) == {gate.value for gate in Gate}
    assert set(words["kind"]) == {kind.value for kind in Kind}
    assert {standing.value for standing in Standing} <= set(words["standing"])
    from persona.evaluation.numbers import figures

    assert set(words["figure"]) == set(figures([]))
    assert set(words["meaning"]) == {name for name in figures([]) if "_ms_" not in name}
    pairs = [
        v
        for group in words.values()
        for v in (group.values() if isinstance(group, dict) else [group])
    ]
    assert all(len(pair) == 2 and all(pair) for pair in pairs)


def test_a_failed_gate_is_said_before_any_number() -> None:
    gates = {**card()["gates"], "leaks": {"tested": 5, "failed": 1, "state": "failed"}}
    text = read(card_html(card(gates=gates)))
    assert "Do not show this version" in text
    assert text.index("Do not show this version") < text.index("Numbers")
    assert "FAILED" in text


def test_what_was_not_tested_is_no_pass() -> None:
    gates = {**card()["gates"], "conflicts": {"tested": 0, "failed": 0, "state": "not_tested"}}
    assert "not tested" in read(card_html(card(gates=gates)))


def test_an_example_shows_its_sources_and_why_it_failed() -> None:
    failed = example(reasons=["words in quotation marks are not in the source"], missed=True)
    text = read(card_html(card(examples={"best": [], "failed": [failed]})))
    assert "nell.txt" in text
    assert "words in quotation marks are not in the source 引号里的话在出处里找不到" in text
    assert "the known answer was not given" in text


def test_every_reason_has_words_in_both_languages() -> None:
    source = Path(judging.__file__).read_text(encoding="utf-8")
    reasons = set(re.findall(r'yield "(.+)"', source))
    assert len(reasons) > 20
    assert reasons == set(report_wording.words()["reason"])
    failed = example(reasons=["the form of address of 'nell' is used", "something new"])
    text = read(card_html(card(examples={"best": [], "failed": [failed]})))
    assert "用了对 nell 的称呼" in text
    assert "something new" in text


def test_numbers_are_in_words_that_a_family_reads() -> None:
    text = read(card_html(card()))
    for words in ("aim: at least 95%", "目标：不低于95%", "0.1 s", "2026-11-22 12:00 UTC", "无"):
        assert words in text
    assert ">=" not in text
    assert "(ms)" not in text


def test_an_error_of_the_program_is_said_at_the_top() -> None:
    assert "ended with an error of the program" not in read(card_html(card()))
    broken = {**card()["figures"], "errors": 0.1}
    failed = example(answer=[])
    text = read(card_html(card(figures=broken, examples={"best": [], "failed": [failed]})))
    assert text.index("ended with an error of the program") < text.index("Gates")
    assert "No answer came" in text


def test_what_is_hidden_stays_hidden() -> None:
    hidden = example(question="", answer=[], about="mem_9", kind="secret")
    text = read(card_html(card(examples={"best": [], "failed": [hidden]})))
    assert "mem_9" in text
    assert "What of the bees?" not in text


def test_both_files_are_written_whole(tmp_path: Path) -> None:
    write_card(tmp_path / "reports" / "ver_1", card())
    names = sorted(path.name for path in (tmp_path / "reports" / "ver_1").iterdir())
    assert names == ["card.html", "card.json"]
    kept = json.loads((tmp_path / "reports" / "ver_1" / "card.json").read_text(encoding="utf-8"))
    assert kept["persona"] == "Arthur <Penrose>"


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "reports").write_text("in the way")
    with pytest.raises(WorkspaceError, match="cannot be written"):
        write_card(tmp_path / "reports", card())


def test_bars_are_as_long_as_their_share() -> None:
    svg = shares_svg("x", [("a", 1), ("b", 3)])
    widths = [float(width) for width in re.findall(r'y="0" width="([\d.]+)"', svg)]
    assert widths == [WIDTH / 4, WIDTH * 3 / 4]
    assert "a: 1 (25%)" in svg


def test_dots_stand_at_their_value() -> None:
    assert f'cx="{WIDTH / 2}"' in scale_svg("x", 0.5, 0.75)
    assert f"M{WIDTH * 0.75}" in scale_svg("x", 0.5, 0.75)
    assert f'cx="{WIDTH:.1f}"' in scale_svg("x", 2.0, None)


def test_nothing_to_show_is_no_error() -> None:
    assert "<svg" in shares_svg("x", [])


@pytest.mark.parametrize("name", ["card.html", "card.json"])
def test_it_is_known_when_it_is_handed_in(tmp_path: Path, name: str) -> None:
    write_card(tmp_path, card())
    with pytest.raises(MadeByProgram):
        Returning(tmp_path, (), list[str]().append).refuse_file(tmp_path / name, is_sound=False)
