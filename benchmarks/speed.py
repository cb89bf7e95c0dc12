"""How fast an answer comes, beside the bare engine in the same run.

    python benchmarks/speed.py WORKSPACE QUESTIONS.toml [--model NAME] [--rounds 5] [--out table.md]

Three things, each on the questions of the file that are not small talk:

1.  The engine of this project (`LlamaModel`) and bare llama.cpp (xllamacpp, same file, same
    settings), turn about, with the same prompt: system message, all evidence that the search
    found, question. Time to the first token and tokens a second after it. Bare llama.cpp once
    with its own prompt cache and once without.
2.  What everything but the model costs in a whole turn: search, choice, checks, recording. The
    model of these turns says nothing, so what is left is ours.
3.  When the first sentence can be read: with a model that drafts, it is a quotation that needs
    no model.

Medians. Other work on the machine slows both engines alike, so the ratios hold where seconds do
not; the load and the processor seconds are printed beside them.
"""

import argparse
import os
import statistics
import time
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from persona import opening, steps
from persona.config import models_folder
from persona.converse.listener import language_of, make_listener
from persona.converse.prompt import build_prompt
from persona.engines.catalogue import weights_file
from persona.engines.deterministic import ScriptedLanguageModel
from persona.engines.language_llama import SAMPLING, LlamaModel
from persona.engines.processor import prepare_threads
from persona.engines.protocols import Message
from persona.rehearsal import Rehearsal
from persona.remember.readers import Custodian, Relative, Stranger
from persona.remember.retrieval import Retriever
from persona.train.serving import talkable_version
from persona.workspace import Workspace, open_workspace

TOKENS = 48
THREADS = 2
Pieces = Callable[[list[Message]], Iterator[str]]


class Bare:
    """llama.cpp as it comes: what any program would do with xllamacpp."""

    def __init__(self, weights: Path, *, cached: bool) -> None:
        import xllamacpp

        wanted = xllamacpp.CommonParams()
        wanted.model.path = str(weights)
        wanted.n_ctx, wanted.n_parallel = 4096, 1
        for processor in (wanted.cpuparams, wanted.cpuparams_batch):
            processor.n_threads, processor.poll = THREADS, 0
        wanted.verbosity, wanted.warmup, wanted.ui = 0, False, False
        self._server, self._cached = xllamacpp.Server(wanted), cached

    def __call__(self, messages: list[Message], heard: Callable[[], None]) -> None:
        """Answer, and call ``heard`` with each piece."""

        def receive(event: dict[str, Any]) -> bool:
            if any(choice["delta"].get("content") for choice in event.get("choices", ())):
                heard()
            return False

        request = {**SAMPLING, "messages": messages, "max_tokens": TOKENS, "stream": True}
        request |= {"temperature": 0.0, "seed": 1, "cache_prompt": self._cached}
        self._server.handle_chat_completions(request, receive)


class Ours:
    """The engine that conversations use."""

    def __init__(self, weights: Path) -> None:
        self._model = LlamaModel(weights, name="measured", threads=THREADS)

    def __call__(self, messages: list[Message], heard: Callable[[], None]) -> None:
        """Answer, and call ``heard`` with each piece."""
        for _ in self._model.generate(messages, max_tokens=TOKENS, temperature=0.0, seed=1):
            heard()


def timed(engine: Any, messages: list[Message]) -> tuple[float, float, float]:
    """Return seconds to the first piece, pieces a second after it, and processor seconds."""
    times: list[float] = []
    started, cpu = time.perf_counter(), time.process_time()
    engine(messages, lambda: times.append(time.perf_counter()))
    rate = (len(times) - 1) / (times[-1] - times[0]) if len(times) > 2 else 0.0
    return times[0] - started, rate, time.process_time() - cpu


def fresh(message: Message, turn: int) -> Message:
    """Return a message that no engine has read yet: only the system message is known to them."""
    return {"role": message["role"], "content": f"({turn}) {message['content']}"}


def prompts(workspace: Workspace, asked: list[dict[str, Any]]) -> list[list[Message]]:
    """Return the prompt of each question with all the evidence that its listener's search finds."""
    made = []
    with opening.open_store(workspace) as store:
        version = talkable_version(store.reader(Custodian()).versions(), None)
        engines = opening.open_engines(workspace, version)
        assert engines.embedder is not None
        index = opening.open_index(workspace, store, engines.embedder)
        for question in asked:
            who = question["listener"]
            view = store.reader(Relative(who) if who else Stranger())
            people = list(view.people())
            found = Retriever(view, index=index, embedder=engines.embedder).search(
                question["ask"], limit=workspace.config.conversation.evidence_limit
            )
            listener = make_listener(next((p for p in people if p.id == who), None), people)
            made.append(
                build_prompt(
                    question["ask"],
                    found,
                    subject=view.subject(),
                    listener=listener,
                    language=language_of(question["ask"]),
                )
            )
    return made


