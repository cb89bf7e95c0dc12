"""Tables and lists of messages: WeChat's exporters, iMazing, signal-export, and others."""

import csv
import io
import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from persona.collect.chats.json_chats import ChatJson
from persona.collect.chats.table import ChatTable
from persona.collect.family.people_toml import FileRule
from persona.errors import UnreadableSource
from tests.collect.chats import ReadChat, read_chat_file

PYWXDUMP = "id,MsgSvrID,type_name,is_sender,talker,room_name,msg,src,CreateTime"
LEGACY = (
    "localId,TalkerId,Type,SubType,IsSender,CreateTime,Status,StrContent,StrTime,Remark,NickName,"
    "Sender"
)


def table(tmp_path: Path, text: str, rule: FileRule | None = None) -> ReadChat:
    return read_chat_file(tmp_path / "chat.csv", text, rule=rule)


def listed(tmp_path: Path, whole: object, name: str = "chat.json") -> ReadChat:
    return read_chat_file(tmp_path / name, json.dumps(whole, ensure_ascii=False))


def test_the_real_export_of_pywxdump(shared_data: Path, tmp_path: Path) -> None:
    (path,) = (shared_data / "chats" / "wechat-pywxdump").glob("*.csv")
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    wanted = [
        (row["MsgSvrID"], row["talker"], row["msg"].split("\n\n[引用](")[0])
        for row in rows
        if row["type_name"] in {"文本", "引用回复"} and row["msg"].strip()
    ]
    chat = read_chat_file(tmp_path / "test_person_0_730.csv", path.read_bytes())
    assert [(p.message_id, p.speaker_name, p.text) for p in chat.passages] == wanted
    assert chat.passages[0].created_edtf == "2024-10-04T11:43:00"
    assert chat.details["system_lines"] == 2, "messages that were taken back"
    assert chat.details["attachments"][0]["file"].endswith("01c177d8ad90af8969ba048455b54eef.dat")
    assert not any("://" in one["file"] for one in chat.details["attachments"])


def test_kinds_of_wechat_messages(tmp_path: Path) -> None:
    rows = [
        '1,11,文本,1,我,小茹,"「小茹：去吗」\n- - - - - - - - -\n不去",,2024-10-04 11:43:00',
        '2,12,引用回复,0,小茹,小茹,"好\n\n[引用](2024-10-04 11:43:00)我:不去",,2024-10-04 11:44:00',
        '3,13,语音,0,小茹,小茹,"语音时长：2秒\n翻译结果：我在家",audio\\a.wav,2024-10-04 11:45:00',
        "4,14,语音,0,小茹,小茹,语音时长：2.30秒,audio\\b.wav,2024-10-04 11:46:00",
        "5,15,拍一拍,0,小茹,小茹,小茹 拍了拍我,,2024-10-04 11:47:00",
        "6,16,(分享)卡片式链接,0,小茹,小茹,新闻,http://x,2024-10-04 11:48:00",
        "7,17,文本,0,小茹,小茹,[旺柴],,2024-10-04 11:49:00",
    ]
    chat = table(tmp_path, "\n".join([PYWXDUMP, *rows]))
    assert chat.words == [("我", "不去"), ("小茹", "好"), ("小茹", "我在家"), ("小茹", "[旺柴]")]
    heard = chat.passages[2]
    assert (heard.transcript_version, heard.text_confidence) == ("WeChat", 0.8)
    assert [one["file"] for one in chat.details["attachments"]] == ["audio\\a.wav", "audio\\b.wav"]
    assert (chat.details["system_lines"], chat.details["media_omitted"]) == (1, 1)


def test_older_columns_of_pywxdump(tmp_path: Path) -> None:
    cells = [
        json.dumps({"src": "", "msg": '好 "a"\nb'}, ensure_ascii=False),
        '{"src": "", "msg": "在家"}',
    ]
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow("id,MsgSvrID,type_name,is_sender,talker,room_name,content,CreateTime".split(","))
    rows.writerow([1, 11, "文本", 0, "小茹", "小茹", cells[0], "2024-10-04 11:43:00"])
    rows.writerow([2, 12, "文本", 1, "我", "小茹", cells[1], "2024-10-04 11:44:00"])
    chat = table(tmp_path, out.getvalue())
    assert chat.words == [("小茹", '好 \\"a\\"\\nb'), ("我", "在家")]


