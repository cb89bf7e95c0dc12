"""Telegram Desktop's JSON: one chat, a whole account, entities, forwards, replies."""

import json
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from persona.collect.chats.telegram import FORWARDED
from persona.collect.family.people_toml import FileRule
from persona.errors import CollectError
from tests.collect.chats import ReadChat, read_chat_file


def message(number: int, who: str, text: Any, **more: Any) -> dict[str, Any]:
    moment = datetime(2023, 1, 15, 10, 30, tzinfo=timezone(timedelta(hours=1)))
    moment += timedelta(minutes=number)
    return {
        "id": number,
        "type": "message",
        "date": f"{moment:%Y-%m-%dT%H:%M:%S}",
        "date_unixtime": str(int(moment.timestamp())),
        "from": who,
        "from_id": f"user{sum(map(ord, who))}",
        "text": text,
    } | more


def chat(*messages: dict[str, Any], kind: str = "personal_chat", name: str = "Ruth Lin") -> Any:
    return {"name": name, "type": kind, "id": 1, "messages": list(messages)}


def read(tmp_path: Path, whole: Any, rule: FileRule | None = None) -> ReadChat:
    return read_chat_file(tmp_path / "result.json", json.dumps(whole, indent=1), rule=rule)


@pytest.mark.parametrize("name", ["test_single_export.json", "test_batch_export.json"])
def test_the_fixtures_of_another_parser(shared_data: Path, tmp_path: Path, name: str) -> None:
    folder = shared_data / "chats" / "chat-miner" / "telegram"
    target = json.loads((folder / "target.json").read_text(encoding="utf-8"))
    found = read_chat_file(tmp_path / name, (folder / name).read_bytes())
    assert found.importer == "telegram"
    assert found.said == [(f"{m['timestamp']}Z", m["author"], m["message"]) for m in target]


def test_an_account_that_nobody_here_exported(shared_data: Path, tmp_path: Path) -> None:
    (path,) = (shared_data / "chats" / "telegram-other").glob("*.json")
    found = read_chat_file(tmp_path / "result.json", path.read_bytes())
    assert found.words == [("JohnDoe", "Hello Alice!"), ("Alice Smith", "Hi John! How are you?")]
    assert [p.message_id for p in found.passages] == ["1", "2"]


def test_everything_that_a_message_can_carry(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        chat(
            {"id": 1, "type": "service", "actor": "Ruth Lin", "action": "phone_call", "text": ""},
            message(2, "Ruth Lin", ["see ", {"type": "bold", "text": "the"}, " boat\n", "😀"]),
            message(3, "Henry Lin", "yes", reply_to_message_id=2, edited="2023-01-15T10:40:00"),
            message(4, "Henry Lin", "", file="voice/1.ogg", media_type="voice_message"),
            message(5, "Ruth Lin", "us", photo="photos/1.jpg", width=10),
            message(
                6, "Ruth Lin", "", media_type="sticker", sticker_emoji="😀", file="(File not…)"
            ),
            message(7, "Ruth Lin", "", poll={"question": "Soup or rice?", "answers": []}),
            message(8, "Ruth Lin", "", location_information={"latitude": 48.1, "longitude": 11.5}),
            message(9, "Ruth Lin", "", text_entities=[{"type": "plain", "text": "entities"}]),
        ),
    )
    assert found.words == [
        ("Ruth Lin", "see the boat\n😀"),
        ("Henry Lin", "yes"),
        ("Ruth Lin", "us"),
        ("Ruth Lin", "Soup or rice?"),
        ("Ruth Lin", "entities"),
    ]
    first, answer = found.passages[:2]
    assert (first.created_edtf, first.created_words) == (
        "2023-01-15T10:32:00+01:00",
        "2023-01-15T10:32:00",
    )
    assert (answer.reply_to, answer.speaker_id, answer.addressee_id) == ("2", "henry", "ruth")
    assert [(a["file"], a["message_id"]) for a in found.details["attachments"]] == [
        ("voice/1.ogg", "4"),
        ("photos/1.jpg", "5"),
    ]
    assert (found.details["system_lines"], found.details["media_omitted"]) == (1, 1)
    assert found.details["locations"][0]["place"] == "48.1,11.5"
    assert found.reading.title == "Telegram: Ruth Lin"


