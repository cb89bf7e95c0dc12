"""How good a picture is to look at: sharpness, exposure and size, each 0 to 1, and together.

    sharpness  variance of the Laplacian of the grey picture, brought to 512 pixels and calmed
               against grain: 0.5 at variance 60, towards 1 above (Pertuz et al. 2013, LAPV)
    exposure   share of the greys that are neither burnt out nor drowned, and their spread
    size       0 at 160 pixels on the shorter side, 1 at 1,600

``score`` is their geometric mean: one bad part spoils it. 0.7 and more is good on a large screen,
below 0.35 something is plainly wrong. It orders pictures of one archive; it says nothing of what
they are worth: a blurred picture may be the only one there is.
"""

import math
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter

_SIDE = 512
_HALF_SHARP = 60.0
_SHORTEST, _LONG_ENOUGH = 160, 1600
_SPREAD = 50.0


def quality_of(picture: Image.Image, width: int, height: int) -> dict[str, Any]:
    """Return ``score``, ``sharpness``, ``exposure``, ``size`` (0 to 1) and ``variance``.

    Args:
        picture: upright; any size from 512 pixels gives the same answer.
        width: pixels of the original.
        height: the same.
    """
    grey = picture.convert("L")
    grey.thumbnail((_SIDE, _SIDE), Image.Resampling.BOX)
    variance = laplacian_variance(grey)
    sharpness = variance / (variance + _HALF_SHARP)
    exposure = _exposure(np.asarray(grey, dtype=np.float32))
    size = _size(min(width, height))
    score = (sharpness * exposure * size) ** (1 / 3)
    parts = {"score": score, "sharpness": sharpness, "exposure": exposure, "size": size}
    return {name: round(value, 3) for name, value in parts.items()} | {
        "variance": round(variance, 1)
    }


def laplacian_variance(grey: Image.Image) -> float:
    """Return the variance of the 4-neighbour Laplacian after a 3 × 3 median against grain."""
    if min(grey.size) < 5:
        return 0.0
    calm = np.asarray(grey.filter(ImageFilter.MedianFilter(3)), dtype=np.float32)
    edges = (
        calm[:-2, 1:-1] + calm[2:, 1:-1] + calm[1:-1, :-2] + calm[1:-1, 2:] - 4 * calm[1:-1, 1:-1]
    )
    return float(edges.var())


def _exposure(grey: npt.NDArray[np.float32]) -> float:
    """Return 1 for greys that use the range, less for what is burnt out, drowned or foggy."""
    lost = float(((grey < 5) | (grey > 250)).mean())
    spread = min(1.0, float(grey.std()) / _SPREAD)
    middle = 1 - abs(float(grey.mean()) - 127.5) / 127.5
    return (1 - lost) * math.sqrt(spread * min(1.0, 2 * middle))


def _size(shorter: int) -> float:
    if shorter <= _SHORTEST:
        return 0.0 if shorter < 16 else 0.05
    return max(0.05, min(1.0, math.log(shorter / _SHORTEST) / math.log(_LONG_ENOUGH / _SHORTEST)))
