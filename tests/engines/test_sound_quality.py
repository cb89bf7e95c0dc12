"""Noise, music and clipping behind real speech; less noise without losing step."""

from pathlib import Path

import numpy as np
import pytest

from persona.engines.noise import quietened
from persona.engines.protocols import FloatArray
from persona.engines.sound_quality import clipped_share, sound_quality, still_moments
from persona.engines.sound_survey import loudness_of
from tests.train.recordings import RATE_HZ, Spoken, chord, noise


@pytest.fixture(scope="module")
def speech(shared_data: Path) -> FloatArray:
    quiet = np.zeros(RATE_HZ // 2, dtype=np.float32)
    return np.concatenate([quiet, Spoken(shared_data).of("vcc-TEM1", 1)[0][0], quiet])


@pytest.mark.parametrize("db", [8, 16, 24])
def test_noise_is_estimated(speech: FloatArray, db: int) -> None:
    measured = sound_quality(noise(speech, db_below=db)).noise_db
    assert abs(measured - db) < 3.0
    assert sound_quality(speech).noise_db > 35


def test_music_is_told_from_noise(speech: FloatArray) -> None:
    assert sound_quality(chord(speech, db_below=12)).behind > 0.6
    assert sound_quality(noise(speech, db_below=12)).behind < 0.3
    assert sound_quality(speech).behind == 0.0


def test_flat_tops_are_counted(speech: FloatArray) -> None:
    assert clipped_share(speech) < 0.0005
    assert clipped_share(np.clip(speech * 8, -0.5, 0.5)) > 0.02
    assert clipped_share(np.zeros(0, dtype=np.float32)) == 0.0


@pytest.mark.parametrize("db", [8, 16])
def test_less_noise_is_nearer_to_the_clean_speech(speech: FloatArray, db: int) -> None:
    noisy = noise(speech, db_below=db)
    made = quietened(noisy, still_moments(noisy), rate_hz=RATE_HZ)
    assert len(made) == len(noisy)

    def distortion_db(sound: FloatArray) -> float:
        scale = float(sound @ speech / (speech @ speech))
        wrong = sound - scale * speech
        return float(10 * np.log10(np.square(scale * speech).sum() / np.square(wrong).sum()))

    assert distortion_db(made) > distortion_db(noisy) + 3.0


def test_without_a_pause_nothing_is_done(speech: FloatArray) -> None:
    nowhere = np.zeros(len(speech), dtype=np.bool_)
    assert quietened(speech, nowhere, rate_hz=RATE_HZ) is speech


def test_loudness_of_samples() -> None:
    t = np.arange(3 * RATE_HZ) / RATE_HZ
    tone = (0.1 * np.sin(2 * np.pi * 997 * t)).astype(np.float32)
    found = loudness_of(tone, rate_hz=RATE_HZ)
    assert found is not None and abs(found - -23.0) < 1.0
    assert loudness_of(tone * 0, rate_hz=RATE_HZ) is None
    assert loudness_of(tone[:0], rate_hz=RATE_HZ) is None


@pytest.mark.parametrize("samples", [0, 1, 100, 5000])
def test_nothing_is_too_short_to_be_measured(samples: int) -> None:
    assert sound_quality(np.zeros(samples, dtype=np.float32)).speech_s == 0.0
