"""Hear long recordings: how fast, in how much memory, and how often voices are told apart wrongly.

    python benchmarks/recordings.py SPEECH_CSV [--minutes 10] [--mixtures 14] [--out table.md]

``SPEECH_CSV`` names clips with their speakers and transcripts (file, speaker, language, seconds,
transcript). They are put together to one recording of the length asked for, with pauses, and to
mixtures of one to four speakers. Peak memory is that of the whole process, models included.
"""

import argparse
import csv
import itertools
import random
import resource
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np

from persona.config import models_folder
from persona.engines.diariser_dvector import VoiceDiariser
from persona.engines.processor import prepare_threads
from persona.engines.protocols import FloatArray, SpeakerTurn, Transcript
from persona.engines.recogniser_whisper import WhisperRecogniser
from persona.engines.sound import read_sound, write_wav
from persona.engines.sound_survey import survey_sound

RATE_HZ = 16_000
T = TypeVar("T")


@dataclass(frozen=True)
class Clip:
    """A clip of one speaker, with the words that were said."""

    path: Path
    speaker: str
    language: str
    words: str


def clips_of(table: Path) -> list[Clip]:
    """Return the clips of a table that last longer than a second."""
    with table.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if float(row["seconds"]) > 1.2]
    return [
        Clip(table.parent / r["file"], r["speaker"], r["language"], r["transcript"]) for r in rows
    ]


def trimmed(clip: Clip) -> FloatArray:
    """Return the sound of a clip without the silence around it."""
    sound = read_sound(clip.path, rate_hz=RATE_HZ)
    loud = np.flatnonzero(np.abs(sound) > 0.02 * np.abs(sound).max())
    kept = sound[loud[0] : loud[-1] + 1]
    return np.asarray(kept * 0.08 / np.sqrt(np.square(kept).mean()), dtype=np.float32)


