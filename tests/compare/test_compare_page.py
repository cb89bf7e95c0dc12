"""The page: whole without a network, in both languages, and nothing in it is taken for HTML."""

import re
from pathlib import Path
from typing import Any

import pytest

from persona.compare import Wanted, compare
from persona.errors import MadeByProgram, WorkspaceError
from persona.export.compare_page import comparison_html, write_comparison
from persona.export.compare_plots import believed_svg, curves_svg, pairs_svg
from persona.export.compare_words import value_words, word, words
from persona.export.marking_return import Returning
from persona.workspace import Workspace
from tests.command import Run
from tests.converse.conftest import Silent
from tests.two_versions import BEES, SWIFTS

HOSTILE = "<script>alert('x')</script>"


@pytest.fixture(scope="module")
def values(two: Workspace) -> dict[str, Any]:
    return compare(two, Wanted("1", "2", "nell", questions=(BEES, HOSTILE, "swifts?")), Silent())


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_family_language_comes_first_and_the_other_below(
    values: dict[str, Any], language: str
) -> None:
    page = comparison_html(values, language)
    english, chinese = page.index("What went in"), page.index("用了哪些材料")
    assert (english < chinese) == (language == "en")
    assert f'<html lang="{language}">' in page


def test_it_needs_no_network_and_runs_nothing(values: dict[str, Any]) -> None:
    page = comparison_html(values, "en")
    assert "<script" not in page
    assert re.findall(r'(?:src|href)="', page) == []
    assert set(re.findall(r"https?://[^\s\"'<]+", page)) <= {"http://www.w3.org/2000/svg"}
    assert "&lt;script&gt;" in page


def test_it_is_known_when_it_is_handed_in(values: dict[str, Any], tmp_path: Path) -> None:
    write_comparison(tmp_path / "dad", values, "zh")
    with pytest.raises(MadeByProgram):
        Returning(tmp_path, (), list[str]().append).refuse_file(tmp_path / "dad", is_sound=False)


def test_every_answer_says_that_a_program_made_it(values: dict[str, Any]) -> None:
    page = comparison_html(values, "en")
    assert "None of it was said by Arthur Penrose" in page
    assert page.count("· simulation") == 2 * len(values["answers"])


def test_a_mark_and_its_reason_are_words_and_not_colour_alone(values: dict[str, Any]) -> None:
    page = comparison_html(values, "en")
    assert "only here: the memory came in later" in page
    assert SWIFTS in page


def test_a_place_that_cannot_be_written_says_so(values: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(WorkspaceError, match="cannot be written"):
        write_comparison(tmp_path / "file" / "out.html", values, "en")


def test_every_phrase_has_both_languages_and_the_same_values() -> None:
    table = words()
    phrases = [(k, v) for k, v in table.items() if isinstance(v, list)]
    phrases += [
        (f"{group}.{name}", pair)
        for group, rows in table.items()
        if isinstance(rows, dict)
        for name, pair in rows.items()
    ]
    assert len(phrases) > 80
    for key, pair in phrases:
        assert len(pair) == 2, key
        fields = [set(re.findall(r"{(\w+)}", one)) for one in pair]
        assert fields[0] == fields[1], key
        assert bool(pair[0]) == bool(pair[1]), key


def test_a_setting_without_words_keeps_its_name() -> None:
    assert word("zh", "setting.training.something_new") == "training.something_new"
    assert value_words("en", "few_shot").startswith("not learnt")
    assert value_words("en", "0.7") == "0.7"


def test_plots_hold_their_words_and_stay_inside() -> None:
    pairs = pairs_svg("<t>", [("<b>", 0.25, None, "25%", "–"), ("x", 2.0, -1.0, "2", "-1")])
    assert "<b>" not in pairs and "&lt;b&gt;" in pairs
    assert all(0 <= float(x) <= 420 for x in re.findall(r'cx="([\d.-]+)"', pairs))
    assert pairs.count("<circle") == 3
    believed = believed_svg("t", [("1", 0.5, 0.2, 0.8, "50%"), ("2", None, None, None, "none")])
    assert believed.count("<circle") == 1
    assert "dasharray" in curves_svg("t", [3.0, 2.0], [])
    assert "<polyline" not in curves_svg("t", [], [1.0])


def test_how_belief_went_on_is_drawn_by_the_month(values: dict[str, Any]) -> None:
    def share(votes: int) -> dict[str, Any]:
        return {"votes": votes, "mean": 4.0, "share": 0.5, "low": 0.2, "high": 0.8}

    months = [{"month": "2026-05", **share(4)}, {"month": "2026-06", **share(6)}]
    rows = [
        {"id": "ver_1", "number": 1, "name": "", **share(10), "months": months},
        {"id": "ver_2", "number": 2, "name": "", **share(3), "months": months[:1]},
    ]
    page = comparison_html({**values, "credibility": rows, "trend": "undecided"}, "en")
    assert "1 · 2026-05" in page and "1 · 2026-06" in page
    assert "2 · 2026-05" not in page, "one month is all there is"
    assert "50% believed, of 10 votes" in page
    assert "cannot be said yet" in page
    assert "No votes yet" in comparison_html(values, "en")


# The command


def test_the_command_says_what_differs(two: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    run = Run(capsys)
    ran = run("compare", "1", "2", "--as", "nell", "--ask", "swifts?", "-w", two.root)
    assert ran.code == 0, ran.err
    assert "None of it was said by Arthur Penrose" in ran.out
    assert "the memory came in later" in ran.out
    assert f"“{SWIFTS}”" in ran.out


def test_the_command_writes_the_page(
    two: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = Run(capsys)
    asked = tmp_path / "questions.txt"
    asked.write_text(f"\ufeff{BEES}\n\n{BEES}\nswifts?\n", encoding="utf-8")
    page = tmp_path / "out" / "page.html"
    ran = run(
        "compare", "1", "2", "--as", "nell", "--questions", asked, "--html", page, "-w", two.root
    )
    assert ran.code == 0, ran.err
    text = page.read_text(encoding="utf-8")
    assert text.count("<h3>Who was stung") == 1
    assert "For Nell Penrose" in text


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("1", "1"), "one and the same version"),
        (("1", "7"), "no version called 7"),
        (("1", "2", "--as", "eve"), "'eve' is nobody in this archive"),
        (("1", "2", "--questions", "nowhere.txt"), "cannot be read as text"),
    ],
)
def test_the_command_refuses_in_a_sentence(
    two: Workspace,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
    words: str,
) -> None:
    ran = Run(capsys)("compare", *arguments, "-w", two.root)
    assert ran.code == 1
    assert words in ran.err
    assert "Traceback" not in ran.err
