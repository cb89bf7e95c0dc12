"""Is a sentence a question? People who type on a telephone leave the question mark out."""

import re

_MARKED = re.compile(r"[?？][\"'”’)」』\s]*$")
_AUX = r"(?:do|does|did|are|were|is|was|will|would|can|could|should|have|has)"
_ASKED = r"(?:you|u|ye|he|she|they|we|i|it)"
_UNMARKED = re.compile(
    r"^(?:[\w'’]+[,\s]+){0,2}?"
    rf"(?:(?:what|how|when|where|why|who|which)(?:['’]s|['’]re|\s+{_AUX})(?:\s+{_ASKED})\b"
    rf"|(?:what|how|when|where|why|who)(?:['’]s|\s+{_AUX})\s+(?:your|my|our|his|her|the)\b"
    r"|(?:do|does|did|are|can|could|would|will)\s+(?:you|u|ye)\b)",
    re.IGNORECASE,
)
_UNMARKED_CHINESE = re.compile(
    r"(?:吗|呢|么|沒|什么时候|为什么|怎么样|多少|哪里|哪儿)[。.…~～！!]*$"
)


def is_question(sentence: str, *, typed: bool = False) -> bool:
    """Tell whether a sentence asks.

    Args:
        sentence: without the words around it.
        typed: on a telephone, where question marks are left out: its first words tell, too.

    >>> is_question("Did he laugh?")
    True
    >>> is_question("grandad what do you put in the soda bread, mine came out hard", typed=True)
    True
    >>> is_question("What you said was true.", typed=True)
    False
    """
    if _MARKED.search(sentence):
        return True
    return typed and bool(_UNMARKED.match(sentence) or _UNMARKED_CHINESE.search(sentence))
