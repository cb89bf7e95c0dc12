"""Recordings: interviews with relatives, and clips of the person's own voice, sound or film.

    recording ─ measured: loudness, where somebody speaks
              ├ a transcript lies beside it ─→ its lines, with speakers and times
              ╰ else the recogniser hears it → words with times
                     ╰ voices are told apart → "speaker 1", "speaker 2": proposals

What is put down to whom, until a person confirms it (``speaker_confidence``):

    a name in the transcript that can mean one person only      1.0
    a voice clip, where one person speaks, and people.toml says who   0.9
    an interview in which one voice is heard, with its narrator       0.8
    an interview whose voices were not told apart, with its narrator  0.6
    one of several voices: nobody, however sure the proposal is       below 0.7
"""

from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Any

from persona.collect.cues import joined
from persona.collect.importer import Reading, Request, Sidecar
from persona.collect.kinds import is_recording, media_type
from persona.collect.language import guess_language
from persona.collect.selectors import Selector, text_span, time_span
from persona.collect.sound.heard_so_far import hear
from persona.collect.sound.speech import Stretch, mean_confidence, stretches, words_in
from persona.collect.transcripts.clock import on_recording
from persona.collect.transcripts.file import read_transcript
from persona.collect.transcripts.lines import FRAME_RATE, Line, Transcribed
from persona.collect.transcripts.speakers import Voices
from persona.engines.protocols import SpeakerTurn
from persona.engines.sound_survey import SoundSurvey, survey_sound
from persona.errors import CollectError, EngineError, UnreadableSource
from persona.records import SourceKind

CLIP_SECONDS = 30.0
TOLD_APART_FROM_S = 6.0
"""In less speech, voices are not told apart: there is too little of each."""

ONE_VOICE = 0.8
_CLIP_FOLDERS = ("voice", "clip", "ptt", "录音片段", "语音")
_INTERVIEW_FOLDERS = ("interview", "采访", "访谈")
_CONFIDENCE = {SourceKind.VOICE_CLIP: 0.9, SourceKind.INTERVIEW: 0.6}


class Recording:
    """Reads sound and film."""

    name = "recording"
    kinds = (SourceKind.INTERVIEW, SourceKind.VOICE_CLIP)

    def recognises(self, head: bytes, name: str) -> bool:
        """Accept everything whose content is sound or film."""
        return is_recording(media_type(head, name), name)

    def read(self, request: Request) -> Reading:
        """Read the words of a recording from its transcript, or hear it."""
        sound = survey(request)
        reading = Reading(
            recording_kind(request, sound.duration_s),
            narrator_id=request.rule.narrator,
            rate_hz=sound.rate_hz or None,
            duration_s=sound.duration_s,
            details=_measured(sound),
        )
        if not sound.channels:
            reading.warnings.append("It is a film without sound: it is kept, and can be seen.")
            return reading
        read = _transcript_beside(reading, request, sound)
        if read is not None:
            _add_lines(reading, request, read, sound)
        elif request.senses.recogniser is not None:
            _add_heard(reading, request, sound)
        else:
            reading.warnings.append(
                "There is no transcript and no speech recogniser: its words are not known yet."
            )
        _name_narrator(reading, request)
        return reading


def survey(request: Request) -> SoundSurvey:
    """Measure the request's recording. Raises `UnreadableSource` with its own name."""
    try:
        return survey_sound(request.path)
    except UnreadableSource as error:
        said = str(error).removeprefix(request.path.name)
        raise UnreadableSource(f"{request.relative}{said}") from error


def recording_kind(request: Request, duration_s: float) -> SourceKind:
    """Tell a voice clip from an interview: by the rule, the folder's name, then the length."""
    if request.rule.kind is not None:
        return request.rule.kind
    path = request.relative.casefold()
    if any(word in path for word in _INTERVIEW_FOLDERS):
        return SourceKind.INTERVIEW
    named = any(word in path for word in _CLIP_FOLDERS)
    transcribed = any(one.role == "transcript" for one in request.sidecars)
    if named or (duration_s <= CLIP_SECONDS and not transcribed):
        return SourceKind.VOICE_CLIP
    return SourceKind.INTERVIEW


def _measured(sound: SoundSurvey) -> dict[str, Any]:
    known = {
        "channels": sound.channels,
        "loudness_lufs": sound.loudness_lufs,
        "peak": sound.peak,
        "speech_s": sound.speech_s,
        "frame_rate": sound.frame_rate,
        "start_timecode": sound.start_timecode,
    }
    return {name: value for name, value in known.items() if value not in (None, "")}


def _name_narrator(reading: Reading, request: Request) -> None:
    speakers = {p.speaker_id for p in reading.passages if p.speaker_id}
    if reading.narrator_id is None and len(speakers) == 1:
        reading.narrator_id = speakers.pop()
    told_apart = reading.details.get("voices", 0) > 1
    if request.rule.narrator is None and not speakers and not told_apart:
        reading.warnings.append("Nobody is named as the speaker. Say so in people.toml.")


