"""Numbers, ages and years that a telling names, in digits and in words, English and Chinese."""

import re

from persona.records import Memory

_NUMBERS = {
    word: value
    for value, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
        "fifteen sixteen seventeen eighteen nineteen twenty".split()
    )
} | {"thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
NUMBER = (
    r"(?:\d{1,3}|(?:"
    + "|".join(sorted(_NUMBERS, key=len, reverse=True))
    + r")(?:[- ](?:one|two|three|four|five|six|seven|eight|nine))?)"
)
_AGE = re.compile(
    rf"\b(?P<who>I|he|she|[A-Z]\w+|[Mm]y \w+)\s+(?:was|were|am|had just turned|turned)\s+"
    rf"(?:(?:now|then|only|just|not yet|still|nearly|almost|about|barely|scarcely|perhaps)\s+)*"
    rf"(?P<n>{NUMBER})(?=\s*(?:years?\s+(?:old|of age)\b|[,.;:!?—)]|$|-"
    rf"|\s(?:when|and|I|he|she|then|at)\b))"
)
_AT_AGE = re.compile(
    rf"\bat (?:the age of |about |nearly |only )*(?P<n>{NUMBER})(?=\s*(?:years?\s+(?:old|of age)\b"
    rf"|[,.;!?]|$|\s(?:he|I|she)\b))|\baged (?P<m>{NUMBER})\b"
)
_AGE_ZH = re.compile(r"(?P<n>\d{1,2}|[一二三四五六七八九十两]{1,3})岁")
_YEAR = re.compile(
    r"(?<![\d.,-])(1[5-9]\d\d|20\d\d)(?![\d]|[.,]\d)|([一二][一二三四五六七八九〇零]{3})(?=年)"
)


def number_of(word: str) -> int | None:
    """Return the number that a word says ('twenty-three', '11', 十二), or None."""
    if word.isdigit():
        return int(word)
    if all(char in "一二三四五六七八九十两" for char in word):
        digits = {char: value for value, char in enumerate("一二三四五六七八九", 1)} | {"两": 2}
        tens, mark, ones = word.rpartition("十")
        if not mark:
            return digits.get(word)
        return (digits.get(tens, 1)) * 10 + digits.get(ones, 0)
    tens_word, _, ones_word = re.sub(r"[- ]", "-", word.lower()).partition("-")
    value = _NUMBERS.get(tens_word)
    if value is None or not ones_word:
        return value
    ones_value = _NUMBERS.get(ones_word)
    return value + ones_value if value >= 20 and ones_value and ones_value < 10 else value


def ages_of(memory: Memory, narrator_is_subject: bool) -> list[tuple[int, int]]:
    """Return (age, place in the quote) where a memory says how old the subject was."""
    text = re.sub(r"\s", " ", memory.quote)
    found: list[tuple[int, int]] = []
    for match in _AGE.finditer(text):
        own = (match["who"] == "I") == narrator_is_subject
        value = number_of(match["n"].strip())
        if own and value is not None and 1 < value < 100:
            found.append((value, match.start()))
    for match in (*_AT_AGE.finditer(text), *_AGE_ZH.finditer(text)):
        value = number_of((match[1] or match.group(match.lastindex or 1)).strip())
        if value is not None and 1 < value < 100 and not any(a == value for a, _ in found):
            found.append((value, match.start()))
    return found


def years_in(text: str) -> set[int]:
    """Return the years that a text names, in digits or as 一九六二年."""
    digits = str.maketrans("一二三四五六七八九〇零", "12345678900")
    return {int(arabic or hanzi.translate(digits)) for arabic, hanzi in _YEAR.findall(text)}


def ages_in(sentence: str) -> set[int]:
    """Return the ages that a sentence names: 'when he was seven', 七岁."""
    found = set()
    for rule in (_AGE, _AT_AGE, _AGE_ZH):
        for match in rule.finditer(sentence):
            words = match.groupdict().get("n") or match.groupdict().get("m") or ""
            found.add(number_of(words.strip()))
    return {age for age in found if age is not None and 1 < age < 100}


def years_of(memory: Memory) -> set[int]:
    """Return the years that a memory names or that its event has."""
    years = years_in(memory.quote)
    if memory.event_edtf and memory.event_words and memory.event_edtf[:4].isdigit():
        years.add(int(memory.event_edtf[:4]))
    return years
