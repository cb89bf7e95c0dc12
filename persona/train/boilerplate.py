"""What stands in a person's messages and is nobody's manner, or somebody else's.

    notices     "<Media omitted>", "This message was deleted", "Missed voice call": a program's
    footers     "Sent from my iPhone", "-- " and below, confidentiality notices
    quotations  "> …", "On 3 May 2010 at 10:12, Ruth wrote:", forwarded messages
    addresses   a message that is a link and nothing else

The importers know the forms of their own programs and leave most of this out; here it is left
out of *training* whatever way it came in: pasted into a document, exported by a program that
nobody knew. Letterheads, salutations and closings that come back in many letters stay: they are
manner. Nothing is rewritten: what is left are contiguous stretches of the text.
"""

import re
from collections.abc import Iterator, Sequence

from persona.records.mail_words import (
    FOOTERS,
    FROM,
    ORIGINAL,
    OTHER_HEADS,
    SENT,
    WROTE,
    WROTE_CHINESE,
)

_MARKS = "\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff"
_QUOTED = re.compile(r"^[ \t]*(?:>|＞|\|\s)")
_KINDS = (
    r"media|image|photo|video|audio|sticker|gif|document|file|contact(?: card)?|location"
    r"|voice(?: message| note)?|video note|attachment"
)
_KINDS_ZH = (
    r"图片|圖片|照片|语音|語音|视频|影片|動畫表情|动画表情|表情|贴图|貼圖|文件|檔案|位置|链接|連結"
    r"|红包|紅包|转账|轉帳|名片|聊天记录|聊天記錄|小程序|音乐|音樂|语音通话|語音通話|视频通话"
)
_NOTICE = re.compile(
    rf"[{_MARKS}\s]*(?:"
    rf"[<\[(]?(?:{_KINDS})s?(?: file)? (?:omitted|not included|excluded|attached|expired)[>\])]?"
    r"|[<\[(](?:attached|file|bijlage|anhang|adjunto|pièce jointe|附件|已附加)\s?[:：]"
    r"[^<>\n]*[>\])]"
    r"|[<\[][^<>\[\]\n]{0,40}(?:omitted|weggelassen|ausgeschlossen|omitid[oa]s?|omis|omesso"
    r"|省略|略过|略過|忽略)[^<>\[\]\n]{0,20}[>\]]"
    rf"|[\[【](?:{_KINDS_ZH}|{_KINDS})[\]】][\s\d:：.,′″'\"秒KMBkb]*"
    r"|[\[【](?:链接|連結|小程序|音乐|音樂|名片|link)[\]】][^\n]*"
    r"|[^\n]{1,120}\.(?:jpe?g|png|heic|webp|gif|mp4|mov|3gp|opus|m4a|mp3|ogg|amr|pdf|vcf|docx?)"
    r" ?\((?:file attached|文件附件|附件|Datei angehängt|archivo adjunto|fichier joint)\)"
    r"|(?:this message was deleted|you deleted this message)(?: (?:by|as) (?:an )?admin[^\n]*)?\.?"
    r"|(?:message|mensaje|nachricht) (?:deleted|unsent|eliminado|gelöscht)\.?"
    r"|(?:you|[^\n:]{1,40}) (?:unsent|recalled) (?:a|this) message\.?"
    r"|diese nachricht wurde gelöscht\.?|se eliminó este mensaje\.?|ce message a été supprimé\.?"
    r"|(?:此|这条|該|此則)(?:消息|訊息|讯息)已(?:被)?(?:删除|刪除|撤回)。?"
    r"|[^\n]{0,30}(?:撤回了一[条條]消息|收回(?:了)?一則訊息|拍了拍)[^\n]{0,30}"
    r"|(?:missed|declined|canceled|cancelled|incoming|outgoing|silenced)"
    r"(?: group)? (?:voice |video |phone )?call"
    r"(?: (?:at|from) [^\n]{1,40}|[,.( ]*\d[^\n]{0,20})?\.?"
    r"|(?:未接|已取消|对方已取消|對方已取消|通话时长|通話時間|聊天时长)[^\n]{0,20}"
    r"|messages (?:and calls|you send|to this)[^\n]*(?:end-to-end|secured)[^\n]*"
    r"|消息和通话都[^\n]*加密[^\n]*"
    r"|[^\n:]{1,60} (?:created (?:this )?group [\"“]|changed (?:the subject (?:from|to)"
    r"|this group's|the group|their phone number|the (?:group )?description)"
    r"|joined using this group's|turned (?:on|off) disappearing messages)[^\n]{0,120}"
    r"|your security code with [^\n]{1,60} changed[^\n]{0,40}"
    r"|waiting for this message[^\n]*|null|forwarded|转发|轉發"
    rf")[{_MARKS}\s]*\Z",
    re.IGNORECASE,
)
_MARKED_NOTICE = re.compile(
    r"[\u200e\u200f][^\n]{0,120}\b(?:left|added|removed|changed|created|joined|omitted|pinned)\b"
    r"[^\n]{0,120}\Z"
)
"""On iPhones a program's line begins with an invisible mark; a person's seldom does."""
_ADDRESSES = re.compile(
    r"[\s<(\[]*(?:(?:https?://|www\.|mailto:|tel:|geo:)\S+|[^\s@]+@[^\s@]+\.\w+)"
    r"(?:[\s,;<>()\[\]]+(?:https?://|www\.)\S+)*[\s>)\]]*",
    re.IGNORECASE,
)
_FOOTERS = (
    r"sent from (?:my|mail for|yahoo|outlook|samsung|mailbox|gmail|an? )",
    r"(?:von meinem|envoyé de mon|enviado desde mi|verzonden vanaf mijn)\s",
    r"sent (?:via|with|using) (?!love|all|my|our|best|much|a )\S+",
    r"发自我?的?\s?(?:iphone|ipad|手机|华为|小米|网易|qq)",
    r"(?:confidentiality notice|legal disclaimer)\b",
    r"(?:to unsubscribe\b|unsubscribe from|click here to unsubscribe)",
    r"you (?:received|are receiving) this (?:message|e-?mail) because",
    *FOOTERS,
)
_FOOTER = re.compile(r"\W{0,3}(?:" + "|".join(_FOOTERS) + ")", re.IGNORECASE)
_SIGNATURE_MARK = re.compile(r"--[ \u00a0]?\Z")
_OF_ANOTHER = re.compile(
    rf"\W*(?:{'|'.join(ORIGINAL)}|转发的?消息|weitergeleitete nachricht|message transféré"
    r"|mensaje reenviado)(?: from [^\n]{1,60})?(?:\s*信息)?\W*\Z",
    re.IGNORECASE,
)
_HEADER = re.compile(
    rf"\W{{0,3}}(?:{'|'.join((*FROM, *SENT, *OTHER_HEADS))}|von|an|betreff|gesendet|de|objet"
    r"|envoyé)\W{0,3}[:：]\s*\S",
    re.IGNORECASE,
)
_WROTE = re.compile(
    rf"(?:{'|'.join((*WROTE, *WROTE_CHINESE))})\s?(?:<[^>]*>)?\s*[:：]\s*\Z", re.IGNORECASE
)
_OPENS = re.compile(r"\W{0,3}(?:on|am|le|el|在|于|於|\d)", re.IGNORECASE)
_CLOCK_OR_ADDRESS = re.compile(r"\d{1,2}:\d\d|\S@\S")


