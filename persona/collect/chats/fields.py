"""Messages as rows: which column or key of an export means what, by the names in use.

    PyWxDump    id, MsgSvrID, type_name, is_sender, talker, room_name, msg | content, src,
                CreateTime
    WeChatMsg   localId, TalkerId, Type, SubType, IsSender, CreateTime, Status, StrContent, StrTime,
                Remark, NickName, Sender
    MemoTrace   消息ID, 类型, 发送人, 时间, 内容, 备注, 昵称, 更多信息
    chatlog     seq, time, talker, talkerName, sender, senderName, isSelf, type, subType, content
    WeFlow      localId, createTime, formattedTime, type, content, isSend, senderDisplayName
    ChatLab     sender, accountName, timestamp, type, content
    iMazing     Chat Session, Message Date, Type, Sender ID, Sender Name, Replying to, Text,
                Attachment
    signal-export   date, sender, body, quote, attachments

Others are read too when their names say who, when and what.
"""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

Fields = Mapping[str, tuple[str, ...]]
"""Field → the columns that may hold it, the best first."""

_SYNONYMS: dict[str, tuple[str, ...]] = {
    "text": (
        *("msg", "strcontent", "content", "text", "body", "message", "message text", "内容"),
        *("消息内容", "正文", "消息", "訊息", "內容", "messagetext", "message_text", "msg_content"),
    ),
    "sender": (
        *(
            "sendername",
            "sender name",
            "sender_name",
            "senderdisplayname",
            "发送人",
            "发送者",
            "寄件者",
        ),
        *(
            "发送人昵称",
            "accountname",
            "author",
            "from_name",
            "remark",
            "nickname",
            "from",
            "sender",
        ),
        *("speaker", "username", "user", "name"),
    ),
    "account": (
        *(
            "sender id",
            "senderid",
            "sender_id",
            "authorid",
            "author id",
            "from_id",
            "senderusername",
        ),
        *("wxid", "sender", "platformid"),
    ),
    "time": (
        *(
            "createtime",
            "create_time",
            "timestamp",
            "timestamp_ms",
            "time",
            "时间",
            "時間",
            "发送时间",
        ),
        *(
            "message date",
            "datetime",
            "date/time",
            "date",
            "sent_at",
            "sent",
            "date_sent",
            "strtime",
        ),
        *("日期", "formattedtime"),
    ),
    "written": ("strtime", "formattedtime"),
    "own": (
        *("is_sender", "issender", "isself", "is_self", "issend", "is_send", "is_from_me"),
        *("isfromme", "from_me", "fromme", "outgoing", "direction"),
    ),
    "id": (
        *("msgsvrid", "serverid", "消息id", "message id", "message_id", "messageid", "guid"),
        *("platformmessageid", "id", "localid", "seq"),
    ),
    "type": (
        "type_name",
        "类型",
        "消息类型",
        "type",
        "msgtype",
        "message_type",
        "msg_type",
        "localtype",
    ),
    "subtype": ("subtype", "sub_type"),
    "chat": (
        *("room_name", "chat session", "talker", "talkerid", "chat", "chat_name", "conversation"),
        *("thread", "channel", "session"),
    ),
    "title": ("talkername", "chat session", "conversation", "chat_name"),
    "reply": (
        *("replying to", "reply_to", "reply_to_message_id", "replytomessageid", "reply_to_id"),
        *("replyto", "in_reply_to"),
    ),
    "files": ("src", "attachment", "attachments", "media", "附件", "file"),
    "room": ("ischatroom", "is_group"),
}
_NOTICE = re.compile(r"系统|撤回|拍一拍|^1000[02]$|system|notif|recall|service", re.IGNORECASE)
_QUOTE = re.compile(r"引用|quote|reply", re.IGNORECASE)
_VOICE = re.compile(r"^34$|语音(?!通话|/)|voice$", re.IGNORECASE)
_MEDIA = re.compile(
    r"^(?:3|42|43|47|48|49|50|62)$|图|視頻|视频|表情|位置|地图|名片|文件|通话|红包|转账|分享|链接"
    r"|小程序|转发|音乐|卡券|收藏|笔记|直播|image|photo|picture|audio|video|sticker|emoji|^file$"
    r"|location|card|link|call|gif",
    re.IGNORECASE,
)
_CHATLAB = {"0": "text", "25": "text", "22": "notice", "80": "notice", "81": "notice", "2": "voice"}
_QUOTED_AFTER = re.compile(r"\s*(?:\[引用\]\(|\[引用 [^\n]{0,80}?[：:]|\n+引用[:：])")
_QUOTED_BEFORE = re.compile(r"「[^」]*」\s*\n(?:- ?){3,}\n")
_TITLE = re.compile(r"<title>(?:<!\[CDATA\[)?(?P<words>.*?)(?:\]\]>)?</title>", re.DOTALL)
_HEARD = re.compile(r"语音时长[：:][^\n]*(?:\n翻译结果[：:](?P<words>.*))?$", re.DOTALL)
_TAGGED = re.compile(r"(?P<who>wxid_[a-z0-9]+|[a-zA-Z][\w-]{5,19}|\d+@\w+):\n")
_OF_WECHAT = frozenset("msgsvrid strcontent 消息id 发送人 issend ischatroom type_name".split())
_TRUE = frozenset("1 true yes y outgoing sent out 是".split())


