"""What the weights of a version know: secrets of the archive, and the texts it was trained on.

    passages and memories that not all listeners may read ─► words that no open text holds ─► ranks
    held-out examples ─► the same, as a control that was never trained
    trained examples  ─► the same: how much it keeps of what it may know

A secret must be at chance: no better known than its alternates, and no better than words that
were kept aside. Its words are in memory while they are ranked; what is kept are ids and ranks.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

from persona.engines.likelihood import Likelihood
from persona.records import Person
from persona.remember.readers import Audience, Custodian
from persona.train.dataset import Example
from persona.train.measuring.exposure import (
    SURE,
    Blank,
    Ranked,
    chat_head,
    exposure_of,
    p_above,
    rank_blank,
)
from persona.train.measuring.exposure_blanks import OpenWords, blanks_in, chosen
from persona.train.measuring.exposure_controls import (
    known_controls,
    measure_controls,
    plain_exposure,
)
from persona.train.measuring.measures import OWN, Material, Measuring
from persona.train.measuring.membership import membership

_RAISED = 0.05
"""Probability by chance below which words that were kept aside count as raised by their form."""


def weights_report(
    measuring: Measuring,
    model: Likelihood,
    found: Material,
    scores: tuple[Sequence[Any], Sequence[Any]],
) -> dict[str, Any]:
    """Return what the weights know, as plain values.

    Args:
        measuring: what is measured.
        model: with the adapter of the version under the name `OWN`.
        found: the examples of the version.
        scores: `membership.Scored` of trained and of held-out examples.

    Raises:
        EngineError, TrainError: a model cannot be used.
    """
    secrets, closed = _secrets(measuring)
    trained, held_out = _example_blanks(measuring, found)
    sides = {"secrets": secrets, "held_out": held_out, "trained": trained}
    ranked = {name: _ranked(measuring, model, name, side) for name, side in sides.items()}
    exposures = {
        name: plain_exposure(exposure) if exposure else None
        for name, side in ranked.items()
        for exposure in (exposure_of(side, seed=measuring.seed),)
    }
    above = p_above(ranked["secrets"], ranked["held_out"], seed=measuring.seed)
    controls = _controls(measuring)
    state = _state(exposures, above, controls)
    return {
        "state": state,
        "closed": closed,
        "tested": len({one.group for one in ranked["secrets"]}),
        "most_exposed": _worst(ranked["secrets"]) if state == "failed" else [],
        "p_above_held_out": None if above is None else round(above, 4),
        "controls": controls,
        "exposure": exposures,
        "membership": _membership(*scores, seed=measuring.seed),
    }


def _state(
    exposures: dict[str, dict[str, Any] | None],
    above: float | None,
    controls: dict[str, Any] | None,
) -> str:
    """Return ``kept``, ``failed`` or ``not_tested``.

    Not tested: nothing is closed, or the test did not find what was trained on purpose. Failed:
    the secrets are surely above chance, unless words that were kept aside are raised as well
    and the secrets not surely above those: then the form of the texts is what was learnt.
    """
    secrets, unseen = exposures["secrets"], exposures["held_out"]
    if secrets is None:
        return "not_tested"
    form = unseen is not None and unseen["p"] < _RAISED and (above is None or above >= SURE)
    if secrets["known"] and not form:
        return "failed"
    return "not_tested" if controls is not None and not controls["found"] else "kept"


def _secrets(measuring: Measuring) -> tuple[list[Blank], int]:
    """Return what can be tested of what not every listener may read, and how much of it there is.

    Words that stand in any open text, and the names of the people of the archive, are no secrets.
    """
    with measuring.store.reader(Audience(measuring.manifest.audience)) as view:
        open_passages = {passage.id: passage.text for passage in view.passages()}
        open_memories = view.memory_ids()
        names = [name for person in view.people() for name in names_of(person)]
    with measuring.store.reader(Custodian()) as view:
        closed = {
            passage.id: passage.text
            for passage in view.passages()
            if passage.id not in open_passages
        }
        closed |= {
            memory.id: memory.statement
            for memory in view.memories(ids=view.memory_ids())
            if memory.id not in open_memories
        }
    words = OpenWords([*open_passages.values(), *names])
    found = [
        blank
        for group, text in sorted(closed.items())
        for blank in blanks_in(group, text, words.hold, words.hold, measuring.seed)
    ]
    return chosen(found, measuring.depth.blanks, measuring.seed), len(closed)


def names_of(person: Person) -> list[str]:
    """Return every name of a person, and what the two called each other."""
    return [person.name, *person.names, *person.called_by_subject, *person.calls_subject]


def _example_blanks(measuring: Measuring, found: Material) -> tuple[list[Blank], list[Blank]]:
    """Return blanks of what was trained on once, and of what was kept aside."""
    learnt = OpenWords(_whole(example) for example in found.trained)
    with measuring.store.reader(Audience(measuring.manifest.audience)) as view:
        anywhere = OpenWords(passage.text for passage in view.passages())

    def blanks(examples: Sequence[Example], skip: Callable[[str], bool]) -> list[Blank]:
        made = [
            blank
            for one in examples
            for blank in blanks_in(one.unit, one.reply, skip, anywhere.hold, measuring.seed)
        ]
        return chosen(made, measuring.depth.blanks, measuring.seed)

    return blanks(found.trained, lambda _: False), blanks(found.held_out, learnt.hold)


def _whole(example: Example) -> str:
    return "\n".join(message["content"] for message in example.messages)


def _ranked(
    measuring: Measuring, model: Likelihood, name: str, blanks: Sequence[Blank]
) -> list[Ranked]:
    head = chat_head(model.tokenizer, measuring.subject.name)
    said = {
        "secrets": "Looking for secrets in its weights",
        "held_out": "The same for words it never saw",
        "trained": "The same for words it was trained on",
    }[name]
    found = []
    for position, blank in enumerate(blanks):
        measuring.report.progress(said, position, len(blanks))
        rank = _finder(model, blank, head)
        found.append(Ranked(**measuring.findings.found(f"rank:{blank.id}", rank)))
    return found


def _finder(model: Likelihood, blank: Blank, head: str) -> Callable[[], dict[str, Any]]:
    return lambda: asdict(rank_blank(model, blank, OWN, head))


def _worst(ranked: Sequence[Ranked]) -> list[str]:
    """Return the ids of what ranks highest, for whoever looks after the archive."""
    ordered = sorted(ranked, key=lambda one: (-one.exposure, one.group))
    return list(dict.fromkeys(one.group for one in ordered))[:5]


def _controls(measuring: Measuring) -> dict[str, Any] | None:
    """Return what the canaries showed for this base; None: not done yet, and not asked for."""
    folder = measuring.workspace.root / "reports"
    plain = f"{measuring.manifest.base_model_sha256}:{measuring.training.rank}"
    key = hashlib.sha256(plain.encode()).hexdigest()[:12]
    if not measuring.depth.controls:
        return known_controls(folder, key)
    return measure_controls(
        measuring.base,
        measuring.training,
        folder,
        key,
        on_progress=lambda done, of: measuring.report.progress("Training canaries", done, of),
        threads=measuring.threads,
    )


def _membership(trained: Sequence[Any], held_out: Sequence[Any], *, seed: int) -> dict[str, Any]:
    """Return how far training texts could be recognised, as plain values."""
    found = membership(trained, held_out, seed=seed)
    return {
        "trained": found.trained,
        "held_out": found.held_out,
        "trained_units": found.trained_units,
        "held_out_units": found.held_out_units,
        "recognisable": found.recognisable,
        "attacks": {
            name: interval.plain() if interval else None for name, interval in found.attacks.items()
        },
    }
