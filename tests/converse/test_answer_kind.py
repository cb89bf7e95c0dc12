"""What cannot be an answer to a question, whatever words it holds."""

import pytest

from persona.converse.answer_kind import about_him, fits


@pytest.mark.parametrize(
    ("question", "yes", "no"),
    [
        ("How many tickets did you buy?", "I bought eleven of them.", "I bought some tickets."),
        ("How many cousins did you have?", "I had nine cousins.", "She knew every star."),
        ("What time did you get up?", "I got up at five.", "He tapped it three times."),
        ("你几点起床？", "天亮就起。", "他敲了三次。"),
        ("When did you leave?", "I left in May.", "I left with a heavy heart."),
        ("How tall were you?", "I was six feet in my socks.", "The tall trees were full."),
        ("What was your favourite colour?", "I liked green best.", "All the food is one colour."),
        ("What colour was the boat?", "The boat was green.", "The boat had a colour."),
        ("How much did it cost?", "It cost four thousand pounds.", "The shop was dear to us."),
        ("Who taught you?", "Old Pang taught me.", "It was taught in a kitchen."),
        ("What was the name of your dog?", "We called the dog Skip.", "a dog barked all night"),
        ("What was the cat called?", "The cat, Bosun, slept.", "the cat slept all day"),
        ("什么时候离开的？", "那年我十六岁。", "我就这样走了。"),
        ("你一共买了多少张票？", "买了十一张。", "票买了。"),
        ("谁教你做饭？", "庞师傅教我的。", "在船上学会做饭。"),
        ("谁来敲门？", "邻居来敲门要吃。", "半夜敲门要吃。"),
    ],
)
def test_what_is_asked_for_must_be_there(question: str, yes: str, no: str) -> None:
    assert fits(question, yes)
    assert not fits(question, no)


def test_other_questions_ask_for_no_kind() -> None:
    assert fits("What about the bees?", "")
    assert fits("Tell me about the sea.", "anything")


def test_what_is_asked_of_him_is_told_of_him() -> None:
    ghost = "Macbeth did not welcome the ghost of Banquo."
    assert not about_him("Did you believe in ghosts?", ghost, own=True)
    assert about_him("Did you believe in ghosts?", "I never saw a ghost.", own=True)
    assert about_him("Did you believe in ghosts?", "He feared ghosts.", own=False)
    assert about_him("How do you make broth?", "Hit the ginger, cover it.", own=True)
    assert about_him("Did you believe in ghosts?", "不信鬼。", own=True), "Chinese leaves 'I' out"


def test_a_woman_is_told_of_as_she() -> None:
    told = "She kept a jar of foreign coins under the stairs."
    assert about_him("What did you keep under the stairs?", told, own=False)
    assert about_him("What did they give you?", "Everybody brought her a hat.", own=False)
