"""The report card of a version: what went in, and how far the manner moved. Counts, no content."""

from collections import Counter
from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

from persona.records import Memory, MemoryKind, Standing
from persona.train.adapter import TrainedAdapter
from persona.train.dataset import own_words
from persona.train.version_inputs import VersionInputs

_FEW_SHOT = (
    "There are {words} own words here, and a manner of speaking is trained from {needed} on: fewer "
    "would teach the sentences instead of the manner. So nothing was trained: the persona answers "
    "with the person's own sentences and with what others told, and a model that writes answers "
    "itself is shown some of the person's own messages first."
)
_TRAINED = "The manner of speaking was trained on the person's own words."


def report_card(
    inputs: VersionInputs,
    memories: Iterable[Memory],
    trained: TrainedAdapter | None,
    subject_id: str,
) -> dict[str, Any]:
    """Return the report card as plain values that JSON can hold.

    Args:
        inputs: what the version is made from.
        memories: those that the whole audience may read; others are not even counted.
        trained: what the training left; None: the manner is shown by examples.
        subject_id: the person who died.

    ``bits_per_character`` tells how well the person's own words that were *not* trained on are
    expected, without (``base``) and with (``adapter``) the trained manner; fewer is better.
    """
    known = [memory for memory in memories if memory.id in inputs.memory_ids]
    standings = Counter(_standing(memory, subject_id).value for memory in known)
    narrators = Counter(memory.narrator_id for memory in known)
    return {
        "memories": len(known),
        "memories_by_standing": dict(sorted(standings.items())),
        "memories_by_narrator": dict(sorted(narrators.items())),
        "own_words": own_words(inputs.examples),
        "examples": len(inputs.examples),
        "held_out_examples": len(inputs.held_out),
        "held_out_units": len(inputs.base.held_out_units),
        "manner": "trained" if trained else "few_shot",
        "manner_note": _TRAINED if trained else _few_shot(inputs),
        "bits_per_character": {
            "base": _rounded(trained.held_out_before if trained else None),
            "adapter": _rounded(trained.held_out_after if trained else None),
        },
        "steps": trained.steps if trained else 0,
        "seconds": round(trained.seconds, 1) if trained else 0.0,
        "losses": [round(loss, 4) for loss in trained.losses] if trained else [],
    }


def _few_shot(inputs: VersionInputs) -> str:
    needed = inputs.base.settings["training"]["minimum_words"]
    return _FEW_SHOT.format(words=f"{own_words(inputs.examples):,}", needed=f"{needed:,}")


def _standing(memory: Memory, subject_id: str) -> Standing:
    own = memory.kind is MemoryKind.OWN_WORDS and memory.narrator_id == subject_id
    return Standing.OWN_WORDS if own else Standing.TOLD


def _rounded(bits: float | None) -> float | None:
    return None if bits is None else round(bits, 4)


def loss_curve_svg(losses: Sequence[float], *, width: int = 480, height: int = 180) -> str:
    """Return the loss of each step as an SVG picture with its axes named.

    Args:
        losses: nats a token, one a step.
        width: in pixels.
        height: in pixels.
    """
    title = "Loss while the manner of speaking was trained"
    left, top, right, bottom = 44, 24, width - 12, height - 30
    highest = max(losses, default=1.0)
    lowest = min(losses, default=0.0)
    span = (highest - lowest) or 1.0
    across = (right - left) / max(1, len(losses) - 1)
    points = " ".join(
        f"{left + at * across:.1f},{bottom - (loss - lowest) / span * (bottom - top):.1f}"
        for at, loss in enumerate(losses)
    )
    labels = (
        (left - 6, top + 4, "end", f"{highest:.2f}"),
        (left - 6, bottom, "end", f"{lowest:.2f}"),
        (left, height - 10, "start", "step 1"),
        (right, height - 10, "end", f"step {len(losses)}"),
        (left, 14, "start", "nats a token"),
    )
    texts = "".join(
        f'<text x="{x}" y="{y}" text-anchor="{anchor}">{escape(words)}</text>'
        for x, y, anchor, words in labels
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
        f'width="{width}" height="{height}" font-family="sans-serif" font-size="11" '
        f'fill="#555"><title>{title}</title>'
        f'<path d="M{left} {top}V{bottom}H{right}" fill="none" stroke="#bbb"/>'
        f'<polyline points="{points}" fill="none" stroke="#7a4b2a" stroke-width="1.5"/>'
        f"{texts}</svg>"
    )
