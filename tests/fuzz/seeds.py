"""Small honest files of every form that is read, and the pieces that they are made of.

``SEEDS[importer]`` is a list of (file name, bytes); a fuzzer changes them. ``PIECES[importer]``
are words of its grammar: put together at random they get further into a parser than noise does.
"""

import io
import json
import struct
import wave
import zipfile
import zlib

from PIL import Image

Seed = tuple[str, bytes]


def _picture(form: str) -> bytes:
    made = io.BytesIO()
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9003] = "1987:06:29 12:00:00"
    exif.get_ifd(0x8825).update({1: "N", 2: (43.0, 28.0, 5.0), 3: "E", 4: (11.0, 5.0, 0.0)})
    Image.new("RGB", (24, 16), (90, 30, 10)).save(made, form, exif=exif)
    return made.getvalue()


def _sound() -> bytes:
    made = io.BytesIO()
    with wave.open(made, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(struct.pack("<200h", *(n * 50 for n in range(200))) * 10)
    return made.getvalue()


def office(parts: dict[str, str]) -> bytes:
    """Return an office document of these parts."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return made.getvalue()


_W = "xmlns:w='http://schemas.openxmlformats.org/wordprocessingml/2006/main'"
_DOCX = office(
    {
        "[Content_Types].xml": "<Types/>",
        "word/document.xml": f"<w:document {_W}><w:body><w:p><w:r><w:t>Dear Ruth, the boat."
        "</w:t></w:r></w:p><w:p><w:r><w:t>David</w:t></w:r></w:p></w:body></w:document>",
    }
)
_LETTER = b"12 May 1987\n\nDear Ruth,\n\nthe boat is old. He said: no.\n\nYour David\n"
_TELEGRAM = json.dumps(
    {
        "name": "Ruth Lin",
        "type": "personal_chat",
        "id": 7,
        "messages": [
            {
                "id": 1,
                "type": "message",
                "date": "2019-01-30T20:49:00",
                "date_unixtime": "1548881340",
                "from": "Ruth Lin",
                "from_id": "user1",
                "text": ["the ", {"type": "bold", "text": "boat"}],
                "photo": "photos/1.jpg",
            },
            {
                "id": 2,
                "type": "message",
                "date": "2019-01-30T20:50:00",
                "from": "David",
                "from_id": "user2",
                "reply_to_message_id": 1,
                "text": "old",
            },
        ],
    }
).encode()
_META = json.dumps(
    {
        "participants": [{"name": "Ruth Lin"}, {"name": "David"}],
        "messages": [
            {"sender_name": "Ruth Lin", "timestamp_ms": 1548881340000, "content": "the boat"},
            {"sender_name": "David", "timestamp_ms": 1548881350000, "photos": [{"uri": "a.jpg"}]},
        ],
        "title": "Ruth",
        "thread_path": "inbox/ruth",
    }
).encode()
_MAIL = (
    b"From: Ruth Lin <r@x.org>\nTo: David <d@x.org>\nDate: Tue, 12 May 1987 10:00:00 +0200\n"
    b"Subject: =?utf-8?q?Boat?=\nMessage-ID: <1@x>\nMIME-Version: 1.0\n"
    b"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain; charset=utf-8\n"
    b"\nDear David,\nthe boat.\n\nOn Monday David wrote:\n> old\n--b\nContent-Type: image/png\n"
    b"Content-Transfer-Encoding: base64\n\nAAAA\n--b--\n"
)
_GEDCOM = (
    b"0 HEAD\n1 GEDC\n2 VERS 5.5.1\n1 CHAR UTF-8\n0 @I1@ INDI\n1 NAME Henry /Lin/\n1 BIRT\n"
    b"2 DATE ABT 2 MAR 1941\n2 PLAC Hull\n1 NOTE the boat\n2 CONT old\n1 FAMS @F1@\n0 @F1@ FAM\n"
    b"1 HUSB @I1@\n1 MARR\n2 DATE (about then)\n0 TRLR\n"
)
_PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]"
    b"/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 90 90]>>endobj\n"
    b"trailer<</Size 4/Root 1 0 R>>\n%%EOF"
)
_SRT = (
    b"1\n00:00:01,000 --> 00:00:02,500\nRUTH: the boat\n\n2\n00:00:03,000 --> 00:00:04,000\nold\n"
)
_VTT = b"WEBVTT\n\n00:01.000 --> 00:02.000\n<v Ruth>the <b>boat</b>\n\nNOTE x\n"
_TTML = (
    b"<?xml version='1.0'?><tt xmlns='http://www.w3.org/ns/ttml'><body><div>"
    b"<p begin='1s' end='2s'>the boat</p></div></body></tt>"
)
_WECHAT = (
    b"MsgSvrID,Type,StrTalker,IsSender,CreateTime,StrContent,NickName\n"
    b'1,1,wxid_1,0,1548881340,"the ""boat""",Ruth\n2,1,wxid_1,1,1548881350,old,David\n'
)

