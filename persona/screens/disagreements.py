"""They tell it differently: the accounts beside each other, and what the persona shall do.

Nothing is averaged and nobody is silenced by a guess: both stay as they were told. What is
decided can be decided again at any time.
"""

from collections.abc import Sequence

import streamlit as st

from persona.converse.answer import CitedSpan
from persona.keeper import review
from persona.keeper.review import OpenDisagreement
from persona.records import (
    Conflict,
    ConflictKind,
    ConflictPolicy,
    ConflictState,
    Memory,
)
from persona.remember.view import View
from persona.screens import visit
from persona.screens.attempts import Done, attempt, nothing_left, outcome
from persona.screens.dates import date_words
from persona.screens.keeper import top
from persona.screens.labels import person_name
from persona.screens.markup import as_html, as_label
from persona.screens.page import heading, line, show
from persona.screens.source_dialog import open_asked, places, source_button
from persona.screens.words import language, say

PAGE_LENGTH = 5
BY = "custodian"


def render() -> None:
    """Show the page."""
    view = visit.looking_view()
    top("disagreements")
    outcome()
    store = visit.archive().store
    waiting = review.open_disagreements(store)
    if waiting:
        line(say("differ.left", count=len(waiting)), "small")
    else:
        nothing_left("differ.none")
    for one in waiting[:PAGE_LENGTH]:
        _one(view, one)
    if len(waiting) > PAGE_LENGTH:
        line(say("differ.more", count=len(waiting) - PAGE_LENGTH), "small")
    _decided(view, review.open_disagreements(store, state=None))
    open_asked(view)


