import re
import string

import pytest

from persona.screens.words import LANGUAGES, phrase, phrases

LITERAL = re.compile(r'\bsay\(\s*"([a-z_]+\.[a-z0-9_]+)"')
CHOSEN = re.compile(r'"([a-z]+\.[a-z_0-9]+)"')


def fields(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_both_languages_have_the_same_keys():
    assert phrases("en").keys() == phrases("zh").keys()


@pytest.mark.parametrize("key", sorted(phrases("en")))
def test_both_languages_say_the_same_values(key):
    assert fields(phrases("en")[key]) == fields(phrases("zh")[key])


def test_every_phrase_says_something():
    for language in LANGUAGES:
        assert all(text for text in phrases(language).values())


def test_chinese_is_chinese():
    plain = {k: v for k, v in phrases("zh").items() if k.split(".")[0] not in ("list", "date")}
    assert [k for k, v in plain.items() if not re.search(r"[\u3400-\u9fff]", v)] == [
        "source.by", "source.at_time", "source.dated",
    ] or all(re.search(r"[\u3400-\u9fff{]", v) for v in plain.values())  # fmt: skip


def test_every_key_in_the_code_exists(screens_folder):
    used = set()
    for file in screens_folder.glob("*.py"):
        used |= set(LITERAL.findall(file.read_text(encoding="utf-8")))
    assert used
    assert used <= phrases("en").keys()


def test_every_phrase_is_used(screens_folder):
    code = "\n".join(file.read_text(encoding="utf-8") for file in screens_folder.glob("*.py"))
    used = set(CHOSEN.findall(code))
    families = set(re.findall(r'f"([a-z]+)\.(?:[a-z]+_)?\{', code)) | {"date"}
    unused = [k for k in phrases("en") if k not in used and k.split(".")[0] not in families]
    assert unused == []


def test_values_are_filled_in_as_they_are():
    assert phrase("en", "welcome.hello", name="{x}<b>") == "Hello, {x}<b>."


def test_families_can_be_listed_in_words():
    assert phrase("zh", "talk.own_words", name="亨利") == "亨利的原话"
