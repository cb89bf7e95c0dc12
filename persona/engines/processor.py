"""How many threads an engine may use, and how they wait.

Libraries built on OpenMP let idle threads spin. On a machine whose cores are shared, spinning
threads take the cores from the ones that work, and decoding becomes many times slower; so idle
threads sleep instead. OpenMP reads these variables once, when its library is loaded, which is
why each engine calls `prepare_threads` before it imports anything heavy.
"""

import os
from functools import cache


def prepare_threads() -> None:
    """Let idle OpenMP threads sleep, unless the user has chosen otherwise."""
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    os.environ.setdefault("GOMP_SPINCOUNT", "0")


@cache
def computes_in_bf16() -> bool:
    """Say whether this processor multiplies bfloat16 numbers itself; others only pretend to."""
    import torch

    native = (
        torch.cpu._is_avx512_bf16_supported,
        torch.cpu._is_amx_tile_supported,
    )
    return any(asked() for asked in native)
