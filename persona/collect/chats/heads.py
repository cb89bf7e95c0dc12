"""The heads of messages in text exports, "30/01/19, 20:49 - " or "[30.01.19, 20:49:11] ".

    day      1/30/19   30.01.2019   2019-01-30   2019年1月30日   30. 1. 2019   30/1/2562 (Thai era)
    clock    20:49   20.49   20:49:11   20 h 49   8:49 PM   8:49 p. m.   下午8:49   오후 8:49

Digits of any script count. The order of day and month is not in the file: it is found over the
whole of it. A number above 12 decides, else the order in which the messages stay in time order.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise

from persona.collect.chats.messages import MARKS

SPACES = r"[ \u00a0\u202f\u2009]"
_BEFORE_NOON = ("a", "上午", "凌晨", "清晨", "早上", "早晨", "午前", "오전", "öö", "sa", "ص", "πμ")
_AFTER_NOON = ("p", "下午", "晚上", "傍晚", "午後", "오후", "ös", "ch", "م", "μμ", "中午")
_HALF = (
    rf"[ap]\.?{SPACES}?m\b\.?|上午|下午|凌晨|清晨|早上|早晨|中午|傍晚|晚上|午前|午後|오전|오후"
    r"|ÖÖ|ÖS|SA|CH|ص|م|[πμ]\.?μ\.?"
)
_DAY = (
    rf"(?P<a>\d{{1,4}}){SPACES}?(?P<mark>[./\-年년]){SPACES}?(?P<b>\d{{1,2}})"
    rf"{SPACES}?[./\-月월]{SPACES}?(?P<c>\d{{1,4}})[日일]?\.?"
)
_CLOCK = (
    rf"(?P<before>{_HALF})?{SPACES}?(?P<hour>\d{{1,2}})(?:[:.]|{SPACES}h{SPACES})(?P<minute>\d{{2}})"
    rf"(?:[:.](?P<second>\d{{2}}))?{SPACES}?(?P<after>{_HALF})?"
)
_BETWEEN = rf"[,،，、]?{SPACES}*(?:(?:à|às|as|at|um|klo|kl\.|om|ore|alle|a las|o){SPACES}+)?"
_IN_BRACKETS = re.compile(rf"\[{_DAY}{_BETWEEN}{_CLOCK}\]{SPACES}?", re.IGNORECASE)
_WITH_DASH = re.compile(
    rf"{_DAY}{_BETWEEN}{_CLOCK}(?:{SPACES}Uhr)?{SPACES}[-–]{SPACES}", re.IGNORECASE
)
_ALONE = re.compile(rf"{_DAY}(?:{_BETWEEN}{_CLOCK}(?:\.\d+)?)?", re.IGNORECASE)
_BEFORE_NAME = re.compile(rf"{_DAY}{_BETWEEN}{_CLOCK}{SPACES}+(?P<name>\S.*)", re.IGNORECASE)
_AFTER_NAME = re.compile(rf"(?P<name>\S.*?){SPACES}+{_DAY}{_BETWEEN}{_CLOCK}", re.IGNORECASE)
_ORDERS = {"dmy": (2, 1, 0), "mdy": (2, 0, 1), "ymd": (0, 1, 2)}
_ONE_DAY = timedelta(days=1)
_BUDDHIST_ERA = 543


@dataclass(frozen=True, slots=True)
class WrittenDay:
    """The three numbers of a date as they stand in the export."""

    numbers: tuple[int, int, int]
    year_first: bool
    dotted: bool


@dataclass(frozen=True, slots=True)
class Head:
    """When a message was sent, as the export writes it, and where its words begin on the line."""

    day: WrittenDay
    clock: time
    words: str
    end: int


@dataclass(frozen=True)
class DateOrder:
    """How dates of a file are read, and whether the file itself proves it."""

    order: str
    sure: bool

    def date(self, day: WrittenDay) -> date:
        """Return the date that is meant. Raises ValueError when it does not exist."""
        return _date(day.numbers, "ymd" if day.year_first else self.order)

    def moment(self, head: Head) -> datetime | None:
        """Return when a message was sent, by the telephone's clock; None: no such day."""
        try:
            return datetime.combine(self.date(head.day), head.clock)
        except ValueError:
            return None


YEAR_FIRST = DateOrder("ymd", True)


