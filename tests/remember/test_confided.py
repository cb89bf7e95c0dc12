"""What somebody asked to keep from somebody is told to nobody before a person has looked."""

import pytest

from persona.remember.confided import confided, is_confided
from tests.remember.archive import make_passage, make_source


@pytest.mark.parametrize(
    "words",
    [
        "Don't tell your mother about the fall, she has enough to be at",
        "Please do not tell Aoife that I sold the boat.",
        "You mustn't tell anyone, least of all the girls.",
        "He made Sean promise never to tell Aoife.",
        "Don’t breathe a word to your father.",
        "Not a word to Bridie!",
        "Between you and me, the shop is finished.",
        "Keep this to yourself, pet.",
        "This is our little secret.",
        "I write this in confidence.",
        "Burn this letter when you have read it.",
        "Your sister must never know.",
        "Nobody must ever know what the doctor said.",
        "don't pass this on to Aoife",
        "Don't let on to him that I paid.",
        "别告诉你妈。",
        "这件事千万别跟姐姐说。",
        "不要让奶奶知道。",
        "這件事別告訴爸爸",
        "你要替我保密。",
        "这是我们俩的秘密。",
        "我只跟你一个人说，看完就烧。",
    ],
)
def test_words_said_in_confidence(words: str) -> None:
    assert is_confided(words)


@pytest.mark.parametrize(
    "words",
    [
        "He told me never to tell lies.",
        "I cannot tell you how glad I was.",
        "Don't tell me you forgot the dog.",
        "Tell your mother I am well.",
        "Never tell a joke twice, your grandfather said.",
        "You must know that the tomatoes failed.",
        "There was a secret door in the church, we all knew of it.",
        "The difference between you and your brother is the nose.",
        "I did not mention the weather.",
        "Do not tell the story of the goat again.",
        "You must not give it to anybody who takes sugar in soup.",
        "He would silence the tongues of those whom he talked to in confidence.",
        "There was a community of feeling between ourselves and the great commonwealth.",
        "She kept it quiet in the room for the baby.",
        "告诉你妈我很好。",
        "别告诉我你忘了。",
        "我跟你说，那天真冷。",
    ],
)
def test_words_that_anybody_may_hear(words: str) -> None:
    assert not is_confided(words)


def test_what_stands_next_to_the_request_is_meant_by_it() -> None:
    lines = ["Good morning.", "They keep me in.", "Don't tell your mother.", "I won't.", "Bye."]
    chat = make_source("chat", narrator="henry")
    passages = [
        make_passage(chat, text, position=place, unit="2016-01-14")
        for place, text in enumerate(lines)
    ]
    other = make_passage(chat, "Rain again.", position=3, unit="2016-01-15")
    assert confided([*passages, other]) == {one.id for one in passages[1:4]}
