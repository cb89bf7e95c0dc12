"""Identifiers made from content: the same everywhere and for ever."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from persona.records import content_id

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize(
    ("prefix", "parts", "expected"),
    [
        ("src", ("00" * 32,), "src_a1b93e4c095824efec3a"),
        (
            "psg",
            ("src_1", {"type": "FragmentSelector", "value": "t=1.5,2"}, "hi"),
            "psg_5826a989f0eb34148efa",
        ),
        ("mem", ("psg_1", 0, 12, "own-words/1"), "mem_ffb1fb32b13fb9f5aee0"),
        ("psg", ("爸爸", None, ["é", 1]), "psg_416ab27ee7411b3b31be"),
        ("cit", (), "cit_4f53cda18c2baa0c0354"),
    ],
)
def test_golden_values(prefix: str, parts: tuple[object, ...], expected: str) -> None:
    """A change here breaks every archive in the world: it is a new MAJOR of the formats."""
    assert content_id(prefix, *parts) == expected


@given(st.lists(JSON_VALUES, max_size=4))
def test_same_parts_same_id_of_fixed_form(parts: list[object]) -> None:
    first = content_id("mem", *parts)
    assert first == content_id("mem", *parts)
    assert re.fullmatch(r"mem_[0-9a-f]{20}", first)


@given(st.dictionaries(st.text(), st.integers(), min_size=2, max_size=5))
def test_order_of_keys_does_not_matter(mapping: dict[str, int]) -> None:
    backwards = dict(reversed(mapping.items()))
    assert content_id("psg", mapping) == content_id("psg", backwards)


@given(st.lists(st.text(), min_size=1, max_size=4), st.lists(st.text(), min_size=1, max_size=4))
def test_different_parts_different_id(one: list[str], other: list[str]) -> None:
    assert (content_id("src", *one) == content_id("src", *other)) == (one == other)


def test_parts_are_not_run_together() -> None:
    assert content_id("src", "ab", "c") != content_id("src", "a", "bc")
    assert content_id("src", "a", "b") != content_id("src", ["a", "b"])
    assert content_id("src", 1) != content_id("src", "1")


def test_order_of_parts_and_prefix_matter() -> None:
    assert content_id("cit", "a", "b") != content_id("cit", "b", "a")
    assert content_id("cit", "a").partition("_")[2] == content_id("mem", "a").partition("_")[2]
    assert content_id("cit", "a") != content_id("mem", "a")


def test_what_json_cannot_hold_is_refused() -> None:
    with pytest.raises(TypeError):
        content_id("src", object())