def read_head(line: str) -> Head | None:
    """Return the head with which a line begins; None: it goes on with the message before."""
    first = line[:1]
    skipped = 0
    if first in MARKS:
        skipped = len(line) - len(line.lstrip(MARKS))
        first = line[skipped : skipped + 1]
    if first == "[":
        match = _IN_BRACKETS.match(line, skipped)
    elif first.isdigit():
        match = _WITH_DASH.match(line, skipped)
    else:
        return None
    return _head(match, skipped) if match is not None else None


def read_moment(words: str) -> Head | None:
    """Return the date and the clock that stand alone in a cell, in any of the forms above."""
    match = _ALONE.fullmatch(words.strip(MARKS + " "))
    return _head(match, 0) if match is not None else None


def read_named_head(line: str) -> tuple[Head, str] | None:
    """Return the head and the name that stand alone on a line, in either order."""
    bare = line.strip(MARKS + " \t\r")
    for form in (_BEFORE_NAME, _AFTER_NAME):
        match = form.fullmatch(bare)
        if match is not None:
            head = _head(match, 0)
            return (head, match["name"].strip(MARKS + " ")) if head else None
    return None


def _head(match: re.Match[str], skipped: int) -> Head | None:
    a, mark, b, c, before, hour, minute, second, after = match.group(
        "a", "mark", "b", "c", "before", "hour", "minute", "second", "after"
    )
    clock = _clock(hour or "0", minute or "0", second, (before or after or ""))
    day = _day(a, mark, b, c)
    if clock is None or day is None:
        return None
    words = match.string[skipped : match.end()].strip(" -–[]\u00a0\u202f")
    return Head(day, clock, words, match.end())


@lru_cache(maxsize=4096)
def _day(a: str, mark: str, b: str, c: str) -> WrittenDay | None:
    if len(a) == 3 or len(c) == 3 or (len(a) == 4 and len(c) == 4):
        return None
    return WrittenDay((int(a), int(b), int(c)), len(a) == 4, mark == ".")


@lru_cache(maxsize=4096)
def _clock(hour: str, minute: str, second: str | None, half: str) -> time | None:
    number, half = int(hour), half.casefold().replace(".", "")
    if half.startswith(_AFTER_NOON):
        number += 12 if number < 12 and not (half == "中午" and number == 11) else 0
    elif half.startswith(_BEFORE_NOON) and number == 12:
        number = 0
    if number > 23 or int(minute) > 59:
        return None
    return time(number, int(minute), min(59, int(second or 0)))


@lru_cache(maxsize=8192)
def _date(numbers: tuple[int, int, int], order: str) -> date:
    year, month, day = (numbers[place] for place in _ORDERS[order])
    if year < 100:
        year += 2000
    return date(year - _BUDDHIST_ERA if year > 2400 else year, month, day)


def find_order(days: Sequence[WrittenDay], day_first: bool | None = None) -> DateOrder:
    """Find the order of day, month and year over a whole file.

    Args:
        days: the days of all messages in the order of the file.
        day_first: what the family says, used only where the file does not tell.
    """
    told = [day for day in days if day.year_first]
    days = [day for day in days if not day.year_first]
    if told and not days:
        return YEAR_FIRST
    possible = [order for order in ("dmy", "mdy") if not _impossible(days, order)]
    short_years = not _impossible(days, "ymd")
    if not possible and short_years:
        return DateOrder("ymd", True)
    if not possible:  # some lines are damaged: the order that breaks fewer
        orders = sorted(("dmy", "mdy"), key=lambda order: _impossible(days, order))
        return DateOrder(orders[0], False)
    backward = {order: _steps_back(days, order) for order in possible}
    fewest = min(backward.values())
    if fewest and short_years and _steps_back(days, "ymd") < fewest:
        return DateOrder("ymd", True)
    if len(possible) == 1 or all(day.dotted for day in days):
        return DateOrder(possible[0], bool(days))
    best = [order for order in possible if backward[order] == fewest]
    if len(best) == 1:
        return DateOrder(best[0], True)
    wanted = "dmy" if day_first is None or day_first else "mdy"
    return DateOrder(wanted if wanted in best else best[0], day_first is not None)


def _impossible(days: Sequence[WrittenDay], order: str) -> int:
    """Count the days that do not exist in this order."""
    broken = 0
    for day in days:
        try:
            _date(day.numbers, order)
        except ValueError:
            broken += 1
    return broken


def _steps_back(days: Sequence[WrittenDay], order: str) -> int:
    """Count how often time runs backwards by more than a day in this order."""
    dates = [_date(day.numbers, order) for day in days]
    return sum(later < earlier - _ONE_DAY for earlier, later in pairwise(dates))
