"""Every sentence comes out at one level, and none clips."""

import numpy as np
import pytest

from persona.engines.loudness import LEVEL_DBFS, PEAK_DBFS, level_speech, speaking_power

RATE_HZ = 16_000


def noise(seconds: float, amplitude: float) -> np.ndarray:
    random = np.random.default_rng(1)
    return (amplitude * random.standard_normal(round(seconds * RATE_HZ))).astype(np.float32)


@pytest.mark.parametrize("amplitude", [0.001, 0.02, 0.4])
def test_loud_and_quiet_speech_come_out_equally_loud(amplitude: float) -> None:
    levelled = level_speech(noise(1, amplitude), rate_hz=RATE_HZ)
    power_db = 10 * np.log10(speaking_power(levelled, rate_hz=RATE_HZ))
    assert power_db == pytest.approx(LEVEL_DBFS, abs=0.1)


def test_pauses_do_not_make_speech_louder() -> None:
    speech = noise(1, 0.1)
    with_pause = np.concatenate([speech, np.zeros(5 * RATE_HZ, dtype=np.float32)])
    alone = level_speech(speech, rate_hz=RATE_HZ)
    together = level_speech(with_pause, rate_hz=RATE_HZ)[: len(speech)]
    assert np.allclose(alone, together, rtol=0.01)


def test_a_peak_holds_the_level_down() -> None:
    sound = noise(1, 0.001)
    sound[100] = 0.9
    highest = np.abs(level_speech(sound, rate_hz=RATE_HZ)).max()
    assert highest <= 10 ** (PEAK_DBFS / 20) + 1e-6


def test_silence_stays_silence() -> None:
    assert not level_speech(np.zeros(100, dtype=np.float32), rate_hz=RATE_HZ).any()
    assert len(level_speech(np.zeros(0, dtype=np.float32), rate_hz=RATE_HZ)) == 0
