"""How surprising the person's words are to a model, and what to change so that they are less.

    row ─► decoder ─► hidden states ─ only where his words follow ─► head ─► cross entropy
           LoRA                        (n, hidden)       chunk by chunk       nats

A vocabulary is large: the scores of all tokens of four letters take more memory than the whole
model. So scores are computed at the places where a word of the person follows, `CHUNK` of them
at a time, and each chunk is gone before the next one comes. The sum is the same.
"""

from typing import Any

from persona.train.packing import Row, tensors

CHUNK = 256
"""Places whose scores are held in memory at once."""

_OWN_SCALES = ("final_logit_softcapping", "logits_scaling", "logit_scale", "logits_scale")
"""Settings of models that do more than multiply with their head."""


def learn_from_row(model: Any, row: Row, tokens: int) -> Any:
    """Add the gradients of one row to the adapter's, and return its nats (a scalar tensor).

    Args:
        model: with the adapter that learns.
        row: examples.
        tokens: of the whole batch: the loss is the mean over them.
    """
    if not row.targets:
        return 0.0
    if _scales_scores(model):
        return _learn_whole(model, row, tokens)
    inner = model.get_base_model()
    head = inner.get_output_embeddings()
    states = inner.base_model(**tensors(row, model.device), use_cache=False).last_hidden_state
    places, targets = _places(model, row)
    chosen = states[0, places]
    leaf = chosen.detach().requires_grad_()
    nats = 0.0
    for start in range(0, len(row.targets), CHUNK):
        part = _cross_entropy(head(leaf[start : start + CHUNK]), targets[start : start + CHUNK])
        (part / tokens).backward()
        nats = nats + part.detach()
    chosen.backward(leaf.grad)
    return nats


def _learn_whole(model: Any, row: Row, tokens: int) -> Any:
    places, targets = _places(model, row)
    scores = model.get_base_model()(
        **tensors(row, model.device), logits_to_keep=places, use_cache=False
    ).logits[0]
    nats = _cross_entropy(scores, targets)
    (nats / tokens).backward()
    return nats.detach()


def _scales_scores(model: Any) -> bool:
    config = model.config.get_text_config()
    return any(getattr(config, name, None) not in (None, 1.0) for name in _OWN_SCALES)


def _places(model: Any, row: Row) -> tuple[Any, Any]:
    import torch

    return (
        torch.tensor(row.predicting, device=model.device),
        torch.tensor(row.targets, device=model.device),
    )


def _cross_entropy(scores: Any, targets: Any) -> Any:
    import torch

    return torch.nn.functional.cross_entropy(scores.float(), targets, reduction="sum")
