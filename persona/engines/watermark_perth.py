"""A watermark that is not heard and that survives re-encoding: Perth (implicit) by Resemble AI.

    mark    sound ─▶ magnitudes below 2 kHz ─ 7 convolutions ─▶ what to add ─▶ sound + that
    detect  sound ─▶ magnitudes below 2 kHz ─ 3 × 7 convolutions, at 3 speeds ─▶ one number

The network and its weights are those of resemble-perth 1.0.1 (MIT), "PERceptual THreshold": the
weights are a locked model, and the network is written out here in NumPy, because upstream's package
needs torchaudio, which breaks this program's other models, and silently is ``None`` without it.
Upstream passes all of the sound through a spectrogram and back; here only the difference is added,
so whatever lies above 2 kHz stays as it was.

The mark says "made by a program", one bit, and nothing of whom or by whom.
"""

from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt

from persona.engines.catalogue import weights_file
from persona.engines.protocols import FloatArray
from persona.engines.watermark_weights import read_tensors
from persona.errors import EngineError

MODEL = "perth"
RATE_HZ = 32_000
"""The rate that the network was trained at; other sound is resampled for it."""

SHORTEST_S = 0.1
"""Below this nothing is marked or looked for: no spectrogram can be made of it."""

_FFT, _HOP = 2048, 320
_BANDS = 128  # of 1025: 2 kHz of 16 kHz
_FLOOR = 1e-9  # magnitudes below count as silence: −180 dB
_LOW_DB, _SPAN_DB = -180.0, 195.0
_LOUD_SHARE = 0.05  # frames below this share of the loudest are left alone
_BLOCK_FRAMES = 1500  # frames convolved at a time: 11 MB
_SPEEDS = (("slow", 1.25), ("normal", 1.0), ("fast", 0.75))

ComplexArray = npt.NDArray[np.complex64]


