"""The family test over HTTP: this program's own endpoint, and others that speak the same form."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from benchmarks.family.build import QUICK, build
from benchmarks.family.endpoint import NOTICE, Endpoint, in_both, with_annotations
from benchmarks.family.make import make
from benchmarks.family.run import knowns_of, take
from benchmarks.family.systems import Ours
from benchmarks.family.truth import probes
from persona.evaluation.probe import Gate, Kind, Probe
from persona.rehearsal import rehearse
from persona.remember.readers import Custodian
from persona.tokens import make_token
from persona.workspace import Workspace
from tests.endpoint.conftest import listening

DISCLAIMER = "I am a chat program. What I say may be wrong."
KETTLE = Probe(Kind.KNOWN, "What did you buy?", None, answers=("kettle",))


def tokens(workspace: Workspace, listeners: set[str | None]) -> dict[str, str]:
    with rehearse(workspace) as store:
        view = store.reader(Custodian())
        people = {one: view.person(one) if one else None for one in listeners}
    return {one or "": make_token(workspace, person)[1] for one, person in people.items()}


def one_of_each(made: list[Probe]) -> list[Probe]:
    """Return a probe of each kind and language, and one with something said before."""
    found: dict[tuple[object, ...], Probe] = {}
    for probe in made:
        found.setdefault((probe.kind, probe.language, bool(probe.before)), probe)
    return list(found.values())


def test_over_http_the_same_is_said_and_kept(models: Path, tmp_path: Path) -> None:
    family = make(4, tmp_path)
    workspace = build(family, tmp_path / "raw", tmp_path / "built", QUICK)
    some = one_of_each(probes(family))
    assert {probe.language for probe in some} == {"en", "zh"}
    assert any(probe.before for probe in some)
    assert any(probe.listener_id is None for probe in some) or len(some) < 30
    with rehearse(workspace) as store:
        knowns = knowns_of(store, some)
        here = take(Ours(workspace, store), some, knowns)
    given = tokens(workspace, {probe.listener_id for probe in some})
    with listening(workspace, per_minute=10_000) as port:
        there = take(Endpoint(f"http://127.0.0.1:{port}/v1", given), some, knowns)
    for (probe, said, verdict), (_, answer, judged) in zip(here, there, strict=True):
        told = [one.text for one in answer.sentences if one.standing != NOTICE]
        assert "".join("".join(told).split()) == "".join(said.text.split()), probe.question
        assert "simulation" in answer.text or "模拟" in answer.text
        assert not judged.failed, (probe.question, judged.gates)
        # Quotations too short to be told from other words in marks are not seen from outside.
        assert judged.gates.keys() | {Gate.QUOTES} == verdict.gates.keys() | {Gate.QUOTES}
        assert (judged.abstained, judged.right) == (verdict.abstained, verdict.right)
        assert judged.unsupported == verdict.unsupported == ()


@contextmanager
def others(answers: list[Any]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Serve answers one after the other: a status with its headers, or a message."""
    heard: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            heard.append({**asked, "conversation": self.headers.get("Persona-Conversation")})
            answer = answers.pop(0)
            status, headers = answer if isinstance(answer, tuple) else (200, {})
            body = b"{" if status == 200 and answer is None else b"{}"
            if status == 200 and answer is not None:
                body = json.dumps({"choices": [{"message": answer}]}).encode()
            self.send_response(status)
            for name, value in {"Persona-Conversation": "one", **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/v1", heard
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def said(text: str) -> dict[str, Any]:
    return {"content": f"{DISCLAIMER} {text}"}


def test_what_stands_before_every_first_answer_claims_nothing() -> None:
    answers = [said("Hello."), said("Lima, I think."), said("I bought a kettle.")]
    with others(answers) as (url, heard):
        answer = Endpoint(url, {"*": "token"}).answer(KETTLE)
    assert [(one.text, one.standing) for one in answer.sentences] == [
        ("I am a chat program.", NOTICE),
        ("What I say may be wrong.", NOTICE),
        ("I bought a kettle.", ""),
    ]
    assert [one["conversation"] for one in heard] == [None, None, None]


def test_a_system_that_remembers_is_told_which_conversation_goes_on() -> None:
    before = Probe(Kind.KNOWN, "And then?", None, before=("What did you buy?",))
    answers = [said("Hello."), said("Lima."), said("A kettle."), {"content": "Tea."}]
    with others(answers) as (url, heard):
        answer = Endpoint(url, {}).answer(before)
    assert answer.text == f"{DISCLAIMER} A kettle. Tea."
    assert [one["conversation"] for one in heard] == [None, None, None, "one"]
    assert [one["role"] for one in heard[-1]["messages"]] == ["user", "assistant", "user"]


def test_patience_is_given_where_it_is_asked_for() -> None:
    slow = (429, {"Retry-After": "0"})
    with others([slow, said("Hello."), said("Lima."), slow, said("A kettle.")]) as (url, _):
        answer = Endpoint(url, {}).answer(KETTLE)
    assert answer.failed == ""
    assert answer.sentences[-1].text == "A kettle."


@pytest.mark.parametrize(
    "wrong", [(401, {}), None, {"content": None}, (429, {"Retry-After": "3600"})]
)
def test_what_fails_is_counted_and_does_not_end_the_test(wrong: Any) -> None:
    with others([said("Hello."), said("Lima."), wrong]) as (url, _):
        answer = Endpoint(url, {}).answer(KETTLE)
    assert answer.sentences == ()
    assert bool(answer.failed) != (wrong == {"content": None})


def test_content_may_come_in_parts() -> None:
    parts = {"content": [{"type": "text", "text": "I bought "}, {"type": "text", "text": "tea."}]}
    with others([said("Hello."), said("Lima."), parts]) as (url, _):
        assert Endpoint(url, {}).answer(KETTLE).text == "I bought tea."


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [
        (f"{DISCLAIMER}\n\nHello.", f"{DISCLAIMER}\n\nI do not know.", DISCLAIMER),
        ("我是模拟程序。早上好。", "我是模拟程序。我不知道。", "我是模拟程序。"),
        ("As Henry, I say hello.", "As Henry, I do not know.", ""),
        ("", "Hello.", ""),
    ],
)
def test_what_is_in_both_ends_where_a_sentence_ends(one: str, other: str, both: str) -> None:
    assert in_both(one, other) == both


def test_citations_of_an_endpoint_are_read() -> None:
    text = "I bought a kettle. I don't know more."
    annotations = [
        {"type": "url_citation", "url_citation": {"start_index": 0, "end_index": 18,
         "title": "nell.txt", "quote": "I bought a kettle for my mother."}},
        {"start_index": 500, "end_index": 510, "url": "nowhere"},
        "nonsense",
    ]  # fmt: skip
    first, second = with_annotations(text, annotations)
    assert [cited.source for cited in first.cited] == ["nell.txt"]
    assert first.cited[0].exact == "I bought a kettle for my mother."
    assert second.cited == ()
