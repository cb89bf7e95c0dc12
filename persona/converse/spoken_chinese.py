"""Numbers, dates, times and money as a Chinese speaker reads them aloud.

    1966年3月18日 → 一九六六年三月十八日     £5 → 五英镑     15:30 → 十五点三十分     2个 → 两个

Numerals are those of ``cn2an``. Whatever no rule takes up is left to the voice.
"""

import re
from collections.abc import Callable
from typing import Literal

_SIGNS = "零一二三四五六七八九"
_CURRENCY = {"£": "英镑", "$": "美元", "€": "欧元", "¥": "元", "￥": "元"}
_UNITS = {"km": "公里", "cm": "厘米", "mm": "毫米", "kg": "公斤", "m": "米", "°C": "摄氏度"}
_MEASURES = "个位只条张本次年天岁双把间座件封口块里公斤米块头"
_NUMBER = r"\d{1,3}(?:,\d{3})+|\d+"


def spoken_chinese(text: str) -> str:
    """Return a Chinese text with its numbers written out."""
    for pattern, said in _RULES:
        text = re.sub(pattern, said, text)
    return text


def numerals(number: str) -> str:
    """Return a number in Chinese numerals, 12 → 十二; one too long for words digit by digit."""
    plain = number.replace(",", "")
    if len(plain.split(".")[0]) > 12 or (len(plain) > 1 and plain[0] == "0" and "." not in plain):
        return digits(plain)
    import cn2an  # type: ignore[import-untyped]

    if "." in plain:
        plain = plain.rstrip("0").rstrip(".")
    form: Literal["low"] = "low"
    said = str(cn2an.an2cn(plain, form))
    return said.removeprefix("一") if said.startswith("一十") else said


def digits(number: str) -> str:
    """Return digits one by one, as years and telephone numbers are read."""
    return "".join(_SIGNS[int(sign)] if sign.isdigit() else "" for sign in number)


def _iso_day(found: re.Match[str]) -> str:
    month, day = int(found[2]), int(found[3])
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return found[0]
    return f"{digits(found[1])}年{numerals(str(month))}月{numerals(str(day))}日"


def _clock(found: re.Match[str]) -> str:
    hour, minute = int(found[1]), int(found[2])
    if hour > 24 or minute > 59:
        return found[0]
    said = "两" if hour == 2 else numerals(str(hour))
    if minute == 0:
        return f"{said}点"
    return f"{said}点" + ("零" if minute < 10 else "") + f"{numerals(str(minute))}分"


def _money(found: re.Match[str]) -> str:
    return numerals(found[2]) + (found[3] or "") + _CURRENCY[found[1]]


_Said = Callable[[re.Match[str]], str]
_RULES: tuple[tuple[str, _Said], ...] = (
    (r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?!\d)", _iso_day),
    (r"(\d{4})(?=\s*[-—–至到~～]\s*\d{4}\s*年)", lambda found: digits(found[1])),
    (r"(\d{4})(?=\s*年)", lambda found: digits(found[1])),
    (r"(?<![\w])-(?=\d+(?:\.\d+)?\s?°)", lambda _: "零下"),
    (r"(?<![\d:])(\d{1,2})[:：](\d\d)(?![\d:])", _clock),
    (rf"([£$€¥￥])\s?((?:{_NUMBER})(?:\.\d+)?)\s?([万亿])?", _money),
    (rf"((?:{_NUMBER})(?:\.\d+)?)\s?[%％]", lambda found: "百分之" + numerals(found[1])),
    (
        rf"((?:{_NUMBER})(?:\.\d+)?)\s?({'|'.join(sorted(_UNITS, key=len)[::-1])})(?![A-Za-z])",
        lambda found: numerals(found[1]) + _UNITS[found[2]],
    ),
    (r"(?<!\d)1[3-9]\d{9}(?!\d)|(?<!\d)0\d{2,3}-?\d{7,8}(?!\d)", lambda found: digits(found[0])),
    (rf"(?<![\d.第])2(?=\s?([{_MEASURES}]))", lambda _: "两"),
    (rf"(?<![A-Za-z\d.])(?:{_NUMBER})(?:\.\d+)?(?![A-Za-z])", lambda found: numerals(found[0])),
)
