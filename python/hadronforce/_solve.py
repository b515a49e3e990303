"""One pair: C(k*) and what scattering theory says of it."""

from dataclasses import dataclass
from typing import Optional

import numpy as np
import numpy.typing as npt

from . import _config, _core


@dataclass(frozen=True)
class Solution:
    """C(k*) of a pair. Arrays have one value for each momentum."""

    k_star_MeV: npt.NDArray[np.float64]
    """Momenta k* in MeV/c."""
    correlation: npt.NDArray[np.float64]
    """C(k*) of the genuine pairs."""
    measured: Optional[npt.NDArray[np.float64]]
    """C as a detector sees it, in the bins of the momenta, where the config says something of that: `lambda`, ..., or
    `momentum.placement: bin_averages`."""
    error_estimate: float
    """Of C, relative to max(1, C), the largest of all momenta."""
    quantities: dict[str, float]
    """What else is known of the pair: a0_fm, r_eff_fm, bound_states, ..., by the names that a dataset's /observables
    have. The convention is k cot(delta) = -1/a0 + r_eff k^2/2, between charges C_0^2 k cot(delta) + 2 k eta h(eta)."""
    curves: dict[str, npt.NDArray[np.float64]]
    """The same by momentum: delta_rad, ..."""
    units: dict[str, str]
    """Of quantities and curves, "1" where they have none."""


def solve(config: _config.ConfigLike, overrides: _config.Overrides = ()) -> Solution:
    """Solves a config of the command `solve`, which needs no `output`.

    Raises InputError for what is wrong with the config, ConvergenceError where the tolerance is not met; what the
    program only warns of becomes a Python warning.
    """
    return Solution(**_core.solve(_config.given(config, overrides)))
