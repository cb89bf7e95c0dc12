"""A trained adapter under llama.cpp against the same under transformers, on real letters.

    python benchmarks/training/same_answers.py LETTERS.jsonl ADAPTER_FOLDER

At places in the last letters of the file both are asked for the next token. The base under
llama.cpp is the
quantised file; transformers reads the same file, so the weights agree and only the arithmetic
differs (4-bit blocks with 8-bit activations against float32).
"""

import argparse
import json
import math
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

MOST = 40
"""Tokens whose probabilities llama.cpp is asked for."""


@dataclass(frozen=True)
class Agreement:
    """How two engines agree on next tokens: shares and natural logarithms of probabilities.

    ``top_1``: share of places with the same likeliest token; ``top_1_sure``: where transformers
    gives it a lead of 0.1 or more. ``largest`` and ``mean`` are differences of probabilities of
    the tokens that llama.cpp names; ``mean_log`` of their logarithms, weighted by probability.
    """

    places: int
    top_1: float
    top_1_sure: float
    largest: float
    mean: float
    mean_log: float


def compare(texts: list[str], folder: Path, weights: Path, adapter: Path | None) -> Agreement:
    """Ask both engines for the next token after each text."""
    theirs = _by_transformers(texts, folder, adapter)
    ours = _by_llama(texts, weights, adapter)
    same = sure = sure_same = 0
    differences: list[float] = []
    logs = 0.0
    for wanted, found in zip(theirs, ours, strict=True):
        ranked = wanted.topk(2)
        agrees = max(found, key=lambda token: found[token]) == int(ranked.indices[0])
        lead = float(ranked.values[0] - ranked.values[1])
        same, sure = same + agrees, sure + (lead >= 0.1)
        sure_same += agrees and lead >= 0.1
        differences += [abs(float(wanted[token]) - p) for token, p in found.items()]
        logs += sum(
            p * abs(math.log(max(float(wanted[token]), 1e-9)) - math.log(max(p, 1e-9)))
            for token, p in found.items()
        )
    return Agreement(
        places=len(texts),
        top_1=same / len(texts),
        top_1_sure=sure_same / max(1, sure),
        largest=max(differences),
        mean=sum(differences) / len(differences),
        mean_log=logs / len(texts),
    )


def _by_transformers(texts: list[str], folder: Path, adapter: Path | None) -> list[Any]:
    from persona.engines.processor import prepare_threads

    prepare_threads()
    import torch
    from peft import PeftModel
    from transformers import AutoModelForCausalLM, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
    if adapter is not None:
        model = PeftModel.from_pretrained(model, adapter)
    model.eval()
    found = []
    with torch.inference_mode():
        for text in texts:
            ids = tokenizer(text, return_tensors="pt", add_special_tokens=False)
            found.append(torch.softmax(model(**ids).logits[0, -1].float(), dim=-1))
    return found


def _by_llama(texts: list[str], weights: Path, adapter: Path | None) -> list[dict[int, float]]:
    from persona.engines.shared_llama import shared_llama

    shared = shared_llama(weights, 2, 2048)
    number = shared.join(adapter)
    found = []
    with shared.one_at_a_time:
        place = shared.place(number)
        for text in texts:
            asked = {"prompt": text, "max_tokens": 1, "temperature": 0, "n_probs": MOST}
            answer = place.server.handle_completions(asked | place.fields)
            answer = json.loads(answer) if isinstance(answer, str | bytes) else answer
            named = answer["choices"][0]["logprobs"]["content"][0]["top_logprobs"]
            found.append({one["id"]: math.exp(one["logprob"]) for one in named})
    shared.leave(number)
    return found


def beginnings(letters: Path, wanted: int) -> list[str]:
    """Return the beginnings of ``wanted`` letters from the end of the file, as chats."""
    texts: list[str] = []
    for line in letters.read_text(encoding="utf-8").splitlines()[-wanted:]:
        words = json.loads(line)["text"].split()
        said = " ".join(words[: 12 + len(texts) % 40])
        texts.append(
            "<|im_start|>system\nYou are Theodore Roosevelt.<|im_end|>\n<|im_start|>user\nWrite."
            f"<|im_end|>\n<|im_start|>assistant\n{said}"
        )
    return texts


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("letters", type=Path)
    parser.add_argument("adapter", type=Path)
    parser.add_argument("--places", type=int, default=40)
    options = parser.parse_args()
    from persona.config import models_folder
    from persona.engines.base_weights import transformers_folder
    from persona.engines.catalogue import weights_file

    folder = transformers_folder("smollm2-135m", models_folder())
    weights = weights_file("smollm2-135m", models_folder())
    texts = beginnings(options.letters, options.places)
    print("| | same likeliest token | where it leads by .1 | largest Δp | mean Δp | mean Δ log p |")
    print("|---|---|---|---|---|---|")
    for name, adapter in (("base", None), ("adapter", options.adapter)):
        made = compare(texts, folder, weights, adapter)
        print(
            f"| {name} | {made.top_1:.0%} | {made.top_1_sure:.0%} | {made.largest:.3f} "
            f"| {made.mean:.4f} | {made.mean_log:.3f} |"
        )


if __name__ == "__main__":
    main()
