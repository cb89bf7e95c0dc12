"""Which voice is nearer? Two sounds, a listener, and nobody says which is which.

    voices that the listener may hear ─┐
    confirmed clips of the one who died ┴─ a pair and its order, by lot ─▶ heard ─▶ a vote

Synthetic sounds are marked in the file (law 8); the page says that some are made by a program, not
which. What is spoken are plain sentences that nobody of the family ever said.
"""

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from persona.config import models_folder
from persona.converse.care import admit
from persona.engines.sound import read_sound, write_wav
from persona.errors import ConverseError
from persona.export.marking import Marks, open_watermark
from persona.records import (
    Judged,
    Judgement,
    MadeVoice,
    Preference,
    ProposalState,
    VoiceClip,
    content_id,
)
from persona.remember.store import Store
from persona.remember.view import View
from persona.train.voices.measures import SENTENCES
from persona.voicing import open_voice_of
from persona.workspace import Workspace

_FOLDER = "listening"
_CLIP_RATE_HZ = 24_000


@dataclass(frozen=True)
class Heard:
    """One of two sounds: a made voice, or a real clip; ``id`` is never shown to the listener."""

    id: str
    file: Path
    sentence: str


@dataclass(frozen=True)
class Pair:
    """Two sounds in the order drawn by lot."""

    first: Heard
    second: Heard
    language: str

    @property
    def sentence(self) -> str:
        """Return what the made voice says; never the words of a real recording."""
        return next(one.sentence for one in (self.first, self.second) if one.sentence)


@dataclass(frozen=True)
class Counts:
    """How often one voice, or the real recordings, were found nearer.

    Attributes:
        id: of the voice; ``real`` for clips.
        shown: how many votes were about it.
        nearer: how often it was the nearer one of the two.
        same: how often both were equally near.
        likeness: mean of the ratings, 1 not at all to 5 wholly; None: never rated.
    """

    id: str
    shown: int
    nearer: int
    same: int
    likeness: float | None


REAL = "real"


def draw(
    workspace: Workspace,
    store: Store,
    view: View,
    listener_id: str | None,
    language: str,
    lot: random.Random,
) -> Pair:
    """Draw two sounds for a listener, and make them where they are not there yet.

    Args:
        workspace: where the sounds are kept.
        store: the archive: what is made is noted as generated.
        view: of the listener: what they may not hear is never drawn.
        listener_id: who listens; None: a stranger.
        language: of the sentence, en or zh.
        lot: decides which two, and which comes first.

    Raises:
        ConverseError: there is nothing to compare.
        ConsentError: a child listens and may not.
        EngineError: a voice failed.
    """
    admit(store, listener_id, workspace.config.care)
    voices = view.usable_voices()
    clips = view.voice_clips(view.subject().id, state=ProposalState.CONFIRMED)
    if not voices or len(voices) + bool(clips) < 2:
        raise ConverseError(
            "There is nothing to compare yet: two voices are needed, or a voice and a confirmed "
            "clip of a real recording."
        )
    kinds: list[MadeVoice | None] = [*voices, *([None] if clips else [])]
    one = lot.choice(voices)
    other = lot.choice([kind for kind in kinds if kind is not one])
    sentence = lot.choice(SENTENCES.get(language, SENTENCES["en"]))
    heard = [_spoken(workspace, store, view, one, sentence, language)]
    if other is None:
        heard.append(_real(workspace, view, lot.choice(clips)))
    else:
        heard.append(_spoken(workspace, store, view, other, sentence, language))
    lot.shuffle(heard)
    return Pair(heard[0], heard[1], language)


def vote(
    store: Store,
    pair: Pair,
    listener_id: str | None,
    preferred: Preference | None,
    likeness: Sequence[int | None],
) -> bool:
    """Record what a listener thought of two sounds; False if it is recorded already.

    Raises:
        StoreError: nothing was said of either, or a rating is not from 1 to 5.
    """
    now = datetime.now(UTC)
    ids = (pair.first.id, pair.second.id)
    return store.put_judgement(
        Judgement(
            id=content_id("jud", listener_id, ids, pair.sentence, now.isoformat()),
            judged=Judged.VOICES,
            listener_id=listener_id,
            first_id=ids[0],
            second_id=ids[1],
            question=pair.sentence,
            preferred=preferred,
            credible_first=likeness[0],
            credible_second=likeness[1],
            at=now,
        )
    )


