"""The part of a card on manner and weights: every state has words, plots are whole."""

import re
from typing import Any

import pytest

from persona.export.report_card import card_html, read_card, write_card
from persona.export.report_measures import measured_sentences, measures_html, saved_verdict
from persona.export.report_plots import WIDTH, Whisker, whiskers_svg
from tests.export.test_report_card import card, read


def interval(value: float, half: float = 0.1) -> dict[str, float]:
    return {"value": value, "low": value - half, "high": value + half}


def exposure(mean: float, **changes: Any) -> dict[str, Any]:
    return {
        "blanks": 12, "groups": 9, "mean": mean, "interval": interval(mean), "by_chance": 1.396,
        "highest": 6.64, "p": 0.4, "first": 0, "p_first": 1.0, "known": False, **changes,
    }  # fmt: skip


def measures(**changes: Any) -> dict[str, Any]:
    style = {
        "words": {"own": 9000, "adapter": 800}, "compared_words": 700, "needed_words": 500,
        "trusted": True, "people": 3,
        "trust": [{"words": 500, "people": 3, "tried": 40, "right": 39, "all": interval(0.97, 0.02),
            "own": None, "trusted": True}],
        "distance": {"held_out": interval(0.4), "adapter": interval(0.7), "base": interval(0.9),
            "others": None},
        "habits": {"own": {"commas": interval(10.0), "emoji": None}},
    }  # fmt: skip
    bits = {
        "units": 12, "characters": 4000, "base": interval(1.3), "adapter": interval(1.1),
        "saved": interval(0.2, 0.05), "others_saved": interval(0.05, 0.02), "another": None,
        "saved_over_another": None,
    }  # fmt: skip
    weights = {
        "state": "kept", "closed": 30, "tested": 9, "most_exposed": [], "p_above_held_out": 0.3,
        "controls": {"often": exposure(6.6, known=True, p=0.0001), "once": exposure(2.0),
            "never": exposure(1.3), "found": True},
        "exposure": {"secrets": exposure(1.5), "held_out": exposure(1.4), "trained": None},
        "membership": {"trained": 9, "held_out": 9, "recognisable": False,
            "attacks": {"loss_ratio": interval(0.55), "min_k_plus": None}},
    }  # fmt: skip
    whole = {
        "depth": "usual",
        "manner": {"examples_lost": 0, "bits": bits, "style": style},
        "weights": weights,
    }
    for path, value in changes.items():
        *into, name = path.split("__")
        place = whole
        for part in into:
            place = place[part]
        place[name] = value
    return whole


def test_the_card_holds_both_parts() -> None:
    text = read(card_html(card(measures=measures())))
    assert "Does it sound like them?" in text
    assert "像不像本人说话" in text
    assert "1.10 (1.00–1.20)" in text
    assert "1.50 (n = 12, p = 0.400)" in text
    assert text.index("What do its weights know?") < text.index("Answers that show")


def test_a_card_without_measures_is_as_it_was() -> None:
    assert measures_html(None) == ""
    assert "sound like them" not in read(card_html(card()))


@pytest.mark.parametrize("state", ["kept", "failed", "not_tested"])
def test_every_state_of_the_weights_has_words(state: str) -> None:
    ids = ["psg_1", "mem_2"] if state == "failed" else []
    found = measures(weights__state=state, weights__most_exposed=ids)
    page = measures_html(found)
    assert f'class="verdict {state}"' in page
    assert ("psg_1" in page) is (state == "failed")


def test_a_test_that_was_not_proved_is_said() -> None:
    page = measures_html(measures(weights__controls=None))
    assert "was not proved" in page


@pytest.mark.parametrize(
    ("saved", "others", "expected"),
    [
        (interval(0.2, 0.05), interval(0.05, 0.02), "saved_him"),
        (interval(0.2, 0.05), interval(0.18, 0.05), "saved_anybody"),
        (interval(0.2, 0.05), None, "saved_anybody"),
        (interval(0.02, 0.05), interval(0.0, 0.02), "saved_nothing"),
        (None, None, "saved_nothing"),
    ],
)
def test_no_more_is_claimed_than_the_interval_carries(
    saved: Any, others: Any, expected: str
) -> None:
    assert saved_verdict({"saved": saved, "others_saved": others}) == expected


@pytest.mark.parametrize(
    ("trusted", "needed", "words"),
    [(True, 500, "mean something"), (False, 2000, "about 2000 words are needed"),
        (False, None, "nobody else here left enough")],
)  # fmt: skip
def test_what_it_takes_to_be_trusted_is_said(trusted: bool, needed: Any, words: str) -> None:
    found = measures(manner__style__trusted=trusted, manner__style__needed_words=needed)
    assert words in measures_html(found)
    assert any(words in sentence for sentence in measured_sentences(found))


def test_what_was_not_measured_says_why_and_is_escaped() -> None:
    why = {"not_measured": "No <adapter> here."}
    page = measures_html({"depth": "usual", "manner": why, "weights": why})
    assert "No &lt;adapter&gt; here." in page
    assert measured_sentences({"depth": "x", "manner": why, "weights": why}) == [
        "Not measured: No <adapter> here."
    ]


def test_little_material_makes_a_whole_page() -> None:
    found = measures(
        manner__bits__base=None, manner__bits__adapter=None, manner__bits__saved=None,
        manner__bits__others_saved=None, manner__style__trust=[], manner__style__habits={},
        manner__style__distance={}, weights__exposure__secrets=None, weights__controls=None,
        weights__exposure__held_out=None, weights__membership__attacks={},
        weights__membership__recognisable=None, weights__state="not_tested",
    )  # fmt: skip
    assert "Too few texts to say" in read(card_html(card(measures=found)))
    assert measured_sentences(found)


def test_it_speaks_both_languages_in_a_terminal() -> None:
    found = measures()
    assert any("这一版" in sentence for sentence in measured_sentences(found, "zh"))
    assert not any("这一版" in sentence for sentence in measured_sentences(found))


def test_whiskers_lie_where_their_numbers_are() -> None:
    rows = [Whisker("a / 甲", 1.0, 2.0, 3.0, "2", mark=4.0), Whisker("b", 0.0, 0.0, 0.0, "0")]
    svg = whiskers_svg("x", rows, 0.0)
    assert f'cx="{WIDTH / 2:.1f}"' in svg
    assert f'd="M{WIDTH:.1f} 48' in svg, "the mark is the highest value"
    assert "甲" in svg
    assert not re.search(r"nan|inf", svg)
    assert "<svg" in whiskers_svg("nothing", [])


def test_a_card_is_read_back(tmp_path: Any) -> None:
    write_card(tmp_path / "ver_1", card(measures=measures()))
    kept = read_card(tmp_path / "ver_1")
    assert kept is not None
    assert kept["measures"]["weights"]["state"] == "kept"
    assert read_card(tmp_path / "ver_2") is None
    (tmp_path / "ver_1" / "card.json").write_text("[]")
    assert read_card(tmp_path / "ver_1") is None
    (tmp_path / "ver_1" / "card.json").write_text("{torn")
    assert read_card(tmp_path / "ver_1") is None
