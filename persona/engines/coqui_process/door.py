"""The door of coqui's process: what is shut before any of its libraries is imported.

No network: weights come by path or not at all, whatever a library would like to fetch.
No chatter: libraries print what is being said; standard output belongs to the protocol.
torchaudio: where torch is built for processors only, its compiled part does not load; nothing
here needs that part.
"""

import os
import socket
import sys
import types
from typing import IO, Any, NoReturn

NO_NETWORK = "this process reaches no network"


class Refused(Exception):
    """Something a person can act on; ``str(error)`` is one sentence in plain words."""


def shut_network() -> None:
    """Let every attempt to reach another machine fail at once."""

    def refuse(*_: Any, **__: Any) -> NoReturn:
        raise OSError(NO_NETWORK)

    class Shut(socket.socket):
        def connect(self, address: Any) -> None:
            if self.family != socket.AF_UNIX:
                raise OSError(NO_NETWORK)
            super().connect(address)

        def connect_ex(self, address: Any) -> int:
            if self.family != socket.AF_UNIX:
                raise OSError(NO_NETWORK)
            return super().connect_ex(address)

    socket.socket = Shut  # type: ignore[misc]
    socket.create_connection = refuse
    socket.getaddrinfo = refuse


def take_output() -> IO[str]:
    """Return the only way to standard output; what libraries print goes where errors go."""
    protocol = os.fdopen(os.dup(1), "w", encoding="utf-8", buffering=1)
    os.dup2(2, 1)
    return protocol


def ensure_torchaudio() -> None:
    """Import torchaudio, without its compiled part where that does not load."""
    try:
        import torchaudio  # type: ignore[import-not-found]
    except ModuleNotFoundError as error:
        if error.name == "torchaudio":
            raise
    except (OSError, ImportError, RuntimeError):
        pass
    else:
        return
    for name in [one for one in sys.modules if one.partition(".")[0] == "torchaudio"]:
        del sys.modules[name]
    sys.modules["torchaudio._extension"] = _empty_extension()
    import torchaudio

    torchaudio._extension = sys.modules["torchaudio._extension"]


def _empty_extension() -> types.ModuleType:
    """Return a stand-in for what loads torchaudio's compiled part (torchaudio 2.11)."""
    extension: Any = types.ModuleType("torchaudio._extension")

    def fail_if_no_align(function: Any) -> Any:
        def fail(*_: Any, **__: Any) -> NoReturn:
            raise RuntimeError(f"{function.__name__} needs torchaudio's compiled part")

        return fail

    extension._IS_TORCHAUDIO_EXT_AVAILABLE = False
    extension._IS_ALIGN_AVAILABLE = False
    extension._check_cuda_version = lambda: None
    extension.fail_if_no_align = fail_if_no_align
    whole: types.ModuleType = extension
    return whole
