"""Look through: one memory at a time, its source beside it, one key for each decision.

    A yes   D not right   N not sure   U undo
    E change   S make two of it   M join   W who may know   X all of this letter   P pause

Only the middle of the page is drawn again after a decision, so that the next one is there at
once. A key that comes before the new memory could be seen decides nothing: who leans on the
keyboard must not accept a drawer of letters.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import streamlit as st

from persona.keeper import review
from persona.keeper.review import Decision, ReviewItem
from persona.records import Memory, MemoryKind, Modality
from persona.remember.view import View
from persona.screens import visit
from persona.screens.attempts import Done, attempt, last_sentence, nothing_left, refusal
from persona.screens.dates import date_words, minutes_words
from persona.screens.keeper import top
from persona.screens.labels import person_name
from persona.screens.markup import as_html, as_label
from persona.screens.page import go, heading, line, show
from persona.screens.review_forms import show_form
from persona.screens.review_source import show_source
from persona.screens.words import language, listing, say

AHEAD = 8
"""Memories that are fetched at once: the one to decide, and those it may be joined with."""

SEEN_AFTER_S = 0.25
"""Seconds before which nobody can have seen a memory."""

BY = "custodian"
_PACE_AFTER = 5


@dataclass
class Sitting:
    """What was done since this visit began to look through."""

    began: float = field(default_factory=time.monotonic)
    decided: int = 0
    shown_id: str = ""
    shown_at: float = 0.0

    def an_hour(self) -> int:
        """Return how many decisions an hour; 0 while that says nothing."""
        hours = (time.monotonic() - self.began) / 3600
        return round(self.decided / hours) if self.decided >= _PACE_AFTER and hours else 0


def sitting() -> Sitting:
    """Return this visit's."""
    here: Sitting = st.session_state.setdefault("reviewed", Sitting())
    return here


def render() -> None:
    """Show the page."""
    top("review")
    st.fragment(_drawn)()


def _drawn() -> None:
    """Draw the middle of the page; it is drawn again by itself, with views of its own."""
    with visit.reading():
        view = visit.looking_view()
        refusal()
        items = review.next_items(visit.archive().store, limit=AHEAD)
        _far()
        if not items:
            nothing_left("look.none")
            _undo_button()
            return
        with st.container(key="review"):
            beside = st.columns(2, gap="medium")
            with beside[0]:
                _memory(view, items[0])
            with beside[1]:
                show_source(view, items[0])
        if not show_form(view, items, decided):
            _keys(items[0])
        here = sitting()
        if here.shown_id != items[0].memory.id:
            here.shown_id, here.shown_at = items[0].memory.id, time.monotonic()


def _far() -> None:
    """Say how many are left, how fast it goes, and that one may stop."""
    counts, here = review.progress(visit.archive().store), sitting()
    facts = [say("look.left", count=counts.left)]
    if here.decided:
        facts.append(say("look.decided", count=here.decided))
    if pace := here.an_hour():
        facts.append(say("look.pace", count=pace))
        facts.append(say("look.time_left", time=minutes_words(60 * counts.left / pace)))
    every = counts.left + counts.accepted + counts.discarded
    with st.container(key="far"):
        words = as_html(" · ".join(facts))
        show(f'<p class="small" role="status">{as_html(last_sentence())} {words}</p>')
        st.progress((every - counts.left) / every if every else 1.0)


# The memory


def _memory(view: View, item: ReviewItem) -> None:
    memory = item.memory
    with st.container(key="to-decide", border=True):
        narrator = person_name(view, memory.narrator_id) or item.narrator
        heading(say(_HEADS.get(memory.kind, "look.told"), name=narrator), 2)
        show(
            f'<blockquote lang="{as_html(memory.language)}">“{as_html(memory.quote)}”</blockquote>'
        )
        if " ".join(memory.quote.split()) != memory.statement:
            line(say("look.in_short", words=memory.statement))
        line(" · ".join(facts(view, item)), "facts")
        why = [say(f"look.why_{reason}") for reason in item.reasons]
        if why:
            line(" · ".join(why), "small")
        for dispute in item.disagreements:
            others = [one for one in dispute.accounts if one.memory.id != memory.id]
            _told_otherwise([(one.narrator, one.memory) for one in others])


