"""The embedded language model: a GGUF file run by llama.cpp (xllamacpp), in this process.

Two promises that llama.cpp does not make together:

*   **Speed**: reading a prompt costs seconds, so what does not change within a conversation,
    the system message and the earlier turns, is read once and its state kept (the prefix cache).
*   **The same arguments give the same text.** The state of a token differs in its last bits
    with the batch in which the token was read, and a sampled answer then soon differs. So the
    state is always the same when an answer begins:

        [system][MARK]                        1. read; reuses the kept state if it is there
        [system][turn 1][MARK]                2. one step for each earlier turn, if it is new
        [system][turn 1][question][answer]    3. shares exactly the turns before it with 2.

    The step of the last turn that is known throws away whatever followed it; what is new is
    read in the same batches whether a conversation goes on or is begun anew. A step over what
    is known costs a few milliseconds.

Models on the same file share it (`persona.engines.shared_llama`): one base in memory, a slot and
an adapter for each model.

xllamacpp opens a web server on a random port of this machine whether one wants it or not. It
gets a random key, so that nobody else can ask the model through it.
"""

import contextlib
import json
import queue
import threading
import weakref
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from persona.engines.protocols import Message
from persona.engines.shared_llama import shared_llama
from persona.errors import EngineError

# llama.cpp's own defaults, written down so that a newer one does not change answers.
SAMPLING = {"top_k": 40, "top_p": 0.95, "min_p": 0.05, "repeat_penalty": 1.0}
_MARK: Message = {"role": "user", "content": "\u241f"}  # no message starts with this sign
_SEEDS = 2**32 - 1  # the largest 32-bit number asks llama.cpp for a random seed
_END = object()


