"""A language model that transformers loads: for models and adapters that llama.cpp lacks.

Slower than `language_llama` at writing (four to five times), faster at reading a prompt.

The base is loaded once for all models on the same folder, with an adapter or without
(`persona.engines.shared_torch`): before each answer the adapter is changed, not the base.
"""

import threading
import weakref
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from persona.engines.protocols import Message
from persona.engines.shared_torch import SharedTorch, shared_torch
from persona.errors import EngineError


class TorchModel:
    """A `protocols.LanguageModel` on a transformers folder, optionally with a peft adapter.

    Attributes:
        name: as in persona.toml.
        follows_evidence: whether drafts of it are worth checking.
    """

    def __init__(
        self,
        folder: Path,
        *,
        name: str,
        follows_evidence: bool = True,
        adapter: Path | None = None,
        threads: int = 2,
    ) -> None:
        """Remember what to load: the weights are read when the first question comes.

        Args:
            folder: holds ``config.json``, safetensors and a tokenizer with a chat template.
            name: as in persona.toml.
            follows_evidence: whether drafts of it are worth checking.
            adapter: folder that peft wrote.
            threads: processor threads.
        """
        self.name, self.follows_evidence = name, follows_evidence
        self._adapter = adapter
        self._base: SharedTorch | None = shared_torch(folder, threads, adapter)
        self._forgotten = weakref.finalize(self, self._base.forget, adapter)

    def generate(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int,
        temperature: float,
        seed: int,
        stop: Sequence[str] = (),
    ) -> Iterator[str]:
        """Yield pieces of the answer as they come. Raises `EngineError`."""
        base = self._open()
        from transformers import TextIteratorStreamer

        tokenizer = base.tokenizer(self._adapter)
        streamer = TextIteratorStreamer(tokenizer, skip_prompt=True, skip_special_tokens=True)
        options = {
            "max_new_tokens": max_tokens,
            "do_sample": temperature > 0,
            "streamer": streamer,
            "tokenizer": tokenizer,
        }
        if temperature > 0:
            options |= {"temperature": temperature, "top_k": 40, "top_p": 0.95}
        if stop:
            options["stop_strings"] = list(stop)
        stopped, failures = threading.Event(), list[BaseException]()
        worker = threading.Thread(
            target=self._answer,
            args=(base, messages, seed, options, stopped, failures),
        )
        worker.start()
        try:
            yield from _without_stop((piece for piece in streamer if piece), stop)
        finally:
            stopped.set()
            worker.join()
        if failures and isinstance(failures[0], EngineError):
            raise failures[0]
        if failures:
            raise EngineError(f"The language model {self.name} failed.") from failures[0]

    def choose(self, messages: Sequence[Message], choices: Sequence[str], *, seed: int) -> str:
        """Go on from the last message with one of ``choices``, or with nothing.

        Drawn by the first token of each choice and of the end, as `language_llama` draws.
        Raises `EngineError`.
        """
        base = self._open()
        tokenizer = base.tokenizer(self._adapter)
        import torch

        with base.wearing(self._adapter) as model, torch.inference_mode():
            inputs = tokenizer.apply_chat_template(
                list(messages), continue_final_message=True, return_tensors="pt", return_dict=True
            )
            scores = model(**inputs).logits[0, -1].float()
            firsts = [tokenizer(f" {c}", add_special_tokens=False).input_ids[0] for c in choices]
            drawn = torch.softmax(scores[[*firsts, tokenizer.eos_token_id]] / 0.7, dim=0)
            source = torch.Generator().manual_seed(seed)
            place = int(torch.multinomial(drawn, 1, generator=source))
        return [*choices, ""][place]

    def close(self) -> None:
        """Free the model, and the base with the last model that is on it."""
        base, self._base = self._base, None
        if base is not None:
            self._forgotten.detach()
            base.release(self._adapter)

    def _open(self) -> SharedTorch:
        if self._base is None:
            raise EngineError("The language model was closed. Open it again.")
        return self._base

    def _answer(
        self,
        base: SharedTorch,
        messages: Sequence[Message],
        seed: int,
        options: dict[str, Any],
        stopped: threading.Event,
        failures: list[BaseException],
    ) -> None:
        import torch
        from transformers import StoppingCriteriaList

        def asked_to_stop(ids: Any, *_: Any) -> Any:
            halt = stopped.is_set() or not threading.main_thread().is_alive()
            return torch.full((ids.shape[0],), halt, dtype=torch.bool)

        try:
            with (
                base.wearing(self._adapter) as model,
                torch.random.fork_rng(devices=[]),
                torch.inference_mode(),
            ):
                torch.manual_seed(seed)
                inputs = options["tokenizer"].apply_chat_template(
                    list(messages),
                    add_generation_prompt=True,
                    return_tensors="pt",
                    return_dict=True,
                )
                criteria = StoppingCriteriaList([asked_to_stop])
                model.generate(**inputs, **options, stopping_criteria=criteria)
        except Exception as error:  # noqa: BLE001 - handed to the thread that reads the answer
            failures.append(error)
            options["streamer"].end()


def _without_stop(pieces: Iterator[str], stop: Sequence[str]) -> Iterator[str]:
    """Pass pieces on up to the first stop string, which may be spread over several pieces."""
    held, longest = "", max((len(end) for end in stop), default=0)
    for piece in pieces:
        held += piece
        if cuts := [at for end in stop if (at := held.find(end)) >= 0]:
            yield held[: min(cuts)]
            return
        safe = len(held) - longest + 1 if longest else len(held)
        if safe > 0:
            yield held[:safe]
            held = held[safe:]
    if held:
        yield held
