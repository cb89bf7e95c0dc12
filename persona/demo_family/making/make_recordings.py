"""Act the recordings of the invented family with Kokoro's stock voices (run by hand).

``python make_recordings.py MODELS_FOLDER`` writes every recording of ``recordings.toml`` into the
folder above this one. ``MODELS_FOLDER`` holds ``kokoro-int8.onnx`` and ``voices.npz``. Needs
kokoro-onnx and misaki[zh] (already in the program's environment) and pyloudnorm.
"""

import sys
import tomllib
from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.float32]

HERE = Path(__file__).resolve().parent
FAMILY = HERE.parent
RATE_HZ = 24_000
LOUDNESS_LUFS = -20.0
ROOM_TONE = 10 ** (-62 / 20)
"""RMS of the noise floor: a room is never digitally silent."""
PAUSE_S = {"same": 0.38, "other": 0.75, "new_subject": 1.2}
CODECS = {".m4a": "aac", ".mp3": "libmp3lame", ".wav": "pcm_s16le"}
BIT_RATES = {"interviews": 32_000, "clips": 44_000}
STORED_RATE_HZ = {".wav": 16_000}


class Actors:
    """The stock voices, loaded once."""

    def __init__(self, models: Path, voices: dict[str, dict[str, Any]]) -> None:
        """Open the voice model; ``voices`` is the table of that name in recordings.toml."""
        from kokoro_onnx import Kokoro
        from misaki import zh

        self.kokoro = Kokoro(str(models / "kokoro-int8.onnx"), str(models / "voices.npz"))
        self.chinese = zh.ZHG2P()
        self.voices = voices

    def _style(self, mixture: str) -> Any:
        """Return the style vectors of ``name`` or of ``name:share name:share``."""
        shares = [
            (name, float(share or 1))
            for name, _, share in (part.partition(":") for part in mixture.split())
        ]
        return sum(share * self.kokoro.get_voice_style(name) for name, share in shares)

    def say(self, who: str, words: str) -> Samples:
        """Return ``words`` spoken by ``who``, mono floats at 24 kHz."""
        actor = self.voices[who]
        chinese = actor["language"] == "zh"
        text = self.chinese(words)[0] if chinese else words
        samples, _ = self.kokoro.create(
            text,
            voice=self._style(actor["voice"]),
            speed=actor["speed"],
            lang="en-gb",
            is_phonemes=chinese,
        )
        return _trimmed(np.asarray(samples, dtype=np.float32))


def _trimmed(samples: Samples, threshold: float = 0.004) -> Samples:
    """Cut the silence at both ends, so that the pauses are ours."""
    loud = np.flatnonzero(np.abs(samples) > threshold)
    edge = int(0.03 * RATE_HZ)
    return samples[max(0, loud[0] - edge) : loud[-1] + edge] if loud.size else samples


def _script(lines: str) -> list[tuple[str, str, str]]:
    """Return ``(who, words, pause before)`` of each spoken line."""
    script: list[tuple[str, str, str]] = []
    gap = "same"
    for line in lines.strip().splitlines():
        if not line.strip():
            gap = "new_subject"
            continue
        who, words = line.split("|", 1)
        if gap == "same" and script and script[-1][0] != who:
            gap = "other"
        script.append((who, words, gap))
        gap = "same"
    return script


def _acted(actors: Actors, script: list[tuple[str, str, str]]) -> tuple[Samples, list[float]]:
    """Return the whole recording and the second at which each line begins."""
    chance = np.random.default_rng(1941)
    parts, begins, length = [np.zeros(int(0.5 * RATE_HZ), dtype=np.float32)], [], 0.5
    for who, words, gap in script:
        pause_s = PAUSE_S[gap] * chance.uniform(0.8, 1.25)
        spoken = _levelled(actors.say(who, words))
        parts += [np.zeros(int(pause_s * RATE_HZ), dtype=np.float32), spoken]
        begins.append(length + pause_s)
        length += pause_s + len(spoken) / RATE_HZ
    whole = np.concatenate([*parts, np.zeros(int(0.6 * RATE_HZ), dtype=np.float32)])
    tone = chance.normal(0, ROOM_TONE, whole.size).astype(np.float32)
    return np.clip(whole + tone, -0.98, 0.98), begins


