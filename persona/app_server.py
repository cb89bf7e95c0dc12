"""Serves the app on this machine only, and opens it where there is a screen."""

import contextlib
import os
import subprocess
import sys
import threading
import time
import webbrowser
from pathlib import Path
from urllib.request import urlopen

from persona.workspace import Workspace

PAGE = Path(__file__).resolve().parent.parent / "app.py"


def serve_app(workspace: Workspace, port: int) -> int:
    """Run Streamlit on app.py until it is closed; return its exit code."""
    command = [sys.executable, "-m", "streamlit", "run", str(PAGE)]
    command += ["--server.port", str(port), "--server.address", "localhost"]
    # Headless: else Streamlit asks newcomers for an e-mail address before it starts.
    command += ["--server.headless", "true"]
    environment = {**os.environ, "PERSONA_WORKSPACE": str(workspace.root)}
    address = f"http://localhost:{port}"
    threading.Thread(target=_open_browser, args=(address,), daemon=True).start()
    # Streamlit reads its theme and its silence about usage from .streamlit/ beside app.py.
    return subprocess.run(command, check=False, env=environment, cwd=PAGE.parent).returncode


def _open_browser(address: str) -> None:
    """Open the page as soon as it answers, where there is a screen to open it on."""
    shown = sys.platform != "linux" or {"DISPLAY", "WAYLAND_DISPLAY"} & os.environ.keys()
    for _ in range(120 if shown else 0):
        with contextlib.suppress(OSError), urlopen(f"{address}/_stcore/health", timeout=1):
            webbrowser.open(address)
            return
        time.sleep(0.5)
