"""A text that is there twice is learnt once."""

import random
import time

from hypothesis import given
from hypothesis import strategies as st

from persona.train.duplicates import first_occurrences

LETTER = (
    "Yesterday the boys and I walked along the river until it was dark and nobody wanted to go "
    "home, so we lit a fire and ate the apples that grandmother had given us."
)


def test_the_same_words_with_other_marks_are_one() -> None:
    assert first_occurrences(["Good night!", "good night", "Good morning"]) == [0, 2]


def test_a_copy_with_a_few_changed_words_is_one() -> None:
    assert first_occurrences([LETTER, LETTER.replace("grandmother", "Granny")]) == [0]


def test_a_part_of_an_earlier_text_is_left_out() -> None:
    assert first_occurrences([LETTER, LETTER[: len(LETTER) // 2]]) == [0]


def test_texts_that_share_a_phrase_both_stay() -> None:
    other = "We walked along the river until noon, then it rained and we read to each other."
    assert first_occurrences([LETTER, other]) == [0, 1]


def test_chinese_copies_are_found() -> None:
    text = "昨天我和孩子们沿着河边走到天黑，谁也不想回家"
    assert first_occurrences([text, text + "。", "今天下雨了"]) == [0, 2]


def test_the_whole_letter_stays_and_its_fragment_goes() -> None:
    assert first_occurrences([LETTER[: len(LETTER) // 2], LETTER]) == [1]


def test_an_edition_that_is_cut_elsewhere_is_found() -> None:
    """Each part of the second edition stands half in one part of the first, half in the next."""
    words = [f"word{at}" for at in range(240)]
    first = [" ".join(words[at : at + 60]) for at in range(0, 240, 60)]
    second = [" ".join(words[at : at + 60]) for at in range(30, 180, 60)]
    assert first_occurrences([*first, *second]) == [0, 1, 2, 3]


def test_short_messages_that_share_a_phrase_both_stay() -> None:
    messages = ["I will be there in five minutes", "I will be there in an hour", "I will be there"]
    assert first_occurrences(messages) == [0, 1, 2]


def test_a_hundred_thousand_messages_take_seconds() -> None:
    chosen = random.Random(1)
    words = [f"w{at}" for at in range(3000)]
    texts = [" ".join(chosen.choices(words, k=chosen.randint(3, 20))) for _ in range(100_000)]
    started = time.process_time()
    kept = first_occurrences([*texts, *texts[:5000]])
    assert time.process_time() - started < 20
    assert 99_000 < len(kept) <= 100_000


@given(st.lists(st.text(alphabet="abc ", max_size=30)))
def test_the_result_repeats_nothing_and_order_is_kept(texts: list[str]) -> None:
    kept = first_occurrences(texts)
    assert kept == sorted(set(kept))
    assert first_occurrences([texts[at] for at in kept]) == list(range(len(kept)))
    assert bool(kept) == bool(texts)