def engine_rows(weights: Path, asked: list[list[Message]], rounds: int) -> list[str]:
    """Return the table of the engines, turn about on the same prompts."""
    engines: dict[str, Ours | Bare] = {
        "ours": Ours(weights),
        "bare, its own cache": Bare(weights, cached=True),
        "bare, no cache": Bare(weights, cached=False),
    }
    for engine in engines.values():
        engine(asked[0], lambda: None)  # the weights are read now
    found: dict[str, list[tuple[float, float, float]]] = defaultdict(list)
    for turn in range(rounds):
        for messages in ([*m[:-1], fresh(m[-1], turn)] for m in asked):
            names = list(engines)[turn % 3 :] + list(engines)[: turn % 3]
            for name in names:
                found[name].append(timed(engines[name], messages))
    middle = {
        name: [statistics.median(column) for column in zip(*times, strict=True)]
        for name, times in found.items()
    }
    words = statistics.median(len(m[-1]["content"].split()) for m in asked)
    lines = [
        f"Prompts: {len(asked)}, the last message {words:.0f} words (median); {rounds} rounds.",
        "",
        "| engine | first token s | tokens/s | processor s | first, of ours | tokens/s, of ours |",
        "|---|---|---|---|---|---|",
    ]
    first, rate, _ = middle["ours"]
    for name, (one, two, cpu) in middle.items():
        ratios = f"{one / first:.2f} | {two / rate:.2f}"
        lines.append(f"| {name} | {one:.2f} | {two:.0f} | {cpu:.2f} | {ratios} |")
    return lines


def turn_rows(workspace: Workspace, asked: list[dict[str, Any]], drafting: str) -> list[str]:
    """Return what a whole turn costs without a model, and with one that drafts."""
    silent = ScriptedLanguageModel(otherwise="", follows_evidence=True)
    rows = ["| turn | first sentence ms: median, p95 | whole | processor |", "|---|---|---|---|"]
    with Rehearsal.open(workspace) as store:
        version = talkable_version(store.reader(Custodian()).versions(), None)
        engines = opening.open_engines(workspace, version)
        quiet = replace(engines, language_model=silent, adapted=silent)
        kinds = {"search and checks, a model that says nothing": quiet}
        if drafting:
            model = LlamaModel(
                weights_file(drafting, models_folder()), name=drafting, follows_evidence=True
            )
            kinds[f"with drafts of {drafting}"] = replace(
                engines, language_model=model, adapted=model
            )
        for name, used in kinds.items():
            firsts, wholes, busy = [], [], []
            for question in asked:
                talk = steps.start_talk(
                    workspace, store, listener_id=question["listener"] or None, engines=used
                )
                list(talk.ask("Thank you"))  # what is made once for a conversation is made now
                started, cpu, first = time.perf_counter(), time.process_time(), 0.0
                for _ in talk.ask(question["ask"]):
                    first = first or time.perf_counter() - started
                firsts.append(first * 1000)
                wholes.append((time.perf_counter() - started) * 1000)
                busy.append((time.process_time() - cpu) * 1000)
            rows.append(f"| {name} | {spread(firsts)} | {spread(wholes)} | {spread(busy)} |")
    return rows


def spread(values: list[float]) -> str:
    """Return median and 95th percentile."""
    ordered = sorted(values)
    return f"{statistics.median(ordered):.0f}, {ordered[int(0.95 * (len(ordered) - 1))]:.0f}"


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("workspace", type=Path)
    parser.add_argument("questions", type=Path)
    parser.add_argument("--model", default="smollm2-135m")
    parser.add_argument("--drafting", default="", help="a model whose drafts are measured too")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--most", type=int, default=12, help="questions at the most")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    prepare_threads()
    workspace = open_workspace(options.workspace)
    asked = tomllib.loads(options.questions.read_text(encoding="utf-8"))["questions"]
    asked = [one for one in asked if one["standing"] != "small_talk"][: options.most]
    load = os.getloadavg()[0]
    weights = weights_file(options.model, models_folder())
    lines = [
        *engine_rows(weights, prompts(workspace, asked), options.rounds),
        "",
        *turn_rows(workspace, asked, options.drafting),
        "",
        f"- {options.model}, {THREADS} threads, {os.cpu_count()} cores; load average "
        f"{load:.1f} before and {os.getloadavg()[0]:.1f} after",
    ]
    print("\n".join(lines))
    if options.out:
        options.out.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
