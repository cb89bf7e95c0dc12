"""Which language a passage is in, as far as its script tells. Unknown stays empty."""

from collections.abc import Sequence

_LATIN = frozenset({"en", "de", "fr", "es", "it", "pt", "nl", "sv", "da", "no", "fi", "pl", "cs"})


def guess_language(text: str, spoken: Sequence[str] = ()) -> str:
    """Return ISO 639-1, or nothing.

    Han characters mean Chinese unless there are kana; Latin letters mean the one language in
    Latin script that these people speak (``spoken``), if there is exactly one.
    """
    letters = [sign for sign in text if sign.isalpha()]
    if not letters:
        return ""
    if any("\u3040" <= sign <= "\u30ff" for sign in letters):
        return "ja"
    if any("\uac00" <= sign <= "\ud7a3" for sign in letters):
        return "ko"
    han = sum("\u4e00" <= sign <= "\u9fff" for sign in letters)
    if han * 2 >= len(letters) - han:  # a Han character says about as much as two letters
        return "zh" if han else ""
    latin = [language for language in spoken if language in _LATIN]
    return latin[0] if len(set(latin)) == 1 else ""
