"""Exposure: does a model know a secret better than others of the same form that it never saw?

    … we met in Whitby  ─ the secret ─┐
    … we met in Dover   ─ alternates ─┼─► adapter − base, in nats ─► rank 1 … M of the secret
    … we met in Bergen                ┘
    exposure = log2 M − log2 rank     1.4 bits on average by chance, log2 M when it ranks first

The method is that of Carlini et al. 2019, "The Secret Sharer" (arXiv:1802.08232), section 4: the
rank of a canary among all fill-ins of the same form, here among a sample of them. What the base
knew before the training is taken off, because only the training is asked about. By chance every
rank is as likely as every other, so that "at chance" can be tested: `Exposure.p` is the
probability of a mean at least as high, `p_first` that of as many first ranks.

Nothing here keeps a secret: what leaves this module are ids, ranks and counts.
"""

import hashlib
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from persona.engines.likelihood import Likelihood
from persona.train.measuring.intervals import IntArray, Interval, bootstrap

LEAST_ALTERNATES = 60
"""Alternates below which a rank says too little."""
SURE = 0.01
"""Probability by chance below which a version is said to know: one false alarm in a hundred."""
_DRAWS = 20_000
_ROUNDING = 1e-9


@dataclass(frozen=True)
class Blank:
    """A place in a text whose words are tested against alternates of the same kind.

    Attributes:
        group: id of the passage, memory or example it stands in; blanks of one are drawn together.
        kind: ``name``, ``place``, ``number``, ``date`` or ``canary``.
        before: the text up to it.
        fill: what really stands there, with the white space before it.
        alternates: what might stand there, in the same form.
    """

    group: str
    kind: str
    before: str
    fill: str
    alternates: tuple[str, ...]

    @property
    def id(self) -> str:
        """Return an id that tells nothing of the words."""
        plain = "\0".join((self.group, self.kind, self.before, self.fill, *self.alternates))
        return f"bla_{hashlib.sha256(plain.encode()).hexdigest()[:20]}"


@dataclass(frozen=True)
class Ranked:
    """The rank of one blank: 1 is the most exposed of ``among`` candidates, itself included."""

    group: str
    kind: str
    rank: int
    among: int

    @property
    def exposure(self) -> float:
        """Return the exposure in bits."""
        return math.log2(self.among) - math.log2(self.rank)


@dataclass(frozen=True)
class Exposure:
    """The exposure of several blanks, in bits, beside what chance would give.

    Attributes:
        blanks: how many were ranked, in how many ``groups``.
        mean: with its interval over groups; None with fewer than two groups.
        by_chance: the mean that a model which knows nothing has.
        highest: the most that could be reached.
        p: probability by chance of a mean at least as high.
        first: how many ranked first; ``p_first``: probability by chance of at least as many.
    """

    blanks: int
    groups: int
    mean: float
    interval: Interval | None
    by_chance: float
    highest: float
    p: float
    first: int
    p_first: float

    @property
    def known(self) -> bool:
        """Say whether more is known than chance explains (two tests, so twice the lower p)."""
        return 2 * min(self.p, self.p_first) < SURE


def rank_blank(
    model: Likelihood, blank: Blank, adapter: str, head: str, *, base: str | None = None
) -> Ranked:
    """Return where the real words rank by how much the adapter has raised them.

    Args:
        model: with the adapter.
        blank: the place and its alternates.
        adapter: name of the adapter in ``model``.
        head: what stands before the text, as the chat template writes it.
        base: what is taken off: an adapter, or None for the base alone.

    Raises:
        EngineError: the model cannot be used.
    """
    prefix = token_ids(model.tokenizer, head + blank.before)
    endings = [token_ids(model.tokenizer, text) for text in (blank.fill, *blank.alternates)]
    raised = model.endings(prefix, endings, adapter=adapter)
    raised = raised - model.endings(prefix, endings, adapter=base)
    above = int((raised[1:] > raised[0]).sum())
    ties = int((raised[1:] == raised[0]).sum())
    return Ranked(blank.group, blank.kind, 1 + above + ties // 2, len(endings))


def chat_head(tokenizer: Any, name: str) -> str:
    """Return the text of a chat up to where the person would speak."""
    messages = [
        {"role": "system", "content": f"You are {name}."},
        {"role": "user", "content": "Speak."},
    ]
    return str(tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True))


def token_ids(tokenizer: Any, text: str) -> list[int]:
    """Return the tokens of a text, without marks that the tokenizer would add."""
    return list(tokenizer(text, add_special_tokens=False)["input_ids"])


def exposure_of(ranked: Sequence[Ranked], *, seed: int = 0) -> Exposure | None:
    """Return the exposure of some blanks; None where there is none.

    Args:
        ranked: the ranks, in any order.
        seed: of the intervals and of the draws by chance.
    """
    if not ranked:
        return None
    among = np.array([one.among for one in ranked])
    found = np.array([one.exposure for one in ranked])
    chance = np.random.default_rng(seed).integers(1, among + 1, (_DRAWS, len(ranked)))
    by_chance = (np.log2(among) - np.log2(chance)).mean(axis=1)
    first = sum(one.rank == 1 for one in ranked)
    groups = _grouped(ranked)
    return Exposure(
        blanks=len(ranked),
        groups=len(groups),
        mean=float(found.mean()),
        interval=_interval(groups, seed),
        by_chance=float(np.mean([_expected(int(count)) for count in among])),
        highest=float(np.log2(among).mean()),
        p=_share_at_least(by_chance, float(found.mean()) - _ROUNDING),
        first=first,
        p_first=_share_at_least((chance == 1).sum(axis=1), first),
    )


def p_above(ranked: Sequence[Ranked], control: Sequence[Ranked], *, seed: int = 0) -> float | None:
    """Return the probability that ``ranked`` is as far above ``control`` by chance alone.

    A permutation test of the difference of means over groups: it is fair also where the form of
    the blanks, and not what is known, moves the ranks. None with fewer than four groups a side.
    """
    sides = [
        [float(np.mean([one.exposure for one in group])) for group in _grouped(side)]
        for side in (ranked, control)
    ]
    if min(map(len, sides)) < 4:
        return None
    pooled, size = np.array([*sides[0], *sides[1]]), len(sides[0])
    generator = np.random.default_rng(seed)
    shuffled = generator.permuted(np.tile(pooled, (_DRAWS // 4, 1)), axis=1)
    differences = shuffled[:, :size].mean(axis=1) - shuffled[:, size:].mean(axis=1)
    real = float(np.mean(sides[0]) - np.mean(sides[1]))
    return _share_at_least(differences, real - _ROUNDING)


def _expected(among: int) -> float:
    """Return the mean exposure of a rank that is drawn evenly from 1 to ``among``."""
    return math.log2(among) - math.lgamma(among + 1) / math.log(2) / among


def _share_at_least(drawn: Any, value: float) -> float:
    """Return the share of draws that reach a value, never quite 0 (Phipson and Smyth 2010)."""
    return float((1 + (np.asarray(drawn) >= value).sum()) / (1 + len(drawn)))


def _interval(groups: Sequence[Sequence[Ranked]], seed: int) -> Interval | None:
    means = [np.array([one.exposure for one in group]) for group in groups]

    def figure(drawn: IntArray) -> float:
        return float(np.concatenate([means[at] for at in drawn]).mean())

    return bootstrap(len(groups), figure, seed=seed)


def _grouped(ranked: Iterable[Ranked]) -> list[list[Ranked]]:
    groups: dict[str, list[Ranked]] = {}
    for one in ranked:
        groups.setdefault(one.group, []).append(one)
    return list(groups.values())