class PerthWatermark:
    """A `protocols.Watermark`; its weights (37 MB) are read with the first sound."""

    def __init__(self, models: Path) -> None:
        """Remember the folder of models.

        Raises:
            MissingModel: the weights are not here. Better now than after an answer was spoken.
        """
        self._file = weights_file(MODEL, models)

    @property
    def name(self) -> str:
        """Return the name with its version, as written into seals."""
        return "perth-implicit-250000"

    def mark(self, sound: FloatArray, rate_hz: int) -> FloatArray:
        """Return (samples,) with the mark; sound shorter than `SHORTEST_S` as it is."""
        if len(sound) < SHORTEST_S * rate_hz or not np.any(sound):
            return np.array(sound, dtype=np.float32)
        spectra = _spectra(resampled(sound, rate_hz, RATE_HZ))
        magnitudes = _normalised(spectra)
        added = _convolved(magnitudes[:, :_BANDS], self._layers("encoder.layers"))
        added *= _loud(magnitudes)[:, None]
        difference = resampled(_resynthesised(spectra, magnitudes, added), RATE_HZ, rate_hz)
        marked = np.array(sound, dtype=np.float32)
        length = min(len(marked), len(difference))  # the last hundredth of a second has no frame
        marked[:length] += difference[:length]
        return np.clip(marked, -1.0, 1.0)

    def detect(self, sound: FloatArray, rate_hz: int) -> float:
        """Return 0 (no mark) to 1 (marked); sound too short or silent counts as unmarked."""
        if len(sound) < SHORTEST_S * rate_hz or not np.any(sound):
            return 0.0
        magnitudes = _normalised(_spectra(resampled(sound, rate_hz, RATE_HZ)))
        loud, bands = _loud(magnitudes), magnitudes[:, :_BANDS]
        heard = []
        for name, speed in _SPEEDS:
            count = int(len(bands) * speed)
            found = _convolved(_stretched(bands, count), self._layers(f"decoder.{name}_layers"))
            heard.append(found[loud[np.arange(count) * len(loud) // count]].mean(axis=0))
        attention, marks = np.array(heard).T
        weights = np.exp(attention - attention.max())
        return float(np.clip(marks @ weights / weights.sum(), 0.0, 1.0))

    @cached_property
    def _tensors(self) -> dict[str, FloatArray]:
        return read_tensors(self._file)

    def _layers(self, prefix: str) -> list[tuple[FloatArray, FloatArray]]:
        """Return (width × inputs, outputs) matrices and biases of seven convolutions."""
        try:
            return [
                (
                    self._tensors[f"{prefix}.{number}.conv.weight"].transpose(2, 1, 0),
                    self._tensors[f"{prefix}.{number}.conv.bias"],
                )
                for number in range(7)
            ]
        except KeyError as error:
            raise EngineError(f"{self._file.name} is not the watermark. Fetch it again.") from error


def resampled(sound: FloatArray, from_hz: int, to_hz: int) -> FloatArray:
    """Return sound at another rate, by cutting or padding its spectrum: nothing is delayed.

    Args:
        sound: (samples,); a second of silence behind it keeps the end from reaching its beginning.
        from_hz: samples a second.
        to_hz: wanted. Both should share a large divisor (50 or more), as all usual rates do.
    """
    if from_hz == to_hz:
        return np.asarray(sound, dtype=np.float32)
    step = from_hz // int(np.gcd(from_hz, to_hz))
    padded = -(-(len(sound) + from_hz // 10) // step) * step
    wanted = padded * to_hz // from_hz
    spectrum = np.fft.rfft(sound, padded)
    changed = np.fft.irfft(spectrum[: wanted // 2 + 1], wanted) * (wanted / padded)
    return changed[: -(-len(sound) * to_hz // from_hz)].astype(np.float32)


def _spectra(sound: FloatArray) -> ComplexArray:
    """Return (frames, 1025): a short-time Fourier transform with mirrored ends, as PyTorch's."""
    around = np.pad(sound, _FFT // 2, mode="reflect")
    frames = np.lib.stride_tricks.sliding_window_view(around, _FFT)[::_HOP]
    return np.fft.rfft(frames * _window(), axis=1).astype(np.complex64)


def _window() -> FloatArray:
    """Return a periodic Hann window."""
    return (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(_FFT) / _FFT)).astype(np.float32)


def _normalised(spectra: ComplexArray) -> FloatArray:
    """Return magnitudes in decibels, −180 as 0 and 15 as 1."""
    decibels = 20 * np.log10(np.maximum(np.abs(spectra), _FLOOR))
    return np.asarray((decibels - _LOW_DB) / _SPAN_DB, dtype=np.float32)


def _loud(magnitudes: FloatArray) -> npt.NDArray[np.bool_]:
    """Return which frames are more than digital silence."""
    sums = magnitudes.sum(axis=1)
    return np.asarray(sums > sums.max() * _LOUD_SHARE)


def _resynthesised(spectra: ComplexArray, magnitudes: FloatArray, added: FloatArray) -> FloatArray:
    """Return the sound of the difference that ``added`` makes below 2 kHz."""
    before = magnitudes[:, :_BANDS] * _SPAN_DB + _LOW_DB
    after = before + added * _SPAN_DB
    turned = np.exp(1j * np.angle(spectra[:, :_BANDS]))
    difference = np.zeros_like(spectra)
    difference[:, :_BANDS] = (10.0 ** (after / 20) - 10.0 ** (before / 20)) * turned
    window = _window()
    frames = np.fft.irfft(difference, _FFT, axis=1) * window
    length = _FFT + _HOP * (len(frames) - 1)
    sound, weight = np.zeros(length), np.zeros(length)
    for number, frame in enumerate(frames):
        sound[number * _HOP : number * _HOP + _FFT] += frame
        weight[number * _HOP : number * _HOP + _FFT] += window**2
    middle = slice(_FFT // 2, length - _FFT // 2)
    return (sound[middle] / np.maximum(weight[middle], 1e-9)).astype(np.float32)


def _convolved(frames: FloatArray, layers: list[tuple[FloatArray, FloatArray]]) -> FloatArray:
    """Return (frames, outputs) of a stack of convolutions over time with leaky ReLU between."""
    for number, (weights, bias) in enumerate(layers):
        width, inputs, outputs = weights.shape
        matrix = np.ascontiguousarray(weights).reshape(width * inputs, outputs)
        edge = width // 2
        padded = np.pad(frames, ((edge, edge), (0, 0)))
        blocks = []
        for first in range(0, len(frames), _BLOCK_FRAMES):
            part = padded[first : first + _BLOCK_FRAMES + 2 * edge]
            views = np.lib.stride_tricks.sliding_window_view(part, width, axis=0)
            columns = views.transpose(0, 2, 1).reshape(len(views), width * inputs)
            blocks.append(columns @ matrix + bias)
        frames = np.concatenate(blocks)
        if number < len(layers) - 1:
            np.multiply(frames, 0.01, out=frames, where=frames < 0)
    return frames


def _stretched(frames: FloatArray, count: int) -> FloatArray:
    """Return ``count`` frames, from the first to the last, with straight lines between."""
    at = np.linspace(0.0, len(frames) - 1, count)
    before = np.floor(at).astype(int)
    after = np.minimum(before + 1, len(frames) - 1)
    share = (at - before).astype(np.float32)[:, None]
    between: FloatArray = frames[before] * (1 - share) + frames[after] * share
    return between
