"""The report card of a version as JSON and as one page of HTML: for a film maker, and for print.

    reports/ver_…/card.json    every count, for other programs
                  card.html    the same in English and Chinese, with plots; needs no network

The page says what was kept and what was not before any number, and shows answers with the
sources they cite. What not everybody may know is not shown, only where it lies.
"""

import json
import re
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any

from persona import MADE_BY
from persona.atomic import write_file
from persona.errors import WorkspaceError
from persona.export.report_measures import measures_html
from persona.export.report_plots import scale_svg, shares_svg
from persona.export.report_wording import both, table, word, words

CARD_JSON = "card.json"
CARD_HTML = "card.html"
_ADDRESSED = re.compile(r"the form of address of '(.+)' is used")
_STYLE = """
body{font:20px/1.55 Georgia,'Noto Serif CJK SC',serif;color:#222;background:#fff;max-width:46em;
margin:2em auto;padding:0 1em}h1{font-size:2em}h2{margin-top:2em;border-bottom:2px solid #ccc}
.zh{color:#555;display:block}table{border-collapse:collapse;width:100%}
td,th{border:1px solid #bbb;padding:.5em;text-align:left;vertical-align:top}
.kept{background:#eef4ee}.failed{background:#fbe9e4;font-weight:bold}.not_tested{background:#f3f3f3}
.example{border-left:6px solid #ccc;margin:1.2em 0;padding:.2em 1em;page-break-inside:avoid}
.why{color:#8c2f1b}.source{color:#555;font-size:.85em}.verdict{font-size:1.2em;padding:.8em 1em}
.figure{border-top:1px solid #ddd;padding:.4em 0;page-break-inside:avoid}.figure p{margin:.3em 0}
.value{font-size:1.3em;margin-right:1em}.aim,.aim .zh,.example .zh{display:inline}.aim{color:#555}
table+table,h3{margin-top:1.6em}
@media (max-width:40em){body{font-size:17px;margin:1em auto}td,th{padding:.35em}
table{display:block;overflow-x:auto}}
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
    said = {"made_by": MADE_BY, **card}
    text = json.dumps(said, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
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
        f"<p>{both('how_text')}</p>",
        f"<h2>{both('gates')}</h2>{_gates(card)}",
        f"<h2>{both('standings')}</h2>{_standings(card)}",
        f"<h2>{both('numbers')}</h2>{_figures(card)}",
        measures_html(card.get("measures")),
        f"<h2>{both('best')}</h2>{_examples(card['examples']['best'])}",
        f"<h2>{both('failed')}</h2>{_examples(card['examples']['failed'])}",
        f"<h2>{both('made_with')}</h2>{_made_with(card)}",
    ]
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<meta name="generator" content="{MADE_BY}">'
        '<meta name="viewport" content="width=device-width"><title>'
        f"{escape(title)}</title><style>{_STYLE}</style></head><body>{''.join(parts)}"
        "</body></html>\n"
    )


def _verdict(card: Mapping[str, Any]) -> str:
    failed = any(gate["state"] == "failed" for gate in card["gates"].values())
    name, key = ("failed", "failed_some") if failed else ("kept", "kept_all")
    broken = f'<p class="verdict failed">{both("errors_some")}</p>'
    return f'<p class="verdict {name}">{both(key)}</p>' + (
        broken if card["figures"].get("errors") else ""
    )


def _gates(card: Mapping[str, Any]) -> str:
    rows = "".join(
        f'<tr class="{gate["state"]}"><td>{both("gate." + name)}</td>'
        f"<td>{both('state_' + gate['state'])}</td>"
        f"<td>{gate['failed']} / {gate['tested']}</td></tr>"
        for name, gate in card["gates"].items()
    )
    return table(("col_gate", "col_state", "col_count"), rows)


def _figures(card: Mapping[str, Any]) -> str:
    shares = {k: v for k, v in card["figures"].items() if "_ms_" not in k}
    times = {k: v for k, v in card["figures"].items() if "_ms_" in k and v is not None}
    rows = "".join(
        f"<tr><td>{both('figure.' + name)}</td><td>{_number(name, value)}</td></tr>"
        for name, value in times.items()
    )
    return (
        f"<p>{both('legend')}</p>"
        + "".join(_figure(name, value, card["aims"].get(name)) for name, value in shares.items())
        + (f"<p>{both('times')}</p>{table(('col_gate', 'col_value'), rows)}" if rows else "")
    )


def _figure(name: str, value: float | None, aim: str | None) -> str:
    """Return one share: in words and as a dot on a line, its aim, and what it means."""
    wanted, beside = None, ""
    if aim is not None:
        sign, number = aim.split()
        wanted = float(number)
        key = "aim_least" if sign == ">=" else "aim_most"
        beside = f'<span class="aim">{both(key, value=_number(name, wanted))}</span>'
    line = "" if value is None else scale_svg(word("figure." + name)[0], value, wanted)
    return (
        f'<div class="figure"><p><b>{both("figure." + name)}</b></p>'
        f'<p><span class="value">{_number(name, value)}</span>{beside}</p>{line}'
        f"<p>{both('meaning.' + name)}</p></div>"
    )


def _standings(card: Mapping[str, Any]) -> str:
    parts = [
        (" / ".join(word("standing." + name)), count)
        for name in words()["standing"]
        if (count := card["standings"].get(name, 0))
    ]
    return shares_svg(word("standings")[0], parts)


def _examples(examples: list[dict[str, Any]]) -> str:
    return "".join(_example(one) for one in examples) or f"<p>{both('none')}</p>"


def _example(one: dict[str, Any]) -> str:
    listener = escape(one["listener"]) if one["listener"] else both("stranger")
    head = f"<p><b>{both('kind.' + one['kind'])}</b> · {both('asked_by')}: {listener}</p>"
    if one["question"]:
        said = "".join(_sentence(sentence) for sentence in one["answer"])
        body = f"<p><q>{escape(one['question'])}</q></p>{said}"
        body += "" if said else f"<p>{both('no_answer')}</p>"
    else:
        body = f"<p>{both('hidden', about=one.get('about', ''))}</p>"
    why = [_reason(reason) for reason in one["reasons"]]
    why += [both(key) for key in ("missed", "invented") if one.get(key)]
    reasons = f'<p class="why">{"; ".join(why)}</p>' if why else ""
    return f'<div class="example">{head}{body}{reasons}</div>'


def _reason(reason: str) -> str:
    """Return in both languages why an answer failed (`persona.evaluation.judging`)."""
    if addressed := _ADDRESSED.fullmatch(reason):
        return both("reason_address", person=addressed[1])
    return both("reason." + reason) if reason in words()["reason"] else escape(reason)


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
        "made_at": card["made_at"][:16].replace("T", " ") + " UTC",
    }
    rows = "".join(
        f"<tr><td>{both('made.' + name)}</td><td>{_fact(value)}</td></tr>"
        for name, value in facts.items()
    )
    return f"<table>{rows}</table>"


def _fact(value: Any) -> str:
    return both(f"made_value.{value}") if value in words()["made_value"] else escape(str(value))


def _number(name: str, value: float | None) -> str:
    if value is None:
        return "–"
    if "_ms_" in name:
        return f"{value / 1000:.1f} s"
    return f"{value:.2f}" if name.endswith("_f1") else f"{value:.0%}"
