"""The likelihood of measured correlation functions."""

from dataclasses import dataclass
from typing import Any, Optional

import numpy as np
import numpy.typing as npt

from . import _config, _core


@dataclass(frozen=True)
class Bins:
    """A measured correlation function as a fit takes it; one value a bin."""

    k_low_MeV: npt.NDArray[np.float64]
    """Lower edges in MeV/c; both edges are the momentum itself where the file has no bins."""
    k_high_MeV: npt.NDArray[np.float64]
    k_star_MeV: npt.NDArray[np.float64]
    correlation: npt.NDArray[np.float64]
    error: npt.NDArray[np.float64]
    """Standard deviations, without what is correlated between bins by `data.correlated`."""
    covariance: Optional[npt.NDArray[np.float64]]
    """bins x bins, where the data have one."""


class Fit:
    """What the command `fit` minimises, for minimisers and samplers of Python.

    `config`: of `fit`, with one measurement or several; it needs no `output`. A point x has one number for each of
    `names`, in the units `units`. One object a thread.
    """

    names: tuple[str, ...]
    """Free parameters."""
    units: tuple[str, ...]
    start: npt.NDArray[np.float64]
    lower: npt.NDArray[np.float64]
    """Bounds, infinite where there are none."""
    upper: npt.NDArray[np.float64]
    data: dict[str, Bins]
    """By measurement; one that has no name is "data"."""

    def __init__(self, config: _config.ConfigLike, overrides: _config.Overrides = ()) -> None:
        self._arguments = (config, overrides)
        self._model = _core.Likelihood(_config.given(config, overrides))
        parameters = self._model.parameters()
        self.names = tuple(p.name for p in parameters)
        self.units = tuple(p.unit for p in parameters)
        self.start = np.array([p.start for p in parameters])
        self.lower = np.array([p.low for p in parameters])
        self.upper = np.array([p.high for p in parameters])
        self._measurements = self._model.measurements()
        self.data = {name: Bins(**bins) for name, bins in zip(self._measurements, self._model.data())}

    def residuals(self, x: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """Deviations of the model at x, turned so that chi2 is the sum of their squares: of all bins of one measurement
        after the other, (model - data)/error where errors are independent, then of the parameters with a normal prior.

        Raises InputError for an x that the model refuses, ConvergenceError.
        """
        return self._model.residuals(x)

    def chi2(self, x: npt.ArrayLike) -> float:
        """chi^2 at x, with the normal priors as measurements. Raises as residuals does."""
        return self._model.chi2(x)

    def log_likelihood(self, x: npt.ArrayLike) -> float:
        """-chi2/2; minus infinity where the model refuses x. Bounds are the caller's to keep. Raises InputError where x
        is not as many finite numbers as there are parameters, ConvergenceError."""
        return self._model.log_likelihood(x)

    def correlation(self, x: npt.ArrayLike) -> dict[str, npt.NDArray[np.float64]]:
        """C in the bins of each measurement, as it is compared with the data. Raises as residuals does."""
        return dict(zip(self._measurements, self._model.correlation(x)))

    def __reduce__(self) -> tuple[Any, ...]:
        """Another process reads config and data once more."""
        return (Fit, self._arguments)
