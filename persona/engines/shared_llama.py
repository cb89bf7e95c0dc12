"""One llama.cpp server for every model on the same file: with adapters, and without.

    weights ─┬─ slot 0: no adapter                 each model keeps a slot of its own, with the
             ├─ slot 1: version 1's at scale 1     state of its own prompt; a request names its
             └─ slot 2: version 2's at scale 1     slot and its adapter, so nothing is mixed

llama.cpp reads adapters when it starts. So a server starts with all models that were opened by
then; one that is opened later makes it start again with the next question, and what the others
had read of their prompts is read once more.
"""

import secrets
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from persona.engines.adapter_gguf import convert_adapter
from persona.engines.processor import prepare_threads
from persona.errors import EngineError

_servers: dict[tuple[Path, int, int], "SharedLlama"] = {}
_servers_lock = threading.Lock()


class Place(NamedTuple):
    """Where a model is served; ``fields`` go into each request."""

    server: Any
    fields: dict[str, Any]


def shared_llama(weights: Path, threads: int, context_tokens: int) -> "SharedLlama":
    """Return the server of a GGUF file; nothing is loaded before it is asked."""
    key = (weights.resolve(), threads, context_tokens)
    with _servers_lock:
        return _servers.setdefault(key, SharedLlama(*key))


class SharedLlama:
    """A server with a slot for each model. ``one_at_a_time`` is held for a whole answer."""

    def __init__(self, weights: Path, threads: int, context_tokens: int) -> None:
        """Remember what to load."""
        self.one_at_a_time = threading.RLock()
        self._key = (weights, threads, context_tokens)
        self._models: dict[int, Path | None] = {}
        self._placed: dict[int, Place] = {}
        self._unfit: dict[int, EngineError] = {}
        self._next = 0

    def join(self, adapter: Path | None) -> int:
        """Take one more model on, and return its number."""
        with _servers_lock:
            self._next += 1
            self._models[self._next] = adapter
            _servers[self._key] = self
            return self._next

    def leave(self, number: int) -> None:
        """Let a model go; the weights go with the last. Waits for an answer under way."""
        with self.one_at_a_time:
            self.forget(number)

    def forget(self, number: int) -> None:
        """Let a model go that nobody holds any more: waits for nothing, so it cannot hang."""
        self._models.pop(number, None)
        self._placed.pop(number, None)
        self._unfit.pop(number, None)
        if not self._models:
            self._placed.clear()
            if _servers.get(self._key) is self:
                del _servers[self._key]

    def place(self, number: int) -> Place:
        """Return where a model is served; call it with ``one_at_a_time`` held.

        Raises:
            EngineError: the file is no model, or the adapter of this model does not fit it.
        """
        if number in self._unfit:
            raise self._unfit[number]
        if number not in self._placed:
            fit = {one: path for one, path in self._models.items() if one not in self._unfit}
            try:
                self._start(fit)
            except EngineError:
                self._start_alone(number)
        return self._placed[number]

    def _start_alone(self, number: int) -> None:
        """Serve one model only: an adapter that does not fit must not take others down with it."""
        try:
            self._start({number: self._models[number]})
        except EngineError as error:
            if self._models[number] is not None:
                self._unfit[number] = error
            raise

    def _start(self, models: dict[int, Path | None]) -> None:
        self._placed.clear()  # frees the server that is there, before another takes its memory
        adapters = list(dict.fromkeys(path for path in models.values() if path is not None))
        # What is learnt from a family does not stay behind in a folder of the machine.
        with tempfile.TemporaryDirectory(prefix="persona-") as scratch:
            files = [self._as_file(path, Path(scratch)) for path in adapters]
            weights, threads, context = self._key
            server = _load(settings(weights, files, threads, context, len(models)), weights)
        for slot, (number, adapter) in enumerate(models.items()):
            scales = [
                {"id": at, "scale": float(path == adapter)} for at, path in enumerate(adapters)
            ]
            self._placed[number] = Place(server, {"id_slot": slot, "lora": scales})

    def _as_file(self, adapter: Path, scratch: Path) -> Path:
        if adapter.is_file():
            return adapter
        converted = scratch / f"{len(list(scratch.iterdir()))}.gguf"
        convert_adapter(adapter, self._key[0], converted)
        return converted


def settings(
    weights: Path, adapters: Sequence[Path], threads: int, context_tokens: int, slots: int
) -> Any:
    """Return what xllamacpp starts a server with: each slot has ``context_tokens``."""
    prepare_threads()
    import xllamacpp

    wanted = xllamacpp.CommonParams()
    wanted.model.path = str(weights)
    wanted.n_ctx, wanted.n_parallel = context_tokens * slots, slots
    for processor in (wanted.cpuparams, wanted.cpuparams_batch):
        processor.n_threads, processor.poll = threads, 0
    wanted.cache_ram_mib = 0  # states of older prompts would come back with other last bits
    wanted.verbosity, wanted.warmup = 0, False
    wanted.api_keys = [secrets.token_hex(16)]
    wanted.endpoint_slots = wanted.endpoint_props = wanted.ui = False
    wanted.lora_adapters = [_adapter(path) for path in adapters]
    return wanted


def _adapter(path: Path) -> Any:
    import xllamacpp

    lora = xllamacpp.CommonAdapterLoraInfo()
    lora.path, lora.scale = str(path), 1.0
    return lora


def _load(wanted: Any, weights: Path) -> Any:
    import xllamacpp

    if not weights.is_file():
        raise EngineError(f"There is no file {weights}. Choose another language_model.")
    try:
        return xllamacpp.Server(wanted)
    except RuntimeError as error:
        fit = ", or the adapter was trained on another model" if wanted.lora_adapters else ""
        raise EngineError(
            f"{weights.name} could not be loaded: it is not a model in the GGUF format{fit}, or "
            "there is too little memory. Close other programs and try again, choose another "
            "language_model in persona.toml, or train again."
        ) from error
