"""How usable a stretch of speech is: how loud, how noisy, clipped, with something behind the voice.

    speech level   mean power of the stretches in which somebody speaks (as `loudness`)
    noise floor    mean power of the pauses around and between them
    signal/noise   speech level less noise, over noise; in a studio 40 dB, in a kitchen 20 dB
    clipped        share of samples in flat tops: at least three equal ones at the highest level
    behind         share of the power of the pauses that lies in few frequencies: noise spreads it
                   out (below 0.35), music and hum gather it (above 0.6)

Nothing is changed by measuring.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from persona.engines.loudness import speaking_power
from persona.engines.protocols import FloatArray
from persona.engines.voice_activity import RATE_HZ, speech_spans

MOST_SNR_DB = 60.0
"""More than 16 bits of a quiet room can tell."""

_TOP = 0.999
_LEAST_PAUSE_S = 0.25
_FRAME = 1024  # 64 ms
_LOW_HZ, _HIGH_HZ = 150.0, 4000.0
_FEW = 0.05  # of all frequencies


@dataclass(frozen=True)
class SoundQuality:
    """What was measured of one stretch of speech.

    Attributes:
        noise_db: speech over noise, in decibels.
        clipped: 0 to 1, the share of samples that are cut off at the top.
        behind: 0 to 1, how far what is heard in the pauses is tones and no noise; 0 where the
            pauses are too short or too quiet to tell.
        speech_s: for how many seconds somebody speaks.
    """

    noise_db: float
    clipped: float
    behind: float
    speech_s: float


def sound_quality(sound: FloatArray) -> SoundQuality:
    """Measure (samples,) float32 at `RATE_HZ` with some pause in it."""
    still = still_moments(sound)
    speech, pauses = sound[~still], sound[still]
    noise_db = _noise_db(speech, pauses)
    quiet = len(pauses) < _LEAST_PAUSE_S * RATE_HZ or noise_db > 35.0
    return SoundQuality(
        noise_db=round(noise_db, 1),
        clipped=round(clipped_share(sound), 4),
        behind=0.0 if quiet else round(_gathered(pauses), 2),
        speech_s=round(len(speech) / RATE_HZ, 2),
    )


def still_moments(sound: FloatArray) -> npt.NDArray[np.bool_]:
    """Return (samples,) where nobody speaks, in sound at `RATE_HZ`."""
    still = np.ones(len(sound), dtype=bool)
    for start_s, end_s in speech_spans(sound, pause_s=0.15, around_s=0.06, longest_s=1e6):
        still[round(start_s * RATE_HZ) : round(end_s * RATE_HZ)] = False
    return still


def clipped_share(sound: FloatArray) -> float:
    """Return the share of samples in flat tops of three and more at the highest level."""
    level = np.abs(sound)
    if not len(level) or level.max() < 0.05:
        return 0.0
    flat = level >= _TOP * level.max()
    inside = np.convolve(flat, np.ones(3), mode="same") >= 3
    return float(np.convolve(inside, np.ones(3), mode="same").astype(bool).mean())


def _noise_db(speech: FloatArray, pauses: FloatArray) -> float:
    if not len(speech):
        return 0.0
    loud = speaking_power(speech, rate_hz=RATE_HZ)
    if len(pauses) >= _LEAST_PAUSE_S * RATE_HZ:
        noise = float(np.median(_powers(pauses)))
    else:  # somebody who hardly pauses: the quietest moments between two sounds
        noise = float(np.percentile(_powers(speech), 5))
    ratio = max(loud - noise, 1e-12) / max(noise, 1e-12)
    return float(np.clip(10.0 * np.log10(ratio), 0.0, MOST_SNR_DB))


def _powers(sound: FloatArray) -> npt.NDArray[np.float64]:
    width = RATE_HZ // 50
    whole = max(1, len(sound) // width)
    frames = np.resize(sound, (whole, min(width, len(sound))))
    return np.asarray(np.square(frames, dtype=np.float64).mean(axis=1))


def _gathered(pauses: FloatArray) -> float:
    """Return the share of power that lies in a twentieth of the frequencies of a voice."""
    frames = np.lib.stride_tricks.sliding_window_view(pauses, _FRAME)[:: _FRAME // 2]
    power = np.abs(np.fft.rfft(frames * np.hanning(_FRAME), axis=1)) ** 2
    hertz = np.fft.rfftfreq(_FRAME, 1.0 / RATE_HZ)
    mean = power[:, (hertz >= _LOW_HZ) & (hertz <= _HIGH_HZ)].mean(axis=0)
    mean = mean / np.maximum(_smoothed(mean), 1e-20)  # a slope is no tone
    few = np.sort(mean)[-max(1, round(_FEW * len(mean))) :]
    return float(few.sum() / max(mean.sum(), 1e-20))


def _smoothed(power: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the median of the frequencies around each one."""
    around = np.lib.stride_tricks.sliding_window_view(np.pad(power, 20, mode="reflect"), 41)
    return np.asarray(np.median(around, axis=1))
