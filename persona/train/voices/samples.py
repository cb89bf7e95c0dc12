"""Confirmed clips as sound files from which an engine makes a voice: derived, and said to be.

    original, from … to … ─ 24 kHz mono ─┬─ less noise, where a recogniser hears more surely then
                                         └─ one loudness ─▶ derived/clips/vcl_….wav and .json

The original is never cut. The JSON beside a file names the original's SHA-256, the seconds, and all
that was done (law 6); files here can be made again, and go with any withdrawal.
"""

import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from persona.atomic import write_file
from persona.engines import noise
from persona.engines.loudness import LEVEL_DBFS, level_speech
from persona.engines.protocols import FloatArray, Recogniser, VoiceSample
from persona.engines.sound import read_sound, write_wav
from persona.engines.sound_quality import still_moments
from persona.engines.voice_activity import RATE_HZ as HEARING_HZ
from persona.engines.voice_vectors import resampled
from persona.errors import TrainError, UnreadableSource
from persona.records import Source, VoiceClip
from persona.workspace import Workspace

RATE_HZ = 24_000
NOISY_DB = 30.0
"""Speech over noise above which nothing is done about noise."""

LESS_SURE = 0.02
"""How much less surely words may be heard in what was made quieter."""

_CONTEXT_S = 1.0


def cut_samples(
    workspace: Workspace,
    clips: Sequence[tuple[VoiceClip, Source]],
    recogniser: Recogniser | None,
) -> list[VoiceSample]:
    """Return one sample for each clip; those that were cut before are not cut again.

    Args:
        workspace: where originals lie and derived files go.
        clips: with the recording that each is a stretch of.
        recogniser: says whether less noise helps, and what is said where nobody knows; without
            one noise is left as it is.

    Raises:
        TrainError: an original is gone or damaged.
        EngineError: recognition failed, or the disk is full.
    """
    return [_sample(workspace, clip, source, recogniser) for clip, source in clips]


def _sample(
    workspace: Workspace, clip: VoiceClip, source: Source, recogniser: Recogniser | None
) -> VoiceSample:
    place = workspace.derived / "clips" / f"{clip.id}.wav"
    facts = _facts(place) or _cut(workspace, clip, source, recogniser, place)
    seconds = float(facts["seconds"])
    return VoiceSample(place, str(facts["text"]), clip.language, seconds)


def _facts(place: Path) -> dict[str, Any] | None:
    """Return what is said of a sample that is there whole."""
    try:
        found: dict[str, Any] = json.loads(place.with_suffix(".json").read_bytes())
        return found if place.is_file() and {"seconds", "text"} <= found.keys() else None
    except (OSError, ValueError, AttributeError):
        return None


def _cut(
    workspace: Workspace,
    clip: VoiceClip,
    source: Source,
    recogniser: Recogniser | None,
    place: Path,
) -> dict[str, Any]:
    first_s = max(0.0, clip.start_s - _CONTEXT_S)
    try:
        around = read_sound(
            workspace.original(source.sha256),
            rate_hz=RATE_HZ,
            start_s=first_s,
            end_s=clip.end_s + _CONTEXT_S,
        )
    except UnreadableSource as error:
        raise TrainError(
            f"The recording of the clip {clip.id} cannot be opened. Run: persona verify"
        ) from error
    inside = slice(
        round((clip.start_s - first_s) * RATE_HZ), round((clip.end_s - first_s) * RATE_HZ)
    )
    made, activity = around[inside], [f"cut from {clip.start_s:.2f} s to {clip.end_s:.2f} s"]
    if recogniser is not None and float(clip.quality.get("noise_db", 60.0)) < NOISY_DB:
        cleaner = noise.quietened(around, _still(around), rate_hz=RATE_HZ)[inside]
        if _helps(recogniser, made, cleaner, clip.language):
            made = cleaner
            activity.append(f"less noise ({noise.NAME})")
    activity.append(f"speech at {LEVEL_DBFS:.0f} dBFS, mono, {RATE_HZ} Hz")
    text = clip.text or (_heard(recogniser, made, clip.language)[0] if recogniser else "")
    facts = {
        "clip": clip.id,
        "derived_from": {"source": source.id, "sha256": source.sha256},
        "activity": activity,
        "seconds": round(len(made) / RATE_HZ, 2),
        "text": text,
    }
    comment = f"Cut from the original {source.sha256}: {'; '.join(activity)}. A derived copy."
    write_wav(place, level_speech(made, rate_hz=RATE_HZ), rate_hz=RATE_HZ, comment=comment)
    write_file(place.with_suffix(".json"), json.dumps(facts, ensure_ascii=False).encode())
    return facts


def _still(sound: FloatArray) -> npt.NDArray[np.bool_]:
    """Return (samples,) where nobody speaks, in sound at `RATE_HZ`."""
    still = still_moments(resampled(sound, RATE_HZ, HEARING_HZ))
    places = (np.arange(len(sound)) * (HEARING_HZ / RATE_HZ)).astype(int)
    return np.asarray(still[np.minimum(places, len(still) - 1)])


def _helps(recogniser: Recogniser, before: FloatArray, after: FloatArray, language: str) -> bool:
    """Say whether words are heard as surely as before: less noise that hides them is no gain."""
    _, sure = _heard(recogniser, before, language)
    words, surer = _heard(recogniser, after, language)
    return bool(words) and surer >= sure - LESS_SURE


def _heard(recogniser: Recogniser, sound: FloatArray, language: str) -> tuple[str, float]:
    """Return what is heard, and the mean confidence of its words."""
    with tempfile.TemporaryDirectory(prefix="persona-") as scratch:
        file = Path(scratch) / "clip.wav"
        write_wav(file, sound, rate_hz=RATE_HZ, comment="")
        told = recogniser.transcribe(file, language=language or None)
    words = [word for segment in told.segments for word in segment.words]
    sure = sum(word.confidence for word in words) / len(words) if words else 0.0
    return " ".join(segment.text.strip() for segment in told.segments).strip(), sure
