"""The part of a report card on manner and on weights: does it sound like them, what does it know.

Takes what `persona.train.measuring` found, as plain values. Each figure has its interval, and
beside it stands in words what it means and what it needs to be trusted.
"""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from persona.export.report_plots import Whisker, whiskers_svg
from persona.export.report_wording import both, table, word, words

_DISTANCES = ("held_out", "adapter", "base", "others")
_BITS = ("base", "adapter", "another")
_SAVED = ("saved", "others_saved", "saved_over_another")


def measures_html(measures: Mapping[str, Any] | None) -> str:
    """Return both parts as safe HTML; nothing where nothing was measured at all."""
    if not measures:
        return ""
    return _manner(measures["manner"]) + _weights(measures["weights"])


def measured_sentences(measures: Mapping[str, Any] | None, language: str = "en") -> list[str]:
    """Return in a few sentences what was measured: for a terminal, and for a list of versions.

    Args:
        measures: as a card holds them; None: nothing was measured.
        language: ``en`` or ``zh``.
    """
    if not measures:
        return []
    manner, weights, at = measures["manner"], measures["weights"], int(language == "zh")
    if "not_measured" in manner:
        return [word("measure.not_measured")[at].format(why=manner["not_measured"])]
    bits, style = manner["bits"], manner["style"]
    said = [
        f"{word('measure.' + name)[at]}: {_written(bits[name])}"
        for name in (*_BITS, *_SAVED)
        if bits.get(name)
    ]
    said.append(word("measure." + saved_verdict(bits))[at])
    key, values = _trust_key(style)
    said.append(word(key)[at].format(**values))
    if secrets := weights["exposure"]["secrets"]:
        written = f"{secrets['mean']:.2f}, {secrets['by_chance']:.2f}, p = {secrets['p']:.3f}"
        said.append(f"{word('measure.exposure')[at]}: {written}")
    said.append(word("measure.weights_" + weights["state"])[at])
    return said


def _manner(manner: Mapping[str, Any]) -> str:
    head = f"<h2>{both('measure.manner')}</h2>"
    if "not_measured" in manner:
        return f"{head}<p>{both('measure.not_measured', why=manner['not_measured'])}</p>"
    bits, style = manner["bits"], manner["style"]
    lead = both("measure.manner_lead", characters=bits["characters"], units=bits["units"])
    return (
        f"{head}<p>{lead}</p>"
        f"{_plot('bits', [(name, bits.get(name)) for name in _BITS])}"
        f"{_saved(bits)}{_style(style)}"
    )


def _saved(bits: Mapping[str, Any]) -> str:
    rows = "".join(
        f"<tr><td>{both('measure.' + name)}</td><td>{_written(bits[name])}</td></tr>"
        for name in _SAVED
        if bits.get(name)
    )
    return f"<table>{rows}</table><p>{both('measure.' + saved_verdict(bits))}</p>" if rows else ""


def saved_verdict(bits: Mapping[str, Any]) -> str:
    """Return which sentence is true: ``saved_him``, ``saved_anybody`` or ``saved_nothing``."""
    saved, others = bits.get("saved"), bits.get("others_saved")
    if not saved or saved["low"] <= 0:
        return "saved_nothing"
    return "saved_him" if others and saved["low"] > others["high"] else "saved_anybody"


def _style(style: Mapping[str, Any]) -> str:
    distances = [(name, style["distance"].get(name)) for name in _DISTANCES]
    return (
        f"{_plot('distance', distances)}<p>{_trust_words(style)}</p>"
        f"{_trust(style['trust'])}{_habits(style['habits'])}"
    )


def _trust_key(style: Mapping[str, Any]) -> tuple[str, dict[str, int]]:
    """Return the phrase that says how far distances may be trusted, and its values."""
    values = {"words": style["compared_words"]}
    if style["trusted"]:
        return "measure.trusted", {**values, "people": max(2, style["people"])}
    if style["needed_words"]:
        return "measure.not_trusted", {**values, "needed": style["needed_words"]}
    return "measure.trust_unknown", values


def _trust_words(style: Mapping[str, Any]) -> str:
    key, values = _trust_key(style)
    return both(key, **values)


