"""WhatsApp's text export in its many layouts."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from persona.collect.chat_whatsapp import find_order, parse

LAYOUTS: dict[str, Callable[[datetime], str]] = {
    "dd/mm/yy": lambda t: f"{t:%d/%m/%y, %H:%M} - ",
    "mm/dd/yy": lambda t: f"{t.month}/{t.day}/{t:%y, %H:%M} - ",
    "mm/dd/yyyy am": lambda t: f"{t:%m/%d/%Y, %I:%M} {t:%p} - ",
    "a. m.": lambda t: f"{t:%d/%m/%Y, %I:%M} {'a. m.' if t.hour < 12 else 'p. m.'} - ",
    "narrow space": lambda t: f"{t:%d/%m/%Y, %I:%M}\u202f{'am' if t.hour < 12 else 'pm'} - ",
    "yyyy/mm/dd": lambda t: f"{t:%Y/%m/%d, %H:%M} - ",
    "dotted": lambda t: f"{t:%d.%m.%y, %H:%M} - ",
    "iphone": lambda t: f"[{t:%d/%m/%y, %H:%M}:00] ",
    "iphone mark": lambda t: f"\u200e[{t:%Y-%m-%d, %H:%M}:00] ",
    "chinese": lambda t: (
        f"{t.year}/{t.month}/{t.day} {'上午' if t.hour < 12 else '下午'}{t:%I:%M} - "
    ),
    "chinese year": lambda t: f"{t.year}年{t.month}月{t.day}日 {t:%H:%M} - ",
}


def collected(batch: Any, name: str) -> list[tuple[str, str, str]]:
    return [
        (p.created_edtf, p.speaker_name, p.text.replace("\n", " "))
        for p in batch.done[name].passages
    ]


WORDS = st.text(
    alphabet=st.sampled_from("abc XYZ:.,-[]/0123你好🤓éü\n\"'!?"), min_size=1, max_size=40
)
NAMES = st.sampled_from(["Ruth", "林海生", "John-John Doe 🤓", "+12 345 678", "O'Neil, T."])


@settings(deadline=None, max_examples=150)
@given(
    layout=st.sampled_from(sorted(LAYOUTS)),
    start=st.datetimes(datetime(2009, 1, 1), datetime(2030, 1, 1)),
    sent=st.lists(st.tuples(NAMES, WORDS, st.integers(0, 40 * 24 * 60)), min_size=1, max_size=8),
)
def test_a_rendered_chat_comes_back(
    layout: str, start: datetime, sent: list[tuple[str, str, int]]
) -> None:
    """Who, when and the words survive every layout (dates where the file can tell the order)."""
    moment, rendered, expected = start.replace(second=0, microsecond=0), "", []
    for name, words, minutes in sent:
        said = words.strip() or "words"
        said = "\n".join(
            line if line[:1] not in "[0123/" else "x" + line for line in said.split("\n")
        )
        moment += timedelta(minutes=minutes)
        rendered += f"{LAYOUTS[layout](moment)}{name}: {said}\n"
        expected.append((moment, name, said))
    messages = list(parse(rendered))
    assert [(m.name, rendered[m.start : m.end]) for m in messages] == [
        (name, said.strip()) for _, name, said in expected
    ]
    day_first = not layout.startswith("mm")
    order = find_order(messages, day_first)
    if max(when.day for when, _, _ in expected) > 12 or layout in {"yyyy/mm/dd", "chinese"}:
        assert [order.moment(message) for message in messages] == [when for when, _, _ in expected]


def test_the_fixtures_of_another_parser(shared_data: Path, collect: Callable[..., Any]) -> None:
    chats = shared_data / "chats" / "chat-miner" / "whatsapp"
    target = json.loads((chats / "target.json").read_text(encoding="utf-8"))
    wanted = [(m["timestamp"], m["author"], m["message"]) for m in reversed(target)]
    batch = collect("", None, *sorted(chats.glob("*.txt")))
    assert len(batch.done) == 5
    for name in batch.done:
        assert collected(batch, name) == wanted
    assert batch.reproduced() == 30


CHAT = """06/03/2017, 00:45 - Messages to this group are now secured with end-to-end encryption.
06/03/2017, 00:45 - You created group "Lins"
06/03/2017, 00:46 - Ruth: \u200eHello
are you there?
06/03/2017, 00:50 - Dad: <Media omitted>
06/03/2017, 00:51 - Dad: IMG-20170306-WA0001.jpg (file attached)
the boat
06/03/2017, 00:52 - Dad: blue <This message was edited>
06/03/2017, 00:53 - Ruth: This message was deleted
06/03/2017, 09:00 - Ruth: 我想你
"""


def test_a_chat_becomes_passages(folder: Path, collect: Callable[..., Any]) -> None:
    (folder / "chat.txt").write_text(CHAT, encoding="utf-8")
    batch = collect(
        '[[speakers]]\nname = "Dad"\nperson = "henry"\n'
        '[[files]]\nmatch = "chat.txt"\nday_first = true\n'
    )
    one = batch.done["chat.txt"]
    assert [(p.speaker_id, p.text, p.addressee_id) for p in one.passages] == [
        ("ruth", "Hello\nare you there?", "henry"),
        ("henry", "the boat", "ruth"),
        ("henry", "blue", "ruth"),
        ("ruth", "我想你", "henry"),
    ]
    assert one.passages[0].created_edtf == "2017-03-06T00:46:00"
    assert one.source.details["media_omitted"] == 2
    assert one.source.details["system_lines"] == 2
    assert one.source.details["attachments"][0]["file"] == "IMG-20170306-WA0001.jpg"
    assert len({p.unit for p in one.passages}) == 2, "more than six hours part the last message"
    assert (one.source.narrator_id, one.warnings) == (None, [])
    assert batch.reproduced() == 4


def test_an_order_that_cannot_be_told_is_marked_uncertain(
    folder: Path, collect: Callable[..., Any]
) -> None:
    (folder / "chat.txt").write_text(CHAT, encoding="utf-8")
    batch = collect()
    one = batch.done["chat.txt"]
    assert {p.created_edtf for p in one.passages} == {"2017-03-06?"}
    assert "day_first" in batch.warnings
    assert "for: Dad" in batch.warnings, "nobody is guessed"
    assert {p.speaker_id for p in one.passages} == {"ruth", None}


@pytest.mark.parametrize(
    ("dates", "order"),
    [
        (["01/02/19", "25/02/19"], "dmy"),
        (["01/02/19", "02/25/19"], "mdy"),
        (["01/02/19", "02/02/19", "03/02/19", "01/03/19"], "dmy"),
        (["02/01/19", "02/02/19", "02/03/19", "03/01/19"], "mdy"),
        (["2019/02/01", "2019/03/01"], "ymd"),
        (["01.02.19", "02.02.19"], "dmy"),
    ],
)
def test_the_order_is_found_over_the_whole_file(dates: list[str], order: str) -> None:
    messages = list(parse("".join(f"{day}, 10:00 - Ruth: x\n" for day in dates)))
    found = find_order(messages)
    assert (found.order, found.sure) == (order, True)


def test_noon_and_midnight() -> None:
    text = "01/02/19, 12:05 AM - R: a\n01/02/19, 12:05 PM - R: b\n01/02/19, 1:05 pm - R: c\n"
    assert [message.clock[0] for message in parse(text)] == [0, 12, 13]
    han = "2019/2/1 上午12:05 - R: a\n2019/2/1 下午12:05 - R: b\n2019/2/1 晚上9:05 - R: c\n"
    assert [message.clock[0] for message in parse(han)] == [0, 12, 21]


def test_a_chat_of_the_program_only_is_left_out(folder: Path, collect: Callable[..., Any]) -> None:
    (folder / "chat.txt").write_text('06/03/2017, 00:45 - You created group "Lins"\n')
    assert "no messages" in collect().failed["chat.txt"]
