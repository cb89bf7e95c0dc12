"""Words that were said in confidence: "don't tell your mother", 别告诉妈妈.

A program that repeats such words to the very person who was not to know them does the worst it
can do. Whoever said them asked one person to keep them; whether that still holds, and for whom,
is for somebody of the family to say. So what stands around such words waits until a person has
looked at it, unless the family has already said who may know the original.
"""

import re
from collections.abc import Iterable

from persona.records import Passage

_PERSON = (
    r"(?:(?:your|my|our|his|her|their|the)\s+(?:[a-z]+\s+)?[a-z'’]+|him|her|them|any\s?(?:one|body)"
    r"|no\s?(?:one|body)|any\s+of\s+them|a\s+(?:living\s+)?soul|(?-i:[A-Z])[\w'’-]+)"
)
_NOT = (
    r"(?:do\s*n['’o]?t(?:\s+(?:ever|you(?:\s+dare)?|go))?|never|must(?:\s*n['’o]?t|\s+never)"
    r"|not\s+to|wo\s?n['’]t\s+you|please\s+don['’]?t)"
)
_TELL = (
    r"(?:tell(?:ing)?|let\s+on\s+to|breathe?\s+(?:a\s+word|it|this)\s+to"
    r"|say\s+(?:a\s+word|anything)\s+to)"
)
_PASS_ON = r"(?:pass|hand|show|mention|repeat)\s+(?:(?:it|this|that|these)\s+)?(?:on\s+)?to"
_ENGLISH = re.compile(
    rf"\b{_NOT}\s+(?:to\s+)?(?:{_TELL}|{_PASS_ON})\s+{_PERSON}"
    rf"|\bnot\s+a\s+word\s+(?:of\s+this\s+|about\s+this\s+)?to\s+{_PERSON}"
    r"|\b(?:just\s+|strictly\s+)?between\s+(?:you\s+and\s+(?:me|i)|ourselves|the\s+two\s+of\s+us|us\s+two)(?=\s*(?:[,.;:!—–-]|$))"
    r"|\bkeep\s+(?:it|this|that)\s+(?:all\s+)?(?:to\s+yourself|between\s+us|(?:a\s+)?secret|quiet"
    r"|under\s+your\s+hat|from\s+(?:your|my|him|her|them))\b"
    r"|\bour\s+(?:little\s+)?secret\b|\b(?:in\s+(?:the\s+)?strict(?:est)?"
    r"|(?:tell|told|writ(?:e|ing)|wrote|say|said)\s+(?:you\s+)?(?:this\s+|it\s+)?in)\s+confidence\b"
    r"|\bfor\s+your\s+(?:eyes|ears)\s+only\b"
    r"|\bburn\s+this\s+(?:letter|page|note)\b"
    rf"|\b(?:nobody|no\s+one|{_PERSON})\s+(?:must|is|are)\s+(?:not|never)\s+to\s+know\b"
    r"|\b(?:nobody|no\s+one)\s+must\s+(?:ever\s+)?(?:know|hear|find\s+out)\b"
    r"|\bmust\s*(?:n['’o]?t|never)\s+(?:ever\s+)?(?:know|hear\s+of\s+this|find\s+out)\b",
    re.IGNORECASE,
)
_NO_PERSON = re.compile(
    r"(?i)\b(?:tell|telling|to)\s+(?:(?:my|your|his|her|their|the)\s+(?:\w+\s+)?"
    r"(?:lies?|stor(?:y|ies)|jokes?|truth|tale|time|difference|dogs?|press)\b|lies\b|fibs\b)"
)
_CHINESE = re.compile(
    r"(?:别|不要|不许|不准|千万别|勿|莫|不能|別|不許|不準)(?:再)?(?:去)?(?:告诉|告訴|跟|和|同|对|對|让|讓|给|給)"
    r"(?!我)[^，。！？,.!?]{1,10}?(?:说|讲|提|知道|看|講|說|$|[，。！？,.!?])"
    r"|(?:别|不要|勿|莫|別)(?:往外|外)(?:说|传|讲|說|傳|講)|保密|守口如瓶|你知我知|天知地知"
    r"|(?:我们|咱们|咱|我們|咱們)(?:俩|两个人?|倆|兩個人?)?(?:之间|之間)?的秘密"
    r"|只(?:跟|对|對|和)你(?:一个人|一個人)?(?:说|讲|說|講)|(?:看完|阅后|閱後)(?:就)?(?:烧|燒|焚)"
)


def is_confided(text: str) -> bool:
    """Tell whether words ask whoever hears them to keep something from somebody.

    >>> is_confided("Don't tell your mother about the fall, she has enough to be at.")
    True
    >>> is_confided("He told me never to tell lies.")
    False
    """
    if _CHINESE.search(text):
        return True
    return any(not _NO_PERSON.search(found.group()) for found in _ENGLISH.finditer(text))


def confided(passages: Iterable[Passage]) -> frozenset[str]:
    """Return the passages that were said in confidence, with those next to them in their unit.

    "They are keeping me in." stands before "Don't tell your mother", and is what is meant.
    """
    there = list(passages)
    asked = {(one.source_id, one.unit, one.position) for one in there if is_confided(one.text)}
    return frozenset(
        one.id
        for one in there
        if any((one.source_id, one.unit, one.position + step) in asked for step in (-1, 0, 1))
    )
