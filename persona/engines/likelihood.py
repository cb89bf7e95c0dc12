"""How likely a model finds a text, token by token, with one adapter, another, or none.

    prefix ──► base (+ adapter) ──► ln p(token | what stands before), one number a token

This is measured, never said: nothing here writes text. The base is loaded once and the adapters
lie beside it, so that with and without differ by the adapter and nothing else.
"""

import copy
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import numpy as np

from persona.engines.processor import prepare_threads
from persona.engines.protocols import FloatArray
from persona.errors import EngineError

BATCH_TOKENS = 1024
"""Tokens that are measured at once: bounds the memory of a vocabulary for each of them."""


@dataclass(frozen=True)
class TokenScores:
    """What each scored token of one text cost, in nats.

    ``log_p`` is ln p(token | before); ``mean`` and ``deviation`` are those of ln p over the whole
    vocabulary at the same place, which Min-K%++ needs. All have the shape (scored tokens,).
    """

    log_p: FloatArray
    mean: FloatArray
    deviation: FloatArray


class Likelihood:
    """A base model with adapters, asked only how likely texts are."""

    def __init__(
        self,
        base: Path,
        adapters: Mapping[str, Path],
        *,
        precision: Literal["bf16", "fp32"] = "bf16",
        threads: int = 2,
    ) -> None:
        """Remember what to load: the weights are read when the first text comes.

        Args:
            base: folder of a transformers model.
            adapters: folders that peft wrote, by the names used in `score`.
            precision: of the base weights, as the adapters were trained on them.
            threads: processor threads.
        """
        self._base, self._adapters = base, dict(adapters)
        self._precision, self._threads = precision, threads

    @cached_property
    def tokenizer(self) -> Any:
        """The tokenizer of the base. Raises `EngineError`."""
        prepare_threads()
        from transformers import AutoTokenizer

        with _library_errors(self._base):
            return AutoTokenizer.from_pretrained(self._base, local_files_only=True)

    def score(
        self, rows: Sequence[tuple[Sequence[int], int]], *, adapter: str | None
    ) -> list[TokenScores]:
        """Return what each token from a place on cost.

        Args:
            rows: token ids, and the place of the first token that is scored (at least 1).
            adapter: which adapter is on; None: the base alone.

        Raises:
            EngineError: the model or the adapter cannot be loaded, or there is no memory left.
        """
        order = sorted(range(len(rows)), key=lambda at: len(rows[at][0]))
        found: dict[int, TokenScores] = {}
        with self._asked(adapter) as model:
            for batch in _batches(order, [len(ids) for ids, _ in rows]):
                scores = _score_batch(model, [rows[at] for at in batch], self._pad_id)
                found.update(zip(batch, scores, strict=True))
        return [found[at] for at in range(len(rows))]

    def endings(
        self, prefix: Sequence[int], endings: Sequence[Sequence[int]], *, adapter: str | None
    ) -> FloatArray:
        """Return ln p of each ending after one prefix, which is read once: (endings,).

        Raises:
            EngineError: as `score`; or the prefix or an ending is empty.
        """
        if not prefix or not all(endings):
            raise EngineError("There is nothing to measure: a text is empty.")
        found = np.zeros(len(endings), dtype=np.float32)
        with self._asked(adapter) as model:
            read = _read_prefix(model, prefix)
            for part in _alike(endings):
                found[part] = _score_endings(model, read, [endings[at] for at in part])
        return found

    def close(self) -> None:
        """Free the model."""
        self.__dict__.pop("_model", None)

    @property
    def _pad_id(self) -> int:
        return int(self.tokenizer.pad_token_id or 0)

    @contextmanager
    def _asked(self, adapter: str | None) -> Iterator[Any]:
        import torch

        with _library_errors(self._base):
            model = self._model
            if adapter is not None:
                model.set_adapter(adapter)
            bare = self._adapters and adapter is None
            with torch.inference_mode(), model.disable_adapter() if bare else nullcontext():
                yield model

    @cached_property
    def _model(self) -> Any:
        prepare_threads()
        import torch
        from transformers import AutoModelForCausalLM
        from transformers.utils import logging as library_logging

        library_logging.disable_progress_bar()
        torch.set_num_threads(self._threads)
        dtype = {"bf16": torch.bfloat16, "fp32": torch.float32}[self._precision]
        model = AutoModelForCausalLM.from_pretrained(self._base, dtype=dtype, local_files_only=True)
        if self._adapters:
            model = _with_adapters(model, self._adapters)
        return model.eval()


