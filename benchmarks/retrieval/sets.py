"""The sets of questions with evidence: LoCoMo's form, and an archive that is there already."""

import json
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_DATE = re.compile(r"(?P<day>\d{1,2}) (?P<month>[A-Za-z]+),? (?P<year>\d{4})")
_ISO = re.compile(r"(?P<year>\d{4})[-/](?P<month>\d{1,2})[-/](?P<day>\d{1,2})")
_TURN = re.compile(r"D\d+:\d+")


@dataclass(frozen=True)
class Turn:
    """One passage that can be found: a turn of a dialogue, or what a memory quotes."""

    id: str
    text: str
    speaker: str = ""
    session: str = ""
    created: str | None = None


@dataclass(frozen=True)
class Question:
    """A question and the ids of the turns that answer it."""

    text: str
    evidence: frozenset[str]
    sort: str = ""
    listener: str | None = None


@dataclass(frozen=True)
class Case:
    """Turns that are searched together, with their questions.

    ``archive`` is the folder of a workspace that holds them as memories already.
    """

    name: str
    turns: list[Turn]
    questions: list[Question] = field(default_factory=list)
    archive: Path | None = None


def read_locomo(path: Path) -> list[Case]:
    """Read dialogues in LoCoMo's form (Maharana et al. 2024).

    A turn that shared a picture says so with the caption that the set gives, for every system.
    Questions whose evidence names no turn that is there are left out.
    """
    found = json.loads(path.read_text(encoding="utf-8"))
    return locomo_cases(found if isinstance(found, list) else [found])


def locomo_cases(samples: list[dict[str, Any]]) -> list[Case]:
    """Return a case for each dialogue of a set in LoCoMo's form."""
    return [_locomo_case(number, sample) for number, sample in enumerate(samples, 1)]


def _locomo_case(number: int, sample: dict[str, Any]) -> Case:
    turns = list(_locomo_turns(sample["conversation"]))
    known = {turn.id for turn in turns}
    questions = []
    for asked in sample["qa"]:
        named = {_tidy(one) for ids in asked.get("evidence", ()) for one in _TURN.findall(str(ids))}
        if named & known:
            evidence = frozenset(named & known)
            questions.append(Question(asked["question"], evidence, str(asked.get("category", ""))))
    return Case(str(sample.get("sample_id", number)), turns, questions)


def _locomo_turns(conversation: dict[str, Any]) -> Iterator[Turn]:
    sessions = [key for key in conversation if re.fullmatch(r"session_\d+", key)]
    for key in sorted(sessions, key=lambda key: int(key.split("_")[1])):
        created = _edtf(str(conversation.get(f"{key}_date_time", "")))
        for turn in conversation[key]:
            text = str(turn.get("text", "")).strip()
            if caption := turn.get("blip_caption"):
                text = f"{text} [picture: {caption}]".strip()
            if text:
                yield Turn(_tidy(turn["dia_id"]), text, str(turn["speaker"]), key, created)


def _tidy(dia_id: str) -> str:
    session, _, place = dia_id.partition(":")
    return f"D{int(session[1:])}:{int(place)}"


def _edtf(text: str) -> str | None:
    match = _DATE.search(text)
    if match and match["month"].lower()[:3] in _MONTHS:
        month = _MONTHS.index(match["month"].lower()[:3]) + 1
        return f"{match['year']}-{month:02d}-{int(match['day']):02d}"
    iso = _ISO.search(text)
    return f"{iso['year']}-{int(iso['month']):02d}-{int(iso['day']):02d}" if iso else None


def read_archive(name: str, archive: Path, questions: Path) -> Case:
    """Read the memories of a workspace and the questions that a TOML file asks of them.

    Raises:
        ValueError: the words of an evidence stand in no memory of the archive.
    """
    from persona.opening import open_store
    from persona.remember.readers import Custodian
    from persona.workspace import open_workspace

    with open_store(open_workspace(archive)) as store:
        view = store.reader(Custodian())
        usable = view.memory_ids()
        turns = [Turn(m.id, m.statement, m.narrator_id) for m in view.memories() if m.id in usable]
    plain = [(turn.id, " ".join(turn.text.split())) for turn in turns]
    asked = []
    for one in tomllib.loads(questions.read_text(encoding="utf-8"))["questions"]:
        evidence = [i for words in one["evidence"] for i, text in plain if words in text]
        if not evidence:
            raise ValueError(f"no memory of {name} holds: {one['evidence'][0]}")
        asked.append(Question(one["ask"], frozenset(evidence), "", one.get("listener")))
    return Case(name, turns, asked, archive)
