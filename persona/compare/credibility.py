"""Whether each generation is believed more or less than the one before: votes, with how sure.

A share of few votes can lie anywhere near it, so each has its interval (Wilson 1927) and the number
of votes. No version is said to be believed more while the intervals allow the opposite.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from persona.records import Judged, Judgement, Preference, Version
from persona.remember.view import View
from persona.train.measuring.intervals import wilson

Values = dict[str, Any]
BELIEVED = 4
"""From this rating on (1 not at all, 5 wholly) an answer counts as believed."""
FEWEST = 5
"""Votes below which nothing is concluded."""


def credibility(view: View, versions: Sequence[Version]) -> list[Values]:
    """Return for each version how often its answers were believed, and how that went on.

    Args:
        view: a listener's own votes are counted, or everybody's for whoever looks after it all.
        versions: in the order in which they are shown.

    Returns:
        For each: ``votes``, ``mean`` (1 to 5), ``share`` believed with ``low`` and ``high``, and
        ``months`` with the same for each month.
    """
    ratings: dict[str, list[tuple[str, int]]] = {}
    for one in view.judgements(Judged.ANSWERS):
        for version_id, rating in _rated(one):
            ratings.setdefault(version_id, []).append((f"{one.at:%Y-%m}", rating))
    return [
        {
            "id": version.id,
            "number": version.number,
            "name": version.name,
            **_share(rating for _, rating in ratings.get(version.id, [])),
            "months": _months(ratings.get(version.id, [])),
        }
        for version in versions
    ]


def preference(view: View, first: Version, second: Version) -> Values:
    """Return how often which of two versions was nearer to the person, and what that allows to say.

    ``says`` is ``first``, ``second``, ``undecided`` where chance explains it as well, or ``few``.
    """
    counts: Counter[str] = Counter()
    for one in view.judgements(Judged.ANSWERS):
        if {one.first_id, one.second_id} == {first.id, second.id} and one.preferred is not None:
            counts[_chosen(one, first.id)] += 1
    found = wilson(counts["first"], counts["first"] + counts["second"])
    says = "few"
    if found is not None and counts["first"] + counts["second"] >= FEWEST:
        says = "first" if found.low > 0.5 else "second" if found.high < 0.5 else "undecided"
    return {
        **{name: counts[name] for name in ("first", "second", "same", "neither")},
        **(found.plain() if found else {"value": None, "low": None, "high": None}),
        "says": says,
    }


def trend(rows: Sequence[Values]) -> str:
    """Return ``more``, ``less``, ``undecided`` or ``few``: the newest against the oldest rated."""
    rated = [row for row in rows if row["votes"]]
    if len(rated) < 2 or min(rated[0]["votes"], rated[-1]["votes"]) < FEWEST:
        return "few"
    if rated[-1]["low"] > rated[0]["high"]:
        return "more"
    return "less" if rated[-1]["high"] < rated[0]["low"] else "undecided"


def _rated(one: Judgement) -> Iterable[tuple[str, int]]:
    if one.credible_first is not None:
        yield one.first_id, one.credible_first
    if one.credible_second is not None and one.second_id is not None:
        yield one.second_id, one.credible_second


def _chosen(one: Judgement, first_id: str) -> str:
    """Return which version was preferred, whatever the order in which the two were shown."""
    if one.preferred in (Preference.SAME, Preference.NEITHER):
        return str(one.preferred)
    shown_first = one.preferred is Preference.FIRST
    return "first" if shown_first is (one.first_id == first_id) else "second"


def _share(ratings: Iterable[int]) -> Values:
    given = list(ratings)
    found = wilson(sum(one >= BELIEVED for one in given), len(given))
    return {
        "votes": len(given),
        "mean": round(sum(given) / len(given), 2) if given else None,
        "share": found.value if found else None,
        "low": found.low if found else None,
        "high": found.high if found else None,
    }


def _months(ratings: Sequence[tuple[str, int]]) -> list[Values]:
    months = sorted({month for month, _ in ratings})
    return [
        {"month": month, **_share(rating for when, rating in ratings if when == month)}
        for month in months
    ]
