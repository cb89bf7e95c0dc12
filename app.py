"""The app: opens one persona's folder and shows its screens.

PERSONA_WORKSPACE=henry-lin streamlit run app.py
streamlit run app.py -- henry-lin
"""

import os
import sys
from pathlib import Path

from persona.screens.pages import show


def workspace_folder() -> Path:
    """Return the folder named after ``--``, else by PERSONA_WORKSPACE, else this folder."""
    if len(sys.argv) > 1:
        return Path(sys.argv[1])
    return Path(os.environ.get("PERSONA_WORKSPACE", "."))


show(workspace_folder())
