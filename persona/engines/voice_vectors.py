"""A stretch of speech → a vector that says how a voice sounds, not what it says.

    sound ─ 40 log-mel bands, 25 ms every 10 ms ─ windows of 0.8 s ─ 3-layer LSTM ─▶ (256,)

A "d-vector": Wan et al. 2018, Generalized End-to-End Loss for Speaker Verification,
arXiv:1710.10467. Vectors of one voice point the same way. They are computed, compared and
forgotten; none is ever written to disk, because a voice print needs its owner's consent.
"""

from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from persona.engines.catalogue import weights_file
from persona.engines.processor import prepare_threads
from persona.engines.protocols import FloatArray
from persona.errors import EngineError

RATE_HZ = 16_000
DIMENSIONS = 256

_FFT, _WINDOW, _HOP, _BANDS = 512, 400, 160, 40
_FRAMES, _STRIDE = 80, 40
_BATCH = 64  # windows at a time: 0.3 MB


class VoiceVectors:
    """Computes the vectors; the weights (12 MB) are loaded with the first one."""

    def __init__(self, model: str, models: Path, *, threads: int = 2) -> None:
        """Remember the catalogue name of the model, and the folder of models."""
        self._model, self._models, self._threads = model, models, threads

    def vector(self, sound: FloatArray) -> FloatArray:
        """Return the (256,) vector of length 1 of (samples,) at `RATE_HZ`.

        Raises:
            MissingModel: the weights are not here.
            EngineError: they cannot be used.
        """
        frames = log_mel(sound)
        if len(frames) < _FRAMES:
            frames = np.pad(frames, ((0, _FRAMES - len(frames)), (0, 0)))
        starts = range(0, len(frames) - _FRAMES + 1, _STRIDE)
        windows = np.stack([frames[at : at + _FRAMES] for at in starts])
        session = self._session
        found = [
            session.run(None, {"mel_window": windows[at : at + _BATCH]})[0]
            for at in range(0, len(windows), _BATCH)
        ]
        mean = unit(np.concatenate(found)).mean(axis=0)
        whole: FloatArray = unit(mean[None])[0]
        return whole

    @cached_property
    def _session(self) -> Any:
        weights = weights_file(self._model, self._models)
        prepare_threads()
        import onnxruntime  # type: ignore[import-untyped]

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads = self._threads, 1
        options.enable_cpu_mem_arena = False
        try:
            return onnxruntime.InferenceSession(
                str(weights), options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # onnxruntime's errors share no base class
            raise EngineError(f"{weights.name} cannot be loaded. Fetch it again.") from error


def unit(rows: FloatArray) -> FloatArray:
    """Return rows of length 1; a row of zeros stays."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.maximum(lengths, 1e-9), dtype=np.float32)


def log_mel(sound: FloatArray) -> FloatArray:
    """Return (frames, 40): log10 of the power in mel bands, as the model was trained."""
    padded = np.pad(sound, (0, max(0, _FFT - len(sound))))
    frames = np.lib.stride_tricks.sliding_window_view(padded, _FFT)[::_HOP]
    power = np.abs(np.fft.rfft(frames * _hamming(), axis=1)) ** 2
    return np.asarray(np.log10(power @ mel_bands().T + 1e-10), dtype=np.float32)


def _hamming() -> FloatArray:
    """Return a periodic Hamming window in the middle of a frame."""
    window = 0.54 - 0.46 * np.cos(2 * np.pi * np.arange(_WINDOW) / _WINDOW)
    around = (_FFT - _WINDOW) // 2
    return np.pad(window, (around, around)).astype(np.float32)


def mel_bands(fft: int = _FFT) -> FloatArray:
    """Return (40, fft // 2 + 1) triangles of equal area on the mel scale of Slaney (1998)."""
    points = _hertz(np.linspace(_mel(0.0), _mel(RATE_HZ / 2), _BANDS + 2))
    bins = np.linspace(0.0, RATE_HZ / 2, fft // 2 + 1)
    slopes = points[:, None] - bins[None]
    widths = np.diff(points)[:, None]
    triangles = np.maximum(0.0, np.minimum(-slopes[:-2] / widths[:-1], slopes[2:] / widths[1:]))
    return np.asarray(triangles * (2.0 / (points[2:] - points[:-2]))[:, None], dtype=np.float32)


_LINEAR_HZ = 1000.0  # below, a mel is 200/3 Hz; above, 27 mels are a factor of 6.4
_STEP_HZ, _LOG_STEP = 200.0 / 3.0, float(np.log(6.4)) / 27.0


def _mel(hertz: float) -> float:
    if hertz < _LINEAR_HZ:
        return hertz / _STEP_HZ
    return _LINEAR_HZ / _STEP_HZ + float(np.log(hertz / _LINEAR_HZ)) / _LOG_STEP


def _hertz(mels: Any) -> Any:
    corner = _LINEAR_HZ / _STEP_HZ
    above = _LINEAR_HZ * np.exp(_LOG_STEP * (mels - corner))
    return np.where(mels >= corner, above, mels * _STEP_HZ)


def resampled(sound: FloatArray, from_hz: int, to_hz: int) -> FloatArray:
    """Return (samples,) at another rate; FFmpeg's resampler filters what does not fit."""
    if from_hz == to_hz or len(sound) == 0:
        return sound
    import av

    frame = av.AudioFrame.from_ndarray(sound[None], format="flt", layout="mono")
    frame.sample_rate = from_hz
    resampler = av.AudioResampler(format="flt", layout="mono", rate=to_hz)
    parts = [*resampler.resample(frame), *resampler.resample(None)]
    joined = np.concatenate([part.to_ndarray().reshape(-1) for part in parts])
    return np.asarray(joined, dtype=np.float32)
