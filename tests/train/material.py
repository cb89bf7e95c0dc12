"""A small family and a tiny language model, for the tests of `persona.train`."""

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from persona.records import (
    Act,
    Consent,
    ConsentState,
    Manifest,
    Passage,
    Person,
    Restriction,
    Source,
    SourceKind,
    content_id,
)
from persona.remember.readers import Audience
from persona.remember.store import Store
from persona.remember.view import View
from persona.train.dataset import Example
from persona.workspace import Workspace

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
CHAT_TEMPLATE = (
    "{% for m in messages %}{{ '<|im_start|>' + m['role'] + '\n' + m['content'] + "
    "'<|im_end|>' + '\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)
PEOPLE = (
    Person(id="henry", name="Henry", is_subject=True, living=False),
    Person(id="ruth", name="Ruth", relation="daughter", called_by_subject=["Ruthie"]),
    Person(id="sam", name="Sam", relation="son", called_by_subject=["my old bear"]),
)
Line = tuple[str | None, str]


class Family:
    """An archive with three people, into which a test puts what it needs."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.store = Store.open(workspace, create=True)
        self.store.put_people([Person(**person.model_dump()) for person in PEOPLE])

    def consent(
        self, person: str = "henry", state: ConsentState = ConsentState.GRANTED, **more: Any
    ) -> None:
        text = f"I agree that the words of {person} are trained on."
        entry = Consent(
            id=content_id("con", person, state, len(text)),
            person_id=person,
            given_by="ruth",
            act=Act.TRAIN_TEXT,
            state=state,
            text_shown=text,
            text_sha256=hashlib.sha256(text.encode()).hexdigest(),
            at=NOON,
            **more,
        )
        self.store.put_consents([entry])

    def put(
        self,
        lines: Iterable[Line],
        kind: SourceKind = SourceKind.LETTER,
        *,
        title: str = "",
        unit: str | None = None,
        rules: Iterable[dict[str, Any]] = (),
        synthetic: bool = False,
        **more: Any,
    ) -> str:
        """Add a source with one passage for each (speaker, text); return its id."""
        said = list(lines)
        source = Source(
            id=content_id("src", title, said),
            sha256=hashlib.sha256(repr((title, said)).encode()).hexdigest(),
            kind=kind,
            media_type="text/plain",
            title=title,
            file_name=f"{title}.txt",
            size_bytes=1,
            received_at=NOON,
            synthetic=synthetic,
        )
        passages = [
            Passage(
                id=content_id("psg", source.id, position, text),
                source_id=source.id,
                position=position,
                unit=unit or source.id,
                selector={},
                text=text,
                speaker_id=speaker,
                **more,
            )
            for position, (speaker, text) in enumerate(said)
        ]
        restrictions = [
            Restriction(id=content_id("rst", source.id, rule), target_id=source.id, **rule)
            for rule in rules
        ]
        assert self.store.add_source(source, passages, restrictions)
        return source.id

    def view(self, *listeners: str, act: Act = Act.TRAIN_TEXT) -> View:
        return self.store.reader(Audience(listeners or ("ruth", "sam")), act=act)


def example(number: int, reply: str, unit: str = "unit", listener: str | None = "ruth") -> Example:
    return Example(
        id=content_id("exm", number, reply, unit),
        unit=unit,
        source_ids=(f"src_{unit}",),
        passage_ids=(f"psg_{number}",),
        listener_id=listener,
        messages=(
            {"role": "system", "content": "You are Henry."},
            {"role": "user", "content": f"Question {number}?"},
            {"role": "assistant", "content": reply},
        ),
    )


def make_tiny_base(folder: Path) -> Path:
    """Write a random llama of two layers whose tokenizer takes a token for each byte."""
    import torch
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {character: at for at, character in enumerate(alphabet)}
    tokenizer = Tokenizer(models.BPE(vocabulary, []))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    marks = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
    tokenizer.add_special_tokens([AddedToken(mark, special=True) for mark in marks])
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, eos_token="<|im_end|>", pad_token="<|endoftext|>"
    )
    fast.chat_template = CHAT_TEMPLATE
    fast.save_pretrained(folder)
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=tokenizer.get_vocab_size(),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=512,
        tie_word_embeddings=True,
        pad_token_id=vocabulary.get("<|endoftext|>", tokenizer.token_to_id("<|endoftext|>")),
    )
    LlamaForCausalLM(config).save_pretrained(folder)
    return folder


def manifest_of(
    train: Iterable[Example], held_out: Iterable[Example] = (), **more: Any
) -> Manifest:
    """Return the manifest of a version that learnt from these examples and remembers nothing."""
    plain: dict[str, Any] = {
        "persona": "henry",
        "parent": None,
        "memory_ids_sha256": hashlib.sha256(b"").hexdigest(),
        "memory_count": 0,
        "audience": ("ruth", "sam"),
        "base_model": "none",
        "base_model_sha256": "",
        "adapter_sha256": None,
        "example_sources": {one.id: one.source_ids for one in train},
        "held_out_units": tuple(sorted({one.unit for one in held_out})),
        "voice": {},
        "portrait_source_id": None,
        "prompts_sha256": "",
        "settings": {},
        "seed": 1,
        "code_version": "0",
    }
    return Manifest(**{**plain, **more})
