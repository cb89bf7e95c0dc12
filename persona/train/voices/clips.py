"""From recordings in which somebody speaks to clips from which a voice could be made.

    passages of this person ─ pieces of 2 to 12 s ─┬─ loud enough, not overdriven, little noise,
                                                   │  nothing behind the voice
                                                   ├─ one voice, and this person's (d-vectors)
                                                   ╰─▶ a proposal, which a person hears and confirms

Whatever is not proposed is named with its reason. Nothing is cut out of an original here, and
nothing a person decided is proposed again.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np

from persona.engines.noise import quietened
from persona.engines.protocols import FloatArray
from persona.engines.sound import read_sound
from persona.engines.sound_quality import SoundQuality, sound_quality, still_moments
from persona.engines.sound_survey import loudness_of
from persona.engines.voice_activity import RATE_HZ
from persona.errors import PersonaError, UnreadableSource
from persona.records import (
    Passage,
    ProposalState,
    Source,
    SourceKind,
    VoiceClip,
    content_id,
)
from persona.remember.view import View
from persona.remember.voice_reach import seconds_of
from persona.train.voices.likeness import (
    LIKE,
    NEARER_BY,
    STRONGLY,
    SURE,
    KnownStretch,
    KnownVoices,
    Vectors,
)
from persona.train.voices.pieces import LEAST_S, Cut, Piece, cut_pieces, overlaps
from persona.train.voices.words import Why
from persona.workspace import Workspace

RECORDINGS = (SourceKind.INTERVIEW, SourceKind.VOICE_CLIP)
LEAST_SNR_DB = 6.0
MOST_CLIPPED = 0.002
MOST_BEHIND = 0.5
QUIETEST_LUFS = -55.0
_CONTEXT_S = 1.0


@dataclass(frozen=True)
class LeftOut:
    """A stretch that is not proposed, and why; ``other_id``: whose voice it is nearer to."""

    source_id: str
    start_s: float
    end_s: float
    why: Why
    other_id: str = ""


@dataclass
class FoundClips:
    """What was found in the recordings of one person."""

    clips: list[VoiceClip] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    decided: int = 0

    @property
    def seconds(self) -> float:
        """Return how long the proposed clips are together."""
        return sum(clip.end_s - clip.start_s for clip in self.clips)


def find_clips(
    view: View,
    workspace: Workspace,
    person_id: str,
    vectors: Vectors,
    progress: Callable[[str, int, int], None],
) -> FoundClips:
    """Propose clips of one person; nothing is written.

    Args:
        view: of whoever looks after the archive.
        workspace: where the originals lie.
        person_id: the one who died, or a relative who may lend a voice.
        vectors: computes what a voice sounds like.
        progress: told which recording is heard.

    Raises:
        NotReadable: there is no such person.
        MissingModel, EngineError: the voices cannot be compared.
    """
    view.person(person_id)
    recordings = [(s, view.passages(s.id)) for s in view.sources() if s.kind in RECORDINGS]
    theirs = [one for one in recordings if any(p.speaker_id == person_id for p in one[1])]
    found, known = FoundClips(), view.voice_clips()
    voices: KnownVoices | None = None
    for place, (source, passages) in enumerate(theirs):
        progress(f"Listening to {source.title}", place, len(theirs))
        if voices is None:
            voices = known_voices(view, workspace, vectors, recordings)
        settled = [c for c in known if c.source_id == source.id and c.person_id == person_id]
        hearing = _Hearing(view, workspace, source, person_id, voices)
        hearing.hear(cut_pieces(passages, person_id, source.duration_s or 0.0), settled, found)
    progress("Listening", len(theirs), len(theirs))
    return found


def known_voices(
    view: View,
    workspace: Workspace,
    vectors: Vectors,
    recordings: Sequence[tuple[Source, Sequence[Passage]]] | None = None,
) -> KnownVoices:
    """Hear everybody whose speech somebody confirmed: clips first, else lines of recordings."""
    if recordings is None:
        recordings = [(s, view.passages(s.id)) for s in view.sources() if s.kind in RECORDINGS]
    clips = [
        KnownStretch(clip.person_id, clip.source_id, clip.start_s, clip.end_s)
        for clip in view.voice_clips(state=ProposalState.CONFIRMED)
    ]
    heard = {one.person_id for one in clips}
    opened = [one for one in recordings if view.may_open(one[0].id)]
    lines = [one for one in _sure_lines(opened) if one.person_id not in heard]
    return KnownVoices([*clips, *lines], partial(sound_of, view, workspace), vectors)


def sound_of(
    view: View, workspace: Workspace, source_id: str, start_s: float, end_s: float
) -> FloatArray:
    """Return a stretch of an original at 16 kHz; empty where it cannot be read."""
    try:
        place = workspace.original(view.source(source_id).sha256)
        return read_sound(place, rate_hz=RATE_HZ, start_s=start_s, end_s=end_s)
    except PersonaError:
        return np.zeros(0, dtype=np.float32)


def _sure_lines(
    recordings: Sequence[tuple[Source, Sequence[Passage]]],
) -> Iterator[KnownStretch]:
    for source, passages in recordings:
        whole_s = source.duration_s or 0.0
        for passage in passages:
            start_s, end_s = seconds_of(passage.selector)
            end_s = min(end_s, whole_s, start_s + 12.0)
            timed = len(passages) == 1 or (start_s, end_s) != (0.0, whole_s)
            if passage.speaker_id and passage.speaker_confidence >= SURE and timed:
                yield KnownStretch(passage.speaker_id, source.id, start_s, end_s)


class _Hearing:
    """One recording, and one person whose voice is looked for in it."""

    def __init__(
        self, view: View, workspace: Workspace, source: Source, person_id: str, voices: KnownVoices
    ) -> None:
        self._open = view.may_open(source.id)
        self._original: Path = workspace.original(source.sha256)
        self._source, self._person_id, self._voices = source, person_id, voices

    def hear(self, cut: Cut, settled: Sequence[VoiceClip], found: FoundClips) -> None:
        """Add clips and what is left out; stretches that are known already are passed over."""
        spans = [(clip.start_s, clip.end_s) for clip in settled]
        found.left_out += [self._left_out(piece, Why.NO_TIMES) for piece in cut.untimed]
        for piece in cut.pieces:
            if overlaps(piece.start_s, piece.end_s, spans):
                found.decided += 1
                continue
            heard = self._piece(piece)
            if isinstance(heard, LeftOut):
                found.left_out.append(heard)
            else:
                found.clips.append(heard)

    def _piece(self, piece: Piece) -> VoiceClip | LeftOut:
        try:
            sound, around = self._read(piece)
        except UnreadableSource:
            return self._left_out(piece, Why.UNREADABLE)
        loudness = loudness_of(sound, rate_hz=RATE_HZ)
        if loudness is None or loudness < QUIETEST_LUFS:
            return self._left_out(piece, Why.TOO_QUIET)
        quality = sound_quality(around)
        if (why := unusable(quality)) is not None:
            return self._left_out(piece, why)
        score, why, other = self._voice(piece, sound, around)
        if why is not None:
            return self._left_out(piece, why, other)
        return self._clip(piece, score, quality, loudness)

    def _read(self, piece: Piece) -> tuple[FloatArray, FloatArray]:
        """Return the samples of a piece, and the same with what is around it."""
        if not self._open:
            raise UnreadableSource("This recording is closed.")
        first_s = max(0.0, piece.start_s - _CONTEXT_S)
        around = read_sound(
            self._original, rate_hz=RATE_HZ, start_s=first_s, end_s=piece.end_s + _CONTEXT_S
        )
        skip = round((piece.start_s - first_s) * RATE_HZ)
        return around[skip : skip + round(piece.seconds * RATE_HZ)], around

    def _voice(
        self, piece: Piece, sound: FloatArray, around: FloatArray
    ) -> tuple[float, Why | None, str]:
        """Return the likeness to the person, and what speaks against it."""
        here = KnownStretch(self._person_id, self._source.id, piece.start_s, piece.end_s)
        best = self._voices.likeness(self._voices.vector(sound), self._person_id, here)
        if best.own is not None and best.own < LIKE + 0.1:  # noise hides a voice
            clean = quietened(around, still_moments(around), rate_hz=RATE_HZ)
            again = self._voices.likeness(self._voices.vector(clean), self._person_id, here)
            best = max(best, again, key=lambda one: one.own or -1.0)
        score = round(best.own, 3) if best.own is not None else 0.0
        if best.nearest > STRONGLY if best.own is None else best.nearest > best.own + NEARER_BY:
            return score, Why.SOMEONE_ELSE, best.nearest_id
        if other := self._voices.holds_another(sound, self._person_id, here):
            return score, Why.TWO_VOICES, other
        if self._voices.two_voices(sound):
            return score, Why.TWO_VOICES, ""
        if best.own is not None and best.own < LIKE:
            return score, Why.UNLIKE, ""
        return score, None, ""

    def _clip(
        self, piece: Piece, score: float, quality: SoundQuality, loudness: float
    ) -> VoiceClip:
        where = (self._source.id, piece.start_s, piece.end_s, self._person_id)
        return VoiceClip(
            id=content_id("vcl", *where),
            source_id=self._source.id,
            person_id=self._person_id,
            start_s=piece.start_s,
            end_s=piece.end_s,
            text=piece.text,
            language=piece.language,
            score=score,
            quality={
                "loudness_lufs": loudness,
                "noise_db": quality.noise_db,
                "clipped": quality.clipped,
                "overlap": False,
                "speech_s": quality.speech_s,
                "speaker_sure": round(piece.sure, 2),
            },
        )

    def _left_out(self, piece: Piece, why: Why, other_id: str = "") -> LeftOut:
        return LeftOut(self._source.id, piece.start_s, piece.end_s, why, other_id)


def unusable(quality: SoundQuality) -> Why | None:
    """Return what is wrong with the sound of a stretch, if anything is."""
    if quality.speech_s < LEAST_S * 0.6:
        return Why.TOO_LITTLE
    if quality.clipped > MOST_CLIPPED:
        return Why.CLIPPED
    if quality.behind > MOST_BEHIND:
        return Why.MUSIC
    return Why.TOO_NOISY if quality.noise_db < LEAST_SNR_DB else None
