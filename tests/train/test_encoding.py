"""Only the person's own words carry labels, whatever the length."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from persona.errors import TrainError
from persona.train.encoding import MASKED, Encoded, encode, padded
from tests.train.material import example

REPLY = "My dear girl, the lambs are here — 三只小羊。"


@pytest.fixture(scope="session")
def tokenizer(tiny_base: Path) -> Any:
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(tiny_base)


def labelled(encoded: Encoded, tokenizer: Any) -> str:
    return str(tokenizer.decode([label for label in encoded.labels if label != MASKED]))


def test_the_labels_decode_to_the_reply_and_its_end(tokenizer: Any) -> None:
    encoded = encode(example(1, REPLY), tokenizer, 512)
    assert labelled(encoded, tokenizer) == f"{REPLY}<|im_end|>"
    assert encoded.characters == len(REPLY)
    assert encoded.end_mark


def test_what_others_said_is_in_the_input_and_masked(tokenizer: Any) -> None:
    encoded = encode(example(1, REPLY), tokenizer, 512)
    assert "Question 1?" in tokenizer.decode(encoded.input_ids)
    assert "Question" not in labelled(encoded, tokenizer)
    masked = [at for at, label in enumerate(encoded.labels) if label == MASKED]
    assert masked == list(range(len(masked)))


def test_a_label_is_its_own_token(tokenizer: Any) -> None:
    encoded = encode(example(1, REPLY), tokenizer, 512)
    pairs = zip(encoded.input_ids, encoded.labels, strict=True)
    assert all(label in (token, MASKED) for token, label in pairs)


def test_a_long_reply_loses_its_end_and_the_end_mark(tokenizer: Any) -> None:
    reply = "Rain again today. " * 20
    encoded = encode(example(1, reply.strip()), tokenizer, 128)
    assert len(encoded.input_ids) == 128
    assert not encoded.end_mark
    assert reply.startswith(labelled(encoded, tokenizer))
    assert encoded.characters == len(labelled(encoded, tokenizer)) > 30


@given(st.text(min_size=1, max_size=120), st.integers(min_value=32, max_value=200))
def test_labels_are_a_beginning_of_the_reply(tokenizer: Any, reply: str, max_tokens: int) -> None:
    encoded = encode(example(1, reply), tokenizer, max_tokens)
    said = labelled(encoded, tokenizer).removesuffix("<|im_end|>")
    assert len(encoded.input_ids) <= max_tokens
    assert said
    assert reply.startswith(said.rstrip("\ufffd"))


def test_rows_are_padded_to_the_longest_and_masked_there(tokenizer: Any) -> None:
    batch = [encode(example(1, reply), tokenizer, 512) for reply in ("Yes.", REPLY)]
    tensors = padded(batch, pad_id=7)
    short, width = len(batch[0].input_ids), len(batch[1].input_ids)
    assert tensors["input_ids"].shape == (2, width)
    assert tensors["input_ids"][0, short:].eq(7).all()
    assert tensors["labels"][0, short:].eq(MASKED).all()
    assert tensors["attention_mask"].sum(dim=1).tolist() == [short, width]


def test_a_base_without_a_chat_template_is_refused(tiny_base: Path) -> None:
    from transformers import AutoTokenizer

    bare = AutoTokenizer.from_pretrained(tiny_base)
    bare.chat_template = None
    with pytest.raises(TrainError, match="no chat template"):
        encode(example(1, "Yes."), bare, 128)


def test_a_template_that_changes_the_words_is_refused(tiny_base: Path) -> None:
    from transformers import AutoTokenizer

    shouting = AutoTokenizer.from_pretrained(tiny_base)
    shouting.chat_template = "{% for m in messages %}{{ m['content'] | upper }}{% endfor %}"
    with pytest.raises(TrainError, match="changes the text"):
        encode(example(1, "Yes."), shouting, 128)


def test_a_template_that_knows_no_system_message_is_respected(tiny_base: Path) -> None:
    from transformers import AutoTokenizer

    plain = AutoTokenizer.from_pretrained(tiny_base)
    no_system = (
        "{% if messages[0]['role'] == 'system' %}{{ raise_exception('no system') }}{% endif %}"
    )
    plain.chat_template = no_system + plain.chat_template
    encoded = encode(example(1, REPLY), plain, 512)
    assert labelled(encoded, plain) == f"{REPLY}<|im_end|>"
    assert "You are Henry.\n\nQuestion 1?" in plain.decode(encoded.input_ids)


def test_what_a_template_puts_before_the_reply_is_not_learnt(tiny_base: Path) -> None:
    """As templates of thinking models do."""
    from transformers import AutoTokenizer

    thinking = AutoTokenizer.from_pretrained(tiny_base)
    thinking.chat_template = (
        "{% for m in messages %}<|im_start|>{{ m['role'] }}\n"
        "{% if m['role'] == 'assistant' %}<think>\n\n</think>\n\n{% endif %}"
        "{{ m['content'] }}<|im_end|>\n{% endfor %}"
    )
    encoded = encode(example(1, "think"), thinking, 512)
    assert labelled(encoded, thinking) == "think<|im_end|>"
    assert "</think>" in thinking.decode(encoded.input_ids)