def test_legacy_columns_show_the_other_ones_name_on_every_row(tmp_path: Path) -> None:
    text = (
        f"{LEGACY}\n1,4,1,0,0,1706752800,,在吗,2024-02-01 10:00:00,小茹,r,wxid_red\n"
        "2,4,1,0,1,1706752860,,在,2024-02-01 10:01:00,小茹,r,wxid_red\n"
        "3,4,10000,0,0,1706752880,,你撤回了一条消息,2024-02-01 10:01:20,小茹,r,wxid_red\n"
        '4,4,49,57,0,1706752890,,"<?xml version=""1.0""?><msg><appmsg><title>好的</title><refermsg>'
        '<content>在</content></refermsg></appmsg></msg>",2024-02-01 10:01:30,小茹,r,wxid_red\n'
    )
    chat = table(tmp_path, text, FileRule(narrator="henry"))
    assert [(p.speaker_id, p.text) for p in chat.passages] == [
        ("ruth", "在吗"),
        ("henry", "在"),
        ("ruth", "好的"),
    ]
    assert chat.passages[0].created_edtf == "2024-02-01T02:00:00Z"
    assert chat.passages[0].created_words == "2024-02-01 10:00:00"
    assert chat.passages[1].addressee_id == "ruth"
    unnamed = table(tmp_path, text)
    assert unnamed.passages[1].speaker_id is None, "whose telephone it was is not guessed"
    assert "for: 我" in unnamed.reading.warnings[0]


def test_memotrace_and_chatlog(tmp_path: Path) -> None:
    memo = "\ufeff消息ID,类型,发送人,时间,内容,备注,昵称,更多信息\n"
    memo += (
        "1,文本,小茹,2024-02-01 10:00:00,在吗,x,y,z\n"
        "2,文本,我,2024-02-01 10:01:00,在,我,我,z\n3,图片,小茹,2024-02-01 10:02:00,[图片],x,y,z\n"
    )
    chat = table(tmp_path, memo)
    assert (chat.words, chat.passages[0].message_id) == ([("小茹", "在吗"), ("我", "在")], "1")
    log = "Time,SenderName,Sender,TalkerName,Talker,Content\n"
    log += "2024-02-01 10:00:00,小茹,wxid_r,Lins,1@chatroom,你好\n"
    assert table(tmp_path, log).said == [("2024-02-01T10:00:00", "小茹", "你好")]
    row = {
        "seq": 1,
        "time": "2026-01-02T10:00:00+08:00",
        "talker": "9@chatroom",
        "talkerName": "Lins",
    }
    row |= {
        "isChatRoom": True,
        "sender": "wxid_a",
        "senderName": "小茹",
        "isSelf": False,
        "type": 1,
    }
    chat = listed(tmp_path, [row | {"subType": 0, "content": "你好"}])
    assert chat.said == [("2026-01-02T10:00:00+08:00", "小茹", "你好")]
    assert chat.reading.title == "WeChat: Lins"


def test_weflow_chatlab_and_signal_export(tmp_path: Path) -> None:
    said = {"localId": 1, "createTime": 1772180982, "formattedTime": "2026-02-27 16:29:42"}
    whole = {
        "weflow": {"version": "1.0.3"},
        "session": {"wxid": "x", "nickname": "R"},
        "messages": [
            said | {"type": "文本消息", "content": "敲了一下午", "isSend": 1},
            said
            | {
                "type": "引用消息",
                "content": "好好[引用 S.：敲了]",
                "isSend": 0,
                "senderDisplayName": "小茹",
            },
        ],
    }
    assert listed(tmp_path, whole).words == [("我", "敲了一下午"), ("小茹", "好好")]
    lab = {"sender": "1", "accountName": "小茹", "timestamp": 1703001600}
    whole = {
        "chatlab": {"version": "0.0.2"},
        "meta": {"name": "g"},
        "members": [{"platformId": "1"}],
    }
    whole["messages"] = [lab | {"type": kind, "content": "词"} for kind in (0, 1, 80)]
    assert listed(tmp_path, whole).said == [("2023-12-19T16:00:00Z", "小茹", "词")]
    lines = [
        {
            "date": "2021-01-01T10:00:00",
            "sender": who,
            "body": body,
            "quote": "x",
            "attachments": files,
        }
        for who, body, files in [
            ("Me", "hello", [{"name": "a.jpg", "path": "m/a.jpg"}]),
            ("Ruth", "hi", []),
        ]
    ]
    text = "\n".join(json.dumps(line) for line in lines)
    chat = read_chat_file(tmp_path / "data.json", text, rule=FileRule(narrator="henry"))
    assert [(p.speaker_id, p.text) for p in chat.passages] == [("henry", "hello"), ("ruth", "hi")]
    assert chat.details["attachments"][0]["file"] == "a.jpg"


