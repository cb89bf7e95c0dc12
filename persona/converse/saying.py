"""How names and words of this family sound, and how numbers are read, before a voice speaks.

    pronunciations.toml ─┐
    text ────────────────┴─ names as the family says them ─ numbers and dates in words ─▶ voice

    "Siobhan" = "shi-vawn"                       a respelling, in every language
    "Bath" = { en = "baath", zh = "巴斯" }        by the language that is spoken
    "Zhou Enlai" = { zh = "周恩来", en = "周恩来" }  Chinese inside English: said in Chinese
    "曾" = { pinyin = "zēng" }                    which of its readings; tone marks or 1 to 5
    "Llanelli" = { ipa = "ɬaˈnɛɬi", en = "thlan-ethly" }   IPA for voices that read it

The dictionary goes into a version (``Manifest.voice["pronunciations"]``), so that it goes on
speaking as it did.
"""

import re
import tomllib
from collections.abc import Mapping
from functools import cache, partial
from typing import Any

from persona.atomic import write_file
from persona.converse.spoken_chinese import spoken_chinese
from persona.converse.spoken_english import spoken_english
from persona.engines.protocols import FloatArray, Voice
from persona.engines.scripts_of_text import HANZI, IPA_MARKS
from persona.errors import ConfigError
from persona.workspace import Workspace

FILE = "pronunciations.toml"
_HEAD = (
    "# How names and words sound. One line each; see docs/how-to/voice.md\n"
    '# "Siobhan" = "shi-vawn"\n# "Bath" = { en = "baath", zh = "巴斯" }\n\n'
)
_WAYS = ("en", "zh", "pinyin", "ipa")
_LONGEST = 200
_PINYIN = re.compile(r"[a-z\u00e0-\u01dc]+[1-5]?", re.IGNORECASE)
_ASIDE = ("\ue010", "\ue011")

Pronunciations = Mapping[str, Mapping[str, str]]
"""Written form → way of saying it (en, zh, pinyin, ipa, or ``all``) → how."""


def read_pronunciations(workspace: Workspace) -> dict[str, dict[str, str]]:
    """Return the dictionary of an archive; empty where there is none.

    Raises:
        ConfigError: the file is not TOML, or an entry cannot be used.
    """
    file = workspace.root / FILE
    try:
        found = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{FILE} cannot be read: {error}. Mend that line.") from error
    return {written: _entry(written, said) for written, said in found.items()}


def set_pronunciation(
    workspace: Workspace, written: str, said: str, way: str = "all"
) -> dict[str, str]:
    """Put a name into the dictionary, or change it; other lines stay as they are.

    Args:
        workspace: the persona.
        written: as it stands in texts.
        said: a respelling, pinyin or IPA; empty: forget the name.
        way: ``all`` languages, ``en``, ``zh``, ``pinyin`` or ``ipa``.

    Raises:
        ConfigError: it cannot be used, or stands in the file in a form that only a person can
            change.
    """
    known = read_pronunciations(workspace)
    entry = _entry(written, {way: said} if way != "all" else said) if said else {}
    if said and way != "all":
        entry = {**{k: v for k, v in known.get(written, {}).items() if k != "all"}, **entry}
    file = workspace.root / FILE
    text = file.read_text(encoding="utf-8") if file.is_file() else _HEAD
    lines = [line for line in text.splitlines() if not _is_line_of(line, written)]
    if written in known and len(lines) == len(text.splitlines()):
        raise ConfigError(f"{written} takes several lines in {FILE}: change it there by hand.")
    if entry:
        lines.append(_line(written, entry))
    write_file(file, ("\n".join(lines) + "\n").encode())
    return entry


def well_spoken(voice: Voice | None, declared: Mapping[str, Any]) -> Voice | None:
    """Return a voice that speaks as a version does; None stays None.

    Args:
        voice: as it was opened.
        declared: ``Manifest.voice``; a version from before there was a dictionary has none.
    """
    return None if voice is None else WellSpoken(voice, declared.get("pronunciations", {}))


class WellSpoken:
    """A `protocols.Voice` that says names and numbers as this family does."""

    def __init__(self, voice: Voice, pronunciations: Pronunciations) -> None:
        """Prepare what ``voice`` is given."""
        self._voice, self._words = voice, pronunciations

    def __getattr__(self, name: str) -> Any:
        """Hand on what only some voices have, such as speech in pieces."""
        return getattr(self._voice, name)

    @property
    def name(self) -> str:
        """Return the voice's name."""
        return self._voice.name

    @property
    def donor(self) -> str:
        """Return whose voice it is."""
        return self._voice.donor

    @property
    def sample_rate_hz(self) -> int:
        """Return the samples a second of the voice."""
        return self._voice.sample_rate_hz

    def speak(self, text: str, *, language: str) -> FloatArray:
        """Return (samples,) of the text, said as the dictionary has it."""
        return self._voice.speak(self.prepared(text, language), language=language)

    def prepared(self, text: str, language: str) -> str:
        """Return the text as it is handed to the voice."""
        ipa = bool(getattr(self._voice, "reads_ipa", False))
        return as_said(text, language, self._words, ipa=ipa)


