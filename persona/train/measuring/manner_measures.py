"""Does it sound like them: how well his own words are expected, and how near written texts lie.

    held-out words   base | adapter | adapter of another person     bits per character
    others' words    base | adapter                                 is it him, or just anybody?
    written texts    base | adapter, beside held-out and others'    Cosine Delta to his words
    people here      whose piece of N words is it?                  how many words it takes

Every figure has an interval, and stands beside the words that there were and the words that it
takes. The texts that are written to be compared are counted and thrown away.
"""

import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from persona.engines.protocols import LanguageModel, Message
from persona.records import Act, Person, content_id
from persona.remember.readers import Audience
from persona.train.dataset import SURE_SPEAKER, Example, build_examples, own_words, preferred
from persona.train.lora import TrainProgress, train_adapter
from persona.train.measuring.intervals import Interval
from persona.train.measuring.manner import Expected, bits_interval, bits_saved
from persona.train.measuring.measures import ANOTHER, OWN, Material, Measuring, spread
from persona.train.measuring.stylometry import Counts, Space, blocks, counts_of, distance, habits
from persona.train.measuring.stylometry_trust import (
    Attribution,
    attributions,
    trusted_at,
    words_needed,
)
from persona.train.own_words import count_words, own_pieces

WRITTEN_TOKENS = 120
_TEXT_WORDS = 150
"""Words of one text where somebody's words are cut into texts of equal length."""
_LEAST_WORDS = 150
"""Words below which a set of texts is not compared at all."""


