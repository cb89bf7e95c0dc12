"""What a recording is, measured without changing it: length, loudness, where somebody speaks.

Loudness is that of ITU-R BS.1770 / EBU R 128 (integrated, LUFS), by FFmpeg's ``ebur128`` on the
original samples; conversation comes out between about −30 and −16.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from persona.engines.protocols import FloatArray
from persona.engines.sound_blocks import decoded_frames, read_blocks
from persona.engines.sound_opening import opened_sound
from persona.engines.voice_activity import RATE_HZ, Span, joined_spans, speech_spans
from persona.errors import UnreadableSource

SILENT_LUFS = -70.0
"""The gate of BS.1770: what is not louder counts as silence."""

_GAP_S = 1.0


@dataclass(frozen=True)
class SoundSurvey:
    """What was found out about a recording.

    Attributes:
        duration_s: how long it sounds; what the file's head says is not believed.
        rate_hz: samples a second of the original.
        channels: 1 mono, 2 stereo …; 0: a film without sound.
        loudness_lufs: integrated loudness; None for silence.
        peak: the highest sample, 0 to 1; at 1 it is clipped.
        speech: when somebody speaks, as (from, to) in seconds.
        frame_rate: of the film, if it is one.
        start_timecode: what the camera or recorder wrote, ``10:00:00:00``; empty if nothing.
    """

    duration_s: float
    rate_hz: float
    channels: int
    loudness_lufs: float | None
    peak: float
    speech: tuple[Span, ...]
    frame_rate: float | None = None
    start_timecode: str = ""

    @property
    def speech_s(self) -> float:
        """Return for how many seconds somebody speaks."""
        return round(sum(end_s - start_s for start_s, end_s in self.speech), 2)


def survey_sound(recording: Path) -> SoundSurvey:
    """Measure a recording of any length; the whole of it is decoded, in small pieces.

    Raises:
        UnreadableSource: it is empty or damaged, or has no sound.
    """
    with opened_sound(recording, silent_film=True) as container:
        film = container.streams.video[0] if container.streams.video else None
        frame_rate = _frame_rate(film)
        timecode = _timecode(container, film)
        if not container.streams.audio:
            length_s = (container.duration or 0) / 1_000_000
            return SoundSurvey(length_s, 0.0, 0, None, 0.0, (), frame_rate, timecode)
        stream = container.streams.audio[0]
        rate_hz, channels = float(stream.rate or 0), int(stream.channels or 1)
        loudness, peak, heard_s = _loudness(container)
    if heard_s <= 0 or rate_hz <= 0:
        raise UnreadableSource(
            f"{recording.name} holds no sound. Play it to see whether it is damaged."
        )
    return SoundSurvey(
        round(heard_s, 3),
        rate_hz,
        channels,
        loudness,
        peak,
        tuple(_speech(recording)),
        frame_rate,
        timecode,
    )


def _speech(recording: Path) -> Iterator[Span]:
    for start_s, sound in read_blocks(recording, rate_hz=RATE_HZ):
        for begin, end in joined_spans(speech_spans(sound), longest_s=1e9, gap_s=_GAP_S):
            yield round(start_s + begin, 2), round(start_s + end, 2)


def _loudness(container: Any) -> tuple[float | None, float, float]:
    """Return integrated loudness, highest sample and seconds of a track, frame by frame."""
    graph: Any = None
    loudness, peak, heard_s = None, 0.0, 0.0
    form: tuple[Any, ...] = ()
    for frame in decoded_frames(container):
        if not frame.sample_rate:
            continue
        heard_s += frame.samples / frame.sample_rate
        if graph is None:
            form, graph = _form(frame), _ebur128(frame)
        if form != _form(frame):
            continue  # a track that changes its form half way is measured as far as it does not
        graph.push(frame)
        for out in _pulled(graph):
            said = dict(out.metadata)
            loudness = float(said.get("lavfi.r128.I", SILENT_LUFS))
            peak = max(peak, float(said.get("lavfi.r128.sample_peak", 0.0)))
    audible = loudness is not None and loudness > SILENT_LUFS
    return round(loudness, 1) if loudness and audible else None, round(min(peak, 1.0), 3), heard_s


def loudness_of(sound: FloatArray, *, rate_hz: int) -> float | None:
    """Return the integrated loudness (LUFS) of (samples,) float32; None for silence."""
    import av

    if len(sound) == 0:
        return None
    frame = av.AudioFrame.from_ndarray(np.asarray(sound[None]), format="flt", layout="mono")
    frame.sample_rate = rate_hz
    graph = _ebur128(frame)
    graph.push(frame)
    graph.push(None)
    metered = [dict(out.metadata).get("lavfi.r128.I") for out in _pulled(graph)]
    said = [float(one) for one in metered if one is not None]  # the last bit of sound has none
    return round(said[-1], 1) if said and said[-1] > SILENT_LUFS else None


def _form(frame: Any) -> tuple[Any, ...]:
    return frame.format.name, frame.layout.name, frame.sample_rate


def _ebur128(frame: Any) -> Any:
    import av.filter

    graph = av.filter.Graph()
    source = graph.add_abuffer(
        sample_rate=frame.sample_rate, format=frame.format.name, layout=frame.layout.name
    )
    meter, sink = graph.add("ebur128", "metadata=1:peak=sample"), graph.add("abuffersink")
    source.link_to(meter)
    meter.link_to(sink)
    graph.configure()
    return graph


def _pulled(graph: Any) -> Iterator[Any]:
    import av

    while True:
        try:
            yield graph.pull()
        except (av.error.BlockingIOError, av.error.EOFError):
            return


def _frame_rate(film: Any) -> float | None:
    rate = getattr(film, "average_rate", None)
    return round(float(rate), 3) if rate else None


def _timecode(container: Any, film: Any) -> str:
    """Return the start that a camera wrote (SMPTE ST 12-1), or nothing."""
    for said in (getattr(film, "metadata", {}), container.metadata):
        if said and said.get("timecode"):
            return str(said["timecode"])
    return ""
