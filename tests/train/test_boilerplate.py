"""What programs and other people put into a person's messages is learnt from nobody."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from persona.train.boilerplate import is_notice, own_stretches

NOTICES = [
    "<Media omitted>",
    "\u200eimage omitted",
    "sticker omitted",
    "<Medien ausgeschlossen>",
    "IMG-20200101-WA0001.jpg (file attached)",
    "\u200e<attached: 00000012-PHOTO-2020-01-01.jpg>",
    "This message was deleted",
    "You deleted this message.",
    "此消息已被删除",
    "Missed voice call",
    "未接语音通话",
    "[图片]",
    "[语音] 12秒",
    "[链接] 十个长寿的秘密",
    "[Sticker]",
    "你撤回了一条消息",
    "null",
    "https://example.org/a?b=c",
    "www.example.org https://example.org",
    "ruth@example.org",
    'Ruth changed the subject from "Home" to "Farm"',
    "\u200eRuth left",
    "Messages and calls are end-to-end encrypted. No one outside of this chat can read them.",
]
WORDS = [
    "He left",
    "I changed the oil and it left a stain",
    "You deleted my number, did you?",
    "see https://example.org before Sunday",
    "I took a photo of the lambs",
    "The image was omitted by the printer, and I told him so.",
    "Missed calls make me sad",
    "[laughs] yes",
    "我撤回我说过的话",
    "[图片] 你看这朵花",
    "White House, Oct. 2, 1903.",
    "Your loving father",
    "um, well, you know, the boat was… er… hers",
    "Sent the parcel from my office today",
    "From all of us to you: happy birthday!",
]


@pytest.mark.parametrize("text", NOTICES)
def test_a_programs_message_is_nobodys_manner(text: str) -> None:
    assert is_notice(text)
    assert own_stretches(text) == []
    assert own_stretches(f"{text}\nMind the step.") == ["Mind the step."]


@pytest.mark.parametrize("text", WORDS)
def test_his_words_stay_as_they_are(text: str) -> None:
    assert own_stretches(text) == [text]


@pytest.mark.parametrize(
    "below",
    [
        "-- \nHenry Lin\nLin & Sons",
        "Sent from my iPhone",
        "Get Outlook for Android",
        "发自我的iPhone",
        "On Mon, 3 May 2010 at 10:12, Ruth Lin <ruth@example.org> wrote:\n> Did you mend it?",
        "On Monday, 3 May 2010 at 10:12,\nRuth Lin wrote:\nDid you mend it?\nDo tell me.",
        "在 2010年5月3日 10:12，Ruth 写道：\n船修好了吗？",
        "-----Original Message-----\nFrom: Ruth\nDid you mend it?",
        "---------- Forwarded message ---------\nFrom: Sam\nDo you see this?",
        "Begin forwarded message:\n\nDo you see this?",
        "From: Ruth Lin\nSent: Monday\nTo: Henry\nSubject: boat\n\nDid you mend it?",
        "This e-mail and any attachments are confidential and intended for you alone.",
    ],
)
def test_what_stands_below_is_left_out(below: str) -> None:
    assert own_stretches(f"Dear Ruth,\nthe boat floats.\n\n{below}") == [
        "Dear Ruth,\nthe boat floats.\n"
    ]


def test_answers_between_quoted_lines_stay() -> None:
    text = (
        "On 3 May 2010 at 10:12, Ruth wrote:\n> Did you mend it?\nI did.\n> And the sail?\nNot yet."
    )
    assert own_stretches(text) == ["I did.", "Not yet."]


def test_a_letter_that_says_what_somebody_wrote_goes_on() -> None:
    text = "On the 3rd your mother wrote:\nthe lambs are here.\nI was so glad."
    assert own_stretches(text) == [text]


def test_a_memo_that_begins_with_its_heads_keeps_its_body() -> None:
    text = "From: Henry\nTo: Ruth\nDate: 3 May\n\nThe boat floats."
    assert own_stretches(text) == ["\nThe boat floats."]


@given(st.lists(st.sampled_from([*NOTICES, *WORDS, "> no", "-- ", "", "From: a"]), max_size=8))
def test_nothing_is_ever_rewritten(lines: list[str]) -> None:
    text = "\n".join(lines)
    assert all(stretch in text for stretch in own_stretches(text))