def long_talk(clips: Sequence[Clip], minutes: float, path: Path) -> list[str]:
    """Write clips one after the other until the length is reached; return what is said."""
    spoken = [clip for clip in clips if clip.language == "en" and clip.words.strip()]
    silence = np.zeros(RATE_HZ // 2, dtype=np.float32)
    sounds = {clip.path: trimmed(clip) for clip in spoken}
    pieces, words, length = [], [], 0.0
    for clip in itertools.cycle(spoken):
        if length >= minutes * 60:
            break
        pieces += [sounds[clip.path], silence]
        length += (len(sounds[clip.path]) + len(silence)) / RATE_HZ
        words += clip.words.split()
    write_wav(path, np.concatenate(pieces), rate_hz=RATE_HZ, comment="benchmark")
    return words


def word_errors(said: Sequence[str], heard: Sequence[str]) -> float:
    """Return the word error rate: Levenshtein distance over the number of words said."""
    plain = [[w.strip().lower().strip(".,;:!?\"'()-") for w in words] for words in (said, heard)]
    said, heard = ([w for w in words if w] for words in plain)
    row = np.arange(len(heard) + 1)
    codes = {word: number for number, word in enumerate({*said, *heard})}
    numbers = np.array([codes[word] for word in heard])
    for place, word in enumerate(said, start=1):
        swapped = row[:-1] + (numbers != codes[word])
        best = np.minimum(np.append(place, swapped), row + 1)
        row = np.minimum.accumulate(best - np.arange(len(best))) + np.arange(len(best))
    return float(row[-1]) / max(1, len(said))


def mixture(clips: Sequence[Clip], speakers: int, seed: int) -> tuple[FloatArray, FloatArray]:
    """Return a talk of several speakers, and for each sample who speaks (−1: nobody)."""
    chance = random.Random(seed)
    by_speaker: dict[str, list[Clip]] = {}
    for clip in clips:
        by_speaker.setdefault(clip.speaker, []).append(clip)
    chosen = chance.sample([one for one, own in by_speaker.items() if len(own) >= 3], speakers)
    pools = {one: chance.sample(by_speaker[one], len(by_speaker[one])) for one in chosen}
    sounds, labels = [], []
    for turn in range(10 * speakers):
        one = chosen[turn % speakers] if chance.random() < 0.8 else chance.choice(chosen)
        if pools[one]:
            sound = trimmed(pools[one].pop()) * np.float32(chance.uniform(0.6, 1.4))
            pause = np.zeros(round(chance.uniform(0.15, 0.7) * RATE_HZ), dtype=np.float32)
            sounds += [sound, pause]
            labels += [np.full(len(sound), chosen.index(one)), np.full(len(pause), -1)]
    noise = np.random.default_rng(seed).normal(0, 0.0015, sum(map(len, sounds)))
    return (np.concatenate(sounds) + noise).astype(np.float32), np.concatenate(labels)


def diarisation_error(labels: FloatArray, turns: Sequence[SpeakerTurn]) -> float:
    """Return missed, false and confused time over the time of speech; no collar."""
    names = sorted({turn.speaker for turn in turns})
    found = np.full(len(labels), -1)
    for turn in turns:
        stretch = slice(round(turn.start_s * RATE_HZ), round(turn.end_s * RATE_HZ))
        found[stretch] = names.index(turn.speaker)
    speakers, places = int(labels.max()) + 1, range(max(len(names), int(labels.max()) + 1))
    table = [[int(((labels == s) & (found == n)).sum()) for n in places] for s in range(speakers)]
    right = max(
        sum(table[s][n] for s, n in enumerate(order))
        for order in itertools.permutations(places, speakers)
    )
    spoken = int((labels >= 0).sum())
    return (spoken - right + int(((labels < 0) & (found >= 0)).sum())) / spoken


def timed(step: Callable[[], T]) -> tuple[T, float, float]:
    """Return what a step gives, and its wall-clock and processor seconds."""
    wall, cpu = time.perf_counter(), time.process_time()
    made = step()
    return made, time.perf_counter() - wall, time.process_time() - cpu


def peak_mb() -> float:
    """Return the most memory that this process has held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("table", type=Path)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--mixtures", type=int, default=14)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    prepare_threads()
    clips = clips_of(options.table)
    rows = ["| step | wall s | processor s | times real time | peak MB |", "|---|---|---|---|---|"]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "talk.wav"
        said = long_talk(clips, options.minutes, path)
        length_s = survey_sound(path).duration_s
        whisper = WhisperRecogniser("whisper-base", models_folder())
        diariser = VoiceDiariser(models_folder())
        heard: list[Transcript] = []
        steps: dict[str, Callable[[], object]] = {
            "measure": lambda: survey_sound(path),
            "tell voices apart": lambda: diariser.turns(path),
            "hear": lambda: heard.append(whisper.transcribe(path)),
        }
        for what, step in steps.items():
            _, wall, cpu = timed(step)
            rows.append(
                f"| {what} | {wall:.1f} | {cpu:.1f} | {length_s / wall:.1f} | {peak_mb():.0f} |"
            )
        words = [word.text for one in heard[0].segments for word in one.words]
        rows += ["", f"- {length_s:.0f} s of read English, word error rate "]
        rows[-1] += f"{word_errors(said, words):.3f}"
        errors = []
        for number in range(options.mixtures):
            speakers = (2, 3, 2, 3, 1, 2, 4)[number % 7]
            sound, labels = mixture(clips, speakers, number)
            write_wav(path, sound, rate_hz=RATE_HZ, comment="benchmark")
            errors.append(diarisation_error(labels, diariser.turns(path)))
        if errors:
            rows.append(
                f"- diarisation error rate over {len(errors)} mixtures of 1 to 4 speakers: mean "
                f"{np.mean(errors):.3f}, worst {max(errors):.3f} (no collar, no overlap)"
            )
    print("\n".join(rows))
    if options.out:
        options.out.write_text("\n".join(rows) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