def _levelled(samples: Samples) -> Samples:
    """Bring one line to the loudness of the others (ITU-R BS.1770)."""
    import pyloudnorm

    padded = np.pad(samples, (0, max(0, int(0.5 * RATE_HZ) - samples.size)))
    measured = pyloudnorm.Meter(RATE_HZ).integrated_loudness(padded)
    gain: float = 10 ** ((LOUDNESS_LUFS - measured) / 20)
    return (samples * gain).astype(np.float32)


def _write_audio(path: Path, samples: Samples) -> None:
    """Encode mono sound by the ending of ``path``."""
    rate = STORED_RATE_HZ.get(path.suffix, RATE_HZ)
    with av.open(str(path), "w") as container:
        stream = container.add_stream(CODECS[path.suffix], rate=rate, layout="mono")
        assert isinstance(stream, av.AudioStream)
        if path.suffix != ".wav":
            stream.bit_rate = BIT_RATES[path.parent.name]
        frame = av.AudioFrame.from_ndarray(samples[None, :], format="flt", layout="mono")
        frame.sample_rate = RATE_HZ
        resampler = av.AudioResampler(
            format=stream.format, layout="mono", rate=rate, frame_size=stream.frame_size or None
        )
        for piece in [*resampler.resample(frame), *resampler.resample(None)]:
            container.mux(stream.encode(piece))
        container.mux(stream.encode(None))


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 60:02d}:{int(seconds) % 60:02d}"


def _turns(script: list[tuple[str, str, str]], begins: list[float]) -> list[tuple[float, str, str]]:
    """Join the lines that one speaker says in a row."""
    turns: list[tuple[float, str, str]] = []
    for (who, words, _), begin in zip(script, begins, strict=True):
        if turns and turns[-1][1] == who:
            first, _, said = turns[-1]
            space = "" if said.endswith("。") else " "
            turns[-1] = (first, who, f"{said}{space}{words}")
        else:
            turns.append((begin, who, words))
    return turns


def _shown(who: str) -> str:
    return who.removesuffix("_zh").title()


def _txt(script: list[tuple[str, str, str]], begins: list[float]) -> str:
    turns = _turns(script, begins)
    return "".join(f"[{_clock(at)}] {_shown(who)}: {said}\n" for at, who, said in turns)


def _vtt(script: list[tuple[str, str, str]], begins: list[float], end_s: float) -> str:
    """Return WebVTT with one cue a line and the speaker as its voice."""
    ends = [*begins[1:], end_s]
    cues = ["WEBVTT\n"]
    for (who, words, _), begin, end in zip(script, begins, ends, strict=True):
        span = " --> ".join(f"00:{_clock(t)}.{int(t % 1 * 1000):03d}" for t in (begin, end - 0.2))
        cues.append(f"{span}\n<v {_shown(who)}>{words}\n")
    return "\n".join(cues)


def main() -> None:
    """Write all recordings, or those whose name contains the second argument."""
    plan = tomllib.loads((HERE / "recordings.toml").read_text(encoding="utf-8"))
    actors = Actors(Path(sys.argv[1]), plan["voices"])
    wanted = sys.argv[2] if len(sys.argv) > 2 else ""
    for recording in plan["recordings"]:
        if wanted not in recording["file"]:
            continue
        script = _script(recording["lines"])
        samples, begins = _acted(actors, script)
        path = FAMILY / recording["file"]
        _write_audio(path, samples)
        kind = recording.get("transcript")
        end_s = samples.size / RATE_HZ
        if kind:
            text = _txt(script, begins) if kind == "txt" else _vtt(script, begins, end_s)
            path.with_suffix(f".{kind}").write_text(text, encoding="utf-8")
        sys.stdout.write(f"{recording['file']}: {end_s:.1f} s, {path.stat().st_size} bytes\n")


if __name__ == "__main__":
    main()
