r"""From messages to tokens, with the labels masked outside the person's own words.

    <|im_start|>system … user … <|im_start|>assistant\n  My dear boy, …  <|im_end|> \n
    label: -100 ────────────────────────────────────────  the tokens     end mark   -100

The model learns the words and where they end, and nothing of what others said. Where an
example is too long the prompt loses its beginning, then the reply loses its end (and the end
mark with it, so that nobody learns to stop in mid-sentence).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from persona.errors import TrainError
from persona.train.dataset import Example

if TYPE_CHECKING:
    import torch

MASKED = -100
"""The label that torch's cross entropy leaves out."""

_PLACE = "Where\u2063The\u2063Reply\u2063Stands"
"""Put in place of a reply to see where the template puts it."""


@dataclass(frozen=True)
class Encoded:
    """One example as tokens.

    ``labels`` has the length of ``input_ids``. ``characters`` is the number of characters of the
    person's text that the labels cover; ``end_mark`` says whether the last label is the mark
    that ends a message instead of text.
    """

    input_ids: tuple[int, ...]
    labels: tuple[int, ...]
    characters: int
    end_mark: bool


def encode(example: Example, tokenizer: Any, max_tokens: int) -> Encoded:
    """Return the tokens of ``example``, at most ``max_tokens`` of them.

    Raises:
        TrainError: the base model has no chat template, or one that changes what was said.
    """
    whole, begins = _chat(tokenizer, example)
    reply_end = begins + len(example.reply)
    tokens = tokenizer(whole, add_special_tokens=False, return_offsets_mapping=True)
    ids, offsets = list(tokens["input_ids"]), list(tokens["offset_mapping"])
    first = next(at for at, (start, _) in enumerate(offsets) if start >= begins)
    ends = [at for at, (start, _) in enumerate(offsets) if start >= reply_end]
    stop = ends[0] + 1 if ends else len(ids)
    ids, offsets = ids[:stop], offsets[:stop]
    overlong = len(ids) - max_tokens
    cut = min(max(overlong, 0), max(first - max_tokens // 2, 0))
    ids, offsets, first = ids[cut:][:max_tokens], offsets[cut:][:max_tokens], first - cut
    covered = min(offsets[-1][1], reply_end) - begins
    labels = [MASKED] * first + ids[first:]
    return Encoded(tuple(ids), tuple(labels), covered, offsets[-1][0] >= reply_end)


def _chat(tokenizer: Any, example: Example) -> tuple[str, int]:
    """Return the chat as the model reads it, and where in it the person's words begin.

    The template decides what stands around them: what it puts before them, an empty thought for
    instance, belongs to the prompt.
    """
    system, user, reply = example.messages
    whole = _templated(tokenizer, example.messages)
    twin = _templated(tokenizer, (system, user, {"role": "assistant", "content": _PLACE}))
    begins = twin.find(_PLACE)
    if begins < 0 or whole[: begins + len(reply["content"])] != twin[:begins] + reply["content"]:
        raise TrainError(
            "The chat template of this base model changes the text of a message, so training "
            "would not see the person's own words. Choose another training.base_model."
        )
    return whole, begins


def _templated(tokenizer: Any, messages: Sequence[Any]) -> str:
    """Apply the chat template; where it knows no system message, that one opens the user's."""
    from jinja2 import TemplateError

    system, user, reply = messages
    joined = {"role": "user", "content": f"{system['content']}\n\n{user['content']}"}
    try:
        try:
            return str(tokenizer.apply_chat_template(list(messages), tokenize=False))
        except TemplateError:
            return str(tokenizer.apply_chat_template([joined, reply], tokenize=False))
    except (ValueError, TemplateError) as error:
        raise TrainError(
            "This base model has no chat template. Choose a model that was made for chats as "
            "training.base_model."
        ) from error


def padded(batch: Sequence[Encoded], pad_id: int) -> "dict[str, torch.Tensor]":
    """Return ``input_ids``, ``attention_mask`` and ``labels``, each (examples, longest)."""
    import torch

    width = max(len(encoded.input_ids) for encoded in batch)

    def rows(values: Sequence[Sequence[int]], filler: int) -> torch.Tensor:
        return torch.tensor([[*row, *[filler] * (width - len(row))] for row in values])

    return {
        "input_ids": rows([encoded.input_ids for encoded in batch], pad_id),
        "attention_mask": rows([[1] * len(encoded.input_ids) for encoded in batch], 0),
        "labels": rows([encoded.labels for encoded in batch], MASKED),
    }