_HEADS = {MemoryKind.OWN_WORDS: "look.own_words"}


def _told_otherwise(others: Sequence[tuple[str, Memory]]) -> None:
    if others:
        line(say("look.otherwise"), "label")
    for narrator, memory in others:
        show(f'<p class="small"><b>{as_html(narrator)}</b> “{as_html(memory.quote)}”</p>')


def facts(view: View, item: ReviewItem) -> list[str]:
    """Return what is known of a memory beside its words, each in a few words."""
    memory = item.memory
    about = [person_name(view, one) for one in memory.subject_ids]
    told = date_words(memory.told_at_edtf, "", language())
    happened = date_words(memory.event_edtf, memory.event_words, language())
    heard_from = listing(list(item.told_by))
    modality = f"look.{memory.modality.value}"
    found = [
        say(f"memories.{memory.kind.value}"),
        say("look.about", names=listing([name for name in about if name])) if any(about) else "",
        say("memories.happened", date=happened) if happened else "",
        say("memories.told_at", date=told) if told else "",
        say("memories.heard_from", names=heard_from) if heard_from else "",
        say(modality) if memory.modality in (Modality.BELIEVES, Modality.GUESSES) else "",
    ]
    return [one for one in found if one]


# The keys


def _keys(item: ReviewItem) -> None:
    """Show what can be decided, each with its key."""
    memory_id = item.memory.id
    with st.container(key="keys-first", horizontal=True):
        for decision, key in _DECISIONS.items():
            st.button(
                as_label(say(f"look.{decision.value}")),
                key=f"decide-{decision.value}",
                type="primary" if decision is Decision.ACCEPT else "secondary",
                shortcut=key,
                wrap=True,
                on_click=attempt,
                args=(_decide, decision, memory_id),
            )
        _undo_button()
    with st.container(key="keys-more", horizontal=True):
        for name, key in _FORMS.items():
            st.button(
                as_label(say(f"look.{name}")),
                key=f"open-{name}",
                shortcut=key,
                on_click=_open,
                args=(name, memory_id),
            )
        st.button(as_label(say("look.all")), key="accept-all", shortcut="X",
                  on_click=attempt, args=(_accept_all, item))  # fmt: skip
        if st.button(as_label(say("look.pause")), key="pause", shortcut="P"):
            go("keep")


_DECISIONS = {Decision.ACCEPT: "A", Decision.DISCARD: "D", Decision.NOT_SURE: "N"}
_FORMS = {"edit": "E", "split": "S", "merge": "M", "restrict": "W"}


def _undo_button() -> None:
    st.button(as_label(say("look.undo")), key="undo-review", shortcut="U", wrap=True,
              on_click=attempt, args=(_undo,))  # fmt: skip


def _open(name: str, memory_id: str) -> None:
    st.session_state["review-form"] = (name, memory_id)


def decided(sentence: str, count: int = 1) -> Done:
    """Count a decision, close its form, and return what the page says about it."""
    sitting().decided += count
    st.session_state.pop("review-form", None)
    return Done(sentence)


def _decide(decision: Decision, memory_id: str) -> Done | None:
    here = sitting()
    if here.shown_id == memory_id and time.monotonic() - here.shown_at < SEEN_AFTER_S:
        return None
    review.decide(visit.archive().store, decision, [memory_id], by=BY)
    return decided(say(f"look.did_{decision.value}"))


def _accept_all(item: ReviewItem) -> Done:
    count = review.accept_all(
        visit.archive().store,
        source_id=item.source.id,
        narrator_id=item.memory.narrator_id,
        by=BY,
    )
    return decided(say("look.did_all", count=count), count)


def _undo() -> Done | None:
    words = review.undo(visit.archive().store, 1, by=BY)
    st.session_state.pop("review-form", None)
    if not words:
        return Done(say("look.nothing_to_undo"))
    sitting().decided = max(0, sitting().decided - 1)
    return Done(say("look.undone"))
