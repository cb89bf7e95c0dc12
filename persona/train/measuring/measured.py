"""All measures of one version in one call: what a report card shows under "manner" and "weights".

A version without an adapter has nothing in its weights. Where something cannot be measured (a
consent that was taken back, a base model that is gone), the card says why in one sentence, and
that counts as not tested, never as passed.
"""

import logging
from typing import Any

from persona.engines.likelihood import Likelihood
from persona.errors import PersonaError
from persona.train.measuring.exposure_measures import weights_report
from persona.train.measuring.manner_measures import (
    another_adapter,
    bits_report,
    forget_another,
    other_examples,
    other_words,
    style_report,
)
from persona.train.measuring.measures import (
    ANOTHER,
    OWN,
    Measuring,
    attacks_of,
    material,
    scores_of,
    spread,
)

_log = logging.getLogger(__name__)


def measure(measuring: Measuring) -> dict[str, Any]:
    """Return ``{"depth", "manner", "weights"}`` as plain values that JSON can hold.

    Each of the two is ``{"not_measured": why}`` where it could not be measured.
    """
    if measuring.manifest.adapter_sha256 is None:
        why = "Nothing was trained: there is nothing in its weights that others lack."
        return {"depth": measuring.depth.name, **dict.fromkeys(("manner", "weights"), _none(why))}
    try:
        found = _measure(measuring)
    except PersonaError as error:
        _log.warning("a version was not measured: %s", type(error).__name__)
        found = dict.fromkeys(("manner", "weights"), _none(str(error)))
    return {"depth": measuring.depth.name, **found}


def finish(measuring: Measuring) -> None:
    """Remove what was only made to measure: call it when the card is written."""
    forget_another(measuring)


def _measure(measuring: Measuring) -> dict[str, Any]:
    found = material(measuring)
    others = other_words(measuring)
    another = another_adapter(measuring) if measuring.depth.another else None
    more = {ANOTHER: another} if another else {}
    model: Likelihood = measuring.model(**more)
    try:
        most = measuring.depth.examples
        aside = scores_of(measuring, model, spread(found.held_out, most), (OWN, *more))
        learnt = scores_of(measuring, model, spread(found.trained, most), (OWN,))
        foreign = scores_of(measuring, model, other_examples(measuring, others), (OWN,))
        weights = weights_report(measuring, model, found, (attacks_of(learnt), attacks_of(aside)))
    finally:
        model.close()
    manner = {
        "examples_lost": found.lost,
        "bits": bits_report(measuring, aside, foreign),
        "style": style_report(measuring, found, others),
    }
    return {"manner": manner, "weights": weights}


def _none(why: str) -> dict[str, Any]:
    return {"not_measured": why}
