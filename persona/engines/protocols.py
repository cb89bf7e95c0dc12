"""What an engine is: one small method, passed in as an argument.

Only `persona.steps` chooses engines; everything else receives one of these.

    LanguageModel.generate   messages        → pieces of text, as they come
    EntailmentJudge.carries  text, claim     → yes, no, or no answer (optional)
    Embedder.embed           n texts         → (n, dimensions) float32, rows of length 1
    Recogniser.transcribe    a recording     → words with times in seconds
    Diariser.turns           a recording     → who spoke when, as "speaker 1", "speaker 2"
    TextReader.read          a picture       → the lines of writing in it (OCR)
    FaceFinder.find          a picture       → faces, each with a vector to compare
    Voice.speak              text, language  → (samples,) float32 in [-1, 1]
    VoiceMaker.make          samples         → the files of a voice, and what was measured
    Watermark.mark           samples         → samples that say, unheard: made by a program
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol, TypedDict, runtime_checkable

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float32]


class Message(TypedDict):
    """One message of a chat: the roles of the OpenAI chat format."""

    role: Literal["system", "user", "assistant"]
    content: str


class LanguageModel(Protocol):
    """Continues a chat. The same arguments and seed give the same text on the same machine."""

    @property
    def name(self) -> str:
        """Catalogue name, as in persona.toml."""
        ...

    @property
    def follows_evidence(self) -> bool:
        """Whether its drafts are worth checking: False for the small embedded model."""
        ...

    def generate(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int,
        temperature: float,
        seed: int,
        stop: Sequence[str] = (),
    ) -> Iterator[str]:
        """Yield pieces of the answer. Raises `EngineError`."""
        ...

    def choose(self, messages: Sequence[Message], choices: Sequence[str], *, seed: int) -> str:
        """Go on from the last message, the assistant's, with one of ``choices`` or with nothing.

        Returns:
            One of ``choices``, exactly; empty when the model would rather end there, or when
            this engine cannot be held to a choice. Raises `EngineError`.
        """
        ...

    def close(self) -> None:
        """Free the model."""
        ...


class EntailmentJudge(Protocol):
    """Says whether a text carries a claim. Optional: without one, support is "not checked".

    A `LanguageModel` with a true attribute ``judges_support`` can be made one
    (`persona.engines.entailment`).
    """

    @property
    def name(self) -> str:
        """Who judges: recorded with every turn."""
        ...

    def carries(self, text: str, claim: str, *, language: str) -> bool | None:
        """Return whether ``text`` says all of ``claim``; None: no answer. Raises `EngineError`."""
        ...


class Embedder(Protocol):
    """Turns text into vectors whose inner product says how near two meanings are."""

    @property
    def name(self) -> str:
        """Catalogue name with version: part of the key under which vectors are cached."""
        ...

    @property
    def dimensions(self) -> int:
        """Length of a vector."""
        ...

    def embed(self, texts: Sequence[str], *, role: Literal["query", "passage"]) -> FloatArray:
        """Return an (n, dimensions) array with rows of length 1."""
        ...


@dataclass(frozen=True)
class HeardWord:
    """One recognised word, as it stands in the text (with its leading space, if any)."""

    text: str
    start_s: float
    end_s: float
    confidence: float


@dataclass(frozen=True)
class HeardSegment:
    """A stretch of speech between pauses, in the language that was spoken in it (ISO 639-1)."""

    text: str
    start_s: float
    end_s: float
    words: tuple[HeardWord, ...]
    language: str = ""


@dataclass(frozen=True)
class Transcript:
    """What a recogniser heard in one recording."""

    language: str
    duration_s: float
    segments: tuple[HeardSegment, ...]
    made_by: str


@dataclass(frozen=True)
class HeardBlock:
    """What was heard up to ``end_s``; ``language`` is that of most of the recording so far."""

    end_s: float
    language: str
    segments: tuple[HeardSegment, ...]


class Recogniser(Protocol):
    """Turns a recording into words with times."""

    @property
    def name(self) -> str:
        """Catalogue name with version: kept beside every transcript."""
        ...

    def transcribe(self, recording: Path, *, language: str | None = None) -> Transcript:
        """Transcribe a recording of any length. Raises `UnreadableSource`, `EngineError`."""
        ...


@runtime_checkable
class ResumableRecogniser(Protocol):
    """A `Recogniser` that hears a recording bit by bit, so that an hour is not lost at its end."""

    @property
    def made_by(self) -> str:
        """What to write beside the transcript: program, version, model."""
        ...

    def listen(
        self,
        recording: Path,
        *,
        language: str | None = None,
        from_s: float = 0.0,
        usual: str = "",
    ) -> Iterator[HeardBlock]:
        """Yield what is heard, block by block, in order.

        Args:
            recording: of any length.
            language: ISO 639-1; None: found out, stretch by stretch.
            from_s: ``end_s`` of the last block that was heard before; the blocks that follow are
                the same as without a break.
            usual: ``language`` of that block.

        Raises:
            UnreadableSource: the file is empty or damaged.
            EngineError: recognition failed.
        """
        ...


@dataclass(frozen=True)
class SpeakerTurn:
    """A stretch in which one voice speaks; ``speaker`` is a label without a person."""

    start_s: float
    end_s: float
    speaker: str
    confidence: float


class Diariser(Protocol):
    """Proposes who spoke when. It never says who somebody is: a person does that."""

    @property
    def name(self) -> str:
        """Name with version: kept beside what it proposed."""
        ...

    def turns(self, recording: Path) -> Sequence[SpeakerTurn]:
        """Return the turns in order. Raises `UnreadableSource`, `EngineError`."""
        ...


@dataclass(frozen=True)
class ReadLine:
    """One line of writing in a picture; ``box`` is x, y, width, height in upright pixels."""

    text: str
    box: tuple[int, int, int, int]
    confidence: float


class TextReader(Protocol):
    """Reads print and handwriting in a picture, English and Chinese."""

    @property
    def name(self) -> str:
        """Name with version: kept beside every reading."""
        ...

    def read(self, picture: Path) -> Sequence[ReadLine]:
        """Return the lines in reading order. Raises `UnreadableSource`, `EngineError`."""
        ...


@dataclass(frozen=True)
class FoundFace:
    """A face: x, y, width, height in upright pixels, 0 to 1 for how clear, and its vector."""

    box: tuple[int, int, int, int]
    quality: float
    vector: FloatArray


class FaceFinder(Protocol):
    """Finds faces. Vectors of one person lie near each other (Euclidean distance)."""

    @property
    def name(self) -> str:
        """Name with version: vectors of two versions are never compared."""
        ...

    def find(self, picture: Path) -> Sequence[FoundFace]:
        """Return the faces, largest first. Raises `UnreadableSource`, `EngineError`."""
        ...


class Voice(Protocol):
    """Speaks text. Who the voice belongs to is always declared (``donor``)."""

    @property
    def name(self) -> str:
        """Engine and voice, as recorded in the manifest."""
        ...

    @property
    def donor(self) -> str:
        """In plain words whose voice it is: 'a designed voice, not his own'."""
        ...

    @property
    def sample_rate_hz(self) -> int:
        """Samples a second of what `speak` returns."""
        ...

    def speak(self, text: str, *, language: str) -> FloatArray:
        """Return (samples,) float32 in [-1, 1]. Raises `EngineError`."""
        ...


@dataclass(frozen=True)
class VoiceSample:
    """A confirmed stretch of the donor's speech, cut out as sound: what a voice is made from."""

    path: Path
    """A mono WAV file, 16 bit PCM, made from the original (which stays as it is)."""
    text: str
    """What is said in it; empty where nobody knows."""
    language: str
    """ISO 639-1."""
    seconds: float


