"""Reads commands, one JSON object a line, and answers each; ends with whoever started it.

    ◀ {"ready": "0.28.0"}
    ▶ {"id": 1, "do": "speak", …}       ◀ {"id": 1, "step": 3, "of": 10}  (training only)
                                        ◀ {"id": 1, "done": {…}}
                                     or ◀ {"id": 1, "refused": "One sentence."}
                                     or ◀ {"id": 1, "failed": "RuntimeError"}

Of an unexpected error only the kind is told: its message may hold what was being said.
"""

import json
import os
import queue
import sys
import threading
from collections.abc import Callable
from typing import IO, Any

from .door import Refused, ensure_torchaudio, shut_network, take_output

Tell = Callable[[int, int], None]


def main() -> None:
    """Serve until standard input ends."""
    answers = take_output()
    shut_network()
    ensure_torchaudio()
    import TTS  # type: ignore[import-not-found]

    commands = _commands()
    _write(answers, {"ready": str(TTS.__version__)})
    while (command := commands.get()) is not None:
        _answer(command, answers)


def _commands() -> queue.Queue[dict[str, Any] | None]:
    """Read commands in a thread: when the other side is gone, work in the middle ends too."""
    commands: queue.Queue[dict[str, Any] | None] = queue.Queue()

    def read() -> None:
        for line in sys.stdin:
            commands.put(json.loads(line))
        os._exit(0)

    threading.Thread(target=read, daemon=True).start()
    return commands


def _answer(command: dict[str, Any], answers: IO[str]) -> None:
    number = command.pop("id")

    def tell(step: int, of: int) -> None:
        _write(answers, {"id": number, "step": step, "of": of})

    try:
        done = _work(command.pop("do"))(command, tell)
        _write(answers, {"id": number, "done": done})
    except Refused as refused:
        _write(answers, {"id": number, "refused": str(refused)})
    except MemoryError:
        _write(answers, {"id": number, "failed": "MemoryError"})
    except (Exception, SystemExit) as error:  # noqa: BLE001 - told, and the next command is served
        import traceback

        traceback.print_exc()
        _write(answers, {"id": number, "failed": type(error).__name__})


def _work(name: str) -> Callable[[dict[str, Any], Tell], dict[str, Any]]:
    from . import speaking, training

    known: dict[str, Callable[[dict[str, Any], Tell], dict[str, Any]]] = {
        "speak": speaking.speak,
        "clone": speaking.clone,
        "convert": speaking.convert,
        "train": training.train,
    }
    return known[name]


def _write(answers: IO[str], content: dict[str, Any]) -> None:
    answers.write(json.dumps(content, ensure_ascii=False) + "\n")
    answers.flush()
