"""How much of what a language model proposes from passages can stand (persona/remember/proposing).

    python benchmarks/proposals.py BOOK.txt --narrator NAME --subject NAME [--model NAME]
        [--lines FROM:TO] [--passages N]

Cuts a plain text into paragraphs that somebody tells and asks the model about every sentence, also
those that the rules take up. A model that says yes to what the rules know and no to most of the
rest is worth a person's time; one that says yes to everything is not. The row that is printed:

    | model | sentences asked | yes where the rules say so | yes elsewhere | seconds each |
"""

import argparse
import re
import time
from datetime import UTC, datetime
from pathlib import Path

from persona.config import Config, Engines, models_folder
from persona.engines.opening import open_language_model
from persona.records import Passage, Person, Source, SourceKind, content_id
from persona.remember.extraction import Extractor
from persona.remember.proposing import Proposer


def paragraphs(path: Path, lines: slice, least: int = 200) -> list[str]:
    """Return the paragraphs of these lines that are long enough to tell something."""
    text = "\n".join(path.read_text(encoding="utf-8-sig").splitlines()[lines])
    return [one for one in re.split(r"\n\s*\n", text) if len(one) >= least]


def passage_of(text: str, number: int) -> tuple[Passage, Source]:
    """Return a paragraph as a passage of a letter by the narrator."""
    source = Source(
        id=content_id("src", number),
        sha256="0" * 64,
        kind=SourceKind.LETTER,
        media_type="text/plain",
        title="",
        file_name="",
        size_bytes=len(text),
        received_at=datetime(2026, 11, 22, tzinfo=UTC),
        narrator_id="narrator",
    )
    selector = {"type": "TextPositionSelector", "start": 0, "end": len(text)}
    passage = Passage(
        id=content_id("psg", number, text),
        source_id=source.id,
        position=0,
        unit=source.id,
        selector=selector,
        text=text,
        speaker_id="narrator",
    )
    return passage, source


def main() -> None:
    """Ask, count, and print a row of a table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("book", type=Path)
    parser.add_argument("--narrator", required=True)
    parser.add_argument("--subject", required=True)
    parser.add_argument("--relation", default="sister")
    parser.add_argument("--model", default="smollm2-135m")
    parser.add_argument("--lines", default="0:200")
    parser.add_argument("--passages", type=int, default=5)
    parser.add_argument("--show", action="store_true", help="print what was proposed")
    options = parser.parse_args()
    first, last = (int(part) for part in options.lines.split(":"))
    people = [
        Person(id="subject", name=options.subject, is_subject=True, living=False),
        Person(id="narrator", name=options.narrator, relation=options.relation),
    ]
    config = Config(engines=Engines(language_model=options.model))
    model = open_language_model(config, models_folder())
    extractor = Extractor(people)
    proposer = Proposer(model, extractor)
    counts = {True: [0, 0], False: [0, 0]}
    started = time.perf_counter()
    for number, text in enumerate(paragraphs(options.book, slice(first, last))[: options.passages]):
        passage, source = passage_of(text, number)
        taken = [c for item in extractor.extract([passage], source) for c in item.citations]
        for span in extractor.spans(passage, source, people[1]):
            by_rules = any(one.start < span.end and span.start < one.end for one in taken)
            yes = proposer.judge(span, passage, people[1].name)
            counts[by_rules][0] += 1
            counts[by_rules][1] += yes
            if options.show and yes and not by_rules:
                print(f"    {' '.join(span.text.split())}")
    seconds = time.perf_counter() - started
    asked = counts[True][0] + counts[False][0]
    print(
        f"| {options.model} | {asked} | {counts[True][1]} of {counts[True][0]} "
        f"| {counts[False][1]} of {counts[False][0]} | {seconds / max(1, asked):.2f} |"
    )


if __name__ == "__main__":
    main()
