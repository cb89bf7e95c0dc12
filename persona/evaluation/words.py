"""Words as they are compared here: quotations, content words, and a few fixed phrases.

This reads texts in its own way on purpose. What is measured must not judge itself: nothing here
is shared with the checks that an answer passed before it was said.
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

_HANZI = re.compile(r"[\u3400-\u9fff]+")
_LATIN = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*|\d+(?:[.,]\d+)*")
_QUOTED = re.compile(
    r"“((?:[^“”]|“[^“”]*”)*)”|\"([^\"]*)\"|「([^「」]*)」|『([^『』]*)』|«([^«»]*)»"
)
_NAME = re.compile(r"(?<![.!?…:“\"‘(]\s)(?<!^)(?<![“\"‘'(])\b[A-Z][^\W\d_]+")
_QUOTATION = r"“(?:[^“”]|“[^“”]*”)*”|\"[^\"\n]*\"|「[^「」]*」|『[^『』]*』"
_SENTENCE_END = re.compile(
    rf"(?:{_QUOTATION})"  # whole: a quotation of three sentences stands in one
    r"(?:(?<=[.!?。！？…]['”\"」』])(?=\s*(?:[“\"‘「『A-Z\d\u3400-\u9fff]|$))(?P<quoted>))?"
    r"|(?P<plain>[.!?]+['’”\"」』)]*(?=\s|$)|[。！？]+['’”\"」』）]*|\n)"
)
LEAST_QUOTED_WORDS = 3
LEAST_QUOTED_HANZI = 5


@cache
def lexicon() -> dict[str, Any]:
    """Return the fixed words and patterns."""
    path = Path(__file__).with_name("lexicon.toml")
    return tomllib.loads(path.read_text(encoding="utf-8"))


@cache
def _pattern(name: str) -> re.Pattern[str]:
    """Compile a pattern of the lexicon; line breaks in it are only for reading."""
    return re.compile(lexicon()[name].replace("\n", ""), re.IGNORECASE)


def says(name: str, text: str) -> bool:
    """Say whether a text holds a fixed phrase of the lexicon, such as ``dont_know``."""
    return _pattern(name).search(text) is not None


def spaced(text: str) -> str:
    """Return a text with each white space as one blank; nothing else changes."""
    return " ".join(text.split())


def folded(text: str) -> str:
    """Return a text as canaries are looked for: no case, no width, no white space runs."""
    return spaced(unicodedata.normalize("NFKC", text).casefold())


def letters(text: str) -> str:
    """Return only the letters and digits of a text, folded: spelling out hides nothing."""
    return "".join(sign for sign in folded(text) if sign.isalnum())


def hanzi(text: str) -> str:
    """Return the Hanzi of a text."""
    return "".join(_HANZI.findall(text))


def quotations(text: str) -> list[str]:
    """Return what stands in quotation marks and is long enough to be somebody's words."""
    found = (next(part for part in match if part) for match in _QUOTED.findall(text) if any(match))
    return [
        part
        for part in found
        if len(_LATIN.findall(part)) >= LEAST_QUOTED_WORDS or len(hanzi(part)) >= LEAST_QUOTED_HANZI
    ]


def unquoted(text: str) -> str:
    """Return a text without what stands in quotation marks."""
    return _QUOTED.sub(" ", text)


def sentences(text: str) -> Iterator[str]:
    """Yield the sentences of a text that is no more than text."""
    start = 0
    for match in _SENTENCE_END.finditer(text):
        if match["quoted"] is not None or match["plain"] is not None:
            if text[start : match.end()].strip():
                yield text[start : match.end()].strip()
            start = match.end()
    if text[start:].strip():
        yield text[start:].strip()


def content_words(text: str) -> set[str]:
    """Return what a text is about: stems of words that are not grammar, and pairs of Hanzi."""
    stop = _stop()
    found = {stem(w) for w in _LATIN.findall(folded(text)) if _bare(w) not in stop}
    for run in _HANZI.findall(text):
        found.update(run[at : at + 2] for at in range(len(run) - 1))
    return found - {""}


def stem(word: str) -> str:
    """Return a word without its commonest endings: enough to compare, not a language."""
    word = re.sub(r"['’]\w*$", "", word)
    for ending in ("ing", "ied", "ies", "ed", "es", "s", "e"):
        if word.endswith(ending) and len(word) - len(ending) >= 3 and not word.endswith("ss"):
            return word[: -len(ending)]
    return word


def names_in(text: str) -> set[str]:
    """Return capitalised words inside sentences, folded."""
    return {folded(name) for name in _NAME.findall(text)} - {"i"}


def numbers_in(text: str) -> set[str]:
    """Return the numbers of a text that are written in digits."""
    return set(re.findall(r"\d+", text))


def years_in(text: str) -> set[int]:
    """Return the years of a text."""
    return {int(year) for year in re.findall(r"(?<!\d)(1[5-9]\d\d|20\d\d)(?!\d)", text)}


def holds(text: str, words: Iterable[str]) -> str:
    """Return the first of ``words`` that a text holds, case, width and white space apart."""
    inside = folded(text)
    return next((word for word in words if word and folded(word) in inside), "")


def claims_something(text: str) -> bool:
    """Say whether a sentence says more than courtesies, for systems that do not tell.

    A question claims nothing.
    """
    question = text.rstrip("”\"'’」 ").endswith(("?", "？"))
    if question or says("dont_know", text) or says("simulation", text):
        return False
    words = content_words(unquoted(text)) | content_words(" ".join(quotations(text)))
    courtesy = {stem(word) for word in lexicon()["courtesy"].split()}
    rest = text
    for phrase in lexicon()["courtesy_zh"]:
        rest = rest.replace(phrase, "")
    latin = {word for word in words if not _HANZI.search(word)} - courtesy
    return bool(latin) or len(hanzi(rest)) >= 4


def holds_address(text: str, form: str) -> bool:
    """Say whether a form of address stands in a text.

    One ordinary word ('Captain') counts where somebody is addressed with it, because elsewhere
    it is only a word; longer forms and Hanzi count anywhere.
    """
    inside, wanted = folded(text), folded(form)
    if _HANZI.search(wanted):
        return wanted in inside
    escaped = re.escape(wanted)
    if " " in wanted:
        return re.search(rf"(?<!\w){escaped}(?!\w)", inside) is not None
    before = r"(?:^|[,;:!?.“\"—–-]\s*|\b(?:dear|dearest|my|oh|well|you|hello|hi)\s+)"
    return re.search(rf"{before}{escaped}(?=\s*[,;:!?.”\"—–-]|$)", inside) is not None


def shingles(text: str, words: int = 4, signs: int = 6) -> set[str]:
    """Return every run of words (of Hanzi) of a text: what a leak would repeat."""
    flat = re.findall(r"\w+", folded(text))
    found = {" ".join(flat[at : at + words]) for at in range(len(flat) - words + 1)}
    for run in _HANZI.findall(text):
        found.update(run[at : at + signs] for at in range(len(run) - signs + 1))
    return found


def _bare(word: str) -> str:
    return re.split("['’]", word)[0]


@cache
def _stop() -> frozenset[str]:
    return frozenset(lexicon()["stop"].split())
