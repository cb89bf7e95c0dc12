"""An answer of a comparison as sound, with the voice of the version that gave it.

    sentences of an answer ─▶ spoken notice, the version's own voice, his own recordings ─▶ MP3

Made when somebody asks for it, and kept nowhere but where they asked for it; marked, sealed and
never a source, as everything that the program speaks (`persona.speaking`). A version whose voice
this reader may not hear, because nobody agrees to it or not any more, is not heard with another
one in its place: two answers are compared, and a stranger's voice would be taken for part of it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from persona.converse.answer import AnswerSentence, OriginalClip
from persona.converse.frames import clip_of
from persona.converse.listener import has_words, language_of
from persona.engines.protocols import Voice
from persona.errors import EngineError, NotReadable, VersionError
from persona.opening import open_store, open_voice_of_version
from persona.progress import Report
from persona.records import Standing, Version
from persona.rehearsal import reader_of
from persona.remember.readers import Custodian, Reader
from persona.remember.store import Store
from persona.remember.view import View
from persona.speaking import speak_unrecorded
from persona.train.versions import read_manifest
from persona.train.voices.declared import is_heard
from persona.train.voices.donor import declared_words
from persona.workspace import Workspace

Values = Mapping[str, Any]
_OF_A_VOICE = ("name", "voice_id", "files_sha256")


class Unheard(StrEnum):
    """Why a version is not heard."""

    HEARD = ""
    """It is."""
    NO_VOICE = "no_voice"
    """It was made to be read."""
    NOT_ALLOWED = "not_allowed"
    """Nobody agrees to its voice any more, or this reader may not hear what it was made of."""


class Heard(NamedTuple):
    """An answer that was spoken.

    Attributes:
        mp3: with the spoken notice first, marked and sealed.
        whose: whose voice it is, in plain words.
    """

    mp3: bytes
    whose: str


Sounds = dict[tuple[int, str], Heard]
"""Number of the question, ``first`` or ``second`` → how that answer sounds."""


def unheard(workspace: Workspace, view: View, version: Version) -> Unheard:
    """Say why a version is not heard by whom ``view`` belongs to.

    Raises:
        VersionError: its manifest was changed.
    """
    voice = read_manifest(workspace.versions / version.id).voice
    voice_id = voice.get("voice_id")
    if voice_id is None:
        return Unheard.NO_VOICE if voice.get("name", "none") == "none" else Unheard.HEARD
    return Unheard.HEARD if is_heard(view, voice) else Unheard.NOT_ALLOWED


def voices_differ(workspace: Workspace, pair: Sequence[Version]) -> bool:
    """Say whether two versions speak with different voices.

    Raises:
        VersionError: a manifest was changed.
    """
    voices = [read_manifest(workspace.versions / version.id).voice for version in pair]
    return any(voices[0].get(key) != voices[1].get(key) for key in _OF_A_VOICE)


@dataclass(frozen=True)
class Hearing:
    """Somebody who lets answers be spoken.

    Attributes:
        workspace: the persona.
        store: its archive, not a rehearsal of it: that something was made is noted there.
        listener_id: to whom was answered; None: a stranger.
        keeper: whoever looks after the archive hears every voice, and what a stranger is told.
        language: in which is said whose voice it is.
    """

    workspace: Workspace
    store: Store
    listener_id: str | None
    keeper: bool = False
    language: str = "en"

    def hear(self, version: Version, said: Sequence[Values]) -> Heard:
        """Let a version speak an answer that it gave.

        Args:
            version: its own voice is opened, and no other.
            said: its sentences, as `persona.compare.sentences.plain` gives them.

        Raises:
            VersionError: it is not heard, or something it says was taken back meanwhile.
            MissingModel, EngineError: its voice or the watermark is not here, or failed.
        """
        return self._spoken(version, said, self._voice(version))

    def hear_all(
        self, versions: Sequence[Version], answers: Sequence[Values], report: Report
    ) -> Sounds:
        """Let both versions speak all their answers; each voice is opened once.

        Args:
            versions: the two; one that is not heard is passed over.
            answers: as `persona.compare.compare` gives them.
            report: told how far it is.

        Raises:
            VersionError, MissingModel, EngineError: as `hear`.
        """
        sounds: Sounds = {}
        total = len(versions) * len(answers)
        for turn, (version, side) in enumerate(zip(versions, ("first", "second"), strict=True)):
            if self.unheard(version):
                continue
            voice = self._voice(version)
            for number, answer in enumerate(answers):
                report.progress("Speaking", turn * len(answers) + number, total)
                if answer[side]:
                    sounds[number, side] = self._spoken(version, answer[side], voice)
        report.progress("Speaking", total, total)
        return sounds

    def unheard(self, version: Version) -> Unheard:
        """Say why a version is not heard here."""
        with self.store.reader(self._hears_as()) as view:
            return unheard(self.workspace, view, version)

    def _hears_as(self) -> Reader:
        return Custodian() if self.keeper else reader_of(self.listener_id)

    def _voice(self, version: Version) -> Voice:
        if self.unheard(version):
            raise VersionError(f"Version {version.number} is not heard: its voice may not be used.")
        voice = open_voice_of_version(self.workspace, version, own=True)
        if voice is None:
            raise EngineError("No voice is here to speak with. Fetch them with: persona fetch")
        return voice

    def _spoken(self, version: Version, said: Sequence[Values], voice: Voice) -> Heard:
        reader = reader_of(self.listener_id)
        with self.store.reader(reader) as view, self.store.reader(self._hears_as()) as hears:
            sentences = [_sentence(view, one) for one in said]
            declared = read_manifest(self.workspace.versions / version.id).voice
            whose = declared_words(hears, declared, self.language)
        mp3 = speak_unrecorded(
            self.workspace, self.store, sentences, voice, reader, version_id=version.id
        )
        return Heard(mp3, whose)


def spoken(workspace: Workspace, values: Values, report: Report, language: str) -> Sounds:
    """Let both versions of a comparison speak all their answers, for whom it was made.

    Args:
        workspace: the persona.
        values: from `persona.compare.compare`.
        report: told how far it is.
        language: in which is said whose voice it is.

    Raises:
        VersionError, MissingModel, EngineError: as `Hearing.hear`.
    """
    reader = values["reader"]
    with open_store(workspace) as store:
        with store.reader(Custodian()) as view:
            versions = [view.version(one["id"]) for one in values["versions"]]
        hearing = Hearing(workspace, store, reader["id"], reader["keeper"], language)
        return hearing.hear_all(versions, values["answers"], report)


def _sentence(view: View, one: Values) -> AnswerSentence:
    """Return a sentence to be spoken, with the recording that is heard in its place.

    Raises:
        VersionError: the listener may not know any more what it rests on.
    """
    known = {memory.id for memory in view.memories(ids=one["memories"])}
    if not known.issuperset(one["memories"]):
        raise VersionError(
            "Something that is said here was taken back meanwhile. Lay the versions side by side "
            "again."
        )
    quoted = str(one["quoted"])
    own = one["standing"] == Standing.OWN_WORDS.value and quoted
    around = one["text"].replace(quoted, "")
    return AnswerSentence(
        text=one["text"],
        standing=Standing(one["standing"]),
        quoted=quoted,
        clip=_recording(view, one["memories"], quoted) if own else None,
        language=language_of(around if has_words(around) else one["text"]),
    )


def _recording(view: View, memory_ids: Sequence[str], quoted: str) -> OriginalClip | None:
    """Return where the person says these words; None: they wrote them."""
    for citation in (one for memory_id in memory_ids for one in view.citations(memory_id)):
        try:
            passage = view.passage(citation.passage_id)
            source = view.source(passage.source_id)
        except NotReadable:
            continue
        start = passage.text.find(quoted)
        if start >= 0:
            return clip_of(source, passage, start, start + len(quoted))
    return None
