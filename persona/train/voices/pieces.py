"""What one person says in a recording, cut into pieces of a length from which a voice is learnt.

    passages with a speaker ─ words with times ─┬─ a sentence ends, a pause ─▶ piece of 2 to 12 s
                                                └─ somebody else speaks      ─▶ a piece ends

Everything is cut between words, so the text of a piece is what is said in it. A passage without
times of its words is a piece of its own, or too long to be one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from persona.records import Passage
from persona.remember.voice_reach import seconds_of

LEAST_S = 2.0
BEST_S = 6.0
"""From here on a piece ends with the next sentence."""

MOST_S = 12.0
PAUSE_S = 0.8
"""After a longer silence a new piece begins: silence teaches nothing."""

LONGEST_UNTIMED_S = 15.0
_ENDS = (".", "?", "!", "…", "。", "？", "！", '."', '?"', '!"', ".”", "?”", "!”")
_AROUND_S = 0.12


@dataclass(frozen=True)
class Piece:
    """A stretch in which one person is said to speak alone.

    Attributes:
        start_s: seconds from the beginning of the recording.
        end_s: where it ends.
        text: what is said, as far as anybody knows.
        language: ISO 639-1; empty when unknown.
        sure: how sure it is who speaks, 0 to 1.
    """

    start_s: float
    end_s: float
    text: str
    language: str
    sure: float

    @property
    def seconds(self) -> float:
        """Return how long it is."""
        return self.end_s - self.start_s


@dataclass(frozen=True)
class Cut:
    """The pieces of one recording, and stretches that cannot be cut for want of times."""

    pieces: tuple[Piece, ...]
    untimed: tuple[Piece, ...]


def cut_pieces(passages: Sequence[Passage], person_id: str, duration_s: float) -> Cut:
    """Return what this person says in a recording, in pieces.

    Args:
        passages: all readable passages of the recording.
        person_id: whose voice.
        duration_s: of the recording; a passage that is said to last all of it has no times.
    """
    others = [_times(p, duration_s) for p in passages if p.speaker_id != person_id]
    tokens, untimed = [], []
    for passage in sorted(passages, key=lambda one: _times(one, duration_s)):
        if passage.speaker_id != person_id or not passage.text.strip():
            continue
        said = _tokens(passage, duration_s)
        whole = len(passages) > 1 and said[0].seconds >= duration_s - 0.05
        if not passage.words and (said[0].seconds > LONGEST_UNTIMED_S or whole):
            untimed += said
        else:
            tokens += said
    groups = _groups(tokens, others)
    pieces = [_joined(group, others, duration_s) for group in groups]
    return Cut(tuple(one for one in pieces if one.seconds >= LEAST_S), tuple(untimed))


def overlaps(start_s: float, end_s: float, spans: Sequence[tuple[float, float]]) -> bool:
    """Say whether more than a tenth of a second lies in one of the spans."""
    return any(min(end_s, b) - max(start_s, a) > 0.1 for a, b in spans)


def _times(passage: Passage, duration_s: float) -> tuple[float, float]:
    start_s, end_s = seconds_of(passage.selector)
    return start_s, min(end_s, duration_s)


def _tokens(passage: Passage, duration_s: float) -> list[Piece]:
    """Return the words of a passage with their times, or all of it."""
    language, sure = passage.language, passage.speaker_confidence
    if not passage.words:
        return [Piece(*_times(passage, duration_s), passage.text.strip(), language, sure)]
    starts = [int(word[0]) for word in passage.words] + [len(passage.text)]
    return [
        Piece(
            float(word[2]),
            max(float(word[2]), float(word[3])),
            passage.text[starts[at] if at else 0 : starts[at + 1]],
            language,
            sure,
        )
        for at, word in enumerate(passage.words)
    ]


def _groups(
    tokens: Sequence[Piece], others: Sequence[tuple[float, float]]
) -> Iterator[list[Piece]]:
    group: list[Piece] = []
    for token in tokens:
        if group and _ends_before(group, token, others):
            yield group
            group = []
        group.append(token)
    if group:
        yield group


def _ends_before(
    group: Sequence[Piece], token: Piece, others: Sequence[tuple[float, float]]
) -> bool:
    last = group[-1]
    length_s = last.end_s - group[0].start_s
    return (
        token.start_s - last.end_s > PAUSE_S
        or token.start_s < last.end_s - 1.0
        or token.end_s - group[0].start_s > MOST_S
        or token.language != last.language
        or (length_s >= BEST_S and last.text.rstrip().endswith(_ENDS))
        or overlaps(last.end_s, token.start_s, others)
    )


def _joined(
    group: Sequence[Piece], others: Sequence[tuple[float, float]], duration_s: float
) -> Piece:
    """Return one piece with a little silence around, but nothing of anybody else."""
    start_s = max(0.0, group[0].start_s - _AROUND_S)
    end_s = min(duration_s, group[-1].end_s + _AROUND_S)
    for other_s, until_s in others:
        if group[0].start_s >= until_s > start_s:
            start_s = until_s
        if group[-1].end_s <= other_s < end_s:
            end_s = other_s
    text = "".join(
        one.text if one.text[-1:].isspace() or one is group[-1] else one.text + _space(one)
        for one in group
    )
    sure = min(one.sure for one in group)
    return Piece(round(start_s, 2), round(end_s, 2), text.strip(), group[0].language, sure)


def _space(token: Piece) -> str:
    """Return what stands between two passages; Chinese is written without spaces."""
    return "" if token.language == "zh" else " "