def test_imazing_and_columns_never_seen(tmp_path: Path) -> None:
    text = (
        "Chat Session,Message Date,Type,Sender ID,Sender Name,Replying to,Text,Attachment\n"
        "Ruth Lin,2021-01-01 10:00:00,Incoming,+1555,Ruth Lin,,hello,\n"
        "Ruth Lin,2021-01-01 10:01:00,Outgoing,,,hello,hi,IMG_1.HEIC\n"
    )
    chat = table(tmp_path, text, FileRule(narrator="henry"))
    assert [(p.speaker_id, p.text, p.reply_to) for p in chat.passages] == [
        ("ruth", "hello", ""),
        ("henry", "hi", "hello"),
    ]
    own = (
        "Author;Date;Message\nRuth Lin;30.01.2019 20:49;hello; you\nHenry Lin;31.01.2019 8:00;ok\n"
    )
    assert table(tmp_path, own.replace("; you", " you")).said == [
        ("2019-01-30T20:49:00", "Ruth Lin", "hello you"),
        ("2019-01-31T08:00:00", "Henry Lin", "ok"),
    ]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("x.json", '{"sender": "a", "payload": [1]}'),
        ("x.json", '{"conversation": {"msgs": [{"m": "hi"}]}, "messages": 3}'),
        (
            "messages.html",
            '<!DOCTYPE html><html><title>Exported Data</title><div class="from_name">',
        ),
    ],
)
def test_a_chat_that_cannot_be_read_says_what_can(tmp_path: Path, name: str, data: str) -> None:
    with pytest.raises(UnreadableSource, match="Telegram, Instagram and Messenger as JSON"):
        read_chat_file(tmp_path / name, data)


def test_letters_and_other_tables_are_left_alone(tmp_path: Path) -> None:
    letters = '{"author": "Henry Lin", "to": "Ruth", "date": "1998-05-20", '
    letters += '"salutation": "Dear", "text": "Hi."}\n'
    assert read_chat_file(tmp_path / "letters.jsonl", letters).importer == "letters-jsonl"
    with pytest.raises(UnreadableSource):
        table(tmp_path, "file,caption\na.jpg,the boat\n")


@settings(deadline=None, max_examples=150)
@given(
    sent=st.lists(
        st.tuples(
            st.booleans(),
            st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.just("\n"), max_size=40),
        ),
        min_size=1,
        max_size=10,
    ),
    delimiter=st.sampled_from([",", ";", "\t"]),
)
def test_no_row_is_lost(
    tmp_path_factory: pytest.TempPathFactory, sent: list[tuple[bool, str]], delimiter: str
) -> None:
    out, expected = io.StringIO(), []
    rows = csv.writer(out, delimiter=delimiter)
    rows.writerow(PYWXDUMP.split(","))
    moment = datetime(2024, 10, 4, 11, 0)
    for number, (own, words) in enumerate(sent):
        moment += timedelta(minutes=1)
        who, said = ("我" if own else "小茹"), f"x {words}"
        rows.writerow(
            [number, number, "文本", int(own), who, "小茹", said, "", f"{moment:%Y/%m/%d %H:%M}"]
        )
        expected.append((moment.isoformat(), who, said.strip()))
    path = tmp_path_factory.getbasetemp() / "wechat.csv"
    assert read_chat_file(path, out.getvalue()).said == expected


def test_a_transcript_is_no_chat(tmp_path: Path) -> None:
    """Its time counts the seconds of a recording."""
    turns = json.dumps([{"speaker": "Ruth", "time": 12.3, "text": "hello"}])
    assert not ChatJson().recognises(turns.encode(), "talk.json")
    assert not ChatTable().recognises(b"speaker,time,text\nRuth,12.3,hello\n", "talk.csv")
    assert ChatTable().recognises(b"speaker,time,text\nRuth,2019-01-30 10:00,hello\n", "talk.csv")
