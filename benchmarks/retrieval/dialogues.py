"""Makes long dialogues with questions whose evidence is known: synthetic, in LoCoMo's form.

Two friends write to each other on some twenty days of two years. What they tell comes from
``dialogues.toml``; each topic comes from both of them, with other names and places, so that a
question has to tell them apart; small talk lies between. The form is that of LoCoMo
(Maharana et al. 2024, arXiv:2402.17753): ``session_n`` with ``dia_id``, ``qa`` with ``evidence``.

    python -m benchmarks.retrieval.dialogues OUT.json
"""

import argparse
import json
import random
import tomllib
from pathlib import Path
from typing import Any

PAIRS = (("Marta", "Joel"), ("Ines", "Callum"), ("Ruby", "Anton"), ("Dora", "Felix"))
SESSIONS = 22
TOPICS_A_SESSION = 2
MONTHS = (
    "January February March April May June July August September October November December".split()
)
_STUFF: dict[str, Any] = tomllib.loads(
    Path(__file__).with_name("dialogues.toml").read_text(encoding="utf-8")
)


def make(seed: int = 7) -> list[dict[str, Any]]:
    """Return the dialogues of all pairs; the same seed gives the same."""
    chance = random.Random(seed)
    return [_dialogue(f"made-{number}", pair, chance) for number, pair in enumerate(PAIRS, 1)]


def _dialogue(sample_id: str, pair: tuple[str, str], chance: random.Random) -> dict[str, Any]:
    conversation: dict[str, Any] = {"speaker_a": pair[0], "speaker_b": pair[1]}
    questions: list[dict[str, Any]] = []
    tellings = [(topic, teller) for topic in _STUFF["topics"] for teller in (0, 1)]
    chance.shuffle(tellings)
    for session in range(1, SESSIONS + 1):
        month = MONTHS[(session * 24 // (SESSIONS + 1)) % 12]
        year = 2022 + session * 24 // (SESSIONS + 1) // 12
        at = f"{chance.randint(1, 11)}:{chance.randint(10, 59)} pm on "
        conversation[f"session_{session}_date_time"] = (
            f"{at}{chance.randint(1, 28)} {month}, {year}"
        )
        turns: list[dict[str, str]] = []
        for _ in range(TOPICS_A_SESSION):
            topic, teller = tellings.pop()
            order = pair if teller == 0 else pair[::-1]
            questions += _told(topic, session, turns, order, chance, f"{month} {year}")
        conversation[f"session_{session}"] = turns
    return {"sample_id": sample_id, "conversation": conversation, "qa": questions}


def _told(
    topic: dict[str, Any],
    session: int,
    turns: list[dict[str, str]],
    pair: tuple[str, str],
    chance: random.Random,
    when: str,
) -> list[dict[str, Any]]:
    """Add the turns of one topic with small talk before; return its questions."""
    teller, other = pair
    kinds = [kind for kind in _STUFF if kind not in ("topics", "chat")]
    drawn = {kind: chance.choice(_STUFF[kind]) for kind in kinds}
    for _ in range(chance.randint(2, 5)):
        _say(turns, session, chance.choice(pair), chance.choice(_STUFF["chat"]))
    ids = [
        _say(turns, session, teller if turn[0] == "a" else other, _filled(turn[3:], drawn))
        for turn in topic["turns"]
    ]
    made = []
    for number, (asked, evidence) in enumerate(topic["questions"]):
        text = _filled(asked, {**drawn, "A": teller})
        if number % 2:  # every other one also says when
            text = f"{text[:-1]}, in {when}?"
        category = 2 if number % 2 else 4
        made.append(
            {"question": text, "evidence": [ids[place] for place in evidence], "category": category}
        )
    return made


def _say(turns: list[dict[str, str]], session: int, speaker: str, text: str) -> str:
    dia_id = f"D{session}:{len(turns) + 1}"
    turns.append({"speaker": speaker, "dia_id": dia_id, "text": text[0].upper() + text[1:]})
    return dia_id


def _filled(text: str, drawn: dict[str, str]) -> str:
    for kind, word in drawn.items():
        text = text.replace("{" + kind + "}", word)
    return text


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.parse_args().out.write_text(json.dumps(make(), indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