def _trust(lines: Sequence[Mapping[str, Any]]) -> str:
    if not lines:
        return ""
    rows = "".join(
        f"<tr><td>{line['words']}</td><td>{line['tried']}</td><td>{_share(line['all'])}</td>"
        f"<td>{_share(line['own'])}</td></tr>"
        for line in lines
    )
    columns = ("measure.col_words", "measure.col_tried", "measure.col_all", "measure.col_own")
    return f"<h3>{both('measure.trust_size')}</h3>{table(columns, rows)}"


def _habits(habits: Mapping[str, Mapping[str, Any]]) -> str:
    sets = [name for name in ("own", "adapter", "base") if name in habits]
    rows = "".join(
        f"<tr><td>{both('habit.' + name)}</td>"
        + "".join(f"<td>{_written(habits[one].get(name))}</td>" for one in sets)
        + "</tr>"
        for name in words()["habit"]
    )
    columns = ("measure.habits", *(f"measure.{name}" for name in sets))
    return f"<h3>{both('measure.habits')}</h3>{table(columns, rows)}" if sets else ""


def _weights(weights: Mapping[str, Any]) -> str:
    head = f"<h2>{both('measure.weights')}</h2>"
    if "not_measured" in weights:
        return f"{head}<p>{both('measure.not_measured', why=weights['not_measured'])}</p>"
    state = weights["state"]
    lead = both("measure.weights_lead", closed=weights["closed"], tested=weights["tested"])
    unproved = "" if weights["controls"] else f"<p>{both('measure.controls_none')}</p>"
    ids = ", ".join(escape(one) for one in weights["most_exposed"])
    return (
        f'{head}<p>{lead}</p><p class="verdict {state}">{both("measure.weights_" + state)}</p>'
        f"{f'<p>{ids}</p>' if ids else ''}"
        f"{_exposures(weights)}{unproved}{_membership(weights['membership'])}"
    )


def _exposures(weights: Mapping[str, Any]) -> str:
    controls, found = weights["controls"] or {}, weights["exposure"]
    rows = [
        ("secrets", found["secrets"]),
        ("unseen", found["held_out"]),
        ("trained", found["trained"]),
        *((name, controls.get(name)) for name in ("often", "once", "never")),
    ]
    drawn = [_exposure_row(name, one) for name, one in rows if one]
    if not drawn:
        return ""
    plot = whiskers_svg(word("measure.exposure")[0], drawn, 0.0)
    return f"<h3>{both('measure.exposure')}</h3>{plot}<p>{both('measure.by_chance')}</p>"


def _exposure_row(name: str, one: Mapping[str, Any]) -> Whisker:
    bounds = one["interval"] or {"low": one["mean"], "high": one["mean"]}
    written = f"{one['mean']:.2f} (n = {one['blanks']}, p = {one['p']:.3f})"
    return Whisker(
        " / ".join(word(f"measure.{name}")),
        bounds["low"],
        one["mean"],
        bounds["high"],
        written,
        mark=one["by_chance"],
    )


def _membership(found: Mapping[str, Any]) -> str:
    known = {True: "membership_yes", False: "membership_no", None: "membership_unknown"}
    rows = [(name, found["attacks"].get(name)) for name in ("loss_ratio", "min_k_plus")]
    plot = _plot("membership", rows, mark=0.5, lowest=0.0)
    return f"{plot}<p>{both('measure.' + known[found['recognisable']])}</p>"


def _plot(
    title: str,
    rows: Sequence[tuple[str, Mapping[str, float] | None]],
    *,
    mark: float | None = None,
    lowest: float | None = None,
) -> str:
    drawn = [
        Whisker(
            " / ".join(word(f"measure.{name}")),
            one["low"],
            one["value"],
            one["high"],
            _written(one),
            mark=mark,
        )
        for name, one in rows
        if one
    ]
    heading = f"<h3>{both('measure.' + title)}</h3>"
    return heading + whiskers_svg(word(f"measure.{title}")[0], drawn, lowest) if drawn else ""


def _written(one: Mapping[str, float] | None) -> str:
    return f"{one['value']:.2f} ({one['low']:.2f}–{one['high']:.2f})" if one else "–"


def _share(one: Mapping[str, float] | None) -> str:
    return f"{one['value']:.0%} ({one['low']:.0%}–{one['high']:.0%})" if one else "–"
