"""An explained or repeated answer in plain words, line by line, for the command line."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from persona.explain.chain import Explained, ExplainedSentence, Link
from persona.explain.replay import Replayed

_SHOWN_CHANGES = 12


def explained_lines(explained: Explained) -> Iterator[str]:
    """Yield the chain of every sentence, then what belongs to the whole turn."""
    turn, version = explained.turn, explained.version
    yield f"Turn {turn['id']}, said {turn['said_at']} to {turn['listener'] or 'a stranger'}"
    as_of = f" (as of {turn['as_of']})" if turn["as_of"] else ""
    yield f"Asked: {turn['question']}{as_of}"
    for number, sentence in enumerate(explained.sentences, start=1):
        yield ""
        yield f"{number}. {sentence.text}"
        yield from _sentence_lines(sentence)
    yield ""
    for unused in explained.unused:
        yield f"Considered, not said: {unused['narrator']}, {unused['kind']} ({unused['id']})"
    for near in explained.offered:
        yield f"Offered to look at, not said: {near['narrator']}, {near['kind']} ({near['id']})"
    made = " ".join(f"{key} {value}" for key, value in turn["timings_ms"].items())
    yield f"Version {version['number']} ({version['state']}), manifest {version['id']}"
    yield f"Seed {turn['seed']}, position {turn['position']}, purpose {turn['purpose']}"
    yield f"Milliseconds and counts: {made or 'none recorded'}"
    yield from _prompt_lines(turn["prompt"])
    broken = explained.all_faults
    for fault in broken:
        yield f"BROKEN: {fault}"
    if not broken:
        yield "Every link holds."


def replayed_lines(replayed: Replayed) -> Iterator[str]:
    """Yield whether the answer is the same, and what lies between."""
    if replayed.same:
        yield "The same question in the same state gives the same answer."
    else:
        yield "The answer is not the same now. It was:"
        yield from (f"    {text}" for text in replayed.before)
        yield "Now it is:"
        yield from (f"    {text}" for text in replayed.after)
        yield from replayed.reasons
    yield from replayed.offered
    if replayed.changed_since:
        count = len(replayed.changed_since)
        yield f"Written to the archive since then: {count} changes."
        yield from (f"    {change}" for change in replayed.changed_since[:_SHOWN_CHANGES])
        if count > _SHOWN_CHANGES:
            yield f"    and {count - _SHOWN_CHANGES} more"
    elif not replayed.same:
        yield "Nothing that answers are made of was written to the archive since then."


def _sentence_lines(sentence: ExplainedSentence) -> Iterator[str]:
    yield f"   {sentence.standing.replace('_', ' ')}"
    for link in sentence.links:
        yield from (f"   {line}" for line in _link_lines(link))
    for fault in sentence.faults:
        yield f"   BROKEN: {fault}"


def _link_lines(link: Link) -> Iterator[str]:
    cited = link.citation
    yield f"└ memory    {_memory(link.memory) if link.memory else 'none'}"
    yield f"  citation  characters {cited['start']} to {cited['end']} of the passage"
    yield f"  passage   {_passage(link.passage) if link.passage else 'none'}"
    yield f"  source    {_source(link.source) if link.source else 'none'}"
    yield f"  original  {_original(link.original) if link.original else 'none'}"
    for fault in link.faults:
        yield f"  BROKEN: {fault}"


def _memory(memory: Mapping[str, Any]) -> str:
    chain = "".join(f", who has it from {name}" for name in memory["told_by"])
    how = f"{memory['modality']}, {memory['status']}, {memory['review']}".replace("_", " ")
    return f"{memory['id']}: told by {memory['narrator']}{chain} ({how}; {memory['extracted_by']})"


def _passage(passage: Mapping[str, Any]) -> str:
    where = json.dumps(passage["selector"], ensure_ascii=False)
    sure = f"speaker {passage['speaker_confidence']:.0%}, words {passage['text_confidence']:.0%}"
    return f"{passage['id']}: {where} of unit {passage['unit']}, by {passage['speaker']} ({sure})"


def _source(source: Mapping[str, Any]) -> str:
    acted = ", synthetic" if source["synthetic"] else ""
    return (
        f"{source['id']}: {source['kind']} “{source['title']}”{acted}, {source['file_name']}, "
        f"received {source['received'][:10]}, SHA-256 {source['sha256']}"
    )


def _original(original: Mapping[str, Any]) -> str:
    if not original["open"]:
        return "may not be opened by this reader"
    if not original["there"]:
        return f"GONE: {original['path']}"
    return f"{'unchanged' if original['unchanged'] else 'CHANGED'}: {original['path']}"


def _prompt_lines(prompt: str) -> Iterator[str]:
    if not prompt:
        yield "No language model was asked."
        return
    yield "The language model was given:"
    yield from (f"    {line}" for line in prompt.splitlines())
