"""A voice with less noise behind it, for the ears of programs: a Wiener filter.

    sound ─ 32 ms frames ─ spectrum ─┬─ pauses: what the noise is
                                     └─ × gain (a priori SNR, decision-directed) ─▶ sound

Scalart & Vieira Filho 1996, Speech enhancement based on a priori signal to noise estimation;
Ephraim & Malah 1984 for the decision-directed estimate. The noise is learnt from the pauses of the
same stretch, and is never lowered by more than `MOST_DB`: below that a voice begins to ring.

What it makes is a derived copy; the original stays as it is (law 6). Stronger programs
(DeepFilterNet) were measured and are not used: their packages come from people whom nobody knows,
and are native code, not weights. FFmpeg's ``afftdn`` gained less.
"""

import numpy as np
import numpy.typing as npt

from persona.engines.protocols import FloatArray

NAME = "wiener filter, decision-directed, at most 14 dB"
MOST_DB = 14.0
LEAST_PAUSE_S = 0.25
"""In less, nobody can tell what the noise is: the sound comes back as it was."""

_FRAME_S = 0.032
_MEMORY = 0.98  # of the decision-directed estimate, as published
_Spectrum = npt.NDArray[np.complex128]


def quietened(sound: FloatArray, pauses: npt.NDArray[np.bool_], *, rate_hz: int) -> FloatArray:
    """Return (samples,) float32 with less noise, in step with what came in.

    Args:
        sound: mono.
        pauses: (samples,) where nobody speaks.
        rate_hz: samples a second.
    """
    width = 4 * round(_FRAME_S * rate_hz / 4)
    hop = width // 4
    if int(pauses.sum()) < max(LEAST_PAUSE_S * rate_hz, 2 * width):
        return sound
    window = np.sqrt(0.5 - 0.5 * np.cos(2 * np.pi * np.arange(width) / width))
    padded = np.pad(sound.astype(np.float64), (width, 2 * width))
    frames = np.lib.stride_tricks.sliding_window_view(padded, width)[::hop]
    spectra = np.fft.rfft(frames * window, axis=1)
    still = _still_frames(pauses, len(frames), width, hop)
    if not still.any():
        return sound
    noise = np.square(np.abs(spectra[still])).mean(axis=0)
    made = np.fft.irfft(spectra * _gains(spectra, noise), n=width, axis=1) * window
    whole = np.zeros(len(padded))
    for place, frame in enumerate(made):
        whole[place * hop : place * hop + width] += frame
    overlap = float(np.square(window).sum() / hop)
    return np.asarray(whole[width : width + len(sound)] / overlap, dtype=np.float32)


def _still_frames(
    pauses: npt.NDArray[np.bool_], count: int, width: int, hop: int
) -> npt.NDArray[np.bool_]:
    """Return (count,) which frames lie wholly in a pause."""
    padded = np.pad(pauses, (width, 2 * width))
    frames = np.lib.stride_tricks.sliding_window_view(padded, width)[::hop][:count]
    return np.asarray(frames.all(axis=1), dtype=np.bool_)


def _gains(spectra: _Spectrum, noise: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return (frames, bins) by how much each part of the sound is kept."""
    floor = 10 ** (-MOST_DB / 20)
    posterior = np.square(np.abs(spectra)) / np.maximum(noise, 1e-20)
    gains = np.empty_like(posterior)
    before = np.zeros_like(noise)
    for place, snr in enumerate(posterior):
        prior = _MEMORY * before + (1 - _MEMORY) * np.maximum(snr - 1.0, 0.0)
        gains[place] = np.maximum(prior / (1.0 + prior), floor)
        before = np.square(gains[place]) * snr
    return gains