def _with_adapters(model: Any, adapters: Mapping[str, Path]) -> Any:
    from peft import PeftModel

    (name, folder), *others = adapters.items()
    with warnings.catch_warnings():
        # peft still asks transformers for an attribute by its old name
        warnings.filterwarnings("ignore", "`is_gradient_checkpointing`", FutureWarning)
        model = PeftModel.from_pretrained(model, folder, adapter_name=name)
        for other, place in others:
            model.load_adapter(place, adapter_name=other)
    return model


def _batches(order: Sequence[int], lengths: Sequence[int]) -> Iterator[list[int]]:
    """Yield positions in batches of at most `BATCH_TOKENS` tokens, padding included."""
    batch: list[int] = []
    for at in order:
        if batch and (len(batch) + 1) * lengths[at] > BATCH_TOKENS:
            yield batch
            batch = []
        batch.append(at)
    if batch:
        yield batch


def _score_batch(
    model: Any, rows: Sequence[tuple[Sequence[int], int]], pad_id: int
) -> list[TokenScores]:
    ids, mask = _padded([ids for ids, _ in rows], pad_id)
    logits = model(input_ids=ids, attention_mask=mask).logits
    return [
        _token_scores(logits[row, first - 1 : len(tokens) - 1], ids[row, first : len(tokens)])
        for row, (tokens, first) in enumerate(rows)
    ]


def _token_scores(logits: Any, labels: Any) -> TokenScores:
    """Return the scores of one text from logits (scored, vocabulary) and labels (scored,)."""
    log_p = logits.float().log_softmax(-1)
    p = log_p.exp()
    mean = (p * log_p).sum(-1)
    spread = ((p * log_p.square()).sum(-1) - mean.square()).clamp(min=0).sqrt()
    said = log_p.gather(-1, labels[:, None])[:, 0]
    return TokenScores(said.numpy(), mean.numpy(), spread.numpy())


def _read_prefix(model: Any, prefix: Sequence[int]) -> tuple[Any, Any]:
    """Return ln p of every first token of an ending (vocabulary,), and the cache of the prefix."""
    import torch

    read = model(input_ids=torch.tensor([list(prefix)]), use_cache=True)
    return read.logits[0, -1].float().log_softmax(-1), read.past_key_values


def _alike(endings: Sequence[Sequence[int]]) -> Iterator[list[int]]:
    """Yield positions of endings of one length, a batch at a time: nothing is padded."""
    lengths: dict[int, list[int]] = {}
    for at, ending in enumerate(endings):
        lengths.setdefault(len(ending), []).append(at)
    for length, places in sorted(lengths.items()):
        size = max(1, BATCH_TOKENS // length)
        yield from (places[start : start + size] for start in range(0, len(places), size))


def _score_endings(
    model: Any, read: tuple[Any, Any], endings: Sequence[Sequence[int]]
) -> FloatArray:
    """Return ln p of endings of one length; what follows the last token is not asked."""
    import torch

    first, cache = read
    ids = torch.tensor([list(ending) for ending in endings])
    cost = first[ids[:, 0]]
    if ids.shape[1] > 1:
        cache = copy.deepcopy(cache)  # the model writes on in it
        cache.batch_repeat_interleave(len(endings))
        logits = model(input_ids=ids[:, :-1], past_key_values=cache).logits.float()
        said = logits.gather(-1, ids[:, 1:, None])[..., 0] - logits.logsumexp(-1)
        cost = cost + said.sum(-1)
    scored: FloatArray = cost.numpy()
    return scored


def _padded(rows: Sequence[Sequence[int]], pad_id: int) -> tuple[Any, Any]:
    """Return token ids and mask, each (rows, longest), filled on the right."""
    import torch

    width = max(len(row) for row in rows)
    ids = torch.tensor([[*row, *[pad_id] * (width - len(row))] for row in rows])
    mask = torch.tensor([[1] * len(row) + [0] * (width - len(row)) for row in rows])
    return ids, mask


@contextmanager
def _library_errors(base: Path) -> Iterator[None]:
    """Turn errors of the model library into sentences."""
    from safetensors import SafetensorError

    try:
        yield
    except EngineError:
        raise
    except MemoryError as error:
        raise EngineError(
            "There is not enough memory to measure this version. Close other programs, then run "
            "it again: it goes on where it stopped."
        ) from error
    except (OSError, ValueError, KeyError, RuntimeError, SafetensorError) as error:
        raise EngineError(
            f"The model in {base.name} or its adapter cannot be used for measuring. The adapter "
            "may have been trained on another model, or a file is damaged: persona verify says."
        ) from error
