"""Salutations, closings, signatures and media markers are nobody's memory."""

import pytest

from persona.remember.body import body_of, is_fragment, is_noise


@pytest.mark.parametrize(
    ("text", "body"),
    [
        ("DARLING ETHEL:\n\nI loved it.", "I loved it."),
        ("Dear Kermit,\nIt rained.\n\nYour loving father,\nT. R.", "It rained."),
        ("BLESSED KERMIT: It rained all day.", "It rained all day."),
        ("My dear Ruth,\n\nWe sang.\n\nLove,\nDad", "We sang."),
        ("亲爱的露丝：\n我们唱歌。\n爱你的爸爸", "我们唱歌。"),
        ("Dear me, how it rained.", "Dear me, how it rained."),
        ("My boat sank. It was old.", "My boat sank. It was old."),
        ("We sang.", "We sang."),
        ("Love, Dad", "Love, Dad"),
        ("", ""),
    ],
)
def test_body(text: str, body: str) -> None:
    start, end = body_of(text, {"Dad", "T. R.", "Henry"})
    assert text[start:end].strip() == body


@pytest.mark.parametrize(
    "text",
    [
        "<Media omitted>",
        "\u200eimage omitted",
        "IMG-20190101-WA0001.jpg (file attached)",
        "[图片]",
        "[语音通话]",
        "https://example.org/a",
        "CHAPTER IV",
        "Haha!",
        "Ok then",
        "好的",
        "[Illustration: The house]",
    ],
)
def test_noise(text: str) -> None:
    assert is_noise(text)


@pytest.mark.parametrize("text", ["He sang well.", "我们去海边了", "I AM sure of it."])
def test_speech_is_no_noise(text: str) -> None:
    assert not is_noise(text)
    assert not is_fragment(text)
