"""Take something back: choose, read what will go, say yes with a word, watch, keep the receipt.

This is the only page that erases, so it asks twice and says everything first (law 9).
"""

import streamlit as st

from persona.errors import PersonaError
from persona.export import receipt
from persona.keeper.withdraw import Plan, finish_withdrawals, plan_withdrawal, withdraw
from persona.records import Memory, Withdrawal, WithdrawalScope
from persona.remember.view import View
from persona.screens import background, labels, task_view, visit
from persona.screens.attempts import attempt, outcome
from persona.screens.background import Job, State
from persona.screens.dates import date_words
from persona.screens.keeper import top
from persona.screens.markup import as_html, as_label
from persona.screens.page import go, heading, line, show
from persona.screens.people_choice import people_words
from persona.screens.words import language, say

Target = tuple[WithdrawalScope, str]
_COUNTED = (
    *("memory", "passage", "blanked", "source", "originals", "sentence", "openquestion"),
    *("face", "versions", "adapters", "spoken", "derived"),
)
"""What a receipt counts that a family has words for; the file for download has all."""


def render() -> None:
    """Show the page."""
    view = visit.looking_view()
    top("withdraw")
    outcome()
    if task_view.busy_elsewhere("withdraw"):
        return
    job = task_view.current_job("withdraw")
    if job is not None and job.state is State.RUNNING:
        task_view.show_running(job)
        return
    if job is not None:
        _ended(job)
        return
    _unfinished(view)
    target: Target | None = st.session_state.get("to-take-back")
    if target is None:
        _choose(view)
    else:
        _confirm(view, target)
    _earlier(view)


def take_back_button(scope: WithdrawalScope, target_id: str, key: str) -> None:
    """Offer the keeper, beside a memory or a source, to take it back."""
    label = as_label(say("back.this"))
    if st.button(label, key=key, type="tertiary", icon=":material/undo:"):
        st.session_state["to-take-back"] = (scope, target_id)
        go("withdraw")


# Choose


def _choose(view: View) -> None:
    heading(say("back.what"), 2)
    scopes = [WithdrawalScope.NARRATOR, WithdrawalScope.SOURCE, WithdrawalScope.MEMORY]
    words = {one: say(f"back.scope_{one.value}") for one in scopes}
    scope = st.radio(say("back.what"), scopes, index=None, key="scope",
                     format_func=words.__getitem__,
                     label_visibility="collapsed")  # fmt: skip
    if scope is WithdrawalScope.MEMORY:
        line(say("back.memory_hint"), "small")
        if st.button(as_label(say("page.memories")), key="to-memories"):
            go("memories")
        return
    if scope is None:
        return
    if scope is WithdrawalScope.NARRATOR:
        names = people_words(view)
    else:
        names = {one.id: f"{one.title} · {one.file_name}" for one in view.sources()}
    chosen = st.selectbox(say(f"back.choose_{scope.value}"), list(names), index=None,
                          format_func=names.__getitem__,
                          placeholder=say("who.choose"), key=f"target-{scope.value}")  # fmt: skip
    if chosen:
        st.button(as_label(say("back.look")), key="look-first", type="primary",
                  on_click=_ask_for, args=((scope, chosen),))  # fmt: skip


def _ask_for(target: Target | None) -> None:
    if target is None:
        st.session_state.pop("to-take-back", None)
    else:
        st.session_state["to-take-back"] = target


# Confirm


def _confirm(view: View, target: Target) -> None:
    workspace = visit.archive().workspace
    heading(say("back.plan"), 2)
    line(_named(view, target), "strong")
    if target[0] is WithdrawalScope.MEMORY:
        _quoted(view.memory(target[1]))
    also = st.checkbox(say("back.also_shared"), key="also-shared")
    try:
        with st.spinner(say("back.looking")):
            plan = plan_withdrawal(workspace, *target, also_shared=bool(also))
    except PersonaError as error:
        line(str(error), "notice")
        st.button(as_label(say("back.not")), key="not", on_click=_ask_for, args=(None,))
        return
    items = "".join(f"<li>{as_html(one)}</li>" for one in plan_sentences(plan))
    show(f'<ul class="plan">{items}</ul>')
    line(say("back.forever"), "notice")
    _say_yes(view, target, bool(also))
    st.button(as_label(say("back.not")), key="not", on_click=_ask_for, args=(None,))


def _named(view: View, target: Target) -> str:
    scope, target_id = target
    try:
        if scope is WithdrawalScope.NARRATOR:
            return say("back.all_of", name=labels.person_name(view, target_id))
        if scope is WithdrawalScope.SOURCE:
            return say("back.source", title=view.source(target_id).title)
        narrator = labels.person_name(view, view.memory(target_id).narrator_id)
        return say("back.memory_of", name=narrator)
    except PersonaError:
        return ""


