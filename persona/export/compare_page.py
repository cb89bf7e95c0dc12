"""A comparison of two versions as one page of HTML that needs no network.

It holds what `persona.compare` was allowed to give to one reader, and nothing else: the page reads
no archive. The family's language comes first, the other one stands below it, smaller. Every answer
says that a program made it.

Where it shall be heard as well, the sounds are inside the page, as MP3: one file can be sent on,
played without a network on anything that opens a page, and loses no part on the way, as a folder
of sounds beside it would. A minute of speech is less than half a megabyte. Each begins with the
spoken notice, and is still marked and sealed when it is saved out of the page.
"""

import base64
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from persona import MADE_BY
from persona.atomic import write_file
from persona.errors import WorkspaceError
from persona.export.compare_plots import Believed, believed_svg, curves_svg, pairs_svg
from persona.export.compare_words import figure_words, value_words, version_words, word

Values = Mapping[str, Any]
Sounds = Mapping[tuple[int, str], tuple[bytes, str]]
"""Number of a question, ``first`` or ``second`` → MP3 of that answer, and whose voice it is."""
_STYLE = """
:root{--line:#cfc6b8}*{box-sizing:border-box}
body{font:19px/1.55 Georgia,'Times New Roman','DejaVu Serif','Noto Serif CJK SC',serif;
color:#2b2119;background:#fffdf8;
max-width:60em;margin:1.5em auto;padding:0 1em}
h1{font-size:1.7em;line-height:1.25}h2{margin-top:2em;border-bottom:2px solid var(--line)}
h3{margin-bottom:.3em}.other{color:#5a4a3c;display:block;font-size:.8em;font-weight:400}
table{border-collapse:collapse;width:100%}td,th{border:1px solid var(--line);padding:.4em .6em;
text-align:left;vertical-align:top;overflow-wrap:break-word}
.two{display:grid;grid-template-columns:1fr 1fr;gap:1em}.side{min-width:0}
.notice{background:#f3e9d8;border-left:6px solid #7a4b2a;padding:.7em 1em}
blockquote{margin:.4em 0;padding:.1em 0 .1em 1em;border-left:4px solid var(--line)}
audio{width:100%;margin-top:.6em}
.said{margin:.5em 0;padding:.3em .7em;border-left:4px solid transparent}
.said.new,.said.gone,.said.restated{border-left-color:#7a4b2a;background:#fbf3e2}
.small{color:#5a4a3c;font-size:.84em}.mark{font-weight:700;font-size:.84em}
li{margin:.4em 0}svg{max-width:28em;display:block}
@media(max-width:40em){.two{grid-template-columns:1fr}body{font-size:17px}
table{table-layout:fixed}td,th{font-size:.85em;padding:.3em .35em}}
@media print{body{font-size:11pt;max-width:none}.said,tr{page-break-inside:avoid}}
"""


def write_comparison(
    path: Path, values: Values, language: str, sounds: Sounds | None = None
) -> None:
    """Write the page whole or not at all.

    Args:
        path: where it goes.
        values: from `persona.compare.compare`.
        language: ``en`` or ``zh``: the family's.
        sounds: answers to be heard; None: it is a page to read.

    Raises:
        WorkspaceError: it cannot be written.
    """
    try:
        write_file(path, comparison_html(values, language, sounds).encode())
    except OSError as error:
        raise WorkspaceError(f"{path} cannot be written: {error.strerror}.") from error


def comparison_html(values: Values, language: str, sounds: Sounds | None = None) -> str:
    """Return the page; ``sounds`` as for `write_comparison`."""
    page = _Page(values, language, sounds)
    title = word(language, "title", persona=values["persona"])
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta name="generator" content="{MADE_BY}">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body>"
        f"{''.join((*page.parts(), *page.answers()))}</body></html>\n"
    )


def comparison_parts(values: Values, language: str) -> Sequence[str]:
    """Return what stands before the answers, for a screen that has a frame of its own."""
    return _Page(values, language).parts()


def comparison_answers(values: Values, language: str) -> Sequence[tuple[str, str, str]]:
    """Return each question in its order, for such a screen: head, one answer, the other."""
    return _Page(values, language).asked()


