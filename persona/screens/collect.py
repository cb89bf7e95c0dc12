"""Bring things in: hand over, look at the plan, say yes, watch, stop, go on, see what became of it.

what is handed over ──▶ plan (nothing is kept yet) ──▶ yes ──▶ collect and remember
                                                ╰──▶ no, put it away
"""

from collections import Counter
from pathlib import Path

import streamlit as st

from persona import steps
from persona.collect.journal import JOURNAL_FILE
from persona.collect.plan import CollectPlan
from persona.records import Person
from persona.remember.readers import Custodian
from persona.screens import background, handing_in, task_view, visit
from persona.screens.attempts import attempt, forget_outcomes, outcome
from persona.screens.background import Job, State
from persona.screens.files_of_nobody import count_questions
from persona.screens.handing_in import HandedIn, take_in
from persona.screens.keeper import top
from persona.screens.markup import as_html, as_label
from persona.screens.page import go, heading, line, show
from persona.screens.set_aside import show_set_aside
from persona.screens.words import language, listing, say
from persona.workspace import Workspace

MOST_ROWS = 200
"""Files of which a page says what became of them; the file for a table program has all."""


def render() -> None:
    """Show the page."""
    top("collect")
    outcome()
    if task_view.busy_elsewhere("plan", "collect", "remember"):
        return
    job = task_view.current_job("plan", "collect", "remember")
    if job is None:
        _hand_over()
    elif job.state is State.RUNNING:
        task_view.show_running(job)
    elif job.kind == "plan" and job.state is State.DONE:
        _plan(job.given, job.result)
    else:
        _ended(job)


# Hand over


def _hand_over() -> None:
    _unfinished()
    heading(say("bring.drop"), 2)
    line(say("bring.drop_hint", limit=handing_in.LARGEST_MB), "small")
    with st.container(key=f"drop-{language()}"):  # Streamlit's own word is replaced in style.css
        dropped = st.file_uploader(
            say("bring.drop"),
            accept_multiple_files=True,
            max_upload_size=handing_in.LARGEST_MB,
            key="dropped",
            label_visibility="collapsed",
        )
    heading(say("bring.path"), 2)
    line(say("bring.path_hint"), "small")
    typed = st.text_input(say("bring.path_label"), key="typed-path", max_chars=4000)
    contributor = _who_brings()
    ready = bool(dropped) or bool(typed and typed.strip())
    label = as_label(say("bring.look"))
    if st.button(label, key="look", type="primary", disabled=not ready):
        attempt(_look_at, dropped, typed or "", contributor)
        st.rerun()
    if not ready:
        line(say("bring.nothing_yet"), "small")
    show_set_aside()


def _who_brings() -> str:
    view = visit.looking_view()
    names = [one.name for one in may_hand_in(view.people())]
    chosen = st.selectbox(
        say("bring.contributor"),
        names,
        index=None,
        placeholder=say("bring.contributor_hint"),
        accept_new_options=True,
        key="contributor",
    )
    return str(chosen or "")


def may_hand_in(people: list[Person]) -> list[Person]:
    """Return who may stand in front of this screen with a box of letters."""
    return [one for one in people if visit.may_be_here(one)]


def _look_at(dropped: object, typed: str, contributor: str) -> None:
    _begin_plan(_handed(dropped, typed, contributor))


def _handed(dropped: object, typed: str, contributor: str) -> HandedIn:
    workspace = visit.archive().workspace
    paths: tuple[Path, ...] = (handing_in.typed_path(typed),) if typed.strip() else ()
    files = dropped if isinstance(dropped, list) else []
    if not files:
        return HandedIn(paths, contributor)
    kept = handing_in.keep_dropped(workspace, files, contributor)
    return HandedIn((*kept.paths, *paths), contributor, copied=True)


def _unfinished() -> None:
    """Offer what was dropped before and never taken in, as when the power failed."""
    workspace = visit.archive().workspace
    for number, folder in enumerate(handing_in.unfinished(workspace)):
        handed = HandedIn((folder,), copied=True)
        count = sum(path.is_file() for path in folder.rglob("*"))
        with st.container(key=f"left-{number}", border=True):
            line(say("bring.unfinished", count=count))
            with st.container(horizontal=True):
                st.button(
                    as_label(say("bring.go_on")),
                    key=f"go-on-{number}",
                    type="primary",
                    on_click=attempt,
                    args=(_begin_plan, handed),
                )
                st.button(
                    as_label(say("bring.put_away")),
                    key=f"put-away-{number}",
                    on_click=handing_in.throw_away,
                    args=(workspace, folder),
                )


# The plan


def _begin_plan(handed: HandedIn) -> None:
    workspace = visit.archive().workspace

    def look(_: Job) -> CollectPlan:
        return steps.plan_collect(workspace, handed.paths)

    background.begin(workspace.root, "plan", look, handed)


def _plan(handed: HandedIn, made: CollectPlan) -> None:
    heading(say("bring.plan"), 2)
    line(say("bring.plan_hint"))
    kinds = Counter(file.kind for file in made.files)
    rows = [(say(f"kind.{kind.value}"), str(count)) for kind, count in kinds.most_common()]
    _table([*rows, (say("bring.all"), str(len(made.files)))])
    sizes = [_size(file.path) for file in made.files]
    if sizes and all(sizes):
        line(say("bring.size", size=size_words(sum(sizes))), "small")
    if handed.contributor:
        line(say("bring.brought_by", name=handed.contributor), "small")
    if made.quiet:
        line(say("bring.quiet", count=made.quiet), "small")
    if made.left_out:
        with st.expander(say("bring.left_out", count=len(made.left_out)), expanded=not made.files):
            _reasons([(one.relative, one.reason) for one in made.left_out])
    line(say("bring.kept"), "small")
    with st.container(horizontal=True):
        label = as_label(say("bring.yes"))
        st.button(label, key="yes", type="primary", disabled=not made.files,
                  on_click=attempt, args=(_begin, handed))  # fmt: skip
        st.button(as_label(say("bring.no")), key="no", on_click=_put_away, args=(handed,))


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0  # it lay in a zip, which is unpacked again when it is read