def _quoted(memory: Memory) -> None:
    show(f'<blockquote lang="{as_html(memory.language)}">“{as_html(memory.quote)}”</blockquote>')


def plan_sentences(plan: Plan) -> list[str]:
    """Return what would go, in sentences, in the language of this visit."""
    reach = plan.reach
    counted = {
        "memories": len(reach.memories),
        "originals": len(reach.shas),
        "others": plan.others,
        "spans": len(reach.spans),
        "kept": len(reach.kept_shas),
        "captions": len(reach.captioned),
        "versions": len(plan.blocked),
        "learnt": len(plan.learnt),
    }
    always = ("memories", "originals")
    return [
        say(f"back.plan_{name}", count=count)
        for name, count in counted.items()
        if count or name in always
    ]


def _say_yes(view: View, target: Target, also_shared: bool) -> None:
    names = {"custodian": say("back.keeper")} | people_words(view)
    word = say("back.word")
    with st.form("take-back", border=True, enter_to_submit=False):
        asked_by = st.selectbox(say("back.asked_by"), list(names), key="asked-by",
                                format_func=names.__getitem__)  # fmt: skip
        reason = st.text_input(say("back.reason"), key="reason", max_chars=500)
        typed = st.text_input(say("back.type", word=word), key="typed-word", max_chars=40)
        pressed = st.form_submit_button(as_label(say("back.yes")), key="take-back-yes")
    if not pressed:
        return
    if (typed or "").strip().casefold() != word.casefold():
        line(say("back.wrong_word", word=word), "notice")
        return
    attempt(_begin, target, asked_by or "custodian", reason or "", also_shared)
    st.rerun()


def _begin(target: Target, asked_by: str, reason: str, also_shared: bool) -> None:
    workspace = visit.archive().workspace
    visit.end_talk()
    st.session_state.pop("exchanges", None)

    def task(job: Job) -> list[Withdrawal]:
        return [withdraw(workspace, *target, asked_by, reason, report=job,
                         also_shared=also_shared)]  # fmt: skip

    background.begin(workspace.root, "withdraw", task)
    st.session_state.pop("to-take-back", None)


# What became of it


def _ended(job: Job) -> None:
    workspace = visit.archive().workspace
    st.cache_data.clear()  # pictures and sounds that were shown before
    if job.state is State.DONE:
        for one in job.result:
            _receipt(one)
    else:
        task_view.show_failed(job)
        st.button(as_label(say("back.go_on")), key="finish", type="primary",
                  on_click=attempt, args=(_finish,))  # fmt: skip
    st.button(as_label(say("back.close")), key="close",
              on_click=background.put_away, args=(workspace.root,))  # fmt: skip


def _finish() -> None:
    workspace = visit.archive().workspace
    background.begin(workspace.root, "withdraw", lambda job: finish_withdrawals(workspace, job))


def _unfinished(view: View) -> None:
    if any(one.finished_at is None for one in view.withdrawals()):
        line(say("back.unfinished"), "notice")
        st.button(as_label(say("back.go_on")), key="finish", type="primary",
                  on_click=attempt, args=(_finish,))  # fmt: skip


def _receipt(record: Withdrawal) -> None:
    with st.container(key=f"receipt-{record.id}", border=True):
        heading(say("back.receipt"), 2)
        line(say("back.gone" if record.verified else "back.gone_unsure"), "strong")
        counted = [(key, record.erased.get(key)) for key in _COUNTED]
        rows = "".join(
            f'<tr><th scope="row">{as_html(say(f"back.count_{key}"))}</th><td>{count}</td></tr>'
            for key, count in counted
            if isinstance(count, int) and count
        )
        show(f'<table class="figures">{rows}</table>')
        if record.version_ids:
            line(say("back.new_version"))
        if record.unreachable:
            heading(say("back.not_reached"), 3)
            items = "".join(f"<li>{as_html(one)}</li>" for one in record.unreachable)
            show(f"<ul>{items}</ul>")
        line(say("back.elsewhere"), "small")
        _download(record)


def _download(record: Withdrawal) -> None:
    file = receipt.folder(visit.archive().workspace) / f"{record.id}.html"
    if file.is_file():
        st.download_button(say("back.download"), file.read_bytes, file.name, "text/html",
                           key=f"receipt-file-{record.id}", on_click="ignore")  # fmt: skip


def _earlier(view: View) -> None:
    done = [one for one in view.withdrawals() if one.finished_at is not None]
    if not done:
        return
    with st.expander(say("back.earlier", count=len(done))):
        for one in reversed(done):
            when = date_words(one.at.date().isoformat(), "", language())
            line(say("back.was", what=say(f"back.scope_{one.scope.value}"), date=when))
            _download(one)
