"""Letters: who wrote to whom, when and where; paragraphs as passages."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

LETTER = """Oyster Bay, Dec. 8, 1987.

Dear Little Sparrow,

The boat is mended. I painted it blue,
as you asked.

Come home in June!

Your loving father,
Dad
"""


def test_a_letter_is_taken_apart(folder: Path, collect: Callable[..., Any]) -> None:
    (folder / "one.txt").write_text(LETTER)
    batch = collect()
    one = batch.done["one.txt"]
    assert [p.text for p in one.passages] == [
        "The boat is mended. I painted it blue,\nas you asked.",
        "Come home in June!",
    ]
    first = one.passages[0]
    assert (first.created_edtf, first.place) == ("1987-12-08", "Oyster Bay")
    assert (first.addressee_id, first.addressee_words) == ("ruth", "Little Sparrow")
    assert one.source.details["letters"][0]["signature"] == "Dad"
    assert one.source.details["letters"][0]["salutation"] == "Dear Little Sparrow,"
    assert one.source.created_words == "Dec. 8, 1987"
    assert one.source.narrator_id == "henry"
    assert (first.language, first.position) == ("en", 0)
    assert batch.reproduced() == 2
    assert one.warnings == []


def test_a_chinese_letter(folder: Path, collect: Callable[..., Any]) -> None:
    text = "小茹：\n\n    你好吗？我很想你。\n\n    家里都好。\n\n爸爸\n1987年6月3日\n"
    (folder / "信.txt").write_bytes(text.encode("gb18030"))
    batch = collect('[[files]]\nmatch = "*.txt"\nnarrator = "henry"\n')
    one = batch.done["信.txt"]
    assert [p.text for p in one.passages] == ["你好吗？我很想你。", "家里都好。"]
    assert {p.addressee_id for p in one.passages} == {"ruth"}
    assert {p.created_edtf for p in one.passages} == {"1987-06-03"}
    assert {p.language for p in one.passages} == {"zh"}
    assert one.source.details["encoding"] == "gb18030"
    assert batch.reproduced() == 2


@pytest.mark.parametrize("between", ["\n\n", "\n\n-----\n\n", "\n\n\n\n"])
def test_several_letters_in_a_file(folder: Path, collect: Callable[..., Any], between: str) -> None:
    second = "June 3, 1990\nDear Maggie,\nThe train was late.\n\nHenry\n"
    (folder / "all.txt").write_text(LETTER + between + second)
    batch = collect('[[files]]\nmatch = "all.txt"\nnarrator = "henry"\n')
    one = batch.done["all.txt"]
    assert [(p.unit[-8:], p.addressee_id, p.created_edtf) for p in one.passages] == [
        ("letter-1", "ruth", "1987-12-08"),
        ("letter-1", "ruth", "1987-12-08"),
        ("letter-2", "margaret", "1990-06-03"),
    ]
    assert one.source.created_edtf == "1987-12-08/1990-06-03"
    assert batch.reproduced() == 3


def test_notes_of_whoever_typed_it_are_not_the_writers_words(
    folder: Path, collect: Callable[..., Any]
) -> None:
    (folder / "one.md").write_text(
        "# A letter from Dad\n\n*(typed up by David)*\n\n[Two pages, blue paper]\n\n"
        + LETTER.replace("Dad", "Dad (the old rooster)")
    )
    one = collect('[[files]]\nmatch = "*.md"\nnarrator = "henry"\n').done["one.md"]
    assert [p.text[:8] for p in one.passages] == ["The boat", "Come hom"]
    assert one.source.details["letters"][0]["signature"] == "Dad (the old rooster)"


def test_a_bare_name_is_a_salutation_only_for_somebody_known(
    folder: Path, collect: Callable[..., Any]
) -> None:
    (folder / "a.txt").write_text("Ruth,\nthe boat is mended.\n")
    (folder / "b.txt").write_text("Flour, sugar:\nthe boat is mended.\n")
    batch = collect()
    assert [p.text for p in batch.done["a.txt"].passages] == ["the boat is mended."]
    assert batch.done["a.txt"].passages[0].addressee_id == "ruth"
    assert batch.done["b.txt"].passages[0].text.startswith("Flour")


def test_the_rule_wins_and_the_date_as_it_stands_is_kept(
    folder: Path, collect: Callable[..., Any]
) -> None:
    (folder / "one.txt").write_text(LETTER)
    batch = collect(
        '[[files]]\nmatch = "one.txt"\nnarrator = "david"\naddressee = "margaret"\n'
        'title = "The boat"\ncreated = "1986"\nsynthetic = true\nrights = "family"\n'
        'restrict = { any = ["children"], deny = ["david"] }\n'
    )
    one = batch.done["one.txt"]
    assert (one.source.narrator_id, one.source.title) == ("david", "The boat")
    assert (one.source.created_edtf, one.source.created_words) == ("1986", "Dec. 8, 1987")
    assert {p.speaker_id for p in one.passages} == {"david"}
    assert {p.addressee_id for p in one.passages} == {"margaret"}
    assert (one.source.synthetic, one.source.rights) == (True, "family")
    (restriction,) = one.restrictions
    assert restriction.target_id == one.source.id
    assert (restriction.any_groups, restriction.deny) == (["children"], ["david"])


def test_an_unsigned_undated_letter_gives_warnings_not_a_failure(
    folder: Path, collect: Callable[..., Any]
) -> None:
    (folder / "scrap.txt").write_text("the boat is mended and I am glad of it.\n")
    batch = collect()
    one = batch.done["scrap.txt"]
    assert one.passages[0].speaker_id is None and one.passages[0].speaker_confidence == 0.0
    assert "date is not known" in batch.warnings and "Who wrote it" in batch.warnings


def test_a_letter_without_words_is_left_out(folder: Path, collect: Callable[..., Any]) -> None:
    (folder / "blank.txt").write_text("\n \n\n")
    assert "no words" in collect().failed["blank.txt"]


def records(*many: dict[str, Any]) -> str:
    return "".join(json.dumps(one, ensure_ascii=True) + "\n" for one in many)


def test_json_lines(folder: Path, collect: Callable[..., Any]) -> None:
    (folder / "letters.jsonl").write_text(
        records(
            {
                "id": "7",
                "author": "Henry Lin",
                "to": "Ruth, at school",
                "date": "1987-06-03",
                "place": "Taipei",
                "salutation": "小茹：",
                "text": "小茹：\n\nThe “boat” is mended.\n\n. . . .\n\nCome home!\n\n\n\n"
                "A NEW BOAT\n\n(To Miss Emily)",
            },
            {"author": "Somebody Else", "to": None, "date": "soon", "text": "Words of another."},
        )
        + "{damaged\n"
        + '{"title": "no text"}\n'
    )
    batch = collect()
    one = batch.done["letters.jsonl"]
    assert [p.text for p in one.passages] == [
        "The “boat” is mended.",
        "Come home!",
        "Words of another.",
    ]
    first, _, last = one.passages
    assert (first.speaker_id, first.addressee_id, first.message_id) == ("henry", "ruth", "7")
    assert (first.created_edtf, first.place) == ("1987-06-03", "Taipei")
    assert first.selector["value"] == "line=1"
    assert (last.speaker_id, last.speaker_name) == (None, "Somebody Else")
    assert (last.created_edtf, last.created_words) == (None, "soon")
    assert "2 lines are no letters" in batch.warnings
    assert "In 1 of 2 records" in batch.warnings
    assert "Somebody Else" in batch.warnings
    assert batch.reproduced() == 3


def test_a_rule_does_not_give_one_persons_words_to_another(
    folder: Path, collect: Callable[..., Any]
) -> None:
    (folder / "letters.jsonl").write_text(records({"author": "A Stranger", "text": "My words."}))
    one = collect('[[files]]\nmatch = "*.jsonl"\nnarrator = "henry"\n').done["letters.jsonl"]
    assert one.passages[0].speaker_id is None


def test_json_lines_without_letters_are_left_out(folder: Path, collect: Callable[..., Any]) -> None:
    (folder / "letters.jsonl").write_text('{"text": ""}\n')
    assert "no letters" in collect().failed["letters.jsonl"]


@pytest.mark.parametrize(
    ("text", "signature", "date", "addressee"),
    [
        (
            "父亲大人膝下：\n\n都好。\n\n敬请\n福安\n\n儿 林海生 叩上\n民国五十二年三月十二日\n",
            "林海生",
            "1963-03-12",
            None,
        ),
        (
            "小茹吾儿：\n　　你好吗？\n　　家里都好。\n　　　　此致\n敬礼\n爸爸\n1987年6月3日\n",
            "爸爸",
            "1987-06-03",
            "ruth",
        ),
        (
            "亲爱的小茹\n\n你好吗？\n\n祝好！\n\n爱你的爸爸\n一九八七年六月三日夜\n",
            "爸爸",
            "1987-06-03",
            "ruth",
        ),
        ("敬启者：\n\n船修好了。\n\n林海生 谨启\n1987年农历八月十五\n", "林海生", "1987", None),
        (
            "小茹：\n船修好了，你什么时候回来？我很想你。\n爸爸\n1987年6月3日\n",
            "爸爸",
            "1987-06-03",
            "ruth",
        ),
        (
            "Easter 1953\nMy dear little Ruth,\nThe boat is mended.\nWith much love,\nHenry\n",
            "Henry",
            "1953-04-05~",
            "ruth",
        ),
        (
            "Taipei, 12/III/1953\n\nDearest Ruth,\n\nThe boat is mended.\nDad\n",
            "Dad",
            "1953-03-12",
            "ruth",
        ),
    ],
)
def test_forms_of_letters_in_two_languages(
    text: str,
    signature: str,
    date: str,
    addressee: str | None,
    folder: Path,
    collect: Callable[..., Any],
) -> None:
    (folder / "one.txt").write_text(text, encoding="utf-8")
    batch = collect()
    one = batch.done["one.txt"]
    assert one.source.details["letters"][0]["signature"] == signature
    assert {p.created_edtf for p in one.passages} == {date}
    assert {p.addressee_id for p in one.passages} == {addressee}
    assert {p.speaker_id for p in one.passages} == {"henry"}
    bodies = "".join(p.text for p in one.passages)
    assert signature not in bodies and "敬礼" not in bodies and "love" not in bodies
    assert batch.reproduced() == len(one.passages)


def test_a_postscript_is_the_writers_and_stands_after_the_signature(
    folder: Path, collect: Callable[..., Any]
) -> None:
    (folder / "one.txt").write_text(LETTER + "\nP.S. The cat is well.\n")
    one = collect().done["one.txt"]
    assert [p.text for p in one.passages][-1] == "P.S. The cat is well."
    assert one.source.details["letters"][0]["signature"] == "Dad"


@pytest.mark.parametrize(
    "greeting", ["Dear Ruth and David,", "Dear Mum,", "Dear Lin,", "Dear all,"]
)
def test_nobody_is_guessed_between_two(
    greeting: str, folder: Path, collect: Callable[..., Any]
) -> None:
    (folder / "one.txt").write_text(f"June 3, 1987\n\n{greeting}\n\nThe boat is mended.\n\nHenry\n")
    assert collect().done["one.txt"].passages[0].addressee_id is None


def test_a_signature_that_no_name_of_the_family_fits_means_nobody(
    folder: Path, collect: Callable[..., Any]
) -> None:
    (folder / "one.txt").write_text("小茹：\n\n你好吗？\n\n表叔 大海 上\n", encoding="utf-8")
    one = collect().done["one.txt"]
    assert {p.speaker_id for p in one.passages} == {None}
    assert one.passages[0].speaker_name == "表叔 大海"


def test_a_short_line_is_no_greeting(folder: Path, collect: Callable[..., Any]) -> None:
    (folder / "one.txt").write_text(
        "小茹：\n\n快回来！\n\n我在海边等你。\n\n爸爸\n", encoding="utf-8"
    )
    assert [p.text for p in collect().done["one.txt"].passages] == ["快回来！", "我在海边等你。"]


ADDRESS = "14 Clonard Road\nCrumlin\nDublin 12"


@pytest.mark.parametrize("gap", ["\n", "\n\n"])
@pytest.mark.parametrize("date", ["9th November 1987", ""])
def test_the_address_above_a_letter_is_its_place_and_nobodys_words(
    folder: Path, collect: Callable[..., Any], gap: str, date: str
) -> None:
    head = gap.join(part for part in (ADDRESS, date, "Dear Ruth,") if part)
    (folder / "one.txt").write_text(f"{head}\n\nThe tomatoes failed.\n\nYour loving\nDad\n")
    got = collect().done["one.txt"]
    assert [one.text for one in got.passages] == ["The tomatoes failed."]
    assert got.passages[0].place == "14 Clonard Road, Crumlin, Dublin 12"
    assert got.passages[0].created_edtf == ("1987-11-09" if date else None)


def test_each_letter_of_a_file_keeps_its_own_address(
    folder: Path, collect: Callable[..., Any]
) -> None:
    second = "Rose Cottage\nBallyvaughan\nCo. Clare"
    (folder / "one.txt").write_text(
        f"{ADDRESS}\n\n9th November 1987\n\nDear Ruth,\n\nThe tomatoes failed.\n\nDad\n\n"
        f"{second}\n\n1 May 1988\n\nDear Ruth,\n\nIt rains.\n\nDad\n"
    )
    got = collect().done["one.txt"]
    assert [(one.unit[-8:], one.text, one.place) for one in got.passages] == [
        ("letter-1", "The tomatoes failed.", "14 Clonard Road, Crumlin, Dublin 12"),
        ("letter-2", "It rains.", "Rose Cottage, Ballyvaughan, Co. Clare"),
    ]


@pytest.mark.parametrize(
    "lines",
    [
        "I was 14.\nI had no shoes",  # a sentence
        "The boat\nThe sea",  # two lines without a number
        "Roses are red\nviolets are blue\nsugar is sweet",
        "My room has 2 windows\nOne looks at the sea",
    ],
)
def test_short_lines_at_the_top_stay_the_writers_words(
    folder: Path, collect: Callable[..., Any], lines: str
) -> None:
    (folder / "one.txt").write_text(f"{lines}\n\nDear Ruth,\n\nThe tomatoes failed.\n\nDad\n")
    got = collect().done["one.txt"]
    assert got.passages[0].text.startswith(lines.split("\n", maxsplit=1)[0])
