"""How many threads an engine may use, and how they wait.

Libraries built on OpenMP let idle threads spin. On a machine whose cores are shared, spinning
threads take the cores from the ones that work, and decoding becomes many times slower; so idle
threads sleep instead. OpenMP reads these variables once, when its library is loaded, which is
why each engine calls `prepare_threads` before it imports anything heavy.
"""

import os


def prepare_threads() -> None:
    """Let idle OpenMP threads sleep, unless the user has chosen otherwise."""
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    os.environ.setdefault("GOMP_SPINCOUNT", "0")