SEEDS: dict[str, list[Seed]] = {
    "recording": [("a.wav", _sound())],
    "scan": [("a.png", _picture("PNG"))],
    "photo": [(f"a.{one}", _picture(one)) for one in ("JPEG", "PNG", "TIFF", "WEBP")],
    "gedcom": [("a.ged", _GEDCOM)],
    "mail": [("a.eml", _MAIL), ("a.mbox", b"From r@x.org Tue May 12 10:00:00 1987\n" + _MAIL)],
    "telegram": [("result.json", _TELEGRAM)],
    "meta-messages": [("message_1.json", _META)],
    "chat-json": [
        ("chat.json", b'[{"sender": "Ruth", "time": "2019-01-30 20:49:00", "text": "boat"}]')
    ],
    "letters-jsonl": [("a.jsonl", b'{"date": "1987-05-12", "author": "Ruth", "text": "boat"}\n')],
    "chat-table": [("a.csv", _WECHAT)],
    "line": [
        (
            "[LINE] Chat with Ruth.txt",
            b"[LINE] Chat history with Ruth\nSaved on: 2019/02/01 10:00\n\n2019/01/30(Wed)\n"
            b"20:49\tRuth\tthe boat\n20:50\tDavid\told\n",
        )
    ],
    "chat-headed": [
        (
            "granny.txt",
            "2016-01-25 19:02:11 小雨\n吃了吗\n\n外婆(10001) 2016/1/25 下午7:05\n吃了\n".encode(),
        )
    ],
    "imessage": [
        (
            "ruth.txt",
            b"Jan 30, 2019  8:49:00 PM (Read after 2 minutes)\nRuth\nthe boat\n\n"
            b"Jan 30, 2019  8:50:00 PM\nMe\nold\n\n",
        )
    ],
    "whatsapp": [
        ("_chat.txt", b"[30/01/19, 20:49:00] Ruth: the boat\n[30/01/19, 20:50:00] David: old\n"),
        ("chat.txt", "1/30/19, 8:49\u202fPM - Ruth: the boat\nmore\n".encode()),
    ],
    "chat-unknown": [("chat.json", b'{"messages": [{"who": 1}]}')],
    "book": [("a.txt", b"Author: A B\n\nCHAPTER I\n\nWords here.\n\nCHAPTER II\n\nMore of it.\n")],
    "transcript": [("a.srt", _SRT), ("a.vtt", _VTT), ("a.xml", _TTML)],
    "document": [
        ("a.docx", _DOCX),
        ("a.html", b"<html><body><p>Dear Ruth,</p><p>the &amp; boat</p></body></html>"),
        ("a.rtf", rb"{\rtf1\ansi Dear Ruth,\par the \u33337? boat}"),
    ],
    "diary": [
        ("a.txt", b"12 May 1987\n\nThe boat.\n\n13 May 1987\n\nOld.\n\n14 May 1987\n\nHm.\n")
    ],
    "letters": [
        ("a.txt", _LETTER),
        ("b.txt", "亲爱的小茹：\n\n船旧了。\n\n爸爸\n1987年5月12日\n".encode()),
    ],
}

NOISE = (
    *(b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\r", b"\n", b"\t", b" ", b'"', b"'", b"\\", b"/"),
    *(b"[", b"]", b"{", b"}", b"<", b">", b"(", b")", b":", b",", b"-", b"&", b"=", b"%", b"@"),
    *(b"-1", b"0", b"99999999999999999999", b"1e999", b"NaN", b"null", b"true", b"\\ud800"),
    *("\u202e".encode(), "\u2028".encode(), "船".encode(), "😀".encode(), "é".encode("latin-1")),
    *(b"0000-00-00", b"31/02/2019", b"9999-12-31T23:59:60", b"29 February 1900", b"24:61"),
    struct.pack("<I", 2**31),
    zlib.compress(b"boat"),
)
