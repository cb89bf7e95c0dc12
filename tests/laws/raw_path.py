"""Raw files → a version, by the steps themselves, for the laws that hold along the whole path."""

from pathlib import Path

from persona import steps
from persona.converse.talk import Talk
from persona.engines.deterministic import HashEmbedder, ScriptedLanguageModel
from persona.engines.protocols import LanguageModel
from persona.remember.store import Store
from persona.train.making import Made
from persona.workspace import Workspace, create_workspace, open_workspace
from tests.converse.conftest import Silent

QUICK = """
[engines]
language_model = "scripted"
embedder = "hash"
recogniser = "none"
voice = "tone"

[training]
base_model = "{base}"
steps = 6
batch_size = 1
rank = 2
max_tokens = 128
minimum_words = 20
precision = "fp32"
"""


def remembered(parent: Path, raw: Path, base: Path, *, settings: str = QUICK) -> Workspace:
    """Collect and remember; ``base`` is the model that is trained on."""
    made = create_workspace(parent, "Arthur Penrose")
    file = made.root / "persona.toml"
    text = file.read_text(encoding="utf-8") + settings.format(base=base)
    file.write_text(text, encoding="utf-8")
    made = open_workspace(made.root)
    steps.collect(made, [raw], Silent())
    steps.remember(made, Silent())
    return made


def trained(workspace: Workspace, *audience: str) -> Made:
    """Make a version."""
    return steps.train(workspace, Silent(), audience=audience)


def talk_to(
    workspace: Workspace,
    store: Store,
    listener: str | None,
    *,
    base: LanguageModel | None = None,
    adapted: LanguageModel | None = None,
) -> Talk:
    """Begin a conversation with the newest version and these engines."""
    engines = steps.Engines(
        language_model=base or ScriptedLanguageModel(),
        adapted=adapted,
        embedder=HashEmbedder(),
    )
    return steps.start_talk(workspace, store, listener_id=listener, engines=engines)


def bytes_below(*folders: Path) -> bytes:
    """Return the content of all files below these folders."""
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    assert files
    return b"".join(path.read_bytes() for path in sorted(files))