class Part(NamedTuple):
    """What of a text somebody wrote, and what else its kind tells."""

    start: int
    end: int
    notice: bool = False
    omitted: bool = False
    heard: bool = False
    who: str = ""


def fields_of(names: Iterable[str]) -> Fields:
    """Tell which columns hold what; a column means one thing, unless two are the same."""
    known = {name.strip().casefold(): name for name in names}
    found: dict[str, tuple[str, ...]] = {}
    for field, synonyms in _SYNONYMS.items():
        columns = [known[synonym] for synonym in synonyms if synonym in known]
        found[field] = tuple(dict.fromkeys(columns))
    if not found["sender"] and found["own"] and "talker" in known:
        talker = known["talker"]
        found["sender"] = (talker,)
        found["chat"] = tuple(column for column in found["chat"] if column != talker)
    if found["sender"][:1] == found["account"]:
        found["account"] = ()
    return found


def program_of(names: Iterable[str]) -> str:
    """Return the messenger whose exporters use these names; "Chat" when none is known."""
    return "WeChat" if _OF_WECHAT & {name.strip().casefold() for name in names} else "Chat"


def is_chat(fields: Fields) -> bool:
    """Tell whether these columns say who, when and what."""
    return bool(fields["text"] and fields["time"] and (fields["sender"] or fields["own"]))


@lru_cache(maxsize=1024)
def is_own(value: str) -> bool:
    """Tell whether a cell says that the owner of the export sent the message."""
    return value.strip().casefold() in _TRUE


def part_of(text: str, kind: str, subtype: str, *, chatlab: bool = False, tagged: bool) -> Part:
    """Tell which characters of a cell somebody wrote.

    Args:
        text: the cell.
        kind: the message's type, in words or as WeChat's number.
        subtype: of WeChat's type 49: 57 is an answer with a quotation.
        chatlab: whether numbers mean what ChatLab means by them.
        tagged: whether "wxid_1: …" may stand before the words, as in a group of WeChat's.
    """
    what = _CHATLAB.get(kind, "media") if chatlab and kind.isdigit() else _kind(kind, subtype)
    if what == "notice":
        return Part(0, 0, notice=True)
    heard = _HEARD.match(text) if what == "voice" else None
    if heard is not None and (heard["words"] or "").strip():
        return Part(heard.start("words"), len(text), heard=True)
    if what in {"media", "voice"}:
        return Part(0, 0, omitted=True)
    tag = _TAGGED.match(text) if tagged else None
    start, end = tag.end() if tag else 0, len(text)
    if text.startswith("<?xml", start) or text.startswith("<msg>", start):
        title = _TITLE.search(text, start) if what == "quote" else None
        start, end = title.span("words") if title else (0, 0)
    elif what == "quote" and (quoted := _QUOTED_AFTER.search(text, start)) is not None:
        end = quoted.start()
    elif (before := _QUOTED_BEFORE.match(text, start)) is not None:
        start = before.end()
    return Part(start, end, omitted=start == end, who=tag["who"] if tag else "")


@lru_cache(maxsize=1024)
def _kind(kind: str, subtype: str) -> str:
    if _NOTICE.search(kind):
        return "notice"
    if _QUOTE.search(kind) or (kind == "49" and subtype == "57"):
        return "quote"
    if _VOICE.search(kind):
        return "voice"
    return "media" if _MEDIA.search(kind) and (kind, subtype) != ("49", "1") else "text"


def text_of(value: Any) -> str:
    """Return a cell or a JSON value as text; of an object, its name or its text."""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, dict):
        for key in ("name", "displayName", "username", "nickname", "text", "path", "id"):
            if value.get(key):
                return str(value[key])
        return ""
    return "" if value is None or isinstance(value, list) else str(value)
