"""Habits of writing: what is counted, what a distance is, and real hands that are told apart."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from persona.train.measuring.stylometry import (
    Space,
    blocks,
    cosine_delta,
    counts_of,
    distance,
    habits,
)
from persona.train.measuring.stylometry_trust import (
    Attribution,
    across,
    attributions,
    trusted_at,
    words_needed,
)

PLAIN = "I went to the shop. It was shut! Was it late? I do not know; I went home."
ORNATE = (
    "Upon whose melancholy shores, though never such as these, hath every wanderer perhaps "
    "been stilled -- and yet, therefore, who shall say wherefore?"
)


def test_what_is_counted() -> None:
    found = counts_of("Dear Ruth:\n\nI don't know the answer, and I do not mind! 😀")
    assert found.features["w:i"] == 2
    assert found.features["w:don't"] == 1
    assert found.features["w:the"] == 1
    assert found.features["m:!"] == 1
    assert found.features["h:emoji"] == 1
    assert found.features["h:salutation"] == 1
    assert found.features["h:closing"] == 0
    assert found.totals["words"] == 12


def test_chinese_is_counted_by_characters() -> None:
    found = counts_of("我们的船到了，可是天黑了。你什么时候来呢？")
    assert found.features["w:的"] == 1
    assert found.features["w:了"] == 2
    assert found.features["m:，"] == 1
    assert found.features["g:我们"] == 1
    assert found.totals["words"] == 18
    assert found.totals["sentences"] == 2


@pytest.mark.parametrize(
    ("text", "begins", "ends"),
    [
        ("Blessed Archikins:\nThe dog is well.\n\nYour loving father", True, True),
        ("DARLING KERMIT:\n\nI was glad.", True, False),
        ("亲爱的淑贞：\n船明天开。\n祝好", True, True),
        ("We took your brother to the fair, and he ate your cake.", False, False),
        ("The house is sold. Good night.", False, True),
        ("He said to me: go, and I went with all your love for the sea.", False, False),
    ],
)  # fmt: skip
def test_salutations_and_closings(text: str, begins: bool, ends: bool) -> None:
    found = counts_of(text).features
    assert bool(found["h:salutation"]) is begins
    assert bool(found["h:closing"]) is ends


def test_texts_add_up() -> None:
    both = counts_of(PLAIN) + counts_of(ORNATE)
    assert both.totals["texts"] == 2
    assert both.features["m:?"] == 2


def test_habits_are_rates_with_intervals() -> None:
    found = habits([counts_of(PLAIN), counts_of(PLAIN), counts_of(ORNATE)])
    lengths, emoji = found["sentence_words"], found["emoji"]
    assert lengths is not None and emoji is not None
    assert lengths.value == pytest.approx((19 + 19 + 22) / 9, abs=0.3)
    assert lengths.low <= lengths.value <= lengths.high
    assert emoji.value == 0.0
    assert habits([counts_of(PLAIN)])["commas"] is None, "one text has no interval"
    assert habits([])["commas"] is None


def test_cosine_delta_by_hand() -> None:
    one, other = np.array([1.0, 0.0, 2.0]), np.array([0.0, 2.0, 1.0])
    assert cosine_delta(one, other) == pytest.approx(1 - 2 / 5)
    assert cosine_delta(one, 3 * one) == pytest.approx(0.0), "the extent does not matter"
    assert cosine_delta(one, -one) == pytest.approx(2.0)
    assert cosine_delta(one, np.zeros(3)) == 1.0


def test_a_text_is_nearer_to_its_own_kind() -> None:
    plain = [counts_of(f"{PLAIN} It is {at} miles. I am well.") for at in range(6)]
    ornate = [counts_of(f"{ORNATE} Nor were {at} such tempests.") for at in range(6)]
    space = Space([*plain, *ornate])
    near, far = distance(space, plain[:3], plain[3:]), distance(space, plain[:3], ornate)
    assert near is not None and far is not None
    assert near.high < far.low
    assert distance(space, plain[:1], ornate) is None


def test_blocks_keep_sentences_whole_and_lose_the_rest() -> None:
    made = blocks([PLAIN] * 9, 30)
    assert all(len(block.split()) >= 30 for block in made)
    assert all(block[-1] in ".!?" for block in made)
    assert blocks(["Too short."], 30) == []
    assert blocks([], 30) == []


def test_too_little_text_gives_no_figure_and_no_error() -> None:
    assert attributions({"henry": [PLAIN], "ruth": [ORNATE]}, "henry") == []
    assert attributions({"henry": [PLAIN] * 500}, "henry") == [], "nobody to be taken for"
    assert attributions({"ruth": [PLAIN] * 500, "sam": [ORNATE] * 500}, "henry") == []
    assert words_needed([]) is None
    assert trusted_at([], 500) is None


def test_two_hands_are_told_apart_and_one_hand_is_not() -> None:
    plain = [f"{PLAIN} It is {at} miles." for at in range(120)]
    ornate = [f"{ORNATE} Nor were {at} such." for at in range(120)]
    (apart,) = attributions({"a": plain, "b": ornate}, "a", sizes=[200])
    assert apart.right == apart.tried
    assert apart.trusted
    (same,) = attributions({"a": plain[:60], "b": plain[60:]}, "a", sizes=[200])
    assert not same.trusted, "the same hand under two names must not look certain"


def test_a_hand_is_found_in_texts_of_another_kind() -> None:
    references = {
        "a": [f"{PLAIN} It is {at} miles." for at in range(60)],
        "b": [f"{ORNATE} Nor were {at} such." for at in range(60)],
    }
    letters = [f"Dear Ruth: {PLAIN} Good night." for _ in range(40)]
    (found,) = across(letters, references, "a", sizes=[200])
    assert found.right == found.tried > 0
    (other,) = across(letters, references, "b", sizes=[200])
    assert other.right == 0
    assert across(letters[:1], references, "a") == []


def test_what_is_needed_is_the_smallest_size_that_is_trusted() -> None:
    from persona.train.measuring.intervals import wilson

    lines = [
        Attribution(size, 3, 40, right, wilson(right, 40), None)
        for size, right in ((200, 20), (500, 39), (1000, 40))
    ]
    assert words_needed(lines) == 500
    reached = trusted_at(lines, 700)
    assert reached is not None and reached.words == 500
    assert trusted_at(lines, 100) is None


@given(st.text(max_size=300))
def test_any_text_is_counted(text: str) -> None:
    found = counts_of(text)
    assert min([*found.features.values(), *found.totals.values()]) >= 0
    assert found.totals["texts"] == 1


@pytest.mark.slow
def test_roosevelt_is_told_from_his_sister_and_his_friend(shared_data: Path) -> None:
    folder = shared_data / "roosevelt"
    lines = (folder / "letters.jsonl").read_text(encoding="utf-8").splitlines()
    texts = {"theodore": [json.loads(line)["text"] for line in lines]}
    for name in ("narrator_sister", "narrator_friend"):
        (path,) = folder.glob(f"{name}_*.txt")
        paragraphs = re.split(r"\n\s*\n", path.read_text(encoding="utf-8", errors="replace"))
        texts[name] = [one for one in paragraphs[100:900] if len(one) > 300]
    found = {one.words: one for one in attributions(texts, "theodore", sizes=(200, 1000))}
    assert found[1000].all is not None and found[200].all is not None
    assert found[1000].all.value >= 0.9
    assert found[1000].all.value >= found[200].all.value - 0.05
    assert found[200].all.value > 1 / 3 + 0.2, "better than guessing among three"
