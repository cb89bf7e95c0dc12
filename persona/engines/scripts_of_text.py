"""Which stretches of a text are Chinese, and where its sentences end."""

import re
from typing import Literal, NamedTuple

Script = Literal["zh", "other"]

HANZI = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_CHINESE = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u3001-\u303f\uff01-\uff65]")
_LETTER = re.compile(r"[^\W\d_]")
_END = re.compile(r"[。！？]+[”’」』）]*|\n+|[.!?…]+[\"'”’)]*(?=\s|$|[\u3400-\u9fff])")
_NO_END = re.compile(r"(?:^|[\s(\"“])(?:Mr|Mrs|Ms|Dr|St|Prof|Rev|Capt|Col|Gen|No|vs|etc|[A-Z])\.$")


IPA_MARKS = ("\ue000", "\ue001")
"""Stand around sounds in IPA inside a text, for voices with a true attribute ``reads_ipa``."""

_IPA = re.compile(f"{IPA_MARKS[0]}([^{IPA_MARKS[1]}]*){IPA_MARKS[1]}")


class Run(NamedTuple):
    """A stretch of one script."""

    text: str
    script: Script


def split_runs(text: str, *, language: str) -> list[Run]:
    """Cut a text where the script changes; ``"".join(run.text …) == text``.

    Digits, spaces and ASCII marks belong to the stretch before them. At the beginning they
    belong to what follows, or to ``language`` when nothing follows.
    """
    runs: list[Run] = []
    for character in text:
        script = _script_of(character)
        if runs and (script is None or script == runs[-1].script):
            runs[-1] = Run(runs[-1].text + character, runs[-1].script)
        elif script is not None and len(runs) == 1 and not _has_script(runs[0].text):
            runs[0] = Run(runs[0].text + character, script)
        else:
            usual: Script = "zh" if language == "zh" else "other"
            runs.append(Run(character, script or usual))
    return runs


def split_ipa(text: str) -> list[tuple[str, bool]]:
    """Return (piece, whether it is IPA) of a text; the marks around IPA are gone."""
    pieces = [(piece, bool(place % 2)) for place, piece in enumerate(_IPA.split(text))]
    return [(piece, ipa) for piece, ipa in pieces if piece]


def split_sentences(text: str) -> list[str]:
    """Return the sentences of a text, without white space around them; never an empty one.

    A full stop ends nothing inside a number, after an initial or a common abbreviation.
    """
    sentences, begin = [], 0
    for end in _END.finditer(text):
        if not _NO_END.search(text[begin : end.end()]):
            sentences.append(text[begin : end.end()].strip())
            begin = end.end()
    sentences.append(text[begin:].strip())
    return [sentence for sentence in sentences if sentence]


def _script_of(character: str) -> Script | None:
    if _CHINESE.match(character):
        return "zh"
    return "other" if _LETTER.match(character) else None


def _has_script(text: str) -> bool:
    return any(_script_of(character) is not None for character in text)
