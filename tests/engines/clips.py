"""Clips of real speakers, as the family's confirmed clips come to a maker."""

import csv
from pathlib import Path

from persona.engines.protocols import VoiceSample
from persona.engines.sound import read_sound, write_wav

RATE_HZ = 16_000


def clips_of(shared_data: Path, speaker: str, seconds: float, into: Path) -> list[VoiceSample]:
    """Return clips of a speaker, about ``seconds`` in all."""
    folder = shared_data / "speech"
    clips: list[VoiceSample] = []
    with (folder / "speech.csv").open(encoding="utf-8") as table:
        rows = [row for row in csv.DictReader(table) if row["speaker"] == speaker]
    for row in rows:
        if seconds < 1:
            break
        sound = read_sound(folder / row["file"], rate_hz=RATE_HZ)[: round(seconds * RATE_HZ)]
        path = into / f"{speaker}-{len(clips)}.wav"
        write_wav(path, sound, rate_hz=RATE_HZ, comment="test")
        length = len(sound) / RATE_HZ
        clips.append(VoiceSample(path, row["transcript"], row["language"], length))
        seconds -= length
    return clips