def is_notice(text: str) -> bool:
    """Say whether a whole message is a program's, or a link and nothing else."""
    return bool(_NOTICE.match(text) or _MARKED_NOTICE.match(text) or _ADDRESSES.fullmatch(text))


def own_stretches(text: str) -> list[str]:
    """Return the stretches of a text that are neither quoted from others nor a program's."""
    if is_notice(text):
        return []
    lines = text.split("\n")
    kept: list[list[str]] = [[]]
    for keep, line in _judged(lines):
        if keep:
            kept[-1].append(line)
        elif kept[-1]:
            kept.append([])
    return ["\n".join(group) for group in kept if any(line.strip() for line in group)]


def _judged(lines: Sequence[str]) -> Iterator[tuple[bool, str]]:
    """Yield each line with whether it is kept."""
    number, said = 0, False
    while number < len(lines):
        line = lines[number].strip(" \t\r" + "\u00a0")
        heads = _quotation_head(lines, number)
        if heads:
            yield from ((False, one) for one in lines[number : number + heads])
            number += heads
            if not _next_is_quoted(lines, number):
                return
            continue
        block = _header_block(lines, number)
        if block:
            if said:
                return
            yield from ((False, one) for one in lines[number : number + block])
            number += block
            continue
        if _SIGNATURE_MARK.match(line) or _FOOTER.match(line):
            if said or _FOOTER.match(line):
                return
            yield False, line
        else:
            keep = not _QUOTED.match(line) and not (line and is_notice(line))
            said = said or (keep and bool(line))
            yield keep, lines[number]
        number += 1


def _quotation_head(lines: Sequence[str], number: int) -> int:
    """Return how many lines from here say that another's words follow; 0: none does."""
    line = lines[number].strip()
    if len(line) <= 100 and _OF_ANOTHER.match(line):
        return 1
    if len(line) > 200 or not _OPENS.match(line):
        return 0
    for count in (1, 2, 3):
        here = [one.strip() for one in lines[number : number + count]]
        joined = " ".join(here)
        if len(joined) > 300 or not all(here):
            return 0
        if _WROTE.search(joined):
            sure = _CLOCK_OR_ADDRESS.search(joined) or _next_is_quoted(lines, number + count)
            return count if sure else 0
    return 0


def _next_is_quoted(lines: Sequence[str], number: int) -> bool:
    after = next((one for one in lines[number : number + 3] if one.strip()), "")
    return bool(_QUOTED.match(after))


def _header_block(lines: Sequence[str], number: int) -> int:
    """Return how many lines from here are "From: …", "Subject: …"; fewer than two are none."""
    count = 0
    while number + count < len(lines) and _HEADER.match(lines[number + count].strip()[:300]):
        count += 1
    return count if count >= 2 else 0
