"""The clock of a transcript → seconds from the beginning of its recording.

Cameras and editing rooms count from one or ten o'clock (``10:00:00:00``), or from the time of
day: such a transcript begins long after its recording has ended.
"""

from collections.abc import Sequence
from dataclasses import replace

from persona.collect.transcripts.lines import FRAME_RATE, Line, seconds

_SLACK_S = 5.0
_HOUR_S = 3600.0


def on_recording(
    lines: Sequence[Line], duration_s: float, start_timecode: str, frame_rate: float = FRAME_RATE
) -> tuple[list[Line], float]:
    """Return the lines in seconds of the recording, and what was taken off their clocks.

    Args:
        lines: of the transcript.
        duration_s: of the recording.
        start_timecode: what the camera wrote into it; may be empty.
        frame_rate: of the film.
    """
    clocks = [line.start_s for line in lines if line.start_s is not None]
    if not clocks or max(clocks) <= duration_s + _SLACK_S:
        return list(lines), 0.0
    for offset_s in _offsets(min(clocks), start_timecode, frame_rate):
        if min(clocks) >= offset_s - 0.5 and max(clocks) - offset_s <= duration_s + _SLACK_S:
            return [_earlier(line, offset_s) for line in lines], offset_s
    return list(lines), 0.0


def _offsets(first_s: float, start_timecode: str, frame_rate: float) -> list[float]:
    """Return possible beginnings: the camera's, the full hour, the first line itself."""
    offsets = [first_s // _HOUR_S * _HOUR_S, first_s]
    try:
        return [seconds(start_timecode, frame_rate), *offsets] if start_timecode else offsets
    except ValueError:
        return offsets


def _earlier(line: Line, offset_s: float) -> Line:
    if line.start_s is None:
        return line
    return replace(
        line,
        start_s=max(0.0, line.start_s - offset_s),
        end_s=None if line.end_s is None else max(0.0, line.end_s - offset_s),
        words=tuple((word, a - offset_s, b - offset_s, sure) for word, a, b, sure in line.words),
    )
