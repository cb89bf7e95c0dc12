"""Which base an adapter was trained on, and that it is still that one.

An adapter is a difference. Added to other weights of the same shape it still runs, and says
nonsense in nobody's manner; so the hash of the base lies beside it and is compared when both are
loaded.
"""

import json
from pathlib import Path

from persona.engines.base_weights import weights_sha256
from persona.errors import EngineError

BASE_FACTS = "base.json"


def check_base(adapter: Path, base: Path) -> None:
    """Compare the weights in ``base`` with those that ``adapter`` was trained on.

    Adapters of earlier releases, which do not say, pass.

    Args:
        adapter: folder that training wrote.
        base: folder of a transformers model.

    Raises:
        EngineError: the base was changed, or is another one.
    """
    try:
        facts = json.loads((adapter / BASE_FACTS).read_bytes())
        wanted = str(facts["weights_sha256"])
    except FileNotFoundError:
        return
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise EngineError(
            f"{adapter} is damaged: what it was trained on cannot be read. Restore it from a "
            "backup, or train again."
        ) from error
    if weights_sha256(base) != wanted:
        raise EngineError(
            f"The base model in {base} is not the one that the manner of speaking was trained on: "
            "its weights were changed. Put the old files back, or train again."
        )