def counts(view: View) -> list[Counts]:
    """Return the votes that this reader may see, as counts, the best liked first."""
    shown: dict[str, list[tuple[Preference | None, bool, int | None]]] = {}
    for one in view.judgements(Judged.VOICES):
        sides = ((one.first_id, True, one.credible_first),
                 (one.second_id or "", False, one.credible_second))  # fmt: skip
        for sound_id, first, rating in sides:
            name = REAL if sound_id.startswith("vcl_") else sound_id
            shown.setdefault(name, []).append((one.preferred, first, rating))
    found = [_counted(name, rows) for name, rows in shown.items() if name]
    return sorted(found, key=lambda one: (-(one.nearer / one.shown), one.id))


def _counted(name: str, rows: list[tuple[Preference | None, bool, int | None]]) -> Counts:
    ratings = [rating for _, _, rating in rows if rating is not None]
    wins = [(Preference.FIRST if first else Preference.SECOND) is best for best, first, _ in rows]
    return Counts(
        name,
        len(rows),
        sum(wins),
        sum(best is Preference.SAME for best, _, _ in rows),
        round(sum(ratings) / len(ratings), 1) if ratings else None,
    )


def _spoken(
    workspace: Workspace, store: Store, view: View, made: MadeVoice, sentence: str, language: str
) -> Heard:
    file = place_of(workspace, made.id, sentence, language)
    if not file.is_file():
        voice = open_voice_of(workspace, view, made.id, language)
        marks = Marks(workspace, open_watermark(models_folder()), made.id)
        rate_hz = voice.sample_rate_hz
        sound = marks.mark_sound(voice.speak(sentence, language=language), rate_hz)
        length_s = round(len(sound) / rate_hz, 3)
        sha256 = marks.write_sound(
            file,
            sound,
            rate_hz=rate_hz,
            comment="Synthetic speech, to be compared with other voices.",
            voice=made.id,
            parts=[{"synthetic": True, "start_s": 0.0, "end_s": length_s}],
        )
        store.add_generated_file(sha256, "voice sample")
    return Heard(made.id, file, sentence)


def _real(workspace: Workspace, view: View, clip: VoiceClip) -> Heard:
    """Return a stretch of an original, as it is but for the sample rate; never marked."""
    file = _place(workspace, clip.id)
    if not file.is_file():
        original = workspace.original(view.source(clip.source_id).sha256)
        sound = read_sound(original, rate_hz=_CLIP_RATE_HZ, start_s=clip.start_s, end_s=clip.end_s)
        write_wav(file, sound, rate_hz=_CLIP_RATE_HZ, comment="Cut from an original; derived.")
    return Heard(clip.id, file, "")


def forget_sounds(workspace: Workspace, voice_id: str) -> None:
    """Remove what one voice said to be compared: it can be made again while it may be heard."""
    for beside in sorted((workspace.derived / _FOLDER).glob("*.json")):
        try:
            spoken = json.loads(beside.read_bytes())
        except (OSError, ValueError):
            continue
        if isinstance(spoken, dict) and spoken.get("voice") == voice_id:
            beside.with_suffix(".wav").unlink(missing_ok=True)
            beside.unlink(missing_ok=True)


def place_of(workspace: Workspace, voice_id: str, sentence: str, language: str) -> Path:
    """Return where a made voice is kept that says a sentence."""
    return _place(workspace, content_id("lst", voice_id, sentence, language))


def _place(workspace: Workspace, name: str) -> Path:
    """Return where a sound is kept: it can be made again, and goes with any withdrawal."""
    return workspace.derived / _FOLDER / f"{name}.wav"
