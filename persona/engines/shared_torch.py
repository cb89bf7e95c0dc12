"""One base model in memory for every adapter that was trained on it (peft's hot-swap).

    base ─┬─ no adapter        the language model for listeners that nobody trained for
          ├─ version 1's       `wearing` changes the adapter: some milliseconds, no weights read
          └─ version 2's

Whoever asks for the same folder gets the same base, so that two versions can be compared, or a
version served to two kinds of listeners, in the memory of one. One answers at a time. An adapter
is removed with the last model that wears it, and the base with the last model of all.
"""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

from persona.engines.adapter_base import check_base
from persona.engines.processor import prepare_threads
from persona.errors import EngineError

_bases: dict[tuple[Path, int], "SharedTorch"] = {}
_bases_lock = threading.Lock()


def shared_torch(folder: Path, threads: int, adapter: Path | None = None) -> "SharedTorch":
    """Return the base in ``folder`` for one more model; nothing is loaded before it is asked.

    Args:
        folder: holds ``config.json``, safetensors and a tokenizer.
        threads: processor threads.
        adapter: what this model will wear.
    """
    key = (folder.resolve(), threads)
    with _bases_lock:
        base = _bases.setdefault(key, SharedTorch(*key))
        base.users[adapter] += 1
        return base


class SharedTorch:
    """A loaded base with the adapters that are in use. ``users``: models by what they wear."""

    def __init__(self, folder: Path, threads: int) -> None:
        """Remember what to load."""
        self.users: Counter[Path | None] = Counter()
        self._folder, self._threads = folder, threads
        self._lock = threading.RLock()
        self._model: Any = None
        self._tokenizer: Any = None
        self._worn: dict[Path | None, str] = {}
        self._count = 0

    @contextmanager
    def wearing(self, adapter: Path | None) -> Iterator[Any]:
        """Give out the model with ``adapter`` on, or with none, to one caller at a time.

        Raises:
            EngineError: the base or the adapter cannot be loaded, or do not belong together.
        """
        with self._lock:
            self._load()
            if adapter is not None:
                self._model.set_adapter(self._named(adapter))
            bare = adapter is None and bool(self._worn)
            with self._model.disable_adapter() if bare else nullcontext():
                yield self._model

    def tokenizer(self, adapter: Path | None) -> Any:
        """Return the tokenizer; the model is loaded now if it was not. Raises `EngineError`."""
        with self._lock:
            self._load()
            if adapter is not None:
                self._named(adapter)
            return self._tokenizer

    def release(self, adapter: Path | None) -> None:
        """Tell that one model is closed: waits for an answer under way."""
        with self._lock:
            self.forget(adapter)
            if adapter in self._worn and not self.users[adapter] and len(self._worn) > 1:
                self._take_off(adapter)

    def forget(self, adapter: Path | None) -> None:
        """Count one model less; the base goes with the last. Waits for nothing."""
        self.users[adapter] -= 1
        if self.users.total() == 0:
            _bases.pop((self._folder, self._threads), None)
            self._empty()

    def _take_off(self, adapter: Path | None) -> None:
        remaining = next(worn for worn in self._worn if worn != adapter)
        self._model.set_adapter(self._worn[remaining])
        self._model.delete_adapter(self._worn.pop(adapter))

    def _empty(self) -> None:
        self._model = self._tokenizer = None
        self._worn.clear()

    def _load(self) -> None:
        if self._model is not None:
            return
        prepare_threads()
        import torch
        from transformers import AutoModelForCausalLM, AutoTokenizer

        torch.set_num_threads(self._threads)
        try:
            self._tokenizer = AutoTokenizer.from_pretrained(self._folder, local_files_only=True)
            model = AutoModelForCausalLM.from_pretrained(
                self._folder, dtype=torch.bfloat16, local_files_only=True
            )
        except (OSError, ValueError, KeyError, RuntimeError) as error:
            raise EngineError(
                f"{self._folder} holds no language model that can be loaded. Choose another "
                "language_model in persona.toml."
            ) from error
        self._model = model.eval()

    def _named(self, adapter: Path) -> str:
        """Return the name under which an adapter is loaded; it is loaded now if it was not."""
        if adapter in self._worn:
            return self._worn[adapter]
        check_base(adapter, self._folder)
        self._count += 1
        name = f"adapter_{self._count}"
        try:
            self._add(adapter, name)
        except _adapter_errors() as error:
            self._empty()  # half an adapter may be in it: the next question loads it anew
            raise EngineError(
                f"The adapter in {adapter} is damaged, or was trained on another model than "
                f"{self._folder}. Restore it from a backup, or train again."
            ) from error
        self._worn[adapter] = name
        return name

    def _add(self, adapter: Path, name: str) -> None:
        from peft import PeftModel

        if isinstance(self._model, PeftModel):
            self._model.load_adapter(adapter, name)
        else:
            wrapped = PeftModel.from_pretrained(self._model, adapter, adapter_name=name)
            self._model = wrapped.eval()


def _adapter_errors() -> tuple[type[Exception], ...]:
    from safetensors import SafetensorError

    return (OSError, ValueError, KeyError, TypeError, RuntimeError, SafetensorError)
