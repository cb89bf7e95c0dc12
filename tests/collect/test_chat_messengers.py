"""Instagram, Messenger, LINE, Signal and iMessage."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from persona.collect.family.people_toml import FileRule
from tests.collect.chats import ReadChat, read_chat_file


def spoiled(text: str) -> str:
    return text.encode().decode("latin-1")


def meta(tmp_path: Path, *messages: dict[str, Any], **more: Any) -> ReadChat:
    whole = {"participants": [{"name": "a"}, {"name": "b"}], "messages": list(messages)} | more
    return read_chat_file(tmp_path / "message_1.json", json.dumps(whole))


def test_the_fixture_of_another_parser_of_instagram(shared_data: Path, tmp_path: Path) -> None:
    folder = shared_data / "chats" / "chat-miner" / "instagram"
    target = json.loads((folder / "target.json").read_text(encoding="utf-8"))
    chat = read_chat_file(tmp_path / "x.json", (folder / "test_export.json").read_bytes())
    assert chat.importer == "meta-messages"
    assert chat.said == [
        (f"{m['timestamp']}Z", m["author"], m["message"]) for m in reversed(target)
    ]


def test_the_newest_message_stands_first_and_letters_are_spoiled(tmp_path: Path) -> None:
    chat = meta(
        tmp_path,
        {
            "sender_name": spoiled("小茹"),
            "timestamp_ms": 1577186640000,
            "content": spoiled("née 😀"),
        },
        {"sender_name": "Henry Lin", "timestamp_ms": 1577186600000, "photos": [{"uri": "p/1.jpg"}]},
        {"sender_name": "Henry Lin", "timestamp_ms": 1577186580000, "content": "first"},
        {
            "sender_name": "Henry Lin",
            "timestamp_ms": 1577186570000,
            "content": "x",
            "is_unsent": True,
        },
        {"sender_name": "Henry Lin", "timestamp_ms": 1577186560000, "content": "Liked a message"},
        title=spoiled("小茹"),
    )
    assert chat.words == [("Henry Lin", "first"), ("小茹", "née 😀")]
    assert [(p.position, p.addressee_id) for p in chat.passages] == [(0, "ruth"), (1, "henry")]
    (photo,) = chat.details["attachments"]
    assert (photo["file"], photo["position"]) == ("p/1.jpg", 0)
    assert (chat.details["media_omitted"], chat.details["system_lines"]) == (1, 1)
    assert chat.reading.title == "Messenger: 小茹"


def test_encrypted_messenger(tmp_path: Path) -> None:
    said = {"senderName": "Ruth Lin", "isUnsent": False, "media": [], "reactions": []}
    messages = [said | {"text": "hello", "timestamp": 1577186580000, "type": "text"}]
    whole = {"participants": ["Ruth Lin", "Henry"], "threadName": "Ruth_1", "messages": messages}
    chat = read_chat_file(tmp_path / "Ruth_1.json", json.dumps(whole))
    assert chat.said == [("2019-12-24T11:23:00Z", "Ruth Lin", "hello")]


HEADS = {
    "[LINE] Chat history with Ruth Lin\nSaved on: 2019/01/31 10:00\n\n": "ruth",
    "[LINE] 与小茹的聊天记录\n保存日期：2019/01/31 10:00\n\n": "ruth",
    "[LINE] ルースとのトーク履歴\n保存日時：2019/01/31 10:00\n\n": "ruth",
    "\ufeff[LINE] Lins的聊天記錄\n儲存日期：2019/01/31 10:00\n\n": None,
}
DAYS = [
    "2019/01/30(水)",
    "2019.01.30 Wednesday",
    "Wed, 1/30/2019",
    "2019/1/30（週三）",
    "2019/1/30周三",
]


@pytest.mark.parametrize("head", HEADS)
@pytest.mark.parametrize("day", DAYS)
def test_line(tmp_path: Path, head: str, day: str) -> None:
    text = (
        f"{head}{day}\n下午08:49\tRuth Lin\t你好\n"
        '08:50PM\tHenry Lin\t"two\n2019/01/01(火)\nlines"\n20:51\t\tRuth joined the group\n'
        "20:52\tRuth Lin\t[写真]\n20:53\tHenry Lin\t☎ Call time 1:23\n"
        "20:54\tRuth Lin unsent a message.\n20:55\tRuth Lin\tno quotes\nsecond\n\n"
        '2019/01/31(木)\n0:01\tRuth Lin\t"a quote\n8:01\tHenry Lin\tend\n'
    )
    chat = read_chat_file(tmp_path / "line.txt", text.replace("\n", "\r\n"))
    assert chat.said == [
        ("2019-01-30T20:49:00", "Ruth Lin", "你好"),
        ("2019-01-30T20:50:00", "Henry Lin", "two\n2019/01/01(火)\nlines"),
        ("2019-01-30T20:55:00", "Ruth Lin", "no quotes\nsecond"),
        ("2019-01-31T00:01:00", "Ruth Lin", '"a quote'),
        ("2019-01-31T08:01:00", "Henry Lin", "end"),
    ]
    assert (chat.details["media_omitted"], chat.details["system_lines"]) == (1, 3)
    assert chat.passages[1].addressee_id == HEADS[head]


def test_line_from_a_computer(tmp_path: Path) -> None:
    """Only a space stands between name and words; the name is what lines begin with alike."""
    text = "[LINE] Lins的聊天記錄\n\n2019.01.30 Wednesday\n" + "".join(
        f"20:{10 + n} {who} {words}\n"
        for n, (who, words) in enumerate(
            [("Ruth Lin", f"word{n} more") for n in range(3)]
            + [("Henry", "hi all"), ("Henry", "hi you")]
        )
    )
    chat = read_chat_file(tmp_path / "line.txt", text)
    assert {who for who, _ in chat.words} == {"Ruth Lin", "Henry"}
    assert chat.words[-1] == ("Henry", "hi you")


def test_the_fixture_of_another_parser_of_signal(shared_data: Path, tmp_path: Path) -> None:
    folder = shared_data / "chats" / "chat-miner" / "signal"
    target = json.loads((folder / "target.json").read_text(encoding="utf-8"))
    chat = read_chat_file(tmp_path / "x.txt", (folder / "test_export.txt").read_bytes())
    said = [(at, who, text.replace("\n", " ")) for at, who, text in chat.said]
    assert said == [(m["timestamp"], m["author"], m["message"]) for m in reversed(target)]


def test_signal_as_markdown(tmp_path: Path) -> None:
    text = (
        "[2021-01-01 10:00:00] Me: hello there\n\n"
        "[2021-01-01 10:01:00] Ruth: \n> hello there\n\nhi\nyou\n(- Me: 👍 -)\n\n"
        "[2021-01-01 10:02:00] Ruth: look ![a](./media/a b.jpg)  [b.pdf](./media/b.pdf)  \n\n"
        "[2021-01-01 10:03:00] Ruth: (This message was deleted)\n\n"
    )
    chat = read_chat_file(tmp_path / "chat.md", text, rule=FileRule(narrator="henry"))
    assert [(p.speaker_id, p.text) for p in chat.passages] == [
        ("henry", "hello there"),
        ("ruth", "hi\nyou"),
        ("ruth", "look"),
    ], "what Ruth quotes is not what Ruth says"
    assert [one["file"] for one in chat.details["attachments"]] == ["a b.jpg", "b.pdf"]


def test_imessage(tmp_path: Path) -> None:
    text = (
        "May 17, 2022  5:29:42 PM (Read by them after 1 hour, 49 seconds)\nMe\nCan you send it?\n\n"
        "second paragraph\n\n"
        "May 17, 2022 12:02:10 AM\nRuth Lin\nattachments/AB/IMG_1.HEIC\nSent!\nTapbacks:\n"
        "Loved by Me\n    May 17, 2022  6:10:00 PM\n    Me\n    thanks\n\n"
        "May 17, 2022  6:03:00 PM Ruth Lin added Raj Patel to the conversation.\n\n"
        "May 17, 2022  6:10:00 PM\nMe\nthanks\nThis message responded to an earlier message.\n\n"
    )
    chat = read_chat_file(tmp_path / "Ruth Lin.txt", text, rule=FileRule(narrator="henry"))
    assert chat.said == [
        ("2022-05-17T17:29:42", "Me", "Can you send it?\n\nsecond paragraph"),
        ("2022-05-17T00:02:10", "Ruth Lin", "Sent!"),
        ("2022-05-17T18:10:00", "Me", "thanks"),
    ]
    assert chat.passages[0].speaker_id == "henry"
    assert chat.details["attachments"][0]["file"] == "IMG_1.HEIC"


LINE_WORDS = st.text(st.sampled_from("ab 你:：/\"'\n[]()0123456789"), min_size=1, max_size=25)


@settings(deadline=None, max_examples=150)
@given(
    sent=st.lists(
        st.tuples(st.sampled_from(["Ruth Lin", "小茹"]), LINE_WORDS), min_size=1, max_size=8
    )
)
def test_no_message_of_line_is_lost(
    tmp_path_factory: pytest.TempPathFactory, sent: list[tuple[str, str]]
) -> None:
    text, expected = "[LINE] Chat history with 小茹\n\n2019/01/30(水)\n", []
    for number, (who, words) in enumerate(sent):
        said = f"x{words}x"
        quoted = f'"{said}"' if "\n" in said else said
        text += f"{number + 8}:05\t{who}\t{quoted}\n"
        expected.append((f"2019-01-30T{number + 8:02}:05:00", who, said))
    assert read_chat_file(tmp_path_factory.getbasetemp() / "line.txt", text).said == expected
