"""An answer on the screen: what each sentence rests on, in words, and the way to its source.

Neighbouring sentences of one standing, one narrator and the same sources stand together, with
one line under them; nothing is said by colour alone.
"""

import re
from collections.abc import Sequence

import streamlit as st

from persona.converse.answer import AnswerSentence
from persona.records import Standing
from persona.remember.view import View
from persona.screens import labels, visit
from persona.screens.dispute_dialog import dispute_button
from persona.screens.markup import as_html
from persona.screens.page import show, subject_name
from persona.screens.source_dialog import places, source_button
from persona.screens.words import say


def groups(sentences: Sequence[AnswerSentence]) -> list[list[AnswerSentence]]:
    """Return neighbouring sentences that rest on the same thing, together."""
    found: list[list[AnswerSentence]] = []
    for sentence in sentences:
        if found and _rests_on(found[-1][-1]) == _rests_on(sentence):
            found[-1].append(sentence)
        else:
            found.append([sentence])
    return found


def _rests_on(sentence: AnswerSentence) -> tuple[object, ...]:
    sources = tuple(dict.fromkeys(span.source_id for span in sentence.citations))
    return sentence.standing, sentence.narrator_id, sources


def show_group(
    group: Sequence[AnswerSentence], view: View, key: str, *, live: bool = False
) -> None:
    """Show sentences that rest on the same thing, and what that is.

    Args:
        group: as `groups` returns it.
        view: of the person who listens.
        key: tells the buttons of one group from those of others.
        live: the answer is still being made: its buttons cannot be pressed yet.
    """
    standing = group[0].standing
    texts = "".join(f'<p lang="{as_html(one.language)}">{sentence_html(one)}</p>' for one in group)
    show(f'<div class="said {standing.value}">{texts}</div>')
    rests_on = standing_words(group[0], view)
    if not rests_on:
        return
    with st.container(
        key=f"rests-{key}", horizontal=True, vertical_alignment="center", gap="small"
    ):
        st.html(f'<span class="standing">{as_html(rests_on)}</span>', width="content")
        cited = [span for one in group for span in one.citations]
        for number, place in enumerate(places(cited)):
            source_button(view, place, f"{key}-{number}", disabled=live)
        if not live:
            dispute_button(group, key)


def sentence_html(sentence: AnswerSentence) -> str:
    """Return a sentence with its verbatim words, and their quotation marks, set apart."""
    text = sentence.text
    verbatim = r"\s+".join(re.escape(word) for word in sentence.quoted.split())
    match = re.search(f"“{verbatim}”|{verbatim}", text) if verbatim else None
    if match is None:
        return as_html(text)
    before, after = as_html(text[: match.start()]), as_html(text[match.end() :])
    return f'{before}<span class="quote">{as_html(match[0])}</span>{after}'


def standing_words(sentence: AnswerSentence, view: View) -> str:
    """Return in plain words what a sentence rests on; empty for small talk."""
    match sentence.standing:
        case Standing.OWN_WORDS:
            return say("talk.own_words", name=labels.short_name(subject_name()))
        case Standing.TOLD:
            return _told_words(sentence, view)
        case Standing.INFERRED:
            return say("talk.inferred")
        case Standing.UNKNOWN:
            return say("talk.unknown")
        case Standing.SMALL_TALK:
            return ""


def _told_words(sentence: AnswerSentence, view: View) -> str:
    here = visit.visitor()
    if here is not None and here.person_id and here.person_id == sentence.narrator_id:
        return say("talk.told_by_you")
    narrator = labels.person_name(view, sentence.narrator_id)
    return say("talk.told", narrator=narrator) if narrator else say("talk.told_nobody")
