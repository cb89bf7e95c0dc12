"""The receipt of a withdrawal: what is gone, how that was checked, what could not be reached.

It holds ids, dates and counts, never a word of what was taken back, so that it can be given to
whoever asked for it and kept. JSON for programs, HTML for people.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from html import escape
from pathlib import Path
from typing import Any

from persona import MADE_BY
from persona.atomic import write_file
from persona.export.unfinished import Note
from persona.records import Conversation, Withdrawal, WithdrawalScope
from persona.workspace import Workspace

_SCOPE = {
    WithdrawalScope.MEMORY: "one memory, and the words that it quotes",
    WithdrawalScope.SOURCE: "one original, and all that was made from it",
    WithdrawalScope.NARRATOR: "everything that one person told or wrote",
}
_COUNTED = {
    "memory": "memories",
    "citation": "quotations in the index of sources",
    "passage": "passages",
    "blanked": "stretches of words blanked in passages that stay",
    "source": "sources",
    "originals": "original files",
    "sentence": "sentences that the persona had said",
    "turn": "turns of conversations",
    "openquestion": "open questions",
    "judgement": "votes on answers and voices",
    "conflict": "records of accounts that disagree",
    "restriction": "rules about who may know it",
    "voiceclip": "stretches of recordings chosen for a voice",
    "voices": "voices blocked",
    "voice_files": "voices whose files were erased",
    "face": "faces in pictures",
    "alternate": "notes on pictures that are alike",
    "knownname": "notes on who is meant by a name",
    "kinship": "relations that only it told of",
    "consents": "entries that end the consent",
    "versions": "versions of the persona blocked",
    "adapters": "trained manners of speaking erased",
    "spoken": "files of spoken answers",
    "derived": "files that can be made again (vectors, indexes)",
    "training": "files of unfinished training",
    "reports": "files of report cards",
    "journal": "rows of collected.csv",
}
_STYLE = (
    "body{font:1.05rem/1.6 Georgia,serif;max-width:42rem;margin:3rem auto;padding:0 1rem;"
    "color:#222;background:#fdfcf9}td{padding:.15rem 1rem .15rem 0;vertical-align:top}"
    "td.n{text-align:right}h1{font-size:1.6rem}h2{font-size:1.15rem;margin-top:2rem}"
)


def folder(workspace: Workspace) -> Path:
    """Return where the receipts of a workspace lie."""
    return workspace.root / "receipts"


def write_receipt(
    workspace: Workspace, withdrawal: Withdrawal, scanned: dict[str, Any], chain_hash: str
) -> tuple[Path, Path]:
    """Write a receipt, whole or not at all; return the JSON file and the HTML file.

    Args:
        workspace: the persona.
        withdrawal: finished.
        scanned: what the byte scan looked at and found, as plain values.
        chain_hash: of the newest link of the audit chain: who keeps the receipt can prove later
            that nothing before it was changed.
    """
    body = {
        "receipt": 1,
        "made_by": MADE_BY,
        **withdrawal.model_dump(mode="json"),
        "scan": scanned,
        "audit_hash": chain_hash,
    }
    place = folder(workspace)
    place.mkdir(exist_ok=True)
    as_json, as_html = place / f"{withdrawal.id}.json", place / f"{withdrawal.id}.html"
    write_file(as_json, _json(body).encode())
    write_file(as_html, _page(withdrawal, scanned, chain_hash).encode())
    return as_json, as_html


def counted(erased: dict[str, Any]) -> list[tuple[int, str]]:
    """Return (number, of what) for everything that went, in the order of the receipt."""
    return [(int(erased[key]), what) for key, what in _COUNTED.items() if erased.get(key)]


def scan_sentences(scanned: dict[str, Any]) -> list[str]:
    """Return what the byte scan looked for and found, in sentences."""
    looked = (
        f"{scanned['files']} files ({scanned['size_bytes']:,} bytes) were searched for "
        f"{scanned['pieces']} pieces of the words, in every usual encoding."
    )
    sentences = [looked]
    if scanned["short"] or scanned["common"]:
        sentences.append(
            f"{scanned['short']} texts are too short to be told from chance, and "
            f"{scanned['common']} pieces also stand in what others told: they were not looked for."
        )
    for name, count in sorted(scanned["expected"].items()):
        sentences.append(
            f"Found in {name} ({count} places), an original that stays because others told it too."
        )
    for name, count in sorted(scanned["left"].items()):
        sentences.append(f"STILL FOUND in {name} ({count} places).")
    if not scanned["left"] and not scanned["expected"]:
        sentences.append("Nothing was found.")
    return sentences


def unreachable_sentences(
    note: Note | None, heard: Sequence[Conversation], scanned: dict[str, Any]
) -> list[str]:
    """Return what this program cannot erase or could not look into.

    Args:
        note: what was withdrawn; None: it was lost.
        heard: conversations in which the persona had said it.
        scanned: what the byte scan found.
    """
    said = []
    if note is None:
        said.append("The note of what to look for was lost: it could not be checked what is left.")
    elif note.reach.kept_shas:
        named = ", ".join(f"originals/{one[:2]}/{one}" for one in note.reach.kept_shas)
        said.append(
            f"{len(note.reach.kept_shas)} original files stay because they hold words of others "
            f"too: {named}. Nobody can open them in this program."
        )
    also = sorted(note.traces.also_in - {""}) if note else []
    if also:
        said.append(f"The same words also stand in what nobody took back: {', '.join(also)}.")
    said += [f"The words were still found in {name}: look at it." for name in scanned["left"]]
    said += [f"{name} could not be read, so it was not searched." for name in scanned["unreadable"]]
    said += [
        f"The persona had said it to {one.listener_id or 'a stranger'} on "
        f"{one.started_at:%Y-%m-%d} ({one.id}): what was recorded or remembered of that stays."
        for one in heard
    ]
    return said + list(_ELSEWHERE)


_ELSEWHERE = (
    "Copies outside of this folder: what the family handed in and still has, exported films, "
    "archives and sound files, printed pages, pictures of the screen.",
    "Backups and snapshots that the computer or a cloud made of this folder before this day.",
    "Copies of the folder of a blocked version or voice: what it learnt is in its weights.",
    "Inside compressed files (docx, pdf, zip), sound and pictures that stay no program finds a "
    "sentence by its bytes: they were judged by what was read from them.",
    "The disk may keep deleted bytes until it writes over them; an encrypted disk protects them.",
    "An app that was open may show what it had on the screen until it is closed.",
)


def _page(withdrawal: Withdrawal, scanned: dict[str, Any], chain_hash: str) -> str:
    rows = "".join(
        f"<tr><td class=n>{number}</td><td>{escape(what)}</td></tr>"
        for number, what in counted(withdrawal.erased)
    )
    result = (
        "Checked: the words are gone."
        if withdrawal.verified
        else "Not everything could be checked or erased: read what is said below."
    )
    who = f"Asked for by {withdrawal.asked_by}, {_day(withdrawal.at)}."
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8">'
        f'<meta name="generator" content="{MADE_BY}"><title>Receipt of a withdrawal'
        f"</title><style>{_STYLE}</style><h1>Receipt of a withdrawal</h1>"
        f"<p>Taken back: {escape(_SCOPE[withdrawal.scope])}.<br>{escape(who)}</p>"
        f"<p><strong>{escape(result)}</strong></p>"
        f"<h2>What is gone</h2><table>{rows}</table>"
        f"<h2>How that was checked</h2>{_list(scan_sentences(scanned))}"
        f"<h2>What could not be reached</h2>{_list(withdrawal.unreachable)}"
        f"<p><small>{escape(withdrawal.id)}, of {escape(withdrawal.target_id)}. Audit chain: "
        f"{escape(chain_hash)}. The same as data: {escape(withdrawal.id)}.json</small></p></html>\n"
    )


def _list(sentences: Sequence[str]) -> str:
    return "<ul>" + "".join(f"<li>{escape(one)}</li>" for one in sentences) + "</ul>"


def _day(at: datetime) -> str:
    return f"{at.day} {at:%B %Y}"


def _json(body: dict[str, Any]) -> str:
    return json.dumps(body, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