def test_forwarded_words_are_their_authors(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        chat(
            message(1, "Ruth Lin", "I hated boats", forwarded_from="Maggie"),
            message(2, "Ruth Lin", "who knows", forwarded_from=None),
            message(3, "Ruth Lin", "inline", via_bot="@quotes"),
            message(4, "Henry Lin", "mine"),
        ),
    )
    assert [(p.speaker_id, p.speaker_name, p.addressee_id) for p in found.passages] == [
        ("margaret", "Maggie", None),
        (None, FORWARDED, None),
        (None, "@quotes", None),
        ("henry", "Henry Lin", "ruth"),
    ]


def test_chats_of_an_account_stay_apart(tmp_path: Path) -> None:
    whole = {
        "personal_information": {"user_id": 800, "first_name": "Henry", "last_name": "Lin"},
        "chats": {
            "list": [
                chat(message(1, "Henry Lin", "to Ruth", from_id="user800")),
                chat(message(1, "Henry Lin", "to Maggie", from_id="user800"), name="Maggie"),
                chat(
                    message(1, "Henry Lin", "to all", from_id="user800"),
                    message(2, "Ruth Lin", "ok"),
                    kind="private_group",
                ),
                chat(message(1, "Henry Lin", "x", from_id="user800"), kind="saved_messages")
                | {"name": None},
            ]
        },
        "left_chats": {"list": [chat(message(1, "Ruth Lin", "left"), kind="private_supergroup")]},
    }
    found = read(tmp_path, whole)
    assert [(p.text, p.addressee_id) for p in found.passages] == [
        ("to Ruth", "ruth"),
        ("to Maggie", "margaret"),
        ("to all", None),
        ("ok", None),
        ("x", None),
        ("left", None),
    ]
    assert len({p.unit for p in found.passages}) == 5, "no unit spans two chats"
    assert [one["title"] for one in found.details["chats"]][:2] == ["Ruth Lin", "Maggie"]


def test_two_accounts_with_one_name_are_never_taken_for_one_another(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        chat(
            message(1, "Ruth Lin", "one", from_id="user1"),
            message(2, "Ruth Lin", "two", from_id="user2"),
            kind="private_group",
        ),
    )
    assert [p.speaker_name for p in found.passages] == ["Ruth Lin (user1)", "Ruth Lin (user2)"]
    assert {p.speaker_id for p in found.passages} == {None}
    assert "Ruth Lin (user1), Ruth Lin (user2)" in found.reading.warnings[0]


def test_an_account_without_messages_is_said(tmp_path: Path) -> None:
    with pytest.raises(CollectError, match="no messages"):
        read(tmp_path, {"personal_information": {"user_id": 1}, "chats": {"list": []}})


PIECES = st.text(min_size=1, max_size=12) | st.fixed_dictionaries(
    {
        "type": st.sampled_from(["bold", "italic", "mention"]),
        "text": st.text(min_size=1, max_size=9),
    }
)


@settings(deadline=None, max_examples=150)
@given(
    sent=st.lists(
        st.tuples(
            st.sampled_from(["Ruth Lin", "Henry", "小茹"]),
            st.text(max_size=30) | st.lists(PIECES, max_size=5),
            st.integers(0, 2**31),
        ),
        min_size=1,
        max_size=10,
    ),
    indent=st.sampled_from([None, 1]),
)
def test_nothing_is_lost(
    tmp_path_factory: pytest.TempPathFactory, sent: list[tuple[str, Any, int]], indent: int | None
) -> None:
    messages, expected = [], []
    for number, (who, text, seconds) in enumerate(sent):
        stamp = datetime.fromtimestamp(seconds, UTC)
        messages.append(
            message(
                number, who, text, date=f"{stamp:%Y-%m-%dT%H:%M:%S}", date_unixtime=str(seconds)
            )
        )
        words = (
            text
            if isinstance(text, str)
            else "".join(piece if isinstance(piece, str) else piece["text"] for piece in text)
        )
        if words.strip():
            expected.append((f"{stamp:%Y-%m-%dT%H:%M:%S}Z", who, words))
    path = tmp_path_factory.getbasetemp() / "result.json"
    found = read_chat_file(path, json.dumps(chat(*messages), indent=indent))
    assert sorted(found.said) == sorted(expected)
