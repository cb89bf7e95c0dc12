"""The encoder that a voice is searched with: how alike two voices sound, to Resemblyzer.

    speech ─ 40 mel bands, 25 ms every 10 ms ─ windows of 1.6 s ─ 3-layer LSTM ─▶ (256,)

A GE2E speaker encoder (Wan et al. 2018, arXiv:1710.10467) trained by Resemble AI; its weights are
read as data, its package is never imported. What is optimised with one encoder must be judged by
another: a search always finds sounds that please its own encoder. The judge is
`persona.engines.voice_vectors` ("dvector").
"""

from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from persona.engines.catalogue import find_entry, weights_file
from persona.engines.processor import prepare_threads
from persona.engines.protocols import FloatArray
from persona.engines.voice_activity import speech_spans
from persona.engines.voice_vectors import RATE_HZ, mel_bands, unit
from persona.errors import EngineError

MODEL = "resemblyzer"
DIMENSIONS = 256

_WINDOW, _HOP, _BANDS = 400, 160, 40
_FRAMES, _STRIDE = 160, 77  # 1.6 s; 1.3 windows a second
_LEAST_RMS = 10 ** (-30.0 / 20)  # quieter speech is raised to this, as in its training


class ResemblyzerVectors:
    """Computes the vectors; the weights (17 MB) are loaded with the first one."""

    def __init__(self, models: Path) -> None:
        """Remember the folder of models."""
        self._models = models

    @property
    def name(self) -> str:
        """Return the model's name and the beginning of its weights' hash."""
        return f"{MODEL}@{find_entry(MODEL).files[0].sha256[:12]}"

    def vector(self, sound: FloatArray) -> FloatArray:
        """Return the (256,) vector of length 1 of (samples,) at 16,000 Hz; no speech: zeros.

        Raises:
            MissingModel: the weights are not here.
            EngineError: they cannot be used.
        """
        network = self._network
        import torch

        speech = _speech_only(sound)
        if len(speech) < _WINDOW:
            return np.zeros(DIMENSIONS, dtype=np.float32)
        frames = mel_frames(speech)
        frames = np.pad(frames, ((0, max(0, _FRAMES - len(frames))), (0, 0)))
        starts = range(0, len(frames) - _FRAMES + 1, _STRIDE)
        windows = np.stack([frames[at : at + _FRAMES] for at in starts])
        with torch.inference_mode():
            _, (hidden, _) = network["lstm"](torch.from_numpy(windows))
            found = torch.relu(network["linear"](hidden[-1])).numpy()
        whole: FloatArray = unit(unit(found).mean(axis=0)[None])[0]
        return whole

    @cached_property
    def _network(self) -> Any:
        weights = weights_file(MODEL, self._models)
        prepare_threads()
        import torch

        network = torch.nn.ModuleDict(
            {
                "lstm": torch.nn.LSTM(_BANDS, DIMENSIONS, 3, batch_first=True),
                "linear": torch.nn.Linear(DIMENSIONS, DIMENSIONS),
            }
        )
        try:
            saved = torch.load(weights, map_location="cpu", weights_only=True)["model_state"]
            wanted = network.state_dict().keys()
            network.load_state_dict({name: saved[name] for name in wanted})
        except Exception as error:  # torch's errors share no base class
            raise EngineError(f"{weights.name} cannot be loaded. Fetch it again.") from error
        return network.eval()


def mel_frames(sound: FloatArray) -> FloatArray:
    """Return (frames, 40): power in mel bands, not its logarithm, as the model was trained."""
    padded = np.pad(sound, _WINDOW // 2)
    frames = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW)[::_HOP]
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(_WINDOW) / _WINDOW)
    power = np.abs(np.fft.rfft(frames * window, axis=1)) ** 2
    return np.asarray(power @ mel_bands(_WINDOW).T, dtype=np.float32)


def _speech_only(sound: FloatArray) -> FloatArray:
    """Return what is spoken, without pauses, loud enough for the model."""
    spans = speech_spans(sound, pause_s=0.2, around_s=0.05, longest_s=600.0)
    pieces = [sound[round(a * RATE_HZ) : round(b * RATE_HZ)] for a, b in spans]
    speech = np.concatenate(pieces) if pieces else np.zeros(0, dtype=np.float32)
    rms = float(np.sqrt(np.square(speech).mean())) if len(speech) else 0.0
    gain = _LEAST_RMS / rms if 0.0 < rms < _LEAST_RMS else 1.0
    return np.asarray(speech * gain, dtype=np.float32)