class VoiceMaker(Protocol):
    """Makes the files of a voice from samples of one donor, or from none (a designed voice)."""

    @property
    def name(self) -> str:
        """Catalogue name, as in `MadeVoice.engine`: kokoro, xtts, vits, openvoice."""
        ...

    @property
    def least_seconds(self) -> float:
        """Seconds of samples below which `make` refuses; 0: a designed voice can be made."""
        ...

    @property
    def licence(self) -> str:
        """The licence of the weights it starts from, as shown before they are used."""
        ...

    def make(
        self,
        clips: Sequence[VoiceSample],
        folder: Path,
        *,
        seed: int,
        progress: Callable[[str, int, int], None],
    ) -> dict[str, float | str]:
        """Write the files of the voice into ``folder`` and return what was measured.

        Args:
            clips: samples of the donor alone; empty for a designed voice.
            folder: exists and is empty; files go right into it, in no folder of their own. One
                that an error leaves behind is thrown away.
            seed: same clips, same seed: the same files on the same machine.
            progress: called with a phrase in plain words, steps done, and steps in all.

        Returns:
            Figures under the names of `MadeVoice.measured`: resemblance, nearest_stock, ceiling,
            wer, real_time_factor … and words such as the name of the stock voice begun with.

        Raises:
            TrainError: too little, or unusable, speech.
            EngineError: the engine failed; `MissingModel`: its weights are not here.
        """
        ...


class Watermark(Protocol):
    """Hides in sound that a program made it, so that the sign outlives another format."""

    @property
    def name(self) -> str:
        """Which watermark, with its version: written into the seal of a file."""
        ...

    def mark(self, sound: FloatArray, rate_hz: int) -> FloatArray:
        """Return (samples,) float32 of the same length with the mark. Raises `EngineError`."""
        ...

    def detect(self, sound: FloatArray, rate_hz: int) -> float:
        """Return 0 (none) to 1 (marked) for (samples,) float32. Raises `EngineError`."""
        ...
