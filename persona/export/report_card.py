"""The report card of a version as JSON and as one page of HTML: for a film maker, and for print.

    reports/ver_…/card.json    every count, for other programs
                  card.html    the same in English and Chinese, with plots; needs no network

The page says what was kept and what was not before any number, and shows answers with the
sources they cite. What not everybody may know is not shown, only where it lies.
"""

import json
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any

from persona.atomic import write_file
from persona.errors import WorkspaceError
from persona.export.report_measures import measures_html
from persona.export.report_plots import scales_svg, shares_svg
from persona.export.report_wording import both, table, word, words

CARD_JSON = "card.json"
CARD_HTML = "card.html"
_STYLE = """
body{font:20px/1.55 Georgia,'Noto Serif CJK SC',serif;color:#222;background:#fff;max-width:46em;
margin:2em auto;padding:0 1em}h1{font-size:2em}h2{margin-top:2em;border-bottom:2px solid #ccc}
.zh{color:#555;display:block}table{border-collapse:collapse;width:100%}
td,th{border:1px solid #bbb;padding:.5em;text-align:left;vertical-align:top}
.kept{background:#eef4ee}.failed{background:#fbe9e4;font-weight:bold}.not_tested{background:#f3f3f3}
.example{border-left:6px solid #ccc;margin:1.2em 0;padding:.2em 1em;page-break-inside:avoid}
.why{color:#8c2f1b}.source{color:#555;font-size:.85em}.verdict{font-size:1.2em;padding:.8em 1em}
@media print{body{font-size:12pt;max-width:none}h2{page-break-after:avoid}
tr{page-break-inside:avoid}
}
"""


def write_card(folder: Path, card: Mapping[str, Any]) -> None:
    """Write ``card.json`` and ``card.html``, each whole or not at all.

    Args:
        folder: made where it is missing.
        card: plain values; see `persona.evaluate.evaluate`.

    Raises:
        WorkspaceError: the folder cannot be written.
    """
    text = json.dumps(card, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_file(folder / CARD_JSON, text.encode())
        write_file(folder / CARD_HTML, card_html(card).encode())
    except OSError as error:
        raise WorkspaceError(
            f"{folder} cannot be written: {error.strerror}. Make room, then run it again."
        ) from error


def read_card(folder: Path) -> dict[str, Any] | None:
    """Return the card that lies in a folder; None where there is none that can be read.

    A version's folder never changes, so what was measured later lies beside the card: this is
    what a page that lists versions reads.
    """
    try:
        card = json.loads((folder / CARD_JSON).read_bytes())
    except (OSError, ValueError):
        return None
    return card if isinstance(card, dict) and "gates" in card else None


def card_html(card: Mapping[str, Any]) -> str:
    """Return the page."""
    version = card["version"]
    values = {
        "persona": card["persona"],
        "number": version["number"],
        "questions": card["questions"],
    }
    title = f"{word('title')[0]}: {card['persona']}, {version['number']}"
    parts = [
        f"<h1>{both('title')}</h1><p>{both('lead', **values)}</p>",
        _verdict(card),
        f"<h2>{both('gates')}</h2>{_gates(card)}",
        f"<h2>{both('standings')}</h2>{_standings(card)}",
        f"<h2>{both('numbers')}</h2>{_scales(card)}{_figures(card)}",
        measures_html(card.get("measures")),
        f"<h2>{both('best')}</h2>{_examples(card['examples']['best'])}",
        f"<h2>{both('failed')}</h2>{_examples(card['examples']['failed'])}",
        f"<h2>{both('how')}</h2><p>{both('how_text')}</p>",
        f"<h2>{both('made_with')}</h2>{_made_with(card)}",
    ]
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"><title>'
        f"{escape(title)}</title><style>{_STYLE}</style></head><body>{''.join(parts)}"
        "</body></html>\n"
    )


def _verdict(card: Mapping[str, Any]) -> str:
    failed = any(gate["state"] == "failed" for gate in card["gates"].values())
    name, key = ("failed", "failed_some") if failed else ("kept", "kept_all")
    return f'<p class="verdict {name}">{both(key)}</p>'


def _gates(card: Mapping[str, Any]) -> str:
    rows = "".join(
        f'<tr class="{gate["state"]}"><td>{both("gate." + name)}</td>'
        f"<td>{both('state_' + gate['state'])}</td>"
        f"<td>{gate['failed']} / {gate['tested']}</td></tr>"
        for name, gate in card["gates"].items()
    )
    return table(("col_gate", "col_state", "col_count"), rows)


def _figures(card: Mapping[str, Any]) -> str:
    aims = card["aims"]
    rows = "".join(
        f"<tr><td>{both('figure.' + name)}</td><td>{_number(name, value)}</td>"
        f"<td>{escape(aims.get(name, ''))}</td></tr>"
        for name, value in card["figures"].items()
    )
    return table(("col_gate", "col_value", "col_aim"), rows)


def _standings(card: Mapping[str, Any]) -> str:
    parts = [
        (" / ".join(word("standing." + name)), count)
        for name in words()["standing"]
        if (count := card["standings"].get(name, 0))
    ]
    return shares_svg(word("standings")[0], parts)


def _scales(card: Mapping[str, Any]) -> str:
    rows = [
        (
            " / ".join(word("figure." + name)),
            value,
            _number(name, value),
            float(card["aims"][name].split()[-1]) if name in card["aims"] else None,
        )
        for name, value in card["figures"].items()
        if value is not None and "_ms_" not in name
    ]
    return scales_svg(word("numbers")[0], rows)


def _examples(examples: list[dict[str, Any]]) -> str:
    return "".join(_example(one) for one in examples) or f"<p>{both('none')}</p>"


def _example(one: dict[str, Any]) -> str:
    listener = escape(one["listener"]) if one["listener"] else both("stranger")
    head = f"<p><b>{both('kind.' + one['kind'])}</b>{both('asked_by')} {listener}</p>"
    if one["question"]:
        said = "".join(_sentence(sentence) for sentence in one["answer"])
        body = f"<p><q>{escape(one['question'])}</q></p>{said}"
    else:
        body = f"<p>{both('hidden', about=one.get('about', ''))}</p>"
    why = [escape(reason) for reason in one["reasons"]]
    why += [both(key) for key in ("missed", "invented") if one.get(key)]
    reasons = f'<p class="why">{"; ".join(why)}</p>' if why else ""
    return f'<div class="example">{head}{body}{reasons}</div>'


def _sentence(sentence: dict[str, Any]) -> str:
    standing = " / ".join(word("standing." + (sentence["standing"] or "unsaid")))
    sources = "; ".join(sentence["sources"])
    beneath = escape(" · ".join(part for part in (standing, sources) if part))
    return f'<p>{escape(sentence["text"])}<br><span class="source">{beneath}</span></p>'


def _made_with(card: Mapping[str, Any]) -> str:
    version = card["version"]
    facts = {
        "version": f"{version['number']} {version['name']} ({version['id']})",
        **card["made_with"],
        "made_at": card["made_at"],
    }
    rows = "".join(
        f"<tr><td>{both('made.' + name)}</td><td>{escape(str(value))}</td></tr>"
        for name, value in facts.items()
    )
    return f"<table>{rows}</table>"


def _number(name: str, value: float | None) -> str:
    if value is None:
        return "–"
    if "_ms_" in name:
        return f"{value:.0f}"
    return f"{value:.2f}" if name.endswith("_f1") else f"{value:.0%}"
