"""Speech sentence by sentence: the first is heard while the next ones are still being made.

    pieces of text, as they come ─ whole sentences ─ queue ─ one thread that speaks ─▶ sound

The wait before anything is heard is that of one sentence, not of the whole answer; while it is
heard the next one is made. A listener who interrupts closes the iterator: what is being said is
finished in the background, and nothing after it is begun.
"""

import queue
import threading
from collections.abc import Generator, Iterable
from dataclasses import dataclass

from persona.engines.protocols import FloatArray, Voice

AHEAD = 2
"""Sentences that may be ready and unheard: more would be work for nothing when interrupted."""


@dataclass(frozen=True)
class SpokenSentence:
    """One sentence and its sound, (samples,) at the voice's rate; empty: nothing to be said."""

    text: str
    sound: FloatArray


def stream(
    voice: Voice, sentences: Iterable[str], *, language: str
) -> Generator[SpokenSentence, None, None]:
    """Yield each sentence as soon as it can be heard, in order, while the next is being made.

    Args:
        voice: speaks in a thread of its own.
        sentences: whole sentences; may come slowly, as a model writes them.
        language: ISO 639-1.

    Raises:
        EngineError: the voice failed; sentences before it have been yielded.
    """
    ready: queue.Queue[SpokenSentence | BaseException | None] = queue.Queue(maxsize=AHEAD)
    stopped = threading.Event()

    def offer(item: SpokenSentence | BaseException | None) -> None:
        while not stopped.is_set():
            try:
                ready.put(item, timeout=0.1)
            except queue.Full:
                continue
            return

    def work() -> None:
        try:
            for sentence in sentences:
                if stopped.is_set():
                    return
                offer(SpokenSentence(sentence, voice.speak(sentence, language=language)))
            offer(None)
        except BaseException as error:  # noqa: BLE001 - raised again where the caller waits
            offer(error)

    threading.Thread(target=work, name="voice", daemon=True).start()
    try:
        while (item := ready.get()) is not None:
            if isinstance(item, BaseException):
                raise item
            yield item
    finally:
        stopped.set()
