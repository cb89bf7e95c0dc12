"""Reading and writing sound: any recording in, 16-bit WAV out, or MP3 where it must be small.

Decoding is PyAV's (FFmpeg inside the package), streamed: a stretch of an hour-long recording is
read without holding the hour.
"""

import io
from pathlib import Path
from typing import Any

import numpy as np

from persona.atomic import write_file
from persona.engines.protocols import FloatArray
from persona.engines.sound_opening import opened_sound
from persona.errors import EngineError, UnreadableSource


def read_sound(
    path: Path, *, rate_hz: int, start_s: float = 0.0, end_s: float | None = None
) -> FloatArray:
    """Return a stretch of a recording as (samples,) float32 in [-1, 1], mono, at ``rate_hz``.

    Raises:
        UnreadableSource: the file holds no sound that can be decoded.
    """
    import av

    pieces: list[FloatArray] = []
    try:
        with opened_sound(path) as container:
            stream = container.streams.audio[0]
            if start_s > 1.0 and stream.time_base:
                container.seek(int((start_s - 1.0) / stream.time_base), stream=stream)
            resampler = av.AudioResampler(format="flt", layout="mono", rate=rate_hz)
            first: float | None = None
            for frame in container.decode(stream):
                if first is None:
                    first = float(frame.time or 0.0)
                if end_s is not None and frame.time is not None and frame.time > end_s:
                    break
                pieces += [_samples(part) for part in resampler.resample(frame)]
            pieces += [_samples(part) for part in resampler.resample(None)]
    except (av.FFmpegError, IndexError, OSError, ValueError) as error:
        raise UnreadableSource(f"{path.name} holds no sound that can be played.") from error
    if not pieces:
        raise UnreadableSource(f"{path.name} holds no sound that can be played.")
    sound = np.concatenate(pieces).astype(np.float32)
    skip = max(0, round((start_s - (first or 0.0)) * rate_hz))
    stop = len(sound) if end_s is None else skip + round((end_s - start_s) * rate_hz)
    return sound[skip:stop]


def write_wav(path: Path, sound: FloatArray, *, rate_hz: int, comment: str) -> None:
    """Write (samples,) float32 as 16-bit WAV (see `wav_bytes`), all or nothing.

    For what is cut from a recording or measured. Speech that the program made goes through
    `persona.export.marking` instead.

    Raises:
        EngineError: the disk is full or the folder cannot be written.
    """
    content = wav_bytes(sound, rate_hz=rate_hz, comment=comment)
    try:
        write_file(path, content)
    except OSError as error:
        raise EngineError("The sound could not be saved: is the disk full?") from error


def wav_bytes(sound: FloatArray, *, rate_hz: int, comment: str) -> bytes:
    """Return (samples,) float32 as a 16-bit WAV file with a comment in its header.

    Args:
        sound: values outside [-1, 1] are clipped.
        rate_hz: samples a second.
        comment: stored in the RIFF INFO chunk: what made this file.
    """
    import soundfile

    made = io.BytesIO()
    with soundfile.SoundFile(
        made, "w", samplerate=rate_hz, channels=1, subtype="PCM_16", format="WAV"
    ) as file:
        if comment:  # libsndfile refuses an empty one
            file.comment = comment
        file.software = "memorial-persona"
        file.write(np.clip(sound, -1.0, 1.0))
    return made.getvalue()


def mp3_bytes(sound: FloatArray, *, rate_hz: int) -> bytes:
    """Return (samples,) float32 as a small MP3 file: about 6 kB a second of speech at 24 kHz.

    For what is handed on inside a page. The watermark of synthetic speech lives through it.

    Args:
        sound: values outside [-1, 1] are clipped.
        rate_hz: samples a second, one of those that MP3 knows.
    """
    import soundfile

    made = io.BytesIO()
    soundfile.write(
        made,
        np.clip(sound, -1.0, 1.0),
        rate_hz,
        format="MP3",
        subtype="MPEG_LAYER_III",
        bitrate_mode="VARIABLE",
        compression_level=0.5,
    )
    return made.getvalue()


def _samples(frame: Any) -> FloatArray:
    return np.asarray(frame.to_ndarray(), dtype=np.float32).reshape(-1)
