"""Chats of any length: streamed, bounded, and never stalled by a hostile file."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from persona.collect.chats.reading import STREAM_FROM
from persona.collect.json_stream import LONGEST_ITEM, json_items
from persona.collect.selectors import Original, json_span, locate, mended, plain_text
from persona.collect.text_stream import LONGEST_LINE, TextStream, open_text
from persona.errors import CollectError, UnreadableSource
from tests.collect.chats import read_chat_file


def test_a_long_chat_is_a_stream(tmp_path: Path) -> None:
    lines = (
        f"[{1 + n % 28:02}.0{1 + n // 28 % 9}.17, 10:00:00] Ruth: no {n}"
        for n in range(STREAM_FROM)
    )
    chat = read_chat_file(tmp_path / "_chat.txt", "\n".join(lines))
    assert chat.reading.passages == []
    assert [p.position for p in chat.passages] == list(range(STREAM_FROM))
    assert chat.passages[-1].text == f"no {STREAM_FROM - 1}"
    assert (chat.reading.dated, chat.reading.speakers) == (True, {"ruth"})


@pytest.mark.parametrize("name", ["_chat.txt", "LINE.txt", "messages.txt"])
def test_an_endless_line_is_refused_at_once(tmp_path: Path, name: str) -> None:
    heads = {
        "_chat.txt": "[25.03.17, 10:00:00] Ruth: hello\n",
        "LINE.txt": "[LINE] Chat history with Ruth\n\n2019/01/30(Wed)\n20:49\tRuth\thello\n",
        "messages.txt": "May 17, 2022  5:29:42 PM\nMe\nhello\n",
    }
    for ending in ("x" * (LONGEST_LINE + 1), "y\n" * LONGEST_LINE):
        with pytest.raises(UnreadableSource, match="more than 1,048,576 characters"):
            read_chat_file(tmp_path / name, heads[name] + ending)


def test_an_endless_entry_is_refused(tmp_path: Path) -> None:
    head = '{"name": "Ruth", "messages": [{"id": 1, "type": "message", "from_id": "u", "text": "'
    with pytest.raises(UnreadableSource, match="16,777,216"):
        read_chat_file(tmp_path / "result.json", head + "x" * (LONGEST_ITEM + 2_000_000))


@pytest.mark.parametrize("tail", ["", "]", "]}}", "]} x", "{]}", "[" * 20_000, '"unended'])
def test_json_that_breaks_off_is_said(tmp_path: Path, tail: str) -> None:
    message = '{"type": "message", "from": "Ruth", "date_unixtime": "1544006350", "text": "hi"},'
    with pytest.raises(UnreadableSource, match="Export it again"):
        read_chat_file(tmp_path / "result.json", f'{{"messages": [{message}{tail}')


def test_a_table_whose_quote_never_ends_is_said(tmp_path: Path) -> None:
    text = 'sender,time,text\nRuth,2019-01-30 10:00:00,"hello\n' + "more\n" * 300_000
    with pytest.raises(UnreadableSource, match="quotation mark"):
        read_chat_file(tmp_path / "chat.csv", text)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=30),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=20,
)


@settings(deadline=None, max_examples=150)
@given(
    items=st.lists(VALUES, max_size=8), indent=st.sampled_from([None, 1]), ascii_only=st.booleans()
)
def test_items_come_back_with_their_pointers(
    tmp_path_factory: pytest.TempPathFactory,
    items: list[object],
    indent: int | None,
    ascii_only: bool,
) -> None:
    whole = {"name": "x", "messages": items, "last~/": 1}
    path = tmp_path_factory.getbasetemp() / "items.json"
    path.write_text(json.dumps(whole, indent=indent, ensure_ascii=ascii_only), encoding="utf-8")
    found = dict(json_items(TextStream(path, "items.json", "utf-8"), {"messages"}))
    assert found == {
        "/name": "x",
        "/last~0~1": 1,
        **{f"/messages/{n}": item for n, item in enumerate(items)},
    }


@settings(deadline=None, max_examples=200)
@given(text=st.text(max_size=200), newline=st.sampled_from(["\n", "\r\n", "\r"]))
def test_positions_are_those_of_the_decoded_text(
    tmp_path_factory: pytest.TempPathFactory, text: str, newline: str
) -> None:
    whole = "begin\n" + text.replace("\r", " ").replace("\x00", " ") + "\nend"
    path = tmp_path_factory.getbasetemp() / "lines.txt"
    path.write_bytes(whole.replace("\n", newline).encode())
    lines = list(open_text(path, "lines.txt").lines())
    assert "\n".join(line for _, line in lines) == whole
    assert all(whole[start : start + len(line)] == line for start, line in lines)


def test_selectors_of_json() -> None:
    data = json.dumps(
        {"a": [{"t/x": "hello"}, {"t": ["x", {"type": "bold", "text": "y"}, "z"]}]}
    ).encode()
    assert locate(data, json_span("/a/0/t~1x", 1, 4)) == "ell"
    assert locate(data, json_span("/a/1/t", 0, 3)) == "xyz"
    spoiled = json.dumps({"content": "好".encode().decode("latin-1")}).encode()
    assert locate(spoiled, json_span("/content", 0, 1, "latin-1")) == "好"
    for pointer in ("/a/7", "/b", "/a/x", "/a", "/a/0/t~1x/y"):
        with pytest.raises(UnreadableSource):
            locate(data, json_span(pointer, 0, 1))
    with pytest.raises(UnreadableSource, match="not JSON"):
        Original(b"{nope").words(json_span("/a", 0, 1))


def test_broken_pairs_of_code_units_can_be_kept() -> None:
    """JSON may hold half an emoji; no file or database can."""
    assert plain_text(json.loads('"hi \\ud83d"')) == "hi \ufffd"
    assert mended("caf\u00e9") == "caf\u00e9", "what was not spoiled is not mended"


NOISE = st.one_of(
    st.binary(max_size=300),
    st.text(alphabet='[]{}:,"0123456789 /-\n\tRuth:年月日PM\\u200e', max_size=300).map(str.encode),
)
STARTS = [
    ("_chat.txt", b"[25.03.17, 10:00:00] Ruth: hello\n"),
    ("a.txt", b"[LINE] Chat history with Ruth\n2019/01/30(Wed)\n20:49\tRuth\thi\n"),
    ("b.txt", b"May 17, 2022  5:29:42 PM\nMe\nhello\n\n"),
    ("c.csv", b"id,MsgSvrID,type_name,is_sender,talker,room_name,msg,src,CreateTime\n"),
    ("d.csv", "消息ID,类型,发送人,时间,内容\n".encode()),
    (
        "e.json",
        b'{"messages": [{"type": "message", "from": "R", "text": "hi", "date_unixtime": "1"},',
    ),
    ("f.json", b'{"messages": [{"sender_name": "R", "timestamp_ms": 1, "content": "hi"},'),
    ("g.json", b'[{"sender": "R", "time": 1700000000, "content": "hi"},'),
    ("h.jsonl", b'{"date": "2021-01-01T10:00:00", "sender": "Me", "body": "hello"}\n'),
    ("i.md", b"[2021-01-01 10:00:00] Me: hello\n"),
]


@settings(deadline=None, max_examples=400)
@given(start=st.sampled_from(STARTS), noise=NOISE)
def test_noise_is_read_or_refused_in_words(
    tmp_path_factory: pytest.TempPathFactory, start: tuple[str, bytes], noise: bytes
) -> None:
    name, head = start
    try:
        read_chat_file(tmp_path_factory.getbasetemp() / name, head + noise)
    except CollectError as error:
        assert str(error).endswith("."), "a sentence that says what to do"