def as_said(text: str, language: str, pronunciations: Pronunciations, *, ipa: bool = False) -> str:
    """Return a text with its names respelled, and its numbers in words.

    Args:
        text: as it is written.
        language: ISO 639-1; numbers are written out in English and Chinese.
        pronunciations: how names are said.
        ipa: put IPA, between `IPA_MARKS`, where the dictionary has it.
    """
    held: list[str] = []
    chosen = {w: how for w, ways in pronunciations.items() if (how := _how(ways, language, ipa))}
    for written in sorted(chosen, key=len, reverse=True):
        text = _pattern(written).sub(partial(_held, held, chosen[written]), text)
    text = spoken_chinese(text) if language == "zh" else _others(text, language)
    return re.sub(f"{_ASIDE[0]}(.){_ASIDE[1]}", lambda found: held[ord(found[1]) - 0xE100], text)


def _others(text: str, language: str) -> str:
    return spoken_english(text) if language in ("en", "") else text


def _held(held: list[str], how: str, _found: re.Match[str]) -> str:
    """Put something aside, so that no rule for numbers or other names changes it."""
    held.append(how)
    return f"{_ASIDE[0]}{chr(0xE100 + len(held) - 1)}{_ASIDE[1]}"


def _how(ways: Mapping[str, str], language: str, ipa: bool) -> str:
    if ipa and "ipa" in ways and language != "zh":
        return f"{IPA_MARKS[0]}{ways['ipa']}{IPA_MARKS[1]}"
    if language in ways:
        return ways[language]
    if "pinyin" in ways:
        return hanzi_of(ways["pinyin"])
    return ways.get("all", "")


@cache
def _pattern(written: str) -> re.Pattern[str]:
    """Find a name as a whole word; capitals count only where the dictionary has some."""
    folded = re.IGNORECASE if written == written.lower() else 0
    inside = re.escape(written)
    if HANZI.search(written):
        return re.compile(inside)
    return re.compile(rf"(?<![^\W\u3400-\u9fff]){inside}(?![^\W\u3400-\u9fff])", folded)


def hanzi_of(pinyin: str) -> str:
    """Return common characters that are read so: zēng → 增.

    Every voice that reads Chinese says them right, also one that takes no pinyin.

    Raises:
        ConfigError: a syllable is none.
    """
    syllables = _PINYIN.findall(pinyin.replace("v", "ü"))
    found = [_sounds().get(_toned(one.lower()), "") for one in syllables]
    if not syllables or not all(found):
        raise ConfigError(
            f"'{pinyin}' is no pinyin that can be said. Write each syllable with its tone, with a "
            "space between them: zēng guó fān, or zeng1 guo2 fan1."
        )
    return "".join(found)


@cache
def _sounds() -> dict[str, str]:
    """Return for every syllable a common character that is read so, if possible in no other way."""
    from pypinyin.constants import PINYIN_DICT

    found: dict[str, tuple[int, str]] = {}
    for code, readings in sorted(PINYIN_DICT.items()):
        usual, *others = readings.split(",")
        if 0x4E00 <= code <= 0x9FFF and _is_common(chr(code)):
            known = found.get(usual)
            if known is None or len(others) < known[0]:
                found[usual] = (len(others), chr(code))
    return {sound: sign for sound, (_, sign) in found.items()}


def _is_common(sign: str) -> bool:
    """Say whether a character is of the first level of GB 2312: 3,755 in daily use."""
    try:
        return 0xB0 <= sign.encode("gb2312")[0] <= 0xD7
    except UnicodeEncodeError:
        return False


def _toned(syllable: str) -> str:
    """Return a syllable with its tone as a mark: zeng1 → zēng."""
    from pypinyin.contrib.tone_convert import to_tone

    return str(to_tone(syllable)) if syllable[-1].isdigit() else syllable


def _entry(written: str, said: object) -> dict[str, str]:
    ways = {"all": said} if isinstance(said, str) else said
    if not isinstance(ways, dict) or not ways:
        raise ConfigError(f'{FILE}, "{written}": write how it is said, in quotation marks.')
    for way, how in ways.items():
        if way not in (*_WAYS, "all"):
            raise ConfigError(f'{FILE}, "{written}": {way} is not one of {", ".join(_WAYS)}.')
        _check(written, how)
    if "pinyin" in ways:
        hanzi_of(ways["pinyin"])
    if set(ways) == {"ipa"}:
        raise ConfigError(
            f'{FILE}, "{written}": not every voice reads IPA. Also say it with en = "…".'
        )
    return {str(way): str(how) for way, how in ways.items()}


def _check(written: str, how: object) -> None:
    for one in (written, how):
        usable = isinstance(one, str) and one.strip() and len(one) <= _LONGEST
        if not usable or any(sign < " " or "\ue000" <= sign <= "\uf8ff" for sign in str(one)):
            raise ConfigError(f'{FILE}, "{written[:40]}": this is not a word that can be said.')


def _is_line_of(line: str, written: str) -> bool:
    try:
        found = tomllib.loads(line)
        return set(found) == {written} and bool(found[written])
    except tomllib.TOMLDecodeError:
        return False


def _line(written: str, entry: Mapping[str, str]) -> str:
    if set(entry) == {"all"}:
        return f"{_quoted(written)} = {_quoted(entry['all'])}"
    ways = ", ".join(f"{way} = {_quoted(how)}" for way, how in entry.items())
    return f"{_quoted(written)} = {{ {ways} }}"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
