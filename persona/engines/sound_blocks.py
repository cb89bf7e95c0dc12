"""A recording of any length as blocks of sound that fit in memory, cut where it is quiet.

file ──PyAV (FFmpeg inside the package)──▶ 16 kHz mono ──▶ block, block, block …
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from persona.engines.protocols import FloatArray
from persona.errors import UnreadableSource

BLOCK_S = 600.0
"""An hour at once would take a gigabyte for its spectrogram; ten minutes take 150 MB."""

_SEARCH_S = 30.0  # a cut is looked for in the last half minute of a block
_QUIET_S = 0.25


def read_blocks(
    recording: Path, *, rate_hz: int, block_s: float = BLOCK_S
) -> Iterator[tuple[float, FloatArray]]:
    """Yield (start in seconds, (samples,) float32 in [-1, 1]) until the recording ends.

    Damaged packets in the middle are skipped, as players do.

    Raises:
        UnreadableSource: the file is empty, or holds no sound that can be decoded.
    """
    waiting: list[FloatArray] = []
    collected, start, limit = 0, 0, round(block_s * rate_hz)
    for piece in _decoded(recording, rate_hz):
        waiting.append(piece)
        collected += len(piece)
        while collected >= limit:
            sound = np.concatenate(waiting)
            cut = quietest_cut(sound[:limit], rate_hz)
            yield start / rate_hz, sound[:cut]
            start, waiting, collected = start + cut, [sound[cut:]], len(sound) - cut
    if start + collected == 0:
        raise UnreadableSource(
            f"{recording.name} holds no sound. Play it to see whether it is damaged."
        )
    if collected:
        yield start / rate_hz, np.concatenate(waiting)


def quietest_cut(sound: FloatArray, rate_hz: int) -> int:
    """Return the sample in the middle of the quietest quarter second near the end of a block."""
    width = round(_QUIET_S * rate_hz)
    first = max(0, len(sound) - round(_SEARCH_S * rate_hz))
    windows = (len(sound) - first) // width
    if windows < 2:
        return len(sound)
    tail = sound[first : first + windows * width].reshape(windows, width)
    quietest = int(np.argmin(np.square(tail).mean(axis=1)))
    return first + quietest * width + width // 2


def _decoded(recording: Path, rate_hz: int) -> Iterator[FloatArray]:
    import av

    if not recording.is_file() or recording.stat().st_size == 0:
        raise UnreadableSource(f"{recording.name} is empty. Copy it again from where it came.")
    try:
        with av.open(str(recording), metadata_errors="ignore") as container:
            if not container.streams.audio:
                raise UnreadableSource(f"{recording.name} holds no sound track.")
            resampler = av.AudioResampler(format="flt", layout="mono", rate=rate_hz)
            for frame in _frames(container):
                for part in resampler.resample(frame):
                    yield np.asarray(part.to_ndarray(), dtype=np.float32).reshape(-1)
    except (av.FFmpegError, OSError) as error:
        raise UnreadableSource(
            f"{recording.name} cannot be read as a recording: it is damaged, or not what its "
            "name says. Copy it again from where it came, or convert it to wav."
        ) from error


def _frames(container: Any) -> Iterator[Any]:
    """Yield decoded frames, then None, which empties the resampler."""
    import av

    frames = container.decode(audio=0)
    while True:
        try:
            frame = next(frames)
        except StopIteration:
            break
        except av.error.InvalidDataError:
            continue
        frame.pts = None  # gaps in the time stamps of old recorders must not become silence
        yield frame
    yield None