class _Page:
    """The parts of one page."""

    def __init__(self, values: Values, language: str, sounds: Sounds | None = None) -> None:
        self._values, self._language, self._sounds = values, language, sounds
        self._other = "zh" if language == "en" else "en"
        self._versions: Sequence[Values] = values["versions"]

    def parts(self) -> Sequence[str]:
        """Return the page from its head to the answers."""
        return (
            self._head(),
            *self._part("went_in", self._went_in()),
            *self._part("settings", self._settings()),
            *self._part("cards", self._cards()),
            *self._part("credibility", self._credibility()),
            *self._part("answers", self._before_answers()),
        )

    def answers(self) -> Sequence[str]:
        """Return each question with both answers."""
        return [f'{head}<div class="two">{one}{two}</div>' for head, one, two in self.asked()]

    def asked(self) -> Sequence[tuple[str, str, str]]:
        """Return each question, and each answer to it."""
        asked = self._values["answers"]
        return [self._answer(number, one) for number, one in enumerate(asked)]

    def _part(self, key: str, inside: str) -> Sequence[str]:
        return f"<h2>{self._both(key)}</h2>", inside

    def _both(self, key: str, **values: Any) -> str:
        """Return a phrase in the family's language with the other below it, safe for HTML."""
        first = escape(word(self._language, key, **values))
        second = escape(word(self._other, key, **values))
        return f'{first}<span class="other" lang="{self._other}">{second}</span>'

    def _one(self, key: str, **values: Any) -> str:
        return escape(word(self._language, key, **values))

    def _head(self) -> str:
        persona = self._values["persona"]
        reader = self._values["reader"]
        whom = "for_person" if reader["name"] else "for_stranger"
        whom = "for_keeper" if reader["keeper"] else whom
        return (
            f"<h1>{self._both('title', persona=persona)}</h1>"
            f'<p class="notice">{self._both("simulation", persona=persona)}</p>'
            f"<p>{self._both(whom, name=reader['name'])}</p>"
            f'<div class="two">{"".join(self._version(one) for one in self._versions)}</div>'
        )

    def _version(self, about: Values) -> str:
        state = "state." + about["state"]
        facts = [self._one("made", date=about["made"]), self._one(state), escape(about["reason"])]
        about_it = " · ".join(fact for fact in facts if fact)
        return (
            f'<div class="side"><h3>{self._name(about)}</h3>'
            f"<p class='small'>{about_it}<br>{escape(about['id'])}</p></div>"
        )

    def _plain(self, about: Values) -> str:
        return version_words(self._language, dict(about))

    def _name(self, about: Values) -> str:
        return escape(self._plain(about))

    def _heads(self, first: str) -> str:
        names = "".join(f"<th>{self._name(one)}</th>" for one in self._versions)
        return f"<tr><th>{self._both(first)}</th>{names}</tr>"

    def _went_in(self) -> str:
        went = self._values["went_in"]
        rows = "".join(_row(who, first, second) for who, first, second in went["narrators"] if who)
        total = _row(word(self._language, "all"), *went["total"])
        lists = "".join(self._list(name, went) for name in ("added", "changed", "gone"))
        return f"<table>{self._heads('by_whom')}{rows}{total}</table>{lists}{self._erased(went)}"

    def _list(self, name: str, went: Values) -> str:
        count = went["counts"][name]
        if not count:
            return ""
        shown = went[name]
        items = "".join(f"<li>{self._memory(one, name)}</li>" for one in shown)
        more = self._one("more", count=count - len(shown)) if count > len(shown) else ""
        return f"<h3>{self._both(name, count=count)}</h3><ul>{items}</ul><p>{more}</p>"

    def _memory(self, one: Values, name: str) -> str:
        if name != "changed":
            return self._line(one)
        before = f"{self._one('before')}: {self._line(one['before'])}"
        return f"{self._line(one['after'])}<div class='small'>{before}</div>"

    def _line(self, one: Values) -> str:
        facts = [escape(one["who"]), escape(one["place"])]
        facts.append(self._one("became." + one["became"]) if one["became"] else "")
        if one.get("by"):
            facts.append(self._one("decided", by=self._who(one["by"]), day=one["day"]))
        about = " · ".join(fact for fact in facts if fact)
        return f"“{escape(one['words'])}” <span class='small'>{about}</span>"

    def _who(self, name: str) -> str:
        return word(self._language, "custodian") if name == "custodian" else name

    def _erased(self, went: Values) -> str:
        return "".join(
            f"<p>{self._both('erased', **{**one, 'who': self._who(one['who'])})}</p>"
            for one in went["erased"]
        )

    def _settings(self) -> str:
        rows = self._values["settings"]
        if not rows:
            return f"<p>{self._both('nothing')}</p>"
        body = "".join(
            f"<tr><th>{self._both('setting.' + name)}</th>"
            + "".join(f"<td>{escape(value_words(self._language, one))}</td>" for one in values)
            + "</tr>"
            for name, *values in rows
        )
        return f"<table>{self._heads('settings')}{body}</table>"

    def _cards(self) -> str:
        cards = self._values["cards"]
        trained = "".join(
            f"<tr><th>{self._both('trained.' + name)}</th>"
            + "".join(f"<td>{_number(card['trained'][name])}</td>" for card in cards)
            + "</tr>"
            for name in cards[0]["trained"]
        )
        curve = ""
        if any(card["losses"] for card in cards):
            drawn = curves_svg(word(self._language, "curve"), *(card["losses"] for card in cards))
            curve = f"<h3>{self._both('curve')}</h3>{drawn}"
        return f"<table>{self._heads('figure')}{trained}</table>{curve}{self._report_cards()}"

    def _report_cards(self) -> str:
        cards = self._values["cards"]
        missing = "".join(
            f"<p>{self._both('no_card', version=self._plain(about))}{self._how(about)}</p>"
            for about, card in zip(self._versions, cards, strict=True)
            if not card["questions"]
        )
        return missing + self._gates(cards) + self._figures(cards) + self._measured(cards)

    def _how(self, about: Values) -> str:
        """Say to whoever can do it how a report card is made."""
        command = f" <code>persona evaluate {about['number']}</code>"
        return command if self._values["reader"]["keeper"] else ""

    def _measured(self, cards: Sequence[Values]) -> str:
        """Return what was measured of the manner and of the weights, side by side."""
        if not any(card["measured"] for card in cards):
            return ""
        sides = "".join(
            f'<div class="side"><p class="small"><b>{self._name(about)}</b></p><ul>'
            + "".join(f"<li>{escape(one)}</li>" for one in card["measured"])
            + "</ul></div>"
            for about, card in zip(self._versions, cards, strict=True)
        )
        return f'<div class="two">{sides}</div>'

    def _gates(self, cards: Sequence[Values]) -> str:
        names = dict.fromkeys([*cards[0]["gates"], *cards[1]["gates"]])
        rows = "".join(
            f"<tr><th>{escape(figure_words('gate', name, self._language))}</th>"
            + "".join(f"<td>{self._gate(card['gates'].get(name, ''))}</td>" for card in cards)
            + "</tr>"
            for name in names
        )
        return f"<table>{self._heads('figure')}{rows}</table>" if names else ""

    def _gate(self, state: str) -> str:
        return self._one("gate." + state) if state else "–"

    def _figures(self, cards: Sequence[Values]) -> str:
        names = dict.fromkeys([*cards[0]["figures"], *cards[1]["figures"]])
        rows = []
        for name in names:
            values = [card["figures"].get(name) for card in cards]
            if "_ms_" not in name and any(value is not None for value in values):
                words = figure_words("figure", name, self._language)
                rows.append((words, *values, *(_percent(one) for one in values)))
        if not rows:
            return ""
        whose = " · ".join(
            f"{sign} {self._name(about)}" for sign, about in zip("○●", self._versions, strict=True)
        )
        return f"<p class='small'>{whose}</p>{pairs_svg(word(self._language, 'cards'), rows)}"

    def _credibility(self) -> str:
        rows = self._values["credibility"]
        if not any(row["votes"] for row in rows):
            return f"<p>{self._both('no_votes')}</p>"
        drawn = [line for row in rows for line in self._believed(row)]
        found = self._values["preference"]
        nearer = self._both("preferred", persona=self._values["persona"], **_counts(found))
        return (
            f"<p>{self._both('credibility_intro')}</p>"
            f"{believed_svg(word(self._language, 'credibility'), drawn)}"
            f"<p>{self._both('trend.' + self._values['trend'])}</p>"
            f"<p>{nearer}</p><p>{self._both('says.' + found['says'])}</p>"
        )

    def _believed(self, row: Values) -> list[Believed]:
        """Return a line for a version, and one for each month where there are several."""
        lines = [(self._plain(row), row["share"], row["low"], row["high"], self._votes(row))]
        if len(row["months"]) > 1:
            lines += [
                (f"{row['number']} · {one['month']}", one["share"], one["low"], one["high"],
                 self._votes(one))
                for one in row["months"]
            ]  # fmt: skip
        return lines

    def _votes(self, row: Values) -> str:
        if not row["votes"]:
            return word(self._language, "no_votes")
        return word(self._language, "believed", share=_percent(row["share"]), votes=row["votes"])

    def _before_answers(self) -> str:
        silent = self._why_not("silent")
        if silent:
            return silent
        heard = f"<p>{self._both('sound_intro')}</p>" if self._sounds is not None else ""
        return f"<p>{self._both('answers_intro')}</p>{heard}{self._unheard()}"

    def _unheard(self) -> str:
        """Say in a page to be heard why one of them is not."""
        return self._why_not("unheard") if self._sounds is not None else ""

    def _why_not(self, what: str) -> str:
        return "".join(
            f'<p class="notice">{self._both(f"{what}.{why}", version=self._plain(about))}</p>'
            for about, why in zip(self._versions, self._values[what], strict=True)
            if why
        )

    def _answer(self, asked: int, one: Values) -> tuple[str, str, str]:
        head = f"<h3>{escape(one['question'])}</h3>"
        if one["same"] and not any(one["failed"]):
            head += f'<p class="small">{self._both("same_answer")}</p>'
        first, second = (
            f'<div class="side"><p class="small"><b>{self._speaker(about)}</b></p>'
            f"{self._side(one[side], one['failed'][number])}{self._sound(asked, side)}</div>"
            for number, (about, side) in enumerate(
                zip(self._versions, ("first", "second"), strict=True)
            )
        )
        return head, first, second

    def _speaker(self, about: Values) -> str:
        return self._one("by_program", version=self._plain(about))

    def _side(self, sentences: Sequence[Values], failed: str) -> str:
        said = "".join(self._sentence(one) for one in sentences)
        return said + (f"<p>{self._one('failed', why=failed)}</p>" if failed else "")

    def _sound(self, asked: int, side: str) -> str:
        """Return an answer to be heard, with whose voice it is."""
        found = (self._sounds or {}).get((asked, side))
        if found is None:
            return ""
        mp3, whose = found
        data = base64.b64encode(mp3).decode()
        return (
            f'<audio controls preload="none" src="data:audio/mpeg;base64,{data}"></audio>'
            f'<p class="small">{self._one("read_by", whose=whose)}</p>'
        )

    def _sentence(self, one: Values) -> str:
        marks = ""
        if one["mark"] != "same":
            mark, why = self._one("mark." + one["mark"]), self._one("why." + one["why"])
            colon = "：" if self._language == "zh" else ": "
            marks = f'<div class="mark">{mark}{colon}{why}</div>'
        who = ", ".join(dict.fromkeys(rest["who"] for rest in one["rests_on"] if rest["who"]))
        standing = self._one("standing." + one["standing"], who=who) if one["standing"] else ""
        places = escape("; ".join(rest["place"] for rest in one["rests_on"] if rest["place"]))
        about = " · ".join(part for part in (standing, places) if part)
        return (
            f'<div class="said {one["mark"]}">{escape(one["text"])}'
            f'<div class="small">{about}</div>{marks}</div>'
        )


def _row(who: str, first: int, second: int) -> str:
    return f"<tr><th>{escape(who)}</th><td>{first}</td><td>{second}</td></tr>"


def _number(value: float | int | None) -> str:
    if value is None:
        return "–"
    return f"{value:,}" if isinstance(value, int) else f"{value:.2f}"


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share:.0%}"


def _counts(found: Values) -> dict[str, Any]:
    return {name: found[name] for name in ("first", "second", "same", "neither")}