def _decided(view: View, every: Sequence[OpenDisagreement]) -> None:
    done = [one for one in every if one.conflict.state is not ConflictState.PROPOSED]
    if not done:
        return
    with st.expander(say("differ.decided", count=len(done))):
        pages = -(-len(done) // PAGE_LENGTH)
        number = st.pagination(pages, key="differ-page") if pages > 1 else 1
        for one in done[(number - 1) * PAGE_LENGTH : number * PAGE_LENGTH]:
            _one(view, one)


def _one(view: View, one: OpenDisagreement) -> None:
    conflict = one.conflict
    with st.container(key=f"conflict-{conflict.id}", border=True):
        heading(title_words(one), 2)
        accounts = [account.memory for account in one.accounts]
        for pair in range(0, len(accounts), 2):
            beside = st.columns(2, gap="medium")
            for column, memory in zip(beside, accounts[pair : pair + 2], strict=False):
                with column:
                    _account(view, memory, conflict.id)
        if conflict.state is not ConflictState.PROPOSED:
            line(say("differ.now", what=_what(conflict)), "strong")
        if conflict.resolution:
            line(say("differ.note_was", note=conflict.resolution), "small")
        _ways(one)


def title_words(one: OpenDisagreement) -> str:
    """Return who tells it differently, and how, in a sentence."""
    names = list(dict.fromkeys(account.narrator for account in one.accounts))
    if len(names) == 1:
        return say("differ.one_teller", name=names[0])
    return say("differ.two_tellers", first=names[0], other=names[1])


def _account(view: View, memory: Memory, conflict_id: str) -> None:
    narrator = person_name(view, memory.narrator_id)
    told = date_words(memory.told_at_edtf, "", language())
    happened = date_words(memory.event_edtf, memory.event_words, language())
    heard = [person_name(view, one) or one for one in memory.told_by]
    facts = [
        say("memories.told_at", date=told) if told else "",
        say("memories.happened", date=happened) if happened else "",
        say("memories.heard_from", names=heard[0]) if heard else "",
    ]
    show(
        f'<p class="strong">{as_html(narrator)}</p>'
        f'<blockquote lang="{as_html(memory.language)}">“{as_html(memory.quote)}”</blockquote>'
        f'<p class="facts">{as_html(" · ".join(fact for fact in facts if fact))}</p>'
    )
    spans = []
    for citation in view.citations(memory.id):
        passage = view.passage(citation.passage_id)
        spans.append(
            CitedSpan(memory.id, passage.id, passage.source_id, citation.start, citation.end)
        )
    for place in places(spans):
        source_button(view, place, f"open-{conflict_id}-{memory.id}-{place.passage_id}")


def _what(conflict: Conflict) -> str:
    """Return in a few words what was decided."""
    if conflict.state is ConflictState.DISMISSED:
        return say("differ.no_difference")
    if conflict.policy is ConflictPolicy.KEEP_SILENT:
        return say("differ.silent")
    if conflict.kind is ConflictKind.TWO_ACCOUNTS:
        return say("differ.both" if conflict.resolution else "differ.open")
    return say(f"differ.{conflict.kind.value}")


def _ways(one: OpenDisagreement) -> None:
    """Offer what can be decided: the most usual first, the others behind a word."""
    conflict, key = one.conflict, one.conflict.id
    st.text_input(say("differ.note"), conflict.resolution, key=f"note-{key}", max_chars=500)
    with st.container(key=f"ways-{key}", horizontal=True):
        _way(conflict, "open", ConflictState.CONFIRMED, ConflictKind.TWO_ACCOUNTS, primary=True)
        _way(conflict, "silent", ConflictState.CONFIRMED, policy=ConflictPolicy.KEEP_SILENT)
        _way(conflict, "no_difference", ConflictState.DISMISSED)
    with st.expander(say("differ.other_ways")), st.container(horizontal=True):
        _way(conflict, "both_true", ConflictState.CONFIRMED, ConflictKind.BOTH_TRUE)
        _way(conflict, "mistaken_identity", ConflictState.CONFIRMED, ConflictKind.MISTAKEN_IDENTITY)
        if len({account.memory.narrator_id for account in one.accounts}) == 1:
            _way(conflict, "correction", ConflictState.CONFIRMED, ConflictKind.CORRECTION)


def _way(
    conflict: Conflict,
    name: str,
    state: ConflictState,
    kind: ConflictKind | None = None,
    policy: ConflictPolicy = ConflictPolicy.TELL_BOTH,
    *,
    primary: bool = False,
) -> None:
    st.button(
        as_label(say(f"differ.{name}")),
        key=f"{name}-{conflict.id}",
        type="primary" if primary else "secondary",
        help=as_label(say(f"differ.{name}_hint")),
        on_click=attempt,
        args=(_settle, conflict, name, state, kind, policy),
    )


def _settle(
    conflict: Conflict,
    name: str,
    state: ConflictState,
    kind: ConflictKind | None,
    policy: ConflictPolicy,
) -> Done:
    store = visit.archive().store
    note = str(st.session_state.get(f"note-{conflict.id}") or "").strip()
    store.decide_conflict(conflict.id, state, kind=kind, policy=policy, resolution=note, by=BY)
    before = (conflict.state, conflict.kind, conflict.policy, conflict.resolution)

    def undo() -> None:
        was, was_kind, was_policy, resolution = before
        store.decide_conflict(conflict.id, was, kind=was_kind, policy=was_policy,
                              resolution=resolution, by=BY)  # fmt: skip

    return Done(say("differ.did", what=say(f"differ.{name}")), undo)


# By hand, from the memories


def beside_button(memory: Memory) -> None:
    """Let the keeper lay two memories beside each other: "they tell it differently"."""
    first: str | None = st.session_state.get("beside")
    if first == memory.id:
        line(say("differ.first_chosen"), "small")
        st.button(as_label(say("differ.choose_not")), key=f"beside-{memory.id}",
                  on_click=st.session_state.pop, args=("beside", None))  # fmt: skip
    else:
        label = as_label(say("differ.with_this" if first else "differ.somebody_else"))
        st.button(label, key=f"beside-{memory.id}", type="tertiary", icon=":material/forum:",
                  on_click=attempt, args=(_lay_beside, memory.id))  # fmt: skip


def _lay_beside(memory_id: str) -> Done | None:
    first: str | None = st.session_state.get("beside")
    if first is None:
        st.session_state["beside"] = memory_id
        return None
    store = visit.archive().store
    conflict_id = review.disagree(store, [first, memory_id], by=BY)
    st.session_state.pop("beside", None)

    def undo() -> None:
        store.decide_conflict(conflict_id, ConflictState.DISMISSED, by=BY)

    return Done(say("differ.noted"), undo)
