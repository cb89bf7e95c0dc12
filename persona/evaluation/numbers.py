"""Verdicts → the numbers of a report card: gates in counts, and figures with what they mean.

A gate that no answer was put to is *not tested*: it never passes by being left out.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from persona.evaluation.probe import Gate, Kind, Probe, Said, Verdict
from persona.records import Standing

Asked = tuple[Probe, Said, Verdict]

AIMS = {
    "abstention_f1": (">=", 0.85),
    "over_refusal": ("<=", 0.10),
    "full_support": (">=", 0.95),
}
"""What the numbers should come to (see docs/how-to/report-card.md)."""

_UNANSWERABLE = frozenset({Kind.UNKNOWN})
_PERCENTILES = (50, 95)


@dataclass(frozen=True)
class GateCount:
    """How many answers were put to a gate, and how many failed it."""

    tested: int
    failed: int

    @property
    def state(self) -> str:
        """Return ``kept``, ``failed`` or ``not_tested``."""
        if not self.tested:
            return "not_tested"
        return "failed" if self.failed else "kept"


def gate_counts(asked: Sequence[Asked]) -> dict[Gate, GateCount]:
    """Return every gate, also those that nothing was put to."""
    counts = {}
    for gate in Gate:
        put = [verdict.gates[gate] for _, _, verdict in asked if gate in verdict.gates]
        counts[gate] = GateCount(len(put), sum(bool(reasons) for reasons in put))
    return counts


def figures(asked: Sequence[Asked]) -> dict[str, float | None]:
    """Return the numbers; None where there was nothing to count.

    ``abstention_*``: "I don't know" as the right answer to what nobody told (precision, recall
    and their harmonic mean). ``over_refusal``: share of answerable questions that were refused.
    ``right``: share of answerable questions that got the known answer. ``full_support``: share
    of claiming sentences that sources carry in full. ``cites``: share of them that cite
    anything. ``open_questions``: share of rightly refused questions that were kept for the next
    interview with somebody named who might know. ``own_words_rate``: share of all sentences that
    are the person's own, verbatim. Times are milliseconds.
    """
    known = [verdict for probe, _, verdict in asked if probe.kind is Kind.KNOWN]
    unknown = [(s, v) for probe, s, v in asked if probe.kind in _UNANSWERABLE]
    hits = sum(verdict.abstained for _, verdict in unknown)
    wrongly = sum(verdict.abstained for verdict in known)
    precision, recall = _share(hits, hits + wrongly), _share(hits, len(unknown))
    claims = sum(verdict.claims for *_, verdict in asked)
    return {
        "abstention_precision": precision,
        "abstention_recall": recall,
        "abstention_f1": _harmonic(precision, recall),
        "over_refusal": _share(wrongly, len(known)),
        "right": _share(sum(verdict.right for verdict in known), len(known)),
        "full_support": _share(sum(verdict.supported for *_, verdict in asked), claims),
        "cites": _share(sum(verdict.cites for *_, verdict in asked), claims),
        "open_questions": _share(sum(bool(s.opened) for s, v in unknown if v.abstained), hits),
        "own_words_rate": own_words_rate(asked),
        "errors": _share(sum(bool(said.failed) for _, said, _ in asked), len(asked)),
        **_times([said for _, said, _ in asked if not said.failed]),
    }


def own_words_rate(asked: Sequence[Asked]) -> float | None:
    """Return the share of sentences that are the person's own words.

    Only sentences whose standing is said count: None where a system does not say it.
    """
    found = standings(asked)
    said = sum(count for standing, count in found.items() if standing not in ("unsaid", "notice"))
    return _share(found.get(Standing.OWN_WORDS.value, 0), said)


def standings(asked: Sequence[Asked]) -> dict[str, int]:
    """Return how many sentences of all answers have which standing."""
    total: Counter[str] = Counter()
    for _, _, verdict in asked:
        total.update(verdict.standings)
    return dict(total)


def by_route(asked: Sequence[Asked]) -> dict[str, dict[str, dict[str, int]]]:
    """Return how often each way of asking failed: kind → route → tested and failed."""
    table: dict[str, dict[str, dict[str, int]]] = {}
    for probe, _, verdict in asked:
        row = table.setdefault(probe.kind.value, {}).setdefault(probe.route or "-", _empty())
        row["tested"] += 1
        row["failed"] += is_failure(probe, verdict)
    return table


def is_failure(probe: Probe, verdict: Verdict) -> bool:
    """Say whether a gate was failed, an unknown answered, or a known answer missed."""
    if verdict.failed:
        return True
    if probe.kind is Kind.KNOWN:
        return not verdict.right
    return probe.kind in _UNANSWERABLE and not verdict.abstained


def summary(asked: Sequence[Asked]) -> dict[str, Any]:
    """Return gates, figures, standings and routes as plain values that JSON can hold."""
    return {
        "questions": len(asked),
        "gates": {
            gate.value: {"tested": count.tested, "failed": count.failed, "state": count.state}
            for gate, count in gate_counts(asked).items()
        },
        "figures": {
            name: None if value is None else round(value, 4)
            for name, value in figures(asked).items()
        },
        "aims": {name: f"{sign} {aim}" for name, (sign, aim) in AIMS.items()},
        "standings": standings(asked),
        "routes": by_route(asked),
    }


def _empty() -> dict[str, int]:
    return {"tested": 0, "failed": 0}


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _harmonic(one: float | None, other: float | None) -> float | None:
    if one is None or other is None:
        return None if other is None else 0.0
    return 2 * one * other / (one + other) if one + other else 0.0


def _times(said: Sequence[Said]) -> dict[str, float | None]:
    found: dict[str, float | None] = {}
    for name, values in (
        ("first_sentence_ms", sorted(one.first_ms for one in said)),
        ("whole_ms", sorted(one.whole_ms for one in said)),
    ):
        for part in _PERCENTILES:
            at = min(len(values) - 1, len(values) * part // 100)
            found[f"{name}_p{part}"] = values[at] if values else None
    return found