class LlamaModel:
    """A `protocols.LanguageModel` on a GGUF file, optionally with a LoRA adapter.

    Attributes:
        name: catalogue name.
        follows_evidence: whether drafts of it are worth checking.
    """

    def __init__(
        self,
        weights: Path,
        *,
        name: str,
        follows_evidence: bool = False,
        adapter: Path | None = None,
        threads: int = 2,
        context_tokens: int = 4096,
    ) -> None:
        """Remember what to load: the weights are read when the first question comes.

        Args:
            weights: the ``.gguf`` file.
            name: catalogue name.
            follows_evidence: whether drafts of it are worth checking.
            adapter: LoRA adapter: a GGUF file, or the folder that peft wrote.
            threads: processor threads.
            context_tokens: length of prompt and answer together.
        """
        self.name, self.follows_evidence = name, follows_evidence
        self._shared = shared_llama(weights, threads, context_tokens)
        self._adapter = adapter
        self._number = self._shared.join(adapter)
        weakref.finalize(self, self._shared.forget, self._number)
        self._one_at_a_time = self._shared.one_at_a_time
        self._server: Any = None
        self._fields: dict[str, Any] = {}
        self._closed = False
        self._kept_prefix: list[Message] = []

    def generate(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int,
        temperature: float,
        seed: int,
        stop: Sequence[str] = (),
    ) -> Iterator[str]:
        """Yield pieces of the answer as they come.

        Closing the iterator stops the model within one token. Always send a system message
        first: without one, chat templates put in their own.

        Raises:
            EngineError: the file is not a usable model, the adapter does not fit it, the
                messages are too long for it, or it was closed.
        """
        request = {
            **SAMPLING,
            "messages": list(messages),
            "max_tokens": max_tokens,
            "temperature": temperature,
            "seed": seed % _SEEDS,
            "stop": list(stop),
            "stream": True,
        }
        pieces: queue.SimpleQueue[Any] = queue.SimpleQueue()
        stopped = threading.Event()
        worker = threading.Thread(target=self._answer, args=(request, pieces, stopped))
        worker.start()
        try:
            while (piece := pieces.get()) is not _END:
                if isinstance(piece, EngineError):
                    raise piece
                yield piece
        finally:
            stopped.set()
            worker.join()

    def choose(self, messages: Sequence[Message], choices: Sequence[str], *, seed: int) -> str:
        """Go on from the last message with one of ``choices``, or with nothing.

        A grammar (GBNF) lets llama.cpp sample from the choices and the end of the answer only.
        Raises `EngineError`.
        """
        said = messages[-1]["content"] if messages else ""
        request = {
            **SAMPLING,
            "messages": list(messages),
            "max_tokens": 64,
            "temperature": 0.7,
            "seed": seed % _SEEDS,
            "grammar": _one_of(choices),
        }
        with self._one_at_a_time:
            self._load_once()
            request["cache_prompt"] = self._keep_prefix(list(messages))
            try:
                answer = self._server.handle_chat_completions(request | self._fields)
            except (RuntimeError, ValueError) as error:
                raise EngineError(f"The language model {self.name} failed: {error}.") from error
        if isinstance(answer, str | bytes):
            answer = json.loads(answer)
        if "error" in answer:
            raise _as_error(answer["error"])
        text = str(answer["choices"][0]["message"]["content"] or "").removeprefix(said).strip()
        return text if text in choices else ""

    def close(self) -> None:
        """Free the model. Waits for an answer under way; a second call does nothing."""
        with self._one_at_a_time:
            self._closed, self._server, self._kept_prefix = True, None, []
        self._shared.leave(self._number)

    def _answer(
        self, request: dict[str, Any], pieces: queue.SimpleQueue[Any], stopped: threading.Event
    ) -> None:
        def receive(event: dict[str, Any]) -> bool:
            """Pass an event on; True asks llama.cpp to stop."""
            if "error" in event:
                pieces.put(_as_error(event["error"]))
                return True
            for choice in event.get("choices", ()):
                if piece := choice["delta"].get("content"):
                    pieces.put(piece)
            # A process that wants to end must not wait for an answer nobody reads.
            return stopped.is_set() or not threading.main_thread().is_alive()

        try:
            with self._one_at_a_time:
                self._load_once()
                request["cache_prompt"] = self._keep_prefix(request["messages"])
                self._server.handle_chat_completions(request | self._fields, receive)
        except EngineError as error:
            pieces.put(error)
        except (RuntimeError, ValueError) as error:
            failure = EngineError(f"The language model {self.name} failed: {error}.")
            failure.__cause__ = error
            pieces.put(failure)
        finally:
            pieces.put(_END)

    def _load_once(self) -> None:
        if self._closed:
            raise EngineError("The language model was closed. Open it again.")
        place = self._shared.place(self._number)
        if place.server is not self._server:
            self._server, self._fields, self._kept_prefix = place.server, place.fields, []

    def _keep_prefix(self, messages: list[Message]) -> bool:
        """Read what stands before the question, or fall back to its state; False: nothing does."""
        if len(messages) < 2 or messages[0]["role"] != "system":
            self._kept_prefix = []
            return False
        ends = _turn_ends(messages)
        kept, self._kept_prefix = self._kept_prefix, []
        known = [end for end in ends if messages[:end] == kept[:end] and end <= len(kept)]
        for end in ends[max(0, len(known) - 1) :]:
            self._read(messages[:end], reuse=bool(known) or end > ends[0])
            self._kept_prefix = messages[:end]
        return True

    def _read(self, prefix: list[Message], *, reuse: bool) -> None:
        answer = self._server.handle_chat_completions(
            {"messages": [*prefix, _MARK], "max_tokens": 1, "cache_prompt": reuse} | self._fields
        )
        if isinstance(answer, str | bytes):
            answer = json.loads(answer)
        if "error" in answer:
            raise _as_error(answer["error"])


def _turn_ends(messages: Sequence[Message]) -> list[int]:
    """Return where the system message and each whole turn before the last question end."""
    asked = max((n for n, one in enumerate(messages) if one["role"] == "user"), default=1)
    answered = (n for n in range(1, asked) if messages[n]["role"] == "assistant")
    return [1, *(place + 1 for place in answered)]


def _one_of(choices: Sequence[str]) -> str:
    """Return the grammar of one choice, with the space before it, or nothing."""
    texts = " | ".join(json.dumps(f" {choice}", ensure_ascii=False) for choice in choices)
    return f"root ::= ({texts})?"


def _as_error(described: dict[str, Any]) -> EngineError:
    if described.get("type") == "exceed_context_size_error":
        asked, room = described.get("n_prompt_tokens"), described.get("n_ctx")
        return EngineError(
            f"The question and its evidence are too long for this language model ({asked} of "
            f"{room} tokens). Lower evidence_limit under [conversation] in persona.toml."
        )
    with contextlib.suppress(KeyError):
        return EngineError(f"The language model refused: {described['message']}.")
    return EngineError("The language model failed without saying why. Try again.")