def bits_report(
    measuring: Measuring, scores: Sequence[Mapping[str, Any]], others: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """Return how well words are expected, in bits per character, as plain values.

    Args:
        measuring: what is measured.
        scores: of held-out examples, as `measures.scores_of` returns them.
        others: of other people's words, in the same way.
    """
    held_out, foreign = _expected(scores), _expected(others)
    seed = measuring.seed
    with_another = [one for one in held_out if ANOTHER in one.nats]
    return {
        "units": len({one.unit for one in held_out}),
        "characters": sum(one.characters for one in held_out),
        "base": _plain(bits_interval(held_out, "", seed=seed)),
        "adapter": _plain(bits_interval(held_out, OWN, seed=seed)),
        "saved": _plain(bits_saved(held_out, OWN, seed=seed)),
        "others_saved": _plain(bits_saved(foreign, OWN, seed=seed)),
        "another": _plain(bits_interval(with_another, ANOTHER, seed=seed)),
        "saved_over_another": _plain(bits_saved(with_another, OWN, ANOTHER, seed=seed)),
    }


def _expected(scores: Sequence[Mapping[str, Any]]) -> list[Expected]:
    return [
        Expected(one["unit"], one["characters"], one["nats"]) for one in scores if one["characters"]
    ]


def other_words(measuring: Measuring) -> dict[str, list[str]]:
    """Return the words of everybody else that the whole audience may read, by person.

    They are measured here and now; nothing is trained on them.
    """
    with measuring.store.reader(Audience(measuring.manifest.audience)) as view:
        passages = view.passages()
    found: dict[str, list[str]] = {}
    for passage in passages:
        speaker = passage.speaker_id
        sure = passage.speaker_confidence >= SURE_SPEAKER
        if speaker and sure and speaker != measuring.subject.id:
            found.setdefault(speaker, []).extend(own_pieces(passage.text, keep_lines=False))
    return found


def other_examples(measuring: Measuring, words: Mapping[str, Sequence[str]]) -> list[Example]:
    """Return other people's words in the form of examples, to see whether the adapter knows him."""
    made = []
    for person, said in sorted(words.items()):
        for text in blocks(said, _TEXT_WORDS):
            messages = (
                Message(role="system", content=f"You are {measuring.subject.name}."),
                Message(role="user", content="Speak."),
                Message(role="assistant", content=text),
            )
            key = content_id("exm", person, text)
            made.append(Example(key, key, (), (), None, messages))
    return spread(made, measuring.depth.examples)


def another_adapter(measuring: Measuring) -> Path | None:
    """Train an adapter on another person's own words, or return None where nobody agreed to it.

    It lies with unfinished training, goes on where it was killed, and is removed by
    `forget_another` when it was measured.

    Raises:
        TrainError: training failed.
    """
    found = _another(measuring)
    if found is None:
        measuring.report.line("Nobody else has agreed to training, so no other manner is compared.")
        return None
    examples = preferred(
        found, measuring.training.steps * measuring.training.batch_size, measuring.training.seed
    )

    def heard(progress: TrainProgress) -> None:
        measuring.report.progress("Learning another manner", progress.step, progress.steps)

    return train_adapter(
        examples,
        [],
        measuring.base,
        measuring.training,
        _another_folder(measuring),
        on_progress=heard,
        threads=measuring.threads,
    ).path


def forget_another(measuring: Measuring) -> None:
    """Remove the adapter of another person: it was made to be compared with, not to be kept."""
    shutil.rmtree(_another_folder(measuring), ignore_errors=True)


def _another_folder(measuring: Measuring) -> Path:
    return measuring.workspace.training / "another"


def _another(measuring: Measuring) -> list[Example] | None:
    """Return the examples of whoever left most words and agreed to training on them."""
    with measuring.store.reader(Audience(measuring.manifest.audience), act=Act.TRAIN_TEXT) as view:
        people = view.people()
        able: list[Person] = [
            one for one in people if not one.is_subject and view.may(Act.TRAIN_TEXT, one.id)
        ]
        made = [
            build_examples(view, one, people, max_tokens=measuring.training.max_tokens)
            for one in able
        ]
    enough = [one for one in made if own_words(one) >= measuring.training.minimum_words]
    return max(enough, key=own_words, default=None)


def style_report(
    measuring: Measuring, found: Material, others: Mapping[str, Sequence[str]]
) -> dict[str, Any]:
    """Return how near the persona's writing lies to his own, as plain values.

    Raises:
        EngineError: a language model fails.
    """
    his = _by_unit([*found.trained, *found.held_out])
    trust = attributions(
        {measuring.subject.id: his, **others}, measuring.subject.id, seed=measuring.seed
    )
    sets = {
        "own": _by_unit(found.trained),
        "held_out": _by_unit(found.held_out),
        "adapter": _written(measuring, OWN, measuring.adapted, found),
        "base": _written(measuring, "base", measuring.plain, found),
        "others": [text for said in others.values() for text in blocks(said, _TEXT_WORDS)],
    }
    words = {name: count_words(texts) for name, texts in sets.items()}
    compared = min(
        (count for name, count in words.items() if name != "own" and count >= _LEAST_WORDS),
        default=0,
    )
    needed, reached = words_needed(trust), trusted_at(trust, compared)
    return {
        "words": words,
        "compared_words": compared,
        "needed_words": needed,
        "trusted": bool(reached and reached.trusted),
        "people": max((one.people for one in trust), default=1),
        "trust": [_plain_attribution(one) for one in trust],
        "distance": _distances(sets, compared, measuring.seed),
        "habits": _habits(sets, measuring.seed),
    }


def _distances(
    sets: Mapping[str, Sequence[str]], compared: int, seed: int
) -> dict[str, dict[str, float] | None]:
    """Return the distance of each set of texts to his own, all of them of the same length."""
    own = [counts_of(text) for text in sets["own"]]
    taken = {
        name: [counts_of(text) for text in _first_words(texts, compared)]
        for name, texts in sets.items()
        if name != "own"
    }
    background = [
        counts_of(block) for texts in sets.values() for block in blocks(texts[:80], _TEXT_WORDS)
    ]
    if compared == 0 or len(own) < 2 or len(background) < 4:
        return dict.fromkeys(taken)
    space = Space(background)
    enough = {
        name: len(texts) > 1 and count_words(sets[name]) >= compared
        for name, texts in taken.items()
    }
    return {
        name: _plain(distance(space, own, texts, seed=seed)) if enough[name] else None
        for name, texts in taken.items()
    }


def _habits(sets: Mapping[str, Sequence[str]], seed: int) -> dict[str, Any]:
    counted: dict[str, list[Counts]] = {
        name: [counts_of(text) for text in sets[name]] for name in ("own", "adapter", "base")
    }
    return {
        name: {habit: _plain(value) for habit, value in habits(texts, seed=seed).items()}
        for name, texts in counted.items()
        if texts
    }


def _first_words(texts: Sequence[str], words: int) -> list[str]:
    taken: list[str] = []
    count = 0
    for text in texts:
        if count >= words:
            break
        taken.append(text)
        count += count_words([text])
    return taken


def _by_unit(examples: Sequence[Example]) -> list[str]:
    """Return his words, a text for each letter or conversation."""
    units: dict[str, list[str]] = {}
    for one in examples:
        units.setdefault(one.unit, []).append(one.reply)
    return ["\n\n".join(said) for said in units.values()]


def _written(
    measuring: Measuring, name: str, model: LanguageModel | None, found: Material
) -> list[str]:
    """Let a model write where he wrote something that was kept aside."""
    if model is None:
        return []
    asked = spread(found.held_out, measuring.depth.prompts)
    texts = []
    for position, example in enumerate(asked):
        measuring.report.progress(f"Writing to compare ({name})", position, len(asked))
        key = f"written:{name}:{example.id}"
        texts.append(measuring.findings.found(key, _writer(measuring, model, example)))
    return [text for text in texts if count_words([text]) > 5]


def _writer(measuring: Measuring, model: LanguageModel, example: Example) -> Callable[[], str]:
    def write() -> str:
        pieces = model.generate(
            example.messages[:2],
            max_tokens=WRITTEN_TOKENS,
            temperature=0.7,
            seed=measuring.seed,
        )
        return "".join(pieces).strip()

    return write


def _plain_attribution(one: Attribution) -> dict[str, Any]:
    return {
        "words": one.words,
        "people": one.people,
        "tried": one.tried,
        "right": one.right,
        "all": _plain(one.all),
        "own": _plain(one.own),
        "trusted": one.trusted,
    }


def _plain(interval: Interval | None) -> dict[str, float] | None:
    return interval.plain() if interval else None
