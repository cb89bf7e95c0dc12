"""How surely synthetic is told from real: found through codecs, false alarms, what it costs.

    python -m benchmarks.marking.measure ../shared/data --out FOLDER [--every 3]

Real recordings are marked in memory only, as stand-ins for speech of all kinds; nothing marked is
written. Half of the recordings choose the threshold, the other half say what it is worth.
"""

import argparse
import json
import time
import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.marking.treatments import RATE_HZ, TREATMENTS, Sound
from persona.config import models_folder
from persona.engines.sound import read_sound
from persona.engines.watermark_perth import PerthWatermark
from persona.export.marking_signs import judged, window_scores

SOUNDS = {".wav", ".mp3", ".flac", ".ogg", ".opus", ".m4a", ".silk"}
AT_LEAST_S = 2.5
"""Of a recording that is marked and treated."""


def real_recordings(data: Path) -> list[Path]:
    """Return every real recording, in an order that does not change."""
    folders = (data / "speech", data / "messaging-audio")
    return sorted(p for folder in folders for p in folder.rglob("*") if p.suffix in SOUNDS)


def score(sound: Sound, watermark: PerthWatermark) -> float:
    """Return what `persona verify` would go by."""
    return judged(list(window_scores(0.0, sound, RATE_HZ, watermark))).score


def rows(
    files: list[Path], data: Path, watermark: PerthWatermark, every: int
) -> Iterator[dict[str, object]]:
    """Yield one row for each recording, treatment and "is it marked"."""
    long_ones = 0
    for file in files:
        sound = read_sound(file, rate_hz=RATE_HZ)
        who = file.relative_to(data).as_posix()
        half = zlib.crc32(who.encode()) % 2
        base = {"file": who, "seconds": len(sound) / RATE_HZ, "half": half}
        yield {**base, "treatment": "as it is", "marked": False, "score": score(sound, watermark)}
        if len(sound) < AT_LEAST_S * RATE_HZ:
            continue
        long_ones += 1
        if long_ones % every:
            continue
        for marked in (False, True):
            carrier = watermark.mark(sound, RATE_HZ) if marked else sound
            for name, treat in TREATMENTS.items():
                if marked or name != "as it is":
                    found = score(treat(carrier), watermark)
                    yield {**base, "treatment": name, "marked": marked, "score": found}


def cost(files: list[Path], watermark: PerthWatermark) -> dict[str, float]:
    """Return seconds of the processor for a second of sound, and how loud the mark is."""
    sounds = [read_sound(file, rate_hz=RATE_HZ) for file in files[:12]]
    seconds = sum(len(sound) for sound in sounds) / RATE_HZ
    began = time.process_time()
    marked = [watermark.mark(sound, RATE_HZ) for sound in sounds]
    marking = (time.process_time() - began) / seconds
    began = time.process_time()
    for sound in sounds:
        score(sound, watermark)
    looking = (time.process_time() - began) / seconds
    below = [
        10 * np.log10(np.mean(a**2) / np.mean((a - b) ** 2))
        for a, b in zip(sounds, marked, strict=True)
    ]
    return {"mark": marking, "look": looking, "below_db": float(np.median(below))}


def main() -> None:
    """Measure, and write every score."""
    parser = argparse.ArgumentParser()
    parser.add_argument("data", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--every", type=int, default=3, help="of the longer recordings")
    chosen = parser.parse_args()
    watermark = PerthWatermark(models_folder())
    files = real_recordings(chosen.data)
    found = []
    for row in rows(files, chosen.data, watermark, chosen.every):
        found.append(row)
        if len(found) % 50 == 0:
            print(len(found), row["file"], flush=True)
    chosen.out.mkdir(parents=True, exist_ok=True)
    costs = cost([one for one in files if "vcc2020" in one.as_posix()], watermark)
    (chosen.out / "scores.json").write_text(json.dumps({"rows": found, "cost": costs}, indent=0))


if __name__ == "__main__":
    main()
