"""Law 10: the whole path works without a network, on the embedded defaults."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import persona
from tests.converse.raw_family import PEOPLE, write_raw_family

REPOSITORY = Path(__file__).resolve().parents[2]
CLIP = Path(persona.__file__).parent / "demo_family" / "clips" / "broth.m4a"
RULE = """
[[files]]
match = "clips/*"
kind = "voice_clip"
narrator = "arthur"
"""
SETTINGS = """
[training]
steps = 2
batch_size = 2
max_tokens = 64
minimum_words = 20
"""
NO_NETWORK = """
import socket

def refuse(*arguments, **more):
    raise SystemExit("somebody tried to reach the network")

socket.socket.connect = socket.socket.connect_ex = refuse
socket.getaddrinfo = socket.gethostbyname = socket.create_connection = refuse
"""
PATH = """
import sys
from persona.__main__ import main

raw, folder = sys.argv[1:]
question = "Who was stung when the bees swarmed?"
for command in (
    ["collect", raw],
    ["remember"],
    ["train"],
    ["versions"],
    ["chat", "--as", "nell", "--speak", "--ask", question],
):
    sys.argv = ["persona", *command, "-w", folder]
    try:
        main()
    except SystemExit as left:
        if left.code:
            raise
"""


def cut_off() -> list[str]:
    """Return the command that takes all networks away, where this user may do that."""
    command = ["unshare", "--net"] if os.geteuid() == 0 else ["unshare", "--user", "--net"]
    if shutil.which("unshare") is None:
        return []
    tried = subprocess.run([*command, "true"], check=False, capture_output=True)
    return command if tried.returncode == 0 else []


def test_the_whole_path_without_a_network(tmp_path: Path, models: Path) -> None:
    raw = write_raw_family(tmp_path / "raw")
    (raw / "people.toml").write_text(PEOPLE + RULE, encoding="utf-8")
    (raw / "clips").mkdir()
    shutil.copy(CLIP, raw / "clips")
    folder = tmp_path / "arthur"
    folder.mkdir()
    (folder / "persona.toml").write_text(SETTINGS, encoding="utf-8")
    for name in ("originals", "derived", "training", "versions", "conversations"):
        (folder / name).mkdir()
    environment = {k: v for k, v in os.environ.items() if not k.startswith("HF_")}
    ran = subprocess.run(
        [*cut_off(), sys.executable, "-c", NO_NETWORK + PATH, str(raw), str(folder)],
        cwd=REPOSITORY,
        env={**environment, "PERSONA_MODELS": str(models), "HOME": str(tmp_path / "home")},
        check=False,
        capture_output=True,
        text=True,
        timeout=500,
    )
    assert ran.returncode == 0, ran.stderr
    assert "network" not in ran.stderr
    assert "5 new originals kept" in ran.stdout
    assert "Trained 2 steps" in ran.stdout
    assert "I wrote to you on 12 May 1987: “" in ran.stdout
    assert len(list((folder / "conversations").glob("*.wav"))) == 1


def test_the_door_is_really_shut() -> None:
    """The test above would pass on any machine if its block did nothing."""
    script = NO_NETWORK + "\nimport urllib.request\nurllib.request.urlopen('http://localhost:1')"
    ran = subprocess.run(
        [*cut_off(), sys.executable, "-c", script], check=False, capture_output=True, text=True
    )
    assert ran.returncode == 1
    assert "somebody tried to reach the network" in ran.stderr
