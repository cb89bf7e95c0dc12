"""Recordings put together from real speech, with lines that say who speaks when."""

import csv
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from persona.engines.protocols import FloatArray
from persona.engines.sound import read_sound, write_wav
from persona.records import Passage, Source, SourceKind, content_id
from tests.remember.archive import NOW, Archive

RATE_HZ = 16_000
ROOM_S = 1.2


class Spoken:
    """The real clips of the shared material, by speaker."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "speech"
        with (self.folder / "speech.csv").open(encoding="utf-8") as file:
            self.rows = [row for row in csv.DictReader(file) if float(row["seconds"]) >= 2.0]

    def of(self, speaker: str, count: int) -> list[tuple[FloatArray, str]]:
        """Return (samples, words) of the first clips of a speaker."""
        mine = [row for row in self.rows if row["speaker"] == speaker][:count]
        assert len(mine) == count
        return [
            (read_sound(self.folder / row["file"], rate_hz=RATE_HZ), row["transcript"])
            for row in mine
        ]


@dataclass
class Line:
    """A line of a recording."""

    speaker: str | None
    start_s: float
    end_s: float
    text: str


@dataclass
class Tape:
    """A recording that grows line by line, with a quiet room around each."""

    pieces: list[FloatArray] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    seed: int = 0

    @property
    def seconds(self) -> float:
        return sum(len(one) for one in self.pieces) / RATE_HZ

    def add(
        self,
        speaker: str | None,
        sound: FloatArray,
        text: str = "Well.",
        *,
        over: Callable[[FloatArray], FloatArray] | None = None,
    ) -> Line:
        """Add a line; ``over`` lays something over it and the room around it."""
        rng = np.random.default_rng(len(self.pieces))
        room = rng.standard_normal(round(ROOM_S * RATE_HZ)).astype(np.float32) * 1e-4
        start_s = self.seconds + ROOM_S
        line = Line(speaker, start_s, start_s + len(sound) / RATE_HZ, text)
        whole = np.concatenate([room, sound, room])
        self.pieces.append(over(whole) if over else whole)
        self.lines.append(line)
        return line

    def keep(self, archive: Archive, title: str, *, sure: float = 0.95) -> Source:
        """Keep it as an original of an archive; return its source."""
        sound = np.concatenate(self.pieces)
        scratch = archive.workspace.root / "tape.wav"
        write_wav(scratch, sound, rate_hz=RATE_HZ, comment=title)
        sha = hashlib.sha256(scratch.read_bytes()).hexdigest()
        place = archive.workspace.original(sha)
        place.parent.mkdir(parents=True, exist_ok=True)
        scratch.replace(place)
        source = Source(
            id=content_id("src", sha),
            sha256=sha,
            kind=SourceKind.INTERVIEW,
            media_type="audio/wav",
            title=title,
            file_name=f"{title}.wav",
            size_bytes=place.stat().st_size,
            received_at=NOW,
            duration_s=len(sound) / RATE_HZ,
            rate_hz=RATE_HZ,
        )
        archive.store.add_source(source, [self._passage(source, n, sure) for n in self._places()])
        return source

    def _places(self) -> range:
        return range(len(self.lines))

    def _passage(self, source: Source, number: int, sure: float) -> Passage:
        line = self.lines[number]
        value = f"t={line.start_s:.3f},{line.end_s:.3f}"
        return Passage(
            id=content_id("psg", source.id, number, line.text),
            source_id=source.id,
            position=number,
            unit=source.id,
            selector={"type": "FragmentSelector", "value": value},
            text=line.text,
            speaker_id=line.speaker,
            speaker_confidence=sure if line.speaker else 0.0,
            language="en",
        )


def noise(sound: FloatArray, *, db_below: float, seed: int = 1) -> FloatArray:
    """Return sound with white noise so far below it."""
    rng = np.random.default_rng(seed)
    level = float(np.sqrt(np.square(sound).mean())) * 10 ** (-db_below / 20)
    return (sound + rng.standard_normal(len(sound)) * level).astype(np.float32)


def chord(sound: FloatArray, *, db_below: float) -> FloatArray:
    """Return sound with a held chord so far below it."""
    t = np.arange(len(sound)) / RATE_HZ
    music = sum(np.sin(2 * np.pi * hertz * t) for hertz in (262, 330, 392, 523))
    level = float(np.sqrt(np.square(sound).mean())) * 10 ** (-db_below / 20)
    return (sound + music / np.std(music) * level).astype(np.float32)
