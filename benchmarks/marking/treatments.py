"""What happens to a sound file between the archive and whoever doubts it."""

import io
from collections.abc import Callable
from typing import cast

import av
import numpy as np
import numpy.typing as npt

Sound = npt.NDArray[np.float32]
RATE_HZ = 24_000


def through(codec: str, container: str, rate_hz: int, bits: int | None, sound: Sound) -> Sound:
    """Encode and decode mono sound; what comes back is at `RATE_HZ`."""
    file = io.BytesIO()
    with av.open(file, "w", format=container) as out:
        stream = cast("av.AudioStream", out.add_stream(codec, rate=rate_hz, layout="mono"))
        if bits:
            stream.bit_rate = bits
        resampler = av.AudioResampler(
            format=stream.codec_context.format, layout="mono", rate=rate_hz,
            frame_size=stream.codec_context.frame_size or 1024,
        )  # fmt: skip
        frame = av.AudioFrame.from_ndarray(sound[None], format="fltp", layout="mono")
        frame.sample_rate = RATE_HZ
        for part in (*resampler.resample(frame), *resampler.resample(None)):
            out.mux(stream.encode(part))
        out.mux(stream.encode(None))
    file.seek(0)
    with av.open(file, "r") as container_in:
        back = av.AudioResampler(format="flt", layout="mono", rate=RATE_HZ)
        pieces = []
        for decoded in container_in.decode(audio=0):
            pieces += [one.to_ndarray().reshape(-1) for one in back.resample(decoded)]
        pieces += [one.to_ndarray().reshape(-1) for one in back.resample(None)]
    return np.concatenate(pieces).astype(np.float32)


def silk(sound: Sound) -> Sound:
    """Return what WeChat would play: SILK at 24,000 bits a second."""
    import pysilk

    pcm = io.BytesIO((np.clip(sound, -1, 1) * 32767).astype("<i2").tobytes())
    encoded, decoded = io.BytesIO(), io.BytesIO()
    pysilk.encode(pcm, encoded, RATE_HZ, 24_000)
    encoded.seek(0)
    pysilk.decode(encoded, decoded, RATE_HZ)
    return (np.frombuffer(decoded.getvalue(), "<i2") / 32768).astype(np.float32)


def faster(factor: float) -> Callable[[Sound], Sound]:
    """Return what plays sound faster: shorter and higher."""

    def played(sound: Sound) -> Sound:
        at = np.arange(0, len(sound) - 1, factor)
        quick: Sound = np.interp(at, np.arange(len(sound)), sound).astype(np.float32)
        return quick

    return played


def trimmed(seconds: float) -> Callable[[Sound], Sound]:
    """Return what keeps a stretch from the middle."""

    def cut(sound: Sound) -> Sound:
        width = round(seconds * RATE_HZ)
        first = max(0, (len(sound) - width) // 2)
        return sound[first : first + width]

    return cut


def noisy(decibels: float) -> Callable[[Sound], Sound]:
    """Return what adds white noise so many decibels below the sound."""

    def added(sound: Sound) -> Sound:
        noise = np.random.default_rng(8).standard_normal(len(sound))
        level = np.sqrt(np.mean(sound**2)) * 10 ** (-decibels / 20)
        both: Sound = (sound + level * noise).astype(np.float32)
        return both

    return added


def codec(name: str, container: str, rate_hz: int, bits: int | None) -> Callable[[Sound], Sound]:
    """Return what encodes and decodes."""
    return lambda sound: through(name, container, rate_hz, bits, sound)


TREATMENTS: dict[str, Callable[[Sound], Sound]] = {
    "as it is": lambda sound: sound,
    "MP3 64 kbit/s": codec("libmp3lame", "mp3", 24_000, 64_000),
    "MP3 32 kbit/s": codec("libmp3lame", "mp3", 24_000, 32_000),
    "Opus 24 kbit/s (WhatsApp)": codec("libopus", "ogg", 24_000, 24_000),
    "Opus 12 kbit/s": codec("libopus", "ogg", 24_000, 12_000),
    "AAC 32 kbit/s (m4a)": codec("aac", "ipod", 24_000, 32_000),
    "SILK (WeChat)": silk,
    "telephone: 8 kHz, µ-law": codec("pcm_mulaw", "wav", 8_000, None),
    "old telephone: AMR 12.2": codec("libopencore_amrnb", "amr", 8_000, 12_200),
    "20 dB quieter": lambda sound: (sound * 0.1).astype(np.float32),
    "twice as loud, clipped": lambda sound: np.clip(sound * 2, -0.5, 0.5).astype(np.float32),
    "noise 20 dB below": noisy(20),
    "noise 10 dB below": noisy(10),
    "5 % faster": faster(1.05),
    "10 % slower": faster(0.9),
    "20 % faster": faster(1.2),
    "1 second of it": trimmed(1.0),
    "2 seconds of it": trimmed(2.0),
    "MP3 32, then Opus 24": lambda sound: TREATMENTS["Opus 24 kbit/s (WhatsApp)"](
        TREATMENTS["MP3 32 kbit/s"](sound)
    ),
}
