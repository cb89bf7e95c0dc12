"""Stands in for coqui's process where only the talk with it is tested: does what it is told.

The text of a command says what happens: ``die``, ``hang``, ``babble``, ``refuse``, ``memory``.
"""

import json
import os
import sys
import time


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def answer(command: dict[str, object]) -> None:
    number, what = command["id"], str(command.get("text", ""))
    if what == "die":
        os._exit(137)
    if what == "hang":
        time.sleep(60)
    if what == "babble":
        say("this is not JSON")
        time.sleep(60)
    if what == "refuse":
        say(json.dumps({"id": number, "refused": "One sentence of advice."}))
        return
    if what == "memory":
        say(json.dumps({"id": number, "failed": "OutOfMemoryError"}))
        return
    if what == "late":  # an answer to somebody who has gone
        say(json.dumps({"id": -1, "done": {}}))
    for step in range(1, 4):
        say(json.dumps({"id": number, "step": step, "of": 3}))
    if "out" in command:
        import numpy as np

        np.save(str(command["out"]), np.full(1600, 0.1, dtype=np.float32))
    home = {name: os.environ.get(name) for name in sorted(os.environ)}
    done = {"rate_hz": 16_000, "pid": os.getpid(), "environment": home}
    say(json.dumps({"id": number, "done": done}))


say(json.dumps({"ready": "fake"}))
for line in sys.stdin:
    answer(json.loads(line))
