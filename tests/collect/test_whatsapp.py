"""WhatsApp's text export in its many layouts."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from persona.collect.chats.heads import WrittenDay, find_order, read_head
from persona.collect.family.people_toml import FileRule
from persona.errors import CollectError
from tests.collect.chats import read_chat_file

HALF = {True: "am", False: "pm"}
LAYOUTS: dict[str, Callable[[datetime], str]] = {
    "dd/mm/yy": lambda t: f"{t:%d/%m/%y, %H:%M} - ",
    "mm/dd/yy": lambda t: f"{t.month}/{t.day}/{t:%y, %H:%M} - ",
    "mm/dd/yyyy am": lambda t: f"{t:%m/%d/%Y, %I:%M} {t:%p} - ",
    "a. m.": lambda t: f"{t:%d/%m/%Y, %I:%M} {HALF[t.hour < 12][0]}. m. - ",
    "a.\u00a0m.": lambda t: f"{t:%d/%m/%Y %I:%M} {HALF[t.hour < 12][0]}.\u00a0m. - ",
    "narrow space": lambda t: f"{t:%d/%m/%Y, %I:%M}\u202f{HALF[t.hour < 12]} - ",
    "yyyy/mm/dd": lambda t: f"{t:%Y/%m/%d, %H:%M} - ",
    "dotted": lambda t: f"{t:%d.%m.%y, %H:%M} - ",
    "spaced dots": lambda t: f"{t.day}. {t.month}. {t.year} {t:%H:%M} - ",
    "dots in clock": lambda t: f"{t.day}.{t.month}.{t.year} klo {t:%H.%M} - ",
    "french": lambda t: f"{t:%d/%m/%Y} à {t:%H:%M} - ",
    "canadian": lambda t: f"{t:%Y-%m-%d %H} h {t:%M} - ",
    "iphone": lambda t: f"[{t:%d/%m/%y, %H:%M}:00] ",
    "iphone am": lambda t: f"[{t.month}/{t.day}/{t:%y, %I:%M}:00\u202f{t:%p}] ",
    "iphone mark": lambda t: f"\u200e[{t:%Y-%m-%d, %H:%M}:00] ",
    "iphone chinese": lambda t: (
        f"[{t.year}/{t.month}/{t.day} {'上午' if t.hour < 12 else '下午'}{t:%I:%M}:00] "
    ),
    "chinese": lambda t: (
        f"{t.year}/{t.month}/{t.day} {'上午' if t.hour < 12 else '下午'}{t:%I:%M} - "
    ),
    "chinese year": lambda t: f"{t.year}年{t.month}月{t.day}日 {t:%H:%M} - ",
    "korean": lambda t: (
        f"{t.year}. {t.month}. {t.day}. {'오전' if t.hour < 12 else '오후'} {t:%I:%M} - "
    ),
    "thai": lambda t: f"{t.day}/{t.month}/{t.year + 543} {t:%H:%M} - ",
}
WORDS = st.text(
    alphabet=st.sampled_from("abc XYZ:.,-[]/0123你好🤓éü\n\"'!?"), min_size=1, max_size=40
)
NAMES = st.sampled_from(["Ruth", "林海生", "John-John Doe 🤓", "+12 345 678", "O'Neil, T."])


@settings(deadline=None, max_examples=200)
@given(
    layout=st.sampled_from(sorted(LAYOUTS)),
    start=st.datetimes(datetime(2009, 1, 1), datetime(2030, 1, 1)),
    sent=st.lists(st.tuples(NAMES, WORDS, st.integers(0, 40 * 24 * 60)), min_size=1, max_size=8),
)
def test_a_rendered_chat_comes_back(
    tmp_path_factory: pytest.TempPathFactory,
    layout: str,
    start: datetime,
    sent: list[tuple[str, str, int]],
) -> None:
    """Who, when and the words survive every layout; an order that is not told is said."""
    moment, rendered, expected = start.replace(second=0, microsecond=0), "", []
    for name, words, minutes in sent:
        said = words.strip() or "words"
        said = "\n".join(
            line if line[:1] not in "[0123/" else "x" + line for line in said.split("\n")
        )
        moment += timedelta(minutes=minutes)
        rendered += f"{LAYOUTS[layout](moment)}{name}: {said}\n"
        expected.append((moment.isoformat(), name, said.strip()))
    rule = FileRule(day_first=not layout.startswith(("mm", "iphone am")))
    path = tmp_path_factory.getbasetemp() / "rendered.txt"
    chat = read_chat_file(path, rendered, rule=rule)
    assert chat.said == expected


def test_the_fixtures_of_another_parser(shared_data: Path, tmp_path: Path) -> None:
    chats = shared_data / "chats" / "chat-miner" / "whatsapp"
    target = json.loads((chats / "target.json").read_text(encoding="utf-8"))
    wanted = [(m["timestamp"], m["author"], m["message"]) for m in reversed(target)]
    found = sorted(chats.glob("*.txt"))
    assert len(found) == 5
    for path in found:
        chat = read_chat_file(tmp_path / path.name, path.read_bytes())
        assert [(at, who, text.replace("\n", " ")) for at, who, text in chat.said] == wanted


CHAT = """06/03/2017, 00:45 - Messages to this chat are now secured with end-to-end encryption.
06/03/2017, 00:46 - Ruth: \u200eHello
are you there?
06/03/2017, 00:50 - Dad: <Media omitted>
06/03/2017, 00:51 - Dad: IMG-20170306-WA0001.jpg (file attached)
the boat
06/03/2017, 00:52 - Dad: blue <This message was edited>
06/03/2017, 00:53 - Ruth: This message was deleted
06/03/2017, 09:00 - Ruth: 我想你
"""


def test_a_chat_becomes_passages(folder: Path, collect: Callable[..., object]) -> None:
    (folder / "chat.txt").write_text(CHAT, encoding="utf-8")
    batch = collect(
        '[[speakers]]\nname = "Dad"\nperson = "henry"\n'
        '[[files]]\nmatch = "chat.txt"\nday_first = true\n'
    )
    one = batch.done["chat.txt"]
    passages = list(one.passages)
    assert [(p.speaker_id, p.text, p.addressee_id) for p in passages] == [
        ("ruth", "Hello\nare you there?", "henry"),
        ("henry", "the boat", "ruth"),
        ("henry", "blue", "ruth"),
        ("ruth", "我想你", "henry"),
    ]
    assert passages[0].created_edtf == "2017-03-06T00:46:00"
    assert passages[0].created_words == "06/03/2017, 00:46"
    details = one.source.details
    assert (details["media_omitted"], details["system_lines"]) == (2, 1)
    (photo,) = details["attachments"]
    assert (photo["file"], photo["by"]) == ("IMG-20170306-WA0001.jpg", "Dad")
    assert photo["passage_id"] == passages[1].id
    assert (photo["at"], photo["position"], photo["speaker_id"]) == (
        "2017-03-06T00:51:00",
        1,
        "henry",
    )
    assert len({p.unit for p in passages}) == 2, "more than six hours part the last message"
    assert (one.source.narrator_id, one.warnings) == (None, [])


def test_an_order_that_cannot_be_told_is_marked_uncertain(tmp_path: Path) -> None:
    chat = read_chat_file(tmp_path / "chat.txt", CHAT)
    assert {p.created_edtf for p in chat.passages} == {"2017-03-06?"}
    assert "day_first" in chat.reading.warnings[0]
    assert "for: Dad" in chat.reading.warnings[1], "nobody is guessed"
    assert {p.speaker_id for p in chat.passages} == {"ruth", None}
    assert chat.reading.created_edtf is None


def test_in_a_group_nobody_alone_is_spoken_to(tmp_path: Path) -> None:
    """Two of three have written: the words may have been meant for the third."""
    text = '25/03/2017, 00:45 - Ruth created group "Lins"\n' + CHAT.replace("06/03", "26/03")
    chat = read_chat_file(tmp_path / "chat.txt", text)
    assert {p.addressee_id for p in chat.passages} == {None}


def days(written: list[str]) -> list[WrittenDay]:
    heads = [read_head(f"{day}, 10:00 - R: x") for day in written]
    return [head.day for head in heads if head is not None]


@pytest.mark.parametrize(
    ("dates", "order", "sure"),
    [
        (["01/02/19", "25/02/19"], "dmy", True),
        (["01/02/19", "02/25/19"], "mdy", True),
        (["01/02/19", "02/02/19", "03/02/19", "01/03/19"], "dmy", True),
        (["02/01/19", "02/02/19", "02/03/19", "03/01/19"], "mdy", True),
        (["2019/02/01", "2019/03/01"], "ymd", True),
        (["01.02.19", "02.02.19"], "dmy", True),
        (["19/02/27", "19/02/28", "19/03/01"], "ymd", True),
        (["31/31/19", "01/02/19"], "dmy", False),
        (["01/02/19"], "dmy", False),
    ],
)
def test_the_order_is_found_over_the_whole_file(dates: list[str], order: str, sure: bool) -> None:
    found = find_order(days(dates))
    assert (found.order, found.sure) == (order, sure)


def test_noon_and_midnight() -> None:
    clocks = ["12:05 AM", "12:05 PM", "1:05 pm", "上午12:05", "下午12:05", "晚上9:05", "오후 8:05"]
    heads = [read_head(f"01/02/2019, {clock} - R: a") for clock in clocks]
    assert [head.clock.hour for head in heads if head] == [0, 12, 13, 0, 12, 21, 20]
    assert read_head("01/02/2019, 25:05 - R: a") is None
    assert read_head("1/2/3, 4 - not a head") is None


IPHONE = [
    "\u200eMessages and calls are end-to-end encrypted. No one outside can read them.",
    "\u200e消息和通话已进行端到端加密。只有此聊天中的成员可以查看。",
    "\u200e您的消息和通话已进行端到端加密。",
    "\u200eRuth created this group",
    "\u200eRuth added you",
    "\u200e小茹 创建了此群组",
    "\u200e小茹退出了群组",
    "\u200e小茹更改了本群组的图标",
    "\u200eMissed voice call. \u200eTap to call back",
    "\u200e未接语音通话，轻触回拨",
    "\u200eYour security code with Ruth changed.",
    "Missed video call",
    "Waiting for this message. This may take a while.",
]
OMITTED = [
    *("\u200eimage omitted", "<Media omitted>", "\u200e图像已忽略", "‎视频已忽略", "<省略影音内容>"),
    *(
        "<已省略多媒體檔案>",
        "圖片已略去",
        "<Medien ausgeschlossen>",
        "<Multimedia omitido>",
        "null",
    ),
    *("You deleted this message.", "This message was deleted", "此消息已删除", "您已删除此消息"),
    *("这条消息已删除", "你已刪除此訊息", "Diese Nachricht wurde gelöscht.", "<Médias omis>"),
]


@pytest.mark.parametrize("line", IPHONE)
def test_the_programs_lines_are_nobodys_words(tmp_path: Path, line: str) -> None:
    chat = read_chat_file(tmp_path / "_chat.txt", f"[25.03.17, 10:00:00] Ruth: {line}\n" + HELLO)
    assert chat.words == [("Ruth", "hello")]
    assert chat.details["system_lines"] == 1


HELLO = "[25.03.17, 10:01:00] Ruth: hello\n"


@pytest.mark.parametrize("line", OMITTED)
def test_what_is_not_there_is_counted(tmp_path: Path, line: str) -> None:
    chat = read_chat_file(tmp_path / "_chat.txt", f"[25.03.17, 10:00:00] Ruth: {line}\n" + HELLO)
    assert chat.words == [("Ruth", "hello")]
    assert (chat.details["media_omitted"], chat.details["system_lines"]) == (1, 0)


@pytest.mark.parametrize(
    "words",
    [
        *("I added sugar", "you left me", "image omitted me, haha", "I missed your call (twice)"),
        *(
            "我们的聊天是端到端加密的吗",
            "你删除了吗",
            "I <3 you",
            "<grin>",
            "null and void",
            "Waiting for you",
        ),
        *("see report.pdf (the new one)", "POLL: none", "location: home", "他退出了群组"),
        *('Robert said: "no"', "Missed call me", "> quoted by myself", "12:30 - lunch"),
    ],
)
def test_what_people_write_about_such_things_stays(tmp_path: Path, words: str) -> None:
    chat = read_chat_file(tmp_path / "_chat.txt", f"[25.03.17, 10:00:00] Ruth: {words}\n" + HELLO)
    assert chat.words[0] == ("Ruth", words)


@pytest.mark.parametrize(
    ("line", "words", "file"),
    [
        ("\u200e<attached: 00000012-PHOTO-2019-01-30.jpg>", "", "00000012-PHOTO-2019-01-30.jpg"),
        ("the boat \u200e<attached: 1-PHOTO.jpg>", "the boat", "1-PHOTO.jpg"),
        ("\u200e<附件：00000013-AUDIO-2019.opus>", "", "00000013-AUDIO-2019.opus"),
        ("PTT-20190130-WA0001.opus (文件附件)", "", "PTT-20190130-WA0001.opus"),
        (
            "\u200eIMG-20190130-WA0002.jpg (plik dołączony)\nna łodzi",
            "na łodzi",
            "IMG-20190130-WA0002.jpg",
        ),
        ("Will.pdf • \u200e3 pages \u200e<attached: 2-Will.pdf>", "", "2-Will.pdf"),
        ("Haus am See.pdf (Datei angehängt)", "", "Haus am See.pdf"),
    ],
)
def test_attachments_are_linked(tmp_path: Path, line: str, words: str, file: str) -> None:
    chat = read_chat_file(tmp_path / "_chat.txt", f"[25.03.17, 10:00:00] Ruth: {line}\n" + HELLO)
    assert [text for _, text in chat.words] == ([words] if words else []) + ["hello"]
    (link,) = chat.details["attachments"]
    assert (link["file"], link["position"]) == (file, 0)
    assert link["passage_id"] == (chat.passages[0].id if words else None)


def test_polls_and_places(tmp_path: Path) -> None:
    text = (
        "[25.03.17, 10:00:00] Ruth: \u200ePOLL:\nWhere shall we eat?\n\u200eOPTION: Home\n"
        "[25.03.17, 10:01:00] Ruth: \u200eLocation: https://maps.google.com/?q=48.1,11.5\n"
    )
    chat = read_chat_file(tmp_path / "_chat.txt", text)
    assert chat.words == [("Ruth", "Where shall we eat?")]
    assert [one["place"] for one in chat.details["locations"]] == [
        "https://maps.google.com/?q=48.1,11.5"
    ]


def test_a_chat_of_the_program_only_is_left_out(tmp_path: Path) -> None:
    with pytest.raises(CollectError, match="no messages"):
        read_chat_file(tmp_path / "chat.txt", '06/03/2017, 00:45 - You created group "Lins"\n')


def test_utf16_with_windows_line_ends(tmp_path: Path) -> None:
    data = ("\ufeff" + CHAT.replace("\n", "\r\n")).encode("utf-16-le")
    assert len(read_chat_file(tmp_path / "chat.txt", data).passages) == 4
