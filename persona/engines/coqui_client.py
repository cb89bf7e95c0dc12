"""Talks to coqui's process: starts it when it is needed, and again when it is gone.

One command at a time goes down as a line of JSON, and its answer comes back as one. A process that
dies, or does not answer in time, costs one sentence in plain words; the next command starts a new
one. It ends with this one, whatever ends this one: its standard input is closed then.
"""

import contextlib
import json
import os
import queue
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from persona.engines.coqui_environment import coqui_home, coqui_python
from persona.engines.coqui_models import tts_home
from persona.errors import EngineError

START_S = 300.0
"""How long the process may take to import its libraries, on a busy machine."""

_BOOT = "import sys; sys.path.append(sys.argv[1]); from coqui_process.worker import main; main()"
_PASSED_ON = ("PATH", "LANG", "LC_ALL", "TMPDIR", "CUDA_VISIBLE_DEVICES", "NVIDIA_VISIBLE_DEVICES")
_GONE = "The voice engine (coqui-tts) stopped in the middle. Try again: it is started anew."


class CoquiWorker:
    """A process of coqui-tts; it is started with the first command."""

    def __init__(
        self, models: Path, *, threads: int = 2, agreed: bool = False, log: Path | None = None
    ) -> None:
        """Check that the environment is here.

        Args:
            models: folder of models.
            threads: processor threads.
            agreed: whether the user agreed to the licence of weights that ask for it.
            log: where to write what its libraries print; it may hold what is said. None: nowhere.

        Raises:
            MissingModel: the environment is not here.
        """
        self._python, self._models = coqui_python(models), models
        self._threads, self._agreed, self._log = threads, agreed, log
        self._process: subprocess.Popen[str] | None = None
        self._answers: queue.Queue[dict[str, Any] | None] = queue.Queue()
        self._number = 0
        self._lock = threading.Lock()

    @property
    def process_id(self) -> int | None:
        """Return the id of the process while it runs."""
        running = self._process is not None and self._process.poll() is None
        return self._process.pid if running and self._process else None

    def ask(
        self,
        do: str,
        *,
        patience_s: float,
        progress: Callable[[int, int], None] | None = None,
        **command: Any,
    ) -> dict[str, Any]:
        """Let the process do one thing and return what came of it.

        Args:
            do: speak, clone, convert or train.
            patience_s: seconds without a sign of life after which it is stopped.
            progress: told steps done and steps in all.
            command: what the worker's function of that name takes.

        Raises:
            EngineError: it refused, failed, died, or did not answer in time.
        """
        with self._lock:
            if self.process_id is None:
                self._start()
            self._number += 1
            self._send({"id": self._number, "do": do, **command})
            while True:
                answer = self._next(patience_s)
                if answer.get("id") != self._number:
                    continue
                if "step" in answer:
                    if progress is not None:
                        progress(int(answer["step"]), int(answer["of"]))
                    continue
                return _result(answer)

    def close(self) -> None:
        """Stop the process."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()  # first: closing a pipe waits for whoever is reading from it
        process.wait()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()

    def _start(self) -> None:
        self.close()
        self._answers = queue.Queue()
        command = [str(self._python), "-I", "-c", _BOOT, str(Path(__file__).parent)]
        with contextlib.ExitStack() as stack:
            errors: Any = subprocess.DEVNULL
            if self._log is not None:
                errors = stack.enter_context(self._log.open("ab"))
            try:
                self._process = subprocess.Popen(
                    command,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=errors,
                    text=True,
                    encoding="utf-8",
                    env=self._environment(),
                )
            except OSError as error:
                raise EngineError(
                    "The voice engine (coqui-tts) could not be started. Make its environment "
                    "again with: persona fetch coqui"
                ) from error
        reading = (self._process, self._answers)
        threading.Thread(target=_read, args=reading, name="coqui", daemon=True).start()
        if "ready" not in self._next(START_S):
            raise EngineError(_GONE)

    def _environment(self) -> dict[str, str]:
        home = coqui_home(self._models)
        given = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
        return (
            given
            | {
                "HOME": str(home),
                "TTS_HOME": str(tts_home(self._models)),
                "HF_HUB_OFFLINE": "1",
                "TRANSFORMERS_OFFLINE": "1",
                "PYTHONHASHSEED": "0",
                "OMP_NUM_THREADS": str(self._threads),
                "OMP_WAIT_POLICY": "passive",
                "GOMP_SPINCOUNT": "0",
            }
            | ({"COQUI_TOS_AGREED": "1"} if self._agreed else {})
        )

    def _send(self, command: dict[str, Any]) -> None:
        process = self._process
        try:
            if process is None or process.stdin is None:
                raise BrokenPipeError
            process.stdin.write(json.dumps(command, ensure_ascii=False) + "\n")
            process.stdin.flush()
        except OSError as error:
            self.close()
            raise EngineError(_GONE) from error

    def _next(self, patience_s: float) -> dict[str, Any]:
        try:
            answer = self._answers.get(timeout=patience_s)
        except queue.Empty:
            self.close()
            raise EngineError(
                f"The voice engine (coqui-tts) gave no sign of life for {patience_s:.0f} seconds "
                "and was stopped. Try again: it is started anew."
            ) from None
        if answer is None:
            self.close()
            raise EngineError(_GONE)
        return answer


def _read(process: "subprocess.Popen[str]", answers: "queue.Queue[dict[str, Any] | None]") -> None:
    """Pass on what the process says, and at its end None."""
    with contextlib.suppress(ValueError, OSError):  # closed, or not what was agreed
        for line in process.stdout or ():
            answers.put(json.loads(line))
    answers.put(None)


def _result(answer: dict[str, Any]) -> dict[str, Any]:
    if "refused" in answer:
        raise EngineError(str(answer["refused"]))
    if "failed" in answer:
        if answer["failed"] in ("MemoryError", "OutOfMemoryError"):
            raise EngineError(
                "There is too little memory for this voice. Close other programs, or train with "
                "fewer clips at a time."
            )
        raise EngineError(
            f"The voice engine (coqui-tts) failed ({answer['failed']}). Try again, or use another "
            "voice."
        )
    return dict(answer["done"])