def _transcript_beside(
    reading: Reading, request: Request, sound: SoundSurvey
) -> Transcribed | None:
    """Return the transcript that lies beside a recording; one that is damaged is named."""
    sidecar = next((one for one in request.sidecars if one.role == "transcript"), None)
    if sidecar is None:
        return None
    try:
        read = _read_beside(sidecar, sound)
    except CollectError as error:
        reading.warnings.append(str(error))
        return None
    reading.details["transcript_form"] = read.form
    reading.details.update(read.facts)
    if read.encoding:
        reading.details["transcript_encoding"] = read.encoding
    reading.title = read.title
    reading.warnings += read.warnings
    return read if read.lines else None


def _read_beside(sidecar: Sidecar, sound: SoundSurvey) -> Transcribed:
    frame_rate = sound.frame_rate or FRAME_RATE
    read = read_transcript(sidecar.path.read_bytes(), sidecar.relative, frame_rate=frame_rate)
    read.lines, offset_s = on_recording(
        read.lines, sound.duration_s, sound.start_timecode, frame_rate
    )
    if offset_s:
        read.warnings.append(
            f"Its transcript counts from {offset_s / 3600:.2f} hours: that is taken for the "
            "beginning of the recording. Play a line to see whether it is."
        )
    read.facts["transcript_file"] = sidecar.relative
    return read


def _add_lines(reading: Reading, request: Request, read: Transcribed, sound: SoundSurvey) -> None:
    voices = Voices.of(request, read, _CONFIDENCE.get(reading.kind, 0.6))
    file_name = PurePosixPath(str(read.facts.get("transcript_file", ""))).name
    seen: set[str] = set()
    position = 0
    for line in joined(read.lines):
        voice = voices.who(line.name)
        words = words_in(line.text, line.words)
        selector = _selector(line, sound.duration_s, position, seen)
        position += len(line.text) + 1
        reading.add(
            request,
            selector,
            line.text,
            "",
            speaker_id=voice.person_id,
            speaker_name=voice.name,
            speaker_confidence=voice.confidence,
            language=request.rule.language or guess_language(line.text, request.book.languages),
            words=words,
            transcript_version=f"file {file_name}",
            text_confidence=mean_confidence(words),
        )
    if any(line.start_s is None for line in read.lines):
        reading.warnings.append(
            "Its transcript has lines without times: they open the recording at its beginning."
        )
    reading.warnings += voices.warnings()


def _selector(line: Line, duration_s: float, position: int, seen: set[str]) -> Selector:
    """Select a line's seconds; the same words at the same time are told apart by their place."""
    selector = time_span(*_times(line, duration_s))
    key = f"{selector['value']} {line.text}"
    if key in seen:
        return selector | {"refinedBy": text_span(position, position + len(line.text))}
    seen.add(key)
    return selector


def _times(line: Line, duration_s: float) -> tuple[float, float]:
    """Return a line's seconds; the whole recording when the transcript has no times."""
    if line.start_s is None or line.start_s >= duration_s:
        return 0.0, duration_s
    end_s = line.end_s if line.end_s is not None else duration_s
    return line.start_s, min(max(end_s, line.start_s + 0.01), duration_s)


def _add_heard(reading: Reading, request: Request, sound: SoundSurvey) -> None:
    transcript = hear(request, sound.duration_s)
    turns = _told_apart(reading, request, sound) if transcript.segments else ()
    several = reading.details.get("voices", 0) > 1
    for stretch in stretches(transcript, turns if several else ()):
        reading.add(
            request,
            time_span(stretch.start_s, stretch.end_s),
            stretch.text,
            "",
            language=stretch.language,
            words=stretch.words,
            transcript_version=transcript.made_by,
            text_confidence=stretch.text_sure,
            **_speaker(reading, request, stretch),
        )
    if not reading.passages:
        reading.warnings.append("No words were heard in it.")
    elif not several and request.rule.narrator and "voices" not in reading.details:
        _warn_not_told_apart(reading)


def _speaker(reading: Reading, request: Request, stretch: Stretch) -> dict[str, Any]:
    """Say who speaks: one of several voices is nobody until a person has said who it is."""
    narrator = request.rule.narrator
    if stretch.speaker:
        return {"speaker_name": stretch.speaker, "speaker_confidence": stretch.sure}
    usual = _CONFIDENCE.get(reading.kind, 0.6)
    if reading.details.get("voices") == 1:
        usual = max(usual, ONE_VOICE)
    return {"speaker_id": narrator, "speaker_confidence": usual if narrator else 0.0}


def _warn_not_told_apart(reading: Reading) -> None:
    if reading.kind is SourceKind.INTERVIEW:
        reading.warnings.append(
            "Its speakers were not told apart: all words are put down to its narrator until "
            "somebody confirms them."
        )


def _told_apart(reading: Reading, request: Request, sound: SoundSurvey) -> Sequence[SpeakerTurn]:
    """Propose who speaks when. Without the engine's weights the words are kept all the same."""
    diariser = request.senses.diariser
    if diariser is None or sound.speech_s < TOLD_APART_FROM_S:
        return ()
    try:
        turns = diariser.turns(request.path)
    except EngineError as error:
        reading.warnings.append(str(error))
        return ()
    labels = sorted({turn.speaker for turn in turns})
    if not labels:
        return ()
    reading.details |= {"voices": len(labels), "diarised_by": diariser.name}
    if len(labels) > 1:
        reading.warnings.append(
            f"{len(labels)} voices were told apart in it ({', '.join(labels)}), which is a "
            "proposal: say who each of them is. Until then its words are nobody's."
        )
    return turns
