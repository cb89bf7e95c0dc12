"""An answer as sound: part by part while the rest is made, and whole in a file in the end.

    sentences ─▶ notice, sentence, his own recording … each marked and heard at once
                                                    └─ all heard ─▶ conversations/….wav, sealed

Whoever interrupts closes the generator: then nothing is written, because nothing whole was said.
"""

import hashlib
import json
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from persona.atomic import file_sha256
from persona.config import models_folder
from persona.converse.answer import AnswerSentence
from persona.converse.phrases import phrase
from persona.converse.recording import resume_sentence
from persona.converse.speech import (
    SpeakableSentence,
    SpokenPart,
    joined,
    spoken_parts,
    write_answer,
)
from persona.engines.protocols import Voice
from persona.engines.sound import wav_bytes
from persona.export.marking import Marks, open_watermark
from persona.opening import source_file
from persona.records import content_id
from persona.remember.readers import Custodian, Reader, Stranger
from persona.remember.store import Store
from persona.remember.view import View
from persona.workspace import Workspace


@dataclass(frozen=True)
class HeardPart:
    """A part of an answer on its way to somebody's ear.

    Attributes:
        text: the words that sound in it.
        language: of these words.
        seconds: how long it sounds.
        source_id: of whose original it is a stretch, unchanged; None: the voice speaks.
        wav: makes a file of it, sealed where the voice speaks.
    """

    text: str
    language: str
    seconds: float
    source_id: str | None
    wav: Callable[[], bytes]


def speak_live(
    workspace: Workspace,
    store: Store,
    turn_id: str,
    voice: Voice,
    reader: Reader,
    *,
    sentences: Sequence[AnswerSentence] | None = None,
) -> Generator[HeardPart, None, Path]:
    """Yield an answer part by part as it is spoken; return the file that is kept of it.

    Nothing is yielded when the file is there already, spoken by this voice: a voice that nobody
    may hear any more is not heard from an old file either. See `persona.steps.speak_turn`.

    Raises:
        NotReadable: this reader has no such turn.
        MissingModel: the weights of the watermark are not here: nothing is spoken without it.
        EngineError: the voice failed.
    """
    with store.reader(reader) as view:
        if sentences is None or not isinstance(reader, Stranger):
            sentences = [resume_sentence(view, record) for record in view.sentences(turn_id)]
        out = _file_of(workspace, turn_id, sentences)
        if not is_spoken_by(voice, out):
            marks = _marks(workspace, store, turn_id)
            heard: list[SpokenPart] = []
            with closing(_parts(workspace, view, sentences, voice, marks)) as parts:
                for part in parts:
                    heard.append(part)
                    yield _on_its_way(part, voice, marks)
            write_answer(heard, voice=voice, marks=marks, out=out)
    # also for a file that is there already: a process may have been killed just before this
    store.add_generated_file(file_sha256(out), "spoken answer")
    store.set_turn_audio(turn_id, out.relative_to(workspace.root).as_posix())
    return out


def speak_unrecorded(
    workspace: Workspace,
    store: Store,
    sentences: Sequence[AnswerSentence],
    voice: Voice,
    reader: Reader,
    version_id: str,
) -> bytes:
    """Return an answer that no conversation recorded as a small sealed MP3, notice first.

    Nothing of it is kept but its SHA-256, so that it can never come back as a source (law 3).

    Args:
        workspace: the persona.
        store: of which the sentences speak; not a rehearsal, which would record nothing.
        sentences: in the order in which they are said.
        voice: the declared voice of the version.
        reader: whose rights hold for the recordings that are heard in it.
        version_id: which version answered; the seal says so.

    Raises:
        NotReadable: this reader may not hear a recording in it.
        MissingModel: the weights of the watermark are not here: nothing is spoken without it.
        EngineError: the voice failed.
    """
    marks = Marks(workspace, open_watermark(models_folder()), version_id)
    with store.reader(reader) as view:
        parts = list(_parts(workspace, view, sentences, voice, marks))
    rate_hz = voice.sample_rate_hz
    sound, listed = joined(parts, rate_hz)
    content = marks.sealed_mp3(sound, rate_hz=rate_hz, parts=listed)
    store.add_generated_file(hashlib.sha256(content).hexdigest(), "spoken answer")
    return content


def is_spoken_by(voice: Voice, file: Path) -> bool:
    """Say whether the whole sound of an answer is there, and this voice spoke it."""
    try:
        spoken = json.loads(file.with_suffix(".json").read_bytes())
        return file.is_file() and spoken.get("voice") == voice.name
    except (OSError, ValueError, AttributeError):
        return False


def spoken_whole(parts: Generator[HeardPart, None, Path]) -> Path:
    """Let `speak_live` come to its end without listening; return the file."""
    while True:
        try:
            next(parts)
        except StopIteration as end:
            file: Path = end.value
            return file


def _file_of(workspace: Workspace, turn_id: str, sentences: Sequence[AnswerSentence]) -> Path:
    """Return where the sound of a turn lies; what it said before something was taken back goes."""
    # Named by what is said: once some of it may not be said any more, it is another file.
    said = content_id("say", [[s.text, s.quoted] for s in sentences])
    out = workspace.conversations / f"{turn_id}.{said}.wav"
    for other in set(workspace.conversations.glob(f"{turn_id}.*")):
        if other not in (out, out.with_suffix(".json")):
            other.unlink()
    return out


def _parts(
    workspace: Workspace,
    view: View,
    sentences: Sequence[AnswerSentence],
    voice: Voice,
    marks: Marks,
) -> Generator[SpokenPart, None, None]:
    language = sentences[0].language if sentences else "en"
    return spoken_parts(
        [SpeakableSentence(s.text, s.language, s.clip, s.quoted) for s in sentences],
        voice=voice,
        notice=phrase(language, "spoken_notice", name=view.subject().name),
        language=language,
        recording_of=lambda source_id: source_file(workspace, view.source(source_id)),
        is_acted=lambda source_id: view.source(source_id).synthetic,
        marks=marks,
    )


def _on_its_way(part: SpokenPart, voice: Voice, marks: Marks) -> HeardPart:
    rate, source_id = voice.sample_rate_hz, part.what.get("source")
    seconds = len(part.sound) / rate

    def wav() -> bytes:
        if source_id is not None:  # real: never marked, never sealed
            return wav_bytes(part.sound, rate_hz=rate, comment="")
        span = {**part.what, "start_s": 0.0, "end_s": round(seconds, 3)}
        return marks.sealed_sound(
            part.sound, rate_hz=rate, comment=f"Synthetic speech by {voice.name}", parts=[span]
        )

    return HeardPart(part.text, part.language, seconds, source_id, wav)


def _marks(workspace: Workspace, store: Store, turn_id: str) -> Marks:
    """Return what marks and seals the sound of a turn (law 8)."""
    with store.reader(Custodian()) as view:
        version_id = view.version_of_turn(turn_id)
    return Marks(workspace, open_watermark(models_folder()), version_id)
