"""How far a made voice resembles real speakers, is understood, and keeps up with talk.

    python -m benchmarks.voice.run ../shared/data/speech --speakers lj,libri-3080 --seconds 8,15,40

Each line of ``results.jsonl`` is one measurement; what is there already is not measured again, so
a run may be stopped at any time. ``python -m benchmarks.voice.table`` prints the table of README.
"""

import argparse
import csv
import json
import os
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from persona.config import models_folder
from persona.engines.protocols import Voice, VoiceSample
from persona.engines.recogniser_whisper import WhisperRecogniser
from persona.engines.sound import read_sound, write_wav
from persona.engines.voice_espeak import EspeakVoice
from persona.engines.voice_judge import Judge, split_halves
from persona.engines.voice_kokoro import KokoroVoice
from persona.engines.voice_kokoro_maker import LEAST_SEARCHED_S, KokoroMaker
from persona.engines.voice_made import open_made_voice
from persona.train.voices.measures import error_rate, measure_voice

RESULTS = Path(__file__).with_name("results.jsonl")
RATE_HZ = 16_000
GAP_S = 0.3
"""Silence between words that are joined into one sample."""


def speakers_of(folder: Path) -> dict[str, list[dict[str, str]]]:
    """Return the rows of speech.csv by speaker, in the order of the file."""
    found: dict[str, list[dict[str, str]]] = {}
    with (folder / "speech.csv").open(encoding="utf-8") as table:
        for row in csv.DictReader(table):
            found.setdefault(row["speaker"], []).append(row)
    return found


def samples_of(folder: Path, rows: list[dict[str, str]], seconds: float, into: Path) -> list[Any]:
    """Write clips of at least 3 s, about ``seconds`` in all; single words are joined."""
    clips: list[VoiceSample] = []
    pieces: list[Any] = []
    texts: list[str] = []
    left = seconds
    for row in rows:
        if left <= 0:
            break
        sound = read_sound(folder / row["file"], rate_hz=RATE_HZ)[: round(left * RATE_HZ)]
        left -= len(sound) / RATE_HZ
        pieces += [sound, np.zeros(round(GAP_S * RATE_HZ), dtype=np.float32)]
        texts.append(row["transcript"])
        joined = np.concatenate(pieces)
        if len(joined) >= 3 * RATE_HZ or left <= 0:
            path = into / f"{len(clips)}.wav"
            write_wav(path, joined, rate_hz=RATE_HZ, comment="benchmark")
            length = sum(len(piece) for piece in pieces[::2]) / RATE_HZ
            clips.append(VoiceSample(path, " ".join(texts), row["language"], length))
            pieces, texts = [], []
    return clips


def made(
    folder: Path, rows: list[dict[str, str]], seconds: float, evaluations: int, seed: int
) -> dict[str, Any]:
    """Make a voice of one speaker and measure it."""
    models = models_folder()
    language = rows[0]["language"]
    with tempfile.TemporaryDirectory(prefix="persona-") as scratch:
        into = Path(scratch) / "clips"
        into.mkdir()
        clips = samples_of(folder, rows, seconds, into)
        voice_folder = Path(scratch) / "voice"
        voice_folder.mkdir()
        maker = KokoroMaker(models, evaluations=evaluations)
        cpu = time.process_time()
        facts = maker.make(clips, voice_folder, seed=seed, progress=_said)
        facts["cpu_s"] = round(time.process_time() - cpu)
        voice = open_made_voice(voice_folder, models)
        facts |= measure_voice(voice, WhisperRecogniser("whisper-base", models), language=language)
    return dict(facts)


def stock(voice: Voice, language: str) -> dict[str, Any]:
    """Measure a voice that resembles nobody."""
    recogniser = WhisperRecogniser("whisper-base", models_folder())
    return dict(measure_voice(voice, recogniser, language=language))


def likeness(
    folder: Path, rows: list[dict[str, str]], seconds: float, voice: Voice
) -> dict[str, Any]:
    """Return how alike a voice and the unheard half of a speaker's clips are."""
    language = rows[0]["language"]
    with tempfile.TemporaryDirectory(prefix="persona-") as scratch:
        halves = split_halves(samples_of(folder, rows, seconds, Path(scratch)))
    judge = Judge(models_folder())

    def speak(sentence: str) -> Any:
        return voice.speak(sentence, language=language)

    heard = judge.likeness(speak, voice.sample_rate_hz, halves[1], language=language)
    return {"resemblance": round(heard, 3), "ceiling": round(judge.ceiling(halves), 3)}


def real(folder: Path, rows: list[dict[str, str]], most: int = 8) -> dict[str, Any]:
    """Return the recogniser's error rate on the speaker's own recordings."""
    recogniser = WhisperRecogniser("whisper-base", models_folder())
    language, pairs = rows[0]["language"], []
    for row in [one for one in rows if one["transcript"]][:most]:
        told = recogniser.transcribe(folder / row["file"], language=language)
        pairs.append((row["transcript"], " ".join(one.text for one in told.segments)))
    return dict(error_rate(pairs, language))


def _said(phrase: str, done: int, of: int) -> None:
    if done % 16 == 0:
        print(f"  {phrase} {done}/{of}", flush=True)


def _note(key: dict[str, Any], figures: dict[str, Any]) -> None:
    line = {**key, **figures, "load_avg": round(os.getloadavg()[0], 1)}
    with RESULTS.open("a", encoding="utf-8") as results:
        results.write(json.dumps(line, ensure_ascii=False) + "\n")
    print(json.dumps(line, ensure_ascii=False), flush=True)


def known_results() -> list[dict[str, Any]]:
    """Return what was measured before."""
    if not RESULTS.is_file():
        return []
    return [json.loads(line) for line in RESULTS.read_text(encoding="utf-8").splitlines()]


def _is_known(key: dict[str, Any]) -> bool:
    return any(key.items() <= line.items() for line in known_results())


def main() -> None:
    """Measure what was asked for and is not in the results yet."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("speech", type=Path)
    parser.add_argument("--speakers", default="lj,libri-3080")
    parser.add_argument("--seconds", default="8,15,40")
    parser.add_argument("--evaluations", type=int, default=201)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    voices: dict[str, Voice] = {"kokoro": KokoroVoice(models_folder()), "espeak": EspeakVoice()}
    known = speakers_of(asked.speech)
    for name in asked.speakers.split(","):
        rows = known[name]
        for engine, voice in voices.items():
            key = {"what": "likeness", "speaker": name, "engine": engine, "seconds_asked": 40.0}
            if not _is_known(key):
                _note(key, likeness(asked.speech, rows, 40.0, voice))
            key = {"what": "stock", "engine": engine, "language": rows[0]["language"]}
            if not _is_known(key):
                _note(key, stock(voice, rows[0]["language"]))
        key = {"what": "real", "speaker": name}
        if not _is_known(key) and any(row["transcript"] for row in rows):
            _note(key, real(asked.speech, rows))
        for seconds in (float(one) for one in asked.seconds.split(",")):
            looked = asked.evaluations if seconds >= LEAST_SEARCHED_S else 0
            key = {"what": "made", "speaker": name, "seconds_asked": seconds}
            key |= {"evaluations_asked": looked, "seed": asked.seed}
            if not _is_known(key):
                _note(key, made(asked.speech, rows, seconds, looked, asked.seed))


if __name__ == "__main__":
    main()
