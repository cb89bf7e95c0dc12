"""The way in: runs a command, and turns every error a person can act on into one sentence."""

import logging
import os
import sys

from persona.engines.processor import prepare_threads
from persona.errors import PersonaError


def main() -> None:
    """Run the command line; exit 1 with one sentence on `PersonaError`, 130 when interrupted."""
    prepare_threads()
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")

    from persona.cli import app, say_error

    try:
        app(standalone_mode=True)
    except PersonaError as error:
        say_error(str(error))
        sys.exit(1)
    except OSError as error:
        say_error(
            f"{error.strerror or error}. Nothing was half-written; mend this and run it again."
        )
        sys.exit(1)
    except KeyboardInterrupt:
        say_error("Stopped. What was done is kept; run the same command again to go on.")
        sys.exit(130)


if __name__ == "__main__":
    main()
