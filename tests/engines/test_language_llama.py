"""The embedded language model on the embedded weights."""

import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from persona.engines.catalogue import weights_file
from persona.engines.language_llama import LlamaModel, _turn_ends
from persona.engines.protocols import Message
from persona.errors import EngineError

SYSTEM: Message = {
    "role": "system",
    "content": "You are Tom, a retired fisherman from Whitby who speaks plainly. " * 4,
}
OTHER: Message = {"role": "system", "content": "You are Ann."}


def ask(question: str, system: Message = SYSTEM) -> list[Message]:
    return [system, {"role": "user", "content": question}]


BOAT, WINTER = ask("Tell me about your first boat."), ask("What did you do in winter?")


@pytest.fixture(scope="module")
def tom(models: Path) -> Iterator[LlamaModel]:
    model = LlamaModel(weights_file("smollm2-135m", models), name="smollm2-135m")
    yield model
    model.close()


def say(model: LlamaModel, messages: list[Message], seed: int = 1, tokens: int = 25) -> str:
    return "".join(model.generate(messages, max_tokens=tokens, temperature=0.9, seed=seed))


def test_the_answer_comes_in_pieces(tom: LlamaModel) -> None:
    pieces = list(tom.generate(BOAT, max_tokens=20, temperature=0.0, seed=1))
    assert 10 < len(pieces) <= 20
    assert all(pieces)
    assert tom.name == "smollm2-135m"
    assert not tom.follows_evidence


def test_the_same_arguments_give_the_same_text_whatever_was_asked_before(tom: LlamaModel) -> None:
    """The prefix cache must not change an answer: see the docstring of the module."""
    for seed in (1, 2):
        say(tom, ask("hello", OTHER), seed)
        cold = say(tom, BOAT, seed)
        repeated = say(tom, BOAT, seed)
        say(tom, WINTER, seed)
        after_another = say(tom, BOAT, seed)
        assert cold == repeated == after_another
    assert say(tom, BOAT, 1) != say(tom, BOAT, 2)


def test_a_conversation_that_goes_on_says_what_one_begun_anew_says(tom: LlamaModel) -> None:
    """Earlier turns are kept read too, and their state is the same however it came about."""
    earlier: list[Message] = []
    going_on = []
    for number in range(3):
        question: Message = {"role": "user", "content": f"Who sailed on boat {number}?"}
        asked = [SYSTEM, *earlier, {**question, "content": f"[1] A note. {question['content']}"}]
        going_on.append((asked, say(tom, asked)))
        earlier += [question, {"role": "assistant", "content": f"My brother did, {number} times."}]
    assert tom._kept_prefix == [SYSTEM, *earlier[:4]]
    for asked, said in reversed(going_on):
        say(tom, ask("hello", OTHER))
        assert say(tom, asked) == said


@pytest.mark.parametrize(
    ("roles", "ends"),
    [
        ("su", [1]),
        ("sua", [1]),
        ("suau", [1, 3]),
        ("suauau", [1, 3, 5]),
        ("suauaua", [1, 3, 5]),
        ("sau", [1, 2]),
        ("sa", [1]),
    ],
)
def test_where_whole_turns_end(roles: str, ends: list[int]) -> None:
    names = {"s": "system", "u": "user", "a": "assistant"}
    assert _turn_ends([{"role": names[one], "content": "x"} for one in roles]) == ends


def test_without_a_system_message_it_is_deterministic_too(tom: LlamaModel) -> None:
    only: list[Message] = [{"role": "user", "content": "Tell me about your first boat."}]
    first = say(tom, only)
    say(tom, WINTER)
    assert say(tom, only) == first


def test_seeds_outside_32_bits_are_seeds(tom: LlamaModel) -> None:
    largest = 2**32 - 1  # llama.cpp would draw a random seed
    assert say(tom, BOAT, largest) == say(tom, BOAT, largest)
    assert say(tom, BOAT, -1) == say(tom, BOAT, -1)


def test_a_stop_string_ends_the_answer_and_is_not_in_it(tom: LlamaModel) -> None:
    whole = say(tom, BOAT)
    end = whole.split()[4]
    stopped = "".join(tom.generate(BOAT, max_tokens=25, temperature=0.9, seed=1, stop=[end]))
    assert stopped == whole.split(end)[0]


def test_closing_the_iterator_stops_the_model(tom: LlamaModel) -> None:
    answer = tom.generate(BOAT, max_tokens=2000, temperature=0.9, seed=4)
    next(answer)
    before = time.monotonic()
    answer.close()  # type: ignore[attr-defined]
    assert time.monotonic() - before < 2.0
    assert say(tom, BOAT)


def test_too_long_a_question_is_one_sentence_and_does_no_harm(tom: LlamaModel) -> None:
    with pytest.raises(EngineError, match="too long"):
        say(tom, ask("word " * 6000))
    with pytest.raises(EngineError, match="too long"):
        say(tom, ask("hello", {"role": "system", "content": "word " * 6000}))
    assert say(tom, BOAT) == say(tom, BOAT)


def test_a_file_that_is_no_model_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "letter.gguf"
    path.write_text("Dear Ruth")
    with pytest.raises(EngineError, match="not a model in the GGUF format"):
        say(LlamaModel(path, name="letter"), BOAT)
    with pytest.raises(EngineError, match="There is no file"):
        say(LlamaModel(tmp_path / "none.gguf", name="none"), BOAT)


def test_a_closed_model_refuses(models: Path) -> None:
    model = LlamaModel(weights_file("smollm2-135m", models), name="smollm2-135m")
    model.close()
    model.close()
    with pytest.raises(EngineError, match="closed"):
        say(model, BOAT)


def test_nobody_else_on_this_machine_can_ask_it(tom: LlamaModel) -> None:
    say(tom, BOAT)
    for path in ("/slots", "/props", "/v1/models"):
        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(tom._server.listening_address + path, timeout=5)
        with caught.value:
            assert caught.value.code == 401


def test_a_process_ends_quietly_in_the_middle_of_an_answer(models: Path) -> None:
    """No crash, no waiting for an answer that nobody reads, nothing on the terminal."""
    code = (
        "import sys; from pathlib import Path\n"
        "from persona.engines.language_llama import LlamaModel\n"
        "m = LlamaModel(Path(sys.argv[1]), name='m')\n"
        "said = [{'role': 'user', 'content': 'Go on.'}]\n"
        "answer = m.generate(said, max_tokens=3500, temperature=0.9, seed=1)\n"
        "next(answer)\n"
        "import threading; held = [answer]; print('ending', flush=True)\n"
    )
    weights = weights_file("smollm2-135m", models)
    done = subprocess.run(
        [sys.executable, "-c", code, weights],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "ending\n", "")
