"""The body of a mail, taken apart: the sender's own words, and what is not theirs.

    Dear Ruth, …                          own words
    Dad                                   signature
    --  / Sent from my iPhone / notices   left out
    On 3 May 2010, Ruth wrote:            who is quoted, and when
    > Did you mend the boat?              Ruth's words, in an answer

Quoting marks and heads are those of the common programs in English and Chinese. Words of a quoted
quotation (``>>``) are nobody's: who said them is not sure.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from persona.records.mail_words import (
    FOOTERS,
    FROM,
    ORIGINAL,
    OTHER_HEADS,
    SENT,
    WROTE,
    WROTE_CHINESE,
)

_QUOTED = re.compile(r"^[ \t]{0,2}((?:[>|｜]\s?)+)")
_WROTE = re.compile(
    r"^(?:(?:on|am|le|el|在|于|於)\b)?\s*(?P<rest>.{0,180}?)"
    rf"(?:\s+(?:{'|'.join(WROTE)})|\s*(?:{'|'.join(WROTE_CHINESE)}))\s*[:：]?\s*$",
    re.IGNORECASE,
)
_OPENS = re.compile(r"^(?:(?:on|am|le|el)\s+\S*.*\d|[在于於]|\d)", re.IGNORECASE)
"""How a head of several lines begins: "On Monday, 3 May 2010 at 10:12,"."""

_ORIGINAL = re.compile(rf"^\W*(?:{'|'.join(ORIGINAL)})(?:\s*信息)?\W*$", re.IGNORECASE)
_FROM = frozenset(FROM)
_SENT = frozenset({*SENT, "时间"})
_HEAD = re.compile(
    rf"^\W{{0,3}}(?P<name>{'|'.join([*FROM, *SENT, '时间', *OTHER_HEADS])})\W{{0,3}}[:：]"
    r"\s*(?P<value>.*)$",
    re.IGNORECASE,
)
_SIGNATURE = re.compile(r"^--\s?$")
_NOTICES = (
    r"sent from my \S+",
    r"sent from (?:mail for windows|yahoo|outlook|samsung|mailbox|gmail)",
    r"sent (?:via|with)\b",
    r"发自我?的?\s?.{0,20}$",
    r"confidentiality notice",
    r"disclaimer\b",
    r"to unsubscribe",
    r"you received this (?:message|email) because",
    *FOOTERS,
)
_BOILERPLATE = re.compile(r"^\W{0,3}(?:" + "|".join(_NOTICES) + ")", re.IGNORECASE)
_RULE = re.compile(r"^[-_=*─—]{5,}\s*$")
_ADDRESS = re.compile(
    r"[<\[(（]?\s*(?:mailto:)?(?P<address>[^\s<>\[\]()（）:]{1,64}@[^\s<>\[\]()（）:;,]{1,190})"
    r"\s*[>\])）]?"
)
_BETWEEN = re.compile(
    r"[,，]\s*(?=\D)|\s+at\s+\d[\d:. ]*(?:[ap]m)?,?\s*|\d{1,2}:\d{2}(?::\d{2})?(?:\s*[ap]m)?[,，]?",
    re.IGNORECASE,
)
"""What stands between the date, the time and the name in "On 3 May 2010 at 10:12, Ruth wrote"."""


@dataclass(frozen=True)
class Part:
    """Lines of a body that belong together: ``text[start:end]``.

    ``role`` is ``own`` or ``quoted``. ``who`` and ``address`` name the quoted person as the mail
    does, ``when`` is the date in its words; all empty when nobody is named.
    """

    role: str
    start: int
    end: int
    who: str = ""
    address: str = ""
    when: str = ""


@dataclass
class _Quotation:
    who: str = ""
    address: str = ""
    when: str = ""


def parts_of(body: str) -> Iterator[Part]:
    """Yield what a body holds, in order; what is nobody's words (heads, notices) is left out."""
    run: Part | None = None
    for role, start, end, said in _lines(body):
        same = run is not None and role == run.role and said == (run.who, run.address, run.when)
        if run is not None and same and role in {"own", "quoted"}:
            run = Part(run.role, run.start, end, *said)
            continue
        if run is not None and body[run.start : run.end].strip():
            yield run
        run = Part(role, start, end, *said) if role in {"own", "quoted"} else None
    if run is not None and body[run.start : run.end].strip():
        yield run


