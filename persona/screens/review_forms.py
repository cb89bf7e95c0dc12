"""The longer decisions of the review: change, make two of it, join, who may know.

A form takes the place of the keys while it is open, so that no letter that is typed decides
anything. "Leave it as it was" closes it.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import TypeVar

import streamlit as st

from persona.collect.dates import to_edtf
from persona.errors import StoreError
from persona.keeper import review
from persona.keeper.review import Edit, ReviewItem
from persona.records import MemoryKind, Modality
from persona.remember.sentences import split_sentences
from persona.remember.view import View
from persona.screens import visit
from persona.screens.attempts import Done, attempt
from persona.screens.dates import date_words
from persona.screens.markup import as_html, as_label
from persona.screens.page import heading, line, show
from persona.screens.words import language, say

_BY = "custodian"
_LONGEST = 4000
Decided = Callable[..., Done]
_Value = TypeVar("_Value")


def show_form(view: View, items: Sequence[ReviewItem], decided: Decided) -> bool:
    """Show the form that was asked for, if it is about the first of these; say whether it was."""
    asked: tuple[str, str] | None = st.session_state.get("review-form")
    if asked is None or asked[1] != items[0].memory.id:
        return False
    with st.container(key="review-form-box", border=True):
        heading(say(f"look.{asked[0]}"), 2)
        line(say(f"look.{asked[0]}_hint"), "small")
        with st.form(f"form-{asked[0]}", border=False, enter_to_submit=False):
            match asked[0]:
                case "edit":
                    _edit(view, items[0], decided)
                case "split":
                    _split(items[0], decided)
                case "merge":
                    _merge(items, decided)
                case _:
                    _restrict(view, items[0], decided)
        st.button(as_label(say("look.leave")), key="leave-form", shortcut="Esc", on_click=_close)
    return True


def _close() -> None:
    st.session_state.pop("review-form", None)


def _save(label: str, task: Callable[..., Done], *given: object, possible: bool = True) -> None:
    """Show the button that ends a form; what was typed is read after it was pressed."""
    pressed = st.form_submit_button(
        as_label(label), key="save-form", type="primary", disabled=not possible
    )
    if pressed:
        attempt(task, *given)
        st.rerun()


# Change


def _edit(view: View, item: ReviewItem, decided: Decided) -> None:
    memory, key = item.memory, item.memory.id
    names = {one.id: view.display_name(one, language()) for one in view.people()}
    statement = st.text_area(say("look.statement"), memory.statement, key=f"statement-{key}",
                             max_chars=_LONGEST)  # fmt: skip
    quote = st.text_area(say("look.quote"), memory.quote, key=f"quote-{key}", max_chars=_LONGEST)
    narrator = _choose_one("narrator", names, memory.narrator_id, key)
    told_by = _choose_many("told_by", names, memory.told_by, key)
    about = _choose_many("subjects", names, memory.subject_ids, key)
    kinds = {one: say(f"memories.{one.value}") for one in MemoryKind}
    kind = st.selectbox(say("memories.kind"), list(kinds), list(kinds).index(memory.kind),
                        format_func=kinds.__getitem__,
                        key=f"kind-{key}")  # fmt: skip
    ways = {one: say(f"look.{one.value}") for one in Modality}
    modality = st.selectbox(say("look.how"), list(ways), list(ways).index(memory.modality),
                            format_func=ways.__getitem__,
                            key=f"how-{key}")  # fmt: skip
    before = date_words(memory.event_edtf, memory.event_words, language())
    when = st.text_input(say("look.when"), before, key=f"when-{key}", max_chars=120)
    change = Edit(
        statement=_changed(statement, memory.statement),
        quote=_changed(quote, memory.quote),
        kind=_changed(kind, memory.kind),
        narrator_id=_changed(narrator, memory.narrator_id),
        told_by=_changed(tuple(told_by), tuple(memory.told_by)),
        subject_ids=_changed(tuple(about), tuple(memory.subject_ids)),
        modality=_changed(modality, memory.modality),
    )
    _save(say("look.save"), _save_edit, key, change, _changed(when, before), decided)


def _changed(new: _Value | None, old: _Value) -> _Value | None:
    return None if new is None or new == old else new


def _choose_one(what: str, names: dict[str, str], chosen: str, key: str) -> str:
    ids = list(names)
    at = ids.index(chosen) if chosen in names else 0
    picked = st.selectbox(say(f"look.{what}"), ids, at, format_func=lambda one: names.get(one, one),
                          key=f"{what}-{key}")  # fmt: skip
    return picked or chosen


def _choose_many(what: str, names: dict[str, str], chosen: Sequence[str], key: str) -> list[str]:
    ids = list(dict.fromkeys([*chosen, *names]))
    return st.multiselect(say(f"look.{what}"), ids, list(chosen),
                          format_func=lambda one: names.get(one, one),
                          key=f"{what}-{key}", placeholder=say("look.nobody"))  # fmt: skip


def _save_edit(memory_id: str, change: Edit, when: str | None, decided: Decided) -> Done:
    if when is not None:
        edtf = to_edtf(when) if when.strip() else ""
        if edtf is None:
            raise StoreError(say("first.no_date", words=when))
        change = Edit(**{**change.__dict__, "event_edtf": edtf, "event_words": when.strip()})
    review.edit(visit.archive().store, memory_id, change, by=_BY)
    return decided(say("look.did_edit"))


# Make two of it


def _split(item: ReviewItem, decided: Decided) -> None:
    text = item.passage.text[item.citation.start : item.citation.end]
    sentences = split_sentences(text)
    if len(sentences) < 2:
        line(say("look.one_sentence"), "notice")
    cuts: list[int] = []
    for number, sentence in enumerate(sentences):
        show(f'<p class="part">{as_html(sentence.text)}</p>')
        last = number == len(sentences) - 1
        key = f"cut-{item.memory.id}-{number}"
        if not last and st.checkbox(say("look.cut_here"), key=key):
            cuts.append(number)
    edges = [-1, *cuts, len(sentences) - 1]
    parts = [text[sentences[a + 1].start : sentences[b].end] for a, b in pairwise(edges)]
    _save(say("look.cut"), _save_split, item.memory.id, parts, decided,
          possible=len(sentences) > 1)  # fmt: skip


def _save_split(memory_id: str, parts: Sequence[str], decided: Decided) -> Done:
    if len(parts) < 2:
        raise StoreError(say("look.no_cut"))
    review.split(visit.archive().store, memory_id, parts, by=_BY)
    return decided(say("look.did_split", count=len(parts)))


# Join


def neighbours(items: Sequence[ReviewItem]) -> list[ReviewItem]:
    """Return those that the first may be joined with: the same teller, the same breath."""
    first = items[0]
    return [
        one
        for one in items[1:]
        if one.passage.unit == first.passage.unit
        and one.memory.narrator_id == first.memory.narrator_id
        and list(one.memory.told_by) == list(first.memory.told_by)
        and abs(one.passage.position - first.passage.position) <= 1
    ]


def _merge(items: Sequence[ReviewItem], decided: Decided) -> None:
    near = neighbours(items)
    if not near:
        line(say("look.no_neighbour"), "notice")
    show(f'<p class="part">“{as_html(items[0].memory.quote)}”</p>')
    chosen = [
        one.memory.id
        for one in near
        if st.checkbox(as_label(one.memory.quote), key=f"join-{one.memory.id}")
    ]
    ids = [items[0].memory.id, *chosen]
    _save(say("look.join"), _save_merge, ids, decided, possible=bool(near))


def _save_merge(memory_ids: Sequence[str], decided: Decided) -> Done:
    if len(memory_ids) < 2:
        raise StoreError(say("look.no_join"))
    review.merge(visit.archive().store, memory_ids, by=_BY)
    return decided(say("look.did_merge"))


# Who may know


def _restrict(view: View, item: ReviewItem, decided: Decided) -> None:
    key = item.memory.id
    ways = {one: say(f"look.{one}") for one in ("allow", "deny")}
    way = st.radio(say("look.restrict"), list(ways), index=None, key=f"way-{key}",
                   format_func=ways.__getitem__,
                   label_visibility="collapsed")  # fmt: skip
    names = {
        one.id: view.display_name(one, language())
        for one in view.people()
        if visit.may_be_here(one)
    }
    who = st.multiselect(say("look.people"), list(names), format_func=lambda one: names[one],
                         key=f"people-{key}", placeholder=say("look.nobody"))  # fmt: skip
    until = st.text_input(say("look.until"), key=f"until-{key}", max_chars=60)
    _save(say("look.save"), _save_rule, key, way or "", who, until or "", decided)


def _save_rule(memory_id: str, way: str, who: Sequence[str], until: str, decided: Decided) -> Done:
    if not (way and who):
        raise StoreError(say("look.no_people"))
    term = to_edtf(until) if until.strip() else None
    if until.strip() and term is None:
        raise StoreError(say("first.no_date", words=until))
    allow, deny = (who, ()) if way == "allow" else ((), who)
    review.restrict(visit.archive().store, memory_id, allow=allow, deny=deny, until=term, by=_BY)
    return decided(say("look.did_restrict"), 0)
