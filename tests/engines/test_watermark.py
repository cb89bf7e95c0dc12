"""The watermark: found where it was put, also after other formats; nowhere else."""

import io
import pickle
import zipfile
from pathlib import Path

import av
import numpy as np
import pytest

from persona.engines.protocols import FloatArray
from persona.engines.sound import read_sound
from persona.engines.watermark_perth import MODEL, SHORTEST_S, PerthWatermark, resampled
from persona.engines.watermark_weights import read_tensors
from persona.errors import EngineError, MissingModel

RATE = 24_000
CLIP = Path(__file__).resolve().parents[2] / "persona" / "demo_family" / "clips" / "broth.m4a"
"""Acted by a designed voice, and never marked."""


UPSTREAM_UNMARKED = 0.89850
"""A hum: the known false alarm of this watermark. Speech scores far lower."""

UPSTREAM_SAMPLES = [-0.1470169, -0.1499398, -0.1358654, -0.1334916, -0.1479763]


@pytest.fixture(scope="module")
def watermark(models: Path) -> PerthWatermark:
    return PerthWatermark(models)


@pytest.fixture(scope="module")
def speech() -> FloatArray:
    return read_sound(CLIP, rate_hz=RATE, start_s=0.6, end_s=4.6)


def through_opus(sound: FloatArray) -> FloatArray:
    """Encode as a messenger would (24,000 bits a second), and decode."""
    file = io.BytesIO()
    with av.open(file, "w", format="ogg") as out:
        stream = out.add_stream("libopus", rate=RATE, layout="mono")
        stream.bit_rate = 24_000
        resampler = av.AudioResampler(
            format=stream.codec_context.format, layout="mono", rate=RATE, frame_size=480
        )
        frame = av.AudioFrame.from_ndarray(sound[None], format="fltp", layout="mono")
        frame.sample_rate = RATE
        for part in (*resampler.resample(frame), *resampler.resample(None)):
            out.mux(stream.encode(part))
        out.mux(stream.encode(None))
    file.seek(0)
    with av.open(file) as decoded:
        back = av.AudioResampler(format="flt", layout="mono", rate=RATE)
        pieces = [p.to_ndarray()[0] for f in decoded.decode(audio=0) for p in back.resample(f)]
    return np.concatenate(pieces)


def test_marked_is_found_and_unmarked_is_not(watermark: PerthWatermark, speech: FloatArray) -> None:
    assert watermark.detect(speech, RATE) < 0.5
    assert watermark.detect(watermark.mark(speech, RATE), RATE) > 0.9


def test_it_outlives_a_messenger(watermark: PerthWatermark, speech: FloatArray) -> None:
    assert watermark.detect(through_opus(watermark.mark(speech, RATE)), RATE) > 0.9
    assert watermark.detect(through_opus(speech), RATE) < 0.5


@pytest.mark.parametrize("rate_hz", [8_000, 16_000, 22_050, 44_100, 48_000])
def test_at_every_usual_rate(watermark: PerthWatermark, rate_hz: int) -> None:
    sound = read_sound(CLIP, rate_hz=rate_hz, start_s=0.6, end_s=3.6)
    marked = watermark.mark(sound, rate_hz)
    assert len(marked) == len(sound)
    assert watermark.detect(marked, rate_hz) > 0.9


def test_above_two_kilohertz_nothing_is_changed(
    watermark: PerthWatermark, speech: FloatArray
) -> None:
    added = np.abs(np.fft.rfft(watermark.mark(speech, RATE) - speech)) ** 2
    hertz = np.fft.rfftfreq(len(speech), 1 / RATE)
    assert added[hertz > 2_200].sum() < 1e-4 * added.sum()
    loudness = np.mean(speech**2) / np.mean((watermark.mark(speech, RATE) - speech) ** 2)
    assert 10 * np.log10(loudness) > 12, "the mark stays well below the voice"


def test_the_network_is_upstreams(watermark: PerthWatermark) -> None:
    """What resemble-perth 1.0.1 itself answered for these samples, at its own rate."""
    times = np.arange(32_000 * 2) / 32_000
    sound = (0.3 * np.sin(2 * np.pi * 180 * times) * np.sin(2 * np.pi * 3 * times)).astype("f4")
    noise = np.random.default_rng(1).standard_normal(len(sound)).astype("f4")
    sound += 0.01 * noise
    assert watermark.detect(sound, 32_000) == pytest.approx(UPSTREAM_UNMARKED, abs=2e-4)
    marked = watermark.mark(sound, 32_000)
    assert marked[10_000:10_005] == pytest.approx(UPSTREAM_SAMPLES, abs=2e-5)


def test_twice_the_same_is_the_same(watermark: PerthWatermark, speech: FloatArray) -> None:
    assert np.array_equal(watermark.mark(speech, RATE), watermark.mark(speech, RATE))


def test_silence_and_snippets_are_left_alone(watermark: PerthWatermark) -> None:
    for sound in (np.zeros(RATE, "f4"), np.ones(round(SHORTEST_S * RATE) - 1, "f4"), np.zeros(0)):
        assert np.array_equal(watermark.mark(sound.astype("f4"), RATE), sound)
        assert watermark.detect(sound.astype("f4"), RATE) == 0.0


def test_resampling_delays_nothing() -> None:
    times = np.arange(RATE // 2) / RATE
    tone = np.sin(2 * np.pi * 440 * times).astype("f4") * np.hanning(len(times)).astype("f4")
    there_and_back = resampled(resampled(tone, RATE, 32_000), 32_000, RATE)
    assert len(there_and_back) == len(tone)
    assert np.abs(there_and_back - tone).max() < 1e-3


def test_without_its_weights_it_says_so_at_once(tmp_path: Path) -> None:
    with pytest.raises(MissingModel, match="persona fetch perth"):
        PerthWatermark(tmp_path)


def test_weights_that_would_run_something_are_refused(tmp_path: Path) -> None:
    class Evil:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return Path.touch, (Path(tmp_path / "run"),)  # type: ignore[return-value]

    with zipfile.ZipFile(tmp_path / "w.pth", "w") as archive:
        archive.writestr("archive/data.pkl", pickle.dumps({"model": Evil()}))
    with pytest.raises(EngineError, match="damaged"):
        read_tensors(tmp_path / "w.pth")
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x03\x04 cut off"])
def test_damaged_weights_are_one_sentence(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "w.pth").write_bytes(content)
    with pytest.raises(EngineError, match="Fetch it again"):
        read_tensors(tmp_path / "w.pth")


def test_the_weights_are_all_there(models: Path) -> None:
    tensors = read_tensors(models / MODEL / "perth_net_250000.pth.tar")
    assert tensors["encoder.layers.0.conv.weight"].shape == (256, 128, 1)
    assert tensors["decoder.fast_layers.6.conv.bias"].shape == (2,)