def size_words(size_bytes: int) -> str:
    """Return a size as people say it: ``3 MB``, ``1.2 GB``."""
    power = next((n for n in (1, 2, 3) if size_bytes < 1000 ** (n + 1)), 4)
    size, unit = size_bytes / 1000**power, ("kB", "MB", "GB", "TB")[power - 1]
    return f"{size:.1f} {unit}" if size < 10 and unit != "kB" else f"{size:.0f} {unit}"


def _put_away(handed: HandedIn) -> None:
    workspace = visit.archive().workspace
    background.put_away(workspace.root)
    if handed.copied:
        for folder in handed.paths:
            handing_in.throw_away(workspace, folder)


def _begin(handed: HandedIn) -> None:
    workspace = visit.archive().workspace
    background.begin(workspace.root, "collect", lambda job: take_in(workspace, handed, job), handed)


def begin_remembering() -> None:
    """Look through everything anew, as after an answer to "who is this?"."""
    workspace = visit.archive().workspace
    background.begin(workspace.root, "remember", lambda job: steps.remember(workspace, job))


# What became of it


def _ended(job: Job) -> None:
    workspace = visit.archive().workspace
    if job.state is State.STOPPED:
        heading(say("bring.stopped"), 2)
        line(say("bring.stopped_hint"))
    elif job.state is State.FAILED:
        task_view.show_failed(job)
    else:
        _came_of_it(job)
    for sentence in job.lines:
        line(sentence, "small")
    if job.state is State.DONE:
        _next_steps()
    with st.container(horizontal=True):
        if job.state is not State.DONE and (job.given or job.kind == "remember"):
            st.button(as_label(say("bring.go_on")), key="go-on", type="primary",
                      on_click=attempt, args=(_again, job))  # fmt: skip
        st.button(as_label(say("bring.more")), key="more",
                  on_click=background.put_away, args=(workspace.root,))  # fmt: skip
    if job.kind == "collect":
        _became(workspace, job)


def _again(job: Job) -> None:
    if job.kind == "remember":
        begin_remembering()
    elif job.kind == "plan":
        _begin_plan(job.given)
    else:
        _begin(job.given)


def _came_of_it(job: Job) -> None:
    heading(say("bring.done"), 2)
    brought = job.result
    remembered = brought.remembered if job.kind == "collect" else brought
    if job.kind == "collect":
        done = brought.collected
        rows = [
            (say("bring.new"), len(done.new)),
            (say("bring.already_here"), done.already_here),
            (say("bring.left_out_short"), len(done.left_out)),
        ]
        if done.set_aside:
            rows.append((say("bring.set_aside"), len(done.set_aside)))
        _table([(label, str(count)) for label, count in rows])
        if done.set_aside:
            line(say("bring.aside_hint"))
            _reasons(done.set_aside)
        if done.warnings:
            with st.expander(say("bring.warnings", count=len(done.warnings))):
                _reasons(done.warnings)
    line(say("bring.remembered", new=remembered.new, total=remembered.total))
    if remembered.gave_way:
        line(say("bring.read_anew", count=remembered.gave_way))
    told = sorted(remembered.narrators.items(), key=lambda item: -item[1])
    if told:
        line(listing([f"{name} ({count})" for name, count in told]), "small")
    if remembered.waiting:
        with st.expander(say("bring.waiting", count=len(remembered.waiting))):
            show("".join(f"<p>{as_html(one)}</p>" for one in remembered.waiting))


def _became(workspace: Workspace, job: Job) -> None:
    """Say what became of each file, and offer all that was ever handed in as a table."""
    found = handing_in.rows_since(workspace, job.began_at)
    if not found:
        return
    with st.expander(say("bring.each", count=len(found))):
        _reasons([
            (row.file, row.reason or say(f"bring.{row.outcome}")) for row in found[:MOST_ROWS]
        ])  # fmt: skip
        if len(found) > MOST_ROWS:
            line(say("bring.first_rows", count=MOST_ROWS), "small")
        path = workspace.root / JOURNAL_FILE
        st.download_button(say("bring.table"), path.read_bytes, "collected.csv", "text/csv",
                           key="table", on_click="ignore")  # fmt: skip


def _next_steps() -> None:
    with visit.archive().store.reader(Custodian()) as view:
        names, left = count_questions(view), view.review_counts().left
    if names:
        label = as_label(say("bring.next_who", count=names))
        if st.button(label, key="next-who", icon=":material/contact_page:", type="primary"):
            forget_outcomes()
            go("who")
    if left:
        label = as_label(say("bring.next_review", count=left))
        if st.button(label, key="next-review", icon=":material/fact_check:"):
            forget_outcomes()
            go("review")


def _table(rows: list[tuple[str, str]]) -> None:
    cells = "".join(
        f'<tr><th scope="row">{as_html(label)}</th><td>{as_html(value)}</td></tr>'
        for label, value in rows
    )
    show(f'<table class="figures">{cells}</table>')


def _reasons(rows: list[tuple[str, str]]) -> None:
    shown = rows[:MOST_ROWS]
    items = "".join(f"<li><b>{as_html(name)}</b> {as_html(reason)}</li>" for name, reason in shown)
    show(f'<ul class="reasons">{items}</ul>')
