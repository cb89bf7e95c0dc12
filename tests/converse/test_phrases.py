"""Fixed sentences: both languages say the same things, and their hash is part of a version."""

import hashlib
import re
import string
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from persona.converse import phrases
from persona.converse.phrases import (
    ALWAYS_TODAYS,
    phrase,
    phrases_bytes,
    phrases_sha256,
    read_phrases,
    relation_word,
    spoken_with,
)

FILE = Path(phrases.__file__).with_name("phrases.toml")
TEXTS = tomllib.loads(FILE.read_text(encoding="utf-8"))
KEYS = sorted(key for key in TEXTS["en"] if key != "relations")
LAWFUL_FRAMES = [key for key in KEYS if key.startswith(("own_", "told"))]


def places(language: str, key: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(TEXTS[language][key]) if name}


def test_both_languages_have_the_same_phrases() -> None:
    assert sorted(key for key in TEXTS["zh"] if key != "relations") == KEYS


@pytest.mark.parametrize("key", KEYS)
def test_a_phrase_has_the_same_places_in_both_languages(key: str) -> None:
    english, chinese = places("en", key), places("zh", key)
    if key in ("goodbye", "thanks", "well_being", "farewell_end"):
        both = {"name"} if key == "farewell_end" else set()
        assert english == both | {"comma_address"}
        assert chinese == both | {"address_comma"}
    else:
        assert english == chinese


@pytest.mark.parametrize("key", LAWFUL_FRAMES)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_frame_holds_the_words_between_quotation_marks(language: str, key: str) -> None:
    assert "“{quote}”" in TEXTS[language][key]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_nothing_claims_to_be_alive_or_to_feel(language: str) -> None:
    claims = re.compile(
        r"\bI (love|feel you|am here|miss you|am alive)\b|我爱你|我想你|我还活着|我在这里"
    )
    for key in KEYS:
        assert not claims.search(TEXTS[language][key]), key


@pytest.mark.parametrize(("language", "word"), [("en", "simulation"), ("zh", "模拟")])
@pytest.mark.parametrize("key", ["notice", "spoken_notice", "stance"])
def test_what_says_what_this_is_says_so(language: str, word: str, key: str) -> None:
    assert word in TEXTS[language][key]


def test_values_are_inserted_as_they_are() -> None:
    text = phrase("en", "own_letter_nobody", date=" in {quote}", quote="{date} {0} {}")
    assert text == "I wrote in {quote}: “{date} {0} {}”"


def test_a_relation_without_a_word_is_left_out() -> None:
    assert relation_word("en", "friend and shipmate") == "friend and shipmate"
    assert relation_word("zh", "Daughter") == "女儿"
    assert relation_word("zh", "friend and shipmate") == ""


def test_the_hash_is_that_of_the_file() -> None:
    assert phrases_sha256() == hashlib.sha256(FILE.read_bytes()).hexdigest()


# A version speaks with the phrases it was made with (law 7); help is always today's.

OLD = """
[en]
unknown = "That I do not know."
thanks = "You are welcome, {somebody}."
crisis = "Cheer up."
[zh]
unknown = "不晓得。"
[zh.relations]
daughter = "闺女"
"""


def made(*keys: str) -> Iterator[str]:
    for key in keys:
        yield phrase("en", key, comma_address="", emergency="999", contact="", lines="")


def test_a_version_speaks_with_its_own_phrases() -> None:
    own = read_phrases(OLD.encode())
    assert list(spoken_with(own, made("unknown"))) == ["That I do not know."]
    assert list(spoken_with(None, made("unknown"))) == [phrase("en", "unknown")]
    assert phrase("en", "unknown") != "That I do not know.", "and nobody else does"


def test_whoever_listens_in_between_hears_todays_words() -> None:
    between = []
    for _ in spoken_with(read_phrases(OLD.encode()), made("unknown", "unknown")):
        between.append(phrase("en", "unknown"))
    assert set(between) == {"I don't know that."}


def test_two_versions_may_speak_in_turn() -> None:
    other = read_phrases(OLD.replace("That I do not know.", "No idea.").encode())
    one = spoken_with(read_phrases(OLD.encode()), made("unknown", "unknown"))
    two = spoken_with(other, made("unknown", "unknown"))
    said = [next(one), next(two), next(one), next(two)]
    assert said == ["That I do not know.", "No idea."] * 2


def test_help_is_always_todays() -> None:
    own = read_phrases(OLD.encode())
    [said] = spoken_with(own, made("crisis"))
    assert "Please talk to somebody now" in said
    assert {"crisis", "emergency", "notice", "stance"} <= ALWAYS_TODAYS
    for language in ("en", "zh"):
        assert set(tomllib.loads(FILE.read_text(encoding="utf-8"))[language]) >= ALWAYS_TODAYS


def test_a_phrase_that_a_version_lacks_or_cannot_fill_is_todays() -> None:
    own = read_phrases(OLD.encode())
    todays = [phrase("en", key, comma_address="") for key in ("unknown_kept", "thanks")]
    assert list(spoken_with(own, made("unknown_kept", "thanks"))) == todays


def test_relations_are_of_their_time_too() -> None:
    own = read_phrases(OLD.encode())
    assert list(spoken_with(own, iter_relations("daughter"))) == ["闺女"]
    assert list(spoken_with(own, iter_relations("son"))) == [relation_word("zh", "son")]


def iter_relations(relation: str) -> Iterator[str]:
    yield relation_word("zh", relation)


def test_what_is_kept_is_what_is_hashed() -> None:
    assert hashlib.sha256(phrases_bytes()).hexdigest() == phrases_sha256()
    assert read_phrases(phrases_bytes())["en"]["unknown"] == phrase("en", "unknown")


def test_an_error_inside_leaves_todays_phrases() -> None:
    def broken() -> Iterator[str]:
        yield phrase("en", "unknown")
        raise ValueError

    with pytest.raises(ValueError):
        list(spoken_with(read_phrases(OLD.encode()), broken()))
    assert phrase("en", "unknown") == "I don't know that."
