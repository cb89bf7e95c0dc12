"""Reads the tensors of a PyTorch file without PyTorch: numbers only, nothing can be run.

    zip ── data.pkl   names and shapes, pickled      ─▶ {name: array}
        └─ data/N     the numbers of one tensor

A pickle can call anything. This reader knows four names, all of which only build plain values, and
refuses every other (as ``torch.load(weights_only=True)`` does); starting PyTorch would take longer
than marking a whole answer.
"""

import io
import pickle
import zipfile
from collections import OrderedDict
from pathlib import Path
from typing import Any

import numpy as np

from persona.engines.protocols import FloatArray
from persona.errors import EngineError

_NUMBERS = {"FloatStorage": np.float32, "LongStorage": np.int64}


def read_tensors(path: Path) -> dict[str, FloatArray]:
    """Return the tensors under ``model`` of a file that ``torch.save`` wrote, by name.

    Raises:
        EngineError: it is damaged, or holds anything but tensors and plain values.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            listing = next(name for name in archive.namelist() if name.endswith("/data.pkl"))
            reader = _Numbers(io.BytesIO(archive.read(listing)), archive, listing[:-8])
            tensors = reader.load()["model"]
            return {
                str(name): np.asarray(tensor, dtype=np.float32) for name, tensor in tensors.items()
            }
    except (OSError, ValueError, TypeError, LookupError, AttributeError, EOFError) as error:
        raise EngineError(f"{path.name} is damaged. Fetch it again.") from error
    except (zipfile.BadZipFile, pickle.UnpicklingError, StopIteration) as error:
        raise EngineError(f"{path.name} is damaged. Fetch it again.") from error


class _Numbers(pickle.Unpickler):
    """An unpickler that can build dictionaries and arrays, and nothing else."""

    def __init__(self, listing: io.BytesIO, archive: zipfile.ZipFile, folder: str) -> None:
        super().__init__(listing)
        self._archive, self._folder = archive, folder

    def find_class(self, module_name: str, global_name: str, /) -> Any:
        """Return what builds plain values. Raises `pickle.UnpicklingError` for all else."""
        match module_name, global_name:
            case "collections", "OrderedDict":
                return OrderedDict
            case "torch._utils", "_rebuild_tensor_v2":
                return _tensor
            case "torch", ("FloatStorage" | "LongStorage") as kind:
                return _NUMBERS[kind]
        raise pickle.UnpicklingError(f"{module_name}.{global_name} is not allowed here")

    def persistent_load(self, pid: Any) -> Any:
        """Return the numbers of one storage: (kind of storage, numpy type, name, …)."""
        _, numbers, name, *_ = pid
        return np.frombuffer(self._archive.read(f"{self._folder}data/{name}"), dtype=numbers)


def _tensor(
    numbers: FloatArray, offset: int, shape: tuple[int, ...], steps: tuple[int, ...], *_: Any
) -> FloatArray:
    """Return a view of stored numbers; PyTorch counts steps in numbers, numpy in bytes."""
    reach = offset + sum((size - 1) * step for size, step in zip(shape, steps, strict=True))
    if offset < 0 or min((*shape, *steps), default=0) < 0 or reach >= numbers.size:
        raise ValueError("a tensor reaches beyond its numbers")
    strides = tuple(step * numbers.itemsize for step in steps)
    return np.lib.stride_tricks.as_strided(numbers[offset:], shape, strides, writeable=False)
