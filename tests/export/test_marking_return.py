"""Made by this program, then handed in: known by what the file itself says, whatever its name."""

import json
from pathlib import Path

import pytest

from persona import MADE_BY
from persona.converse.phrases import notices, phrase
from persona.errors import MadeByProgram
from persona.export.compare_words import word as compare_word
from persona.export.marking_return import Returning
from persona.export.report_wording import word as report_word
from persona.records import PassageFields

CLIP = Path(__file__).resolve().parents[2] / "persona" / "demo_family" / "clips" / "broth.m4a"
ENGLISH = phrase("en", "notice", name="Henry Lin")
SPOKEN = phrase("zh", "spoken_notice", name="林海生")


def returning(said: list[str] | None = None, own: str = "", models: Path = Path()) -> Returning:
    return Returning(models, [*notices(), own], (said if said is not None else []).append)


def passages(*texts: str) -> list[PassageFields]:
    return [
        PassageFields(
            id=f"psg_{n}", source_id="src_1", position=n, unit="u", selector={}, text=text
        )
        for n, text in enumerate(texts)
    ]


def read(*texts: str, own: str = "") -> list[str]:
    return [one.text for one in returning(own=own).watched(passages(*texts))]


@pytest.mark.parametrize(
    "texts",
    [
        (ENGLISH,),
        ("Hello", ENGLISH.upper().replace(" ", "\n"), "I loved the bees."),
        (ENGLISH[:30], ENGLISH[30:]),
        ("what you hear now is a computer simulation of Henry Lin not a recording",),
        (SPOKEN,),
        (SPOKEN[:9], SPOKEN[9:]),
        (compare_word("en", "simulation", persona="Henry Lin"),),
        (report_word("lead")[1].format(number=3, persona="林海生", questions=40),),
        ("psg_372f27517e256f6d0ca1: characters 0 to 124",),
    ],
)
def test_words_that_stand_before_what_a_simulation_says(texts: tuple[str, ...]) -> None:
    with pytest.raises(MadeByProgram, match="set aside"):
        read(*texts)


@pytest.mark.parametrize(
    "text",
    [
        "This is a simulation of the harbour, made by my students. It is not Kobe.",
        "What you hear now is the harbour, not a recording of Henry Lin.",
        "He was no saint, and it can be wrong to say that he was.",
        "The file is called psg_12.txt and mem_old.",
        "这是根据大家的材料做成的书。",
        "",
    ],
)
def test_what_people_say_is_left_alone(text: str) -> None:
    assert read(text, "And more.") == [text, "And more."]


def test_a_family_has_a_notice_of_its_own() -> None:
    own = "What follows was put together by a machine for the Lins."
    with pytest.raises(MadeByProgram):
        read(f"Note: {own}", own=own)
    assert read("Hello", "A machine", own="A machine") == ["Hello", "A machine"], "too short"


PAGE = f'<!doctype html><html><head><meta name="generator" content="{MADE_BY}"></head></html>'


@pytest.mark.parametrize(
    ("content", "known"),
    [
        (PAGE.encode(), True),
        (b"\xef\xbb\xbf\n " + PAGE.replace('"', "'").upper().encode(), True),
        (json.dumps({"a": "x" * 100_000, "made_by": MADE_BY}).encode(), True),
        (json.dumps([{"made_by": MADE_BY}], indent=1).encode(), True),
        (PAGE.replace("memorial-persona", "LibreOffice").encode(), False),
        (b'{"made_by": "Ruth"}', False),
        (f"Ruth found this in a file: {PAGE}".encode(), False),
        (b"", False),
    ],
)
def test_a_page_or_data_that_names_this_program(
    tmp_path: Path, content: bytes, known: bool
) -> None:
    file = tmp_path / "Dad 1987"
    file.write_bytes(content)
    if known:
        with pytest.raises(MadeByProgram, match="This program wrote it"):
            returning().refuse_file(file, is_sound=False)
    else:
        returning().refuse_file(file, is_sound=False)


def test_without_the_watermark_that_is_said_once(tmp_path: Path) -> None:
    said: list[str] = []
    deaf = returning(said, models=tmp_path)
    deaf.refuse_file(CLIP, is_sound=True)
    deaf.refuse_file(CLIP, is_sound=True)
    (only,) = said
    assert "without a look for the watermark" in only and "perth" in only


def test_real_recordings_are_left_alone(models: Path, tmp_path: Path) -> None:
    returning(models=models).refuse_file(CLIP, is_sound=True)
    damaged = tmp_path / "damaged.mp3"
    damaged.write_bytes(CLIP.read_bytes()[:300])
    returning(models=models).refuse_file(damaged, is_sound=True)
