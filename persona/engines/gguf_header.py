"""The settings at the head of a GGUF file, read without touching its tensors.

    GGUF │ version │ tensors │ pairs │ key type value │ key type value │ …   (little endian)

The format is described in ggml's docs/gguf.md. The usual reader builds an object for each of
the vocabulary's fifty thousand words and takes seconds; arrays are skipped here.
"""

import struct
from pathlib import Path
from typing import BinaryIO

from persona.errors import EngineError

_SCALARS = "BbHhIif?"  # types 0 to 7
_STRING, _ARRAY = 8, 9
_LONG_SCALARS = {10: "Q", 11: "q", 12: "d"}

Scalar = int | float | bool | str


def read_settings(path: Path) -> dict[str, Scalar]:
    """Return every setting that is one number or one text.

    Raises:
        EngineError: the file is not in the GGUF format.
    """
    try:
        with path.open("rb") as opened:
            if opened.read(4) != b"GGUF":
                raise EngineError(f"{path.name} is not a model in the GGUF format.")
            _, _, pairs = _unpack(opened, "IQQ")
            settings: dict[str, Scalar] = {}
            for _ in range(pairs):
                key = _text(opened)
                value = _value(opened, _unpack(opened, "I")[0])
                if value is not None:
                    settings[key] = value
            return settings
    except (OSError, struct.error, UnicodeDecodeError, KeyError) as error:
        raise EngineError(f"{path.name} is damaged, or not a model in the GGUF format.") from error


def _value(opened: BinaryIO, kind: int) -> Scalar | None:
    if kind == _STRING:
        return _text(opened)
    if kind != _ARRAY:
        value: Scalar = _unpack(opened, _letter(kind))[0]
        return value
    inner, length = _unpack(opened, "IQ")
    if inner in (_STRING, _ARRAY):
        for _ in range(length):
            _skip_text(opened) if inner == _STRING else _value(opened, inner)
    else:
        opened.seek(struct.calcsize(f"<{_letter(inner)}") * length, 1)
    return None


def _letter(kind: int) -> str:
    return _SCALARS[kind] if kind < len(_SCALARS) else _LONG_SCALARS[kind]


def _text(opened: BinaryIO) -> str:
    return opened.read(_unpack(opened, "Q")[0]).decode()


def _skip_text(opened: BinaryIO) -> None:
    opened.seek(_unpack(opened, "Q")[0], 1)


def _unpack(opened: BinaryIO, layout: str) -> tuple[int, ...]:
    size = struct.calcsize(f"<{layout}")
    return struct.unpack(f"<{layout}", opened.read(size))