def _lines(body: str) -> Iterator[tuple[str, int, int, tuple[str, str, str]]]:
    """Yield role, position and quoted person of each line."""
    lines = body.split("\n")
    position, number = 0, 0
    nobody = ("", "", "")
    quotation, below, dropped = _Quotation(), False, False
    while number < len(lines):
        line = lines[number]
        taken = _introduction(lines, number)
        if taken:
            quotation, below = _quotation(lines[number : number + taken], below)
            dropped = False
            length = sum(len(one) + 1 for one in lines[number : number + taken])
            yield "head", position, position + length - 1, nobody
            position, number = position + length, number + taken
            continue
        marks = _QUOTED.match(line)
        depth = marks[1].count(">") + marks[1].count("|") + marks[1].count("｜") if marks else 0
        said = (quotation.who, quotation.address, quotation.when)
        start, end = position, position + len(line)
        if depth:
            inner = start + (marks.end() if marks else 0)
            empty = not body[inner:end].strip()
            yield "gap" if empty else "quoted", inner, end, said if depth == 1 else nobody
        elif not line.strip():
            yield "quoted" if below else "own", start, end, said if below else nobody
        elif below:
            yield "quoted", start, end, said
        else:
            dropped = dropped or bool(_SIGNATURE.match(line) or _BOILERPLATE.match(line.strip()))
            yield "notice" if dropped else "own", start, end, nobody
        position, number = end + 1, number + 1


def _introduction(lines: list[str], number: int) -> int:
    """Return how many lines, from this one on, say that a quotation follows."""
    line = lines[number].strip()
    bare = _QUOTED.sub("", line)
    if not bare or bare != line:
        return 0
    if _ORIGINAL.match(bare):
        return 1 + _heads(lines, number + 1)
    if _HEAD.match(bare) and _heads(lines, number) >= 2:
        return _heads(lines, number)
    for count in (1, 2, 3):  # "On Monday, 3 May 2010 at 10:12,\nRuth Lin <ruth@…> wrote:"
        here = [one.strip() for one in lines[number : number + count]]
        if count > 1 and not (all(here) and _OPENS.match(bare)):
            break
        joined = " ".join(here)
        if len(joined) <= 200 and _WROTE.match(joined) and _is_head_of_quote(lines, number, count):
            return count
    return 1 if _RULE.match(bare) and _heads(lines, number + 1) >= 2 else 0


def _heads(lines: list[str], number: int) -> int:
    """Return how many lines from this one on are "From: …", blank ones between them included."""
    last, names = 0, set[str]()
    for count, line in enumerate(lines[number : number + 14], start=1):
        found = _HEAD.match(line.strip()[:500])
        if found:
            names.add(found["name"].lower())
            last = count
        elif line.strip() and (not names or not line[:1].isspace()):
            break
    starts = names & (_FROM | {"to", "收件人", "subject", "主题"})
    return last if len(names) >= 2 and starts else 0


def _is_head_of_quote(lines: list[str], number: int, count: int) -> bool:
    """Tell whether "… wrote:" stands before a quotation, or names a date or an address."""
    joined = " ".join(lines[number : number + count])
    after = next((one for one in lines[number + count : number + count + 3] if one.strip()), "")
    return bool(
        _QUOTED.match(after) or _ADDRESS.search(joined) or re.search(r"\d{4}|\d:\d\d", joined)
    )


def _quotation(head: list[str], below: bool) -> tuple[_Quotation, bool]:
    """Return who is quoted, and whether everything below is theirs (it has no marks)."""
    wrote = _WROTE.match(" ".join(one.strip() for one in head))
    if wrote:
        return _wrote(wrote["rest"]), below
    said: dict[str, str] = {}
    for line in head:
        found = _HEAD.match(line.strip())
        if found:
            said.setdefault(found["name"].lower(), found["value"].strip(" *_"))
    sender = next((said[name] for name in said if name in _FROM), "")
    when = next((said[name] for name in said if name in _SENT), "")
    who, address = _who(sender)
    return _Quotation(who, address, when), True


def _wrote(rest: str) -> _Quotation:
    """Take "3 May 2010 at 10:12, Ruth Lin <ruth@…>" apart: the name stands last or first."""
    who, address = _who(rest)
    pieces = [one.strip(" ,，") for one in _BETWEEN.split(who)]
    days = re.compile(r"(?:mon|tue|wed|thu|fri|sat|sun)\w*\.?|[ap]m|", re.IGNORECASE)
    named = [one for one in pieces if not re.search(r"\d", one) and not days.fullmatch(one)]
    name = re.sub(r"^[在于於]\s*", "", named[-1]) if named else ""
    return _Quotation(name, address, who.replace(name, "").strip(" ,，<>") if name else who)


def _who(text: str) -> tuple[str, str]:
    """Return the name and the address of "Ruth Lin <ruth@example.org>"."""
    found = _ADDRESS.search(text)
    address = found["address"] if found else ""
    name = (text[: found.start()] + text[found.end() :]) if found else text
    return name.strip(" \t\"'<>,，;；[]()"), address
