"""Correlation functions with priors on their parameters."""

from typing import Any

import numpy as np
import numpy.typing as npt

from . import _config, _core


class Family:
    """What the command `generate` draws from; the section `dataset` may be missing.

    A point x has one number for each of `names`, in the units `units`. One object a thread.
    """

    names: tuple[str, ...]
    """Parameters with a prior."""
    units: tuple[str, ...]
    k_star_MeV: npt.NDArray[np.float64]
    """Momenta of C in MeV/c; of bins their centres."""
    quantity_units: dict[str, str]
    """Of what `quantities` has."""

    def __init__(self, config: _config.ConfigLike, overrides: _config.Overrides = ()) -> None:
        self._arguments = (config, overrides)
        self._model = _core.Family(_config.given(config, overrides))
        parameters = self._model.parameters()
        self.names = tuple(p.name for p in parameters)
        self.units = tuple(p.unit for p in parameters)
        self.k_star_MeV = self._model.k_star_MeV()
        self.quantity_units = {q.name: q.unit for q in self._model.quantity_names()}

    def draw(self, seed: int, index: int) -> npt.NDArray[np.float64]:
        """The parameters of sample `index` of the dataset with this seed, to the bit."""
        return self._model.draw(seed, index)

    def prior(self, u: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """The parameters at a point of the unit cube, as nested samplers ask for them: each is the quantile of its
        prior. Raises InputError outside the cube."""
        return self._model.prior(u)

    def log_prior(self, x: npt.ArrayLike) -> float:
        """ln of the priors' density at x; minus infinity outside."""
        return self._model.log_prior(x)

    def correlation(self, x: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """C at k_star_MeV. Raises InputError for an x that the model refuses, ConvergenceError."""
        return self._model.correlation(x)

    def quantities(self, x: npt.ArrayLike) -> dict[str, float]:
        """What else is known of the pair at x: a0_fm, ..., as /observables of a dataset. Raises as correlation does."""
        return dict(zip(self.quantity_units, self._model.quantities(x).tolist()))

    def __reduce__(self) -> tuple[Any, ...]:
        """Another process reads the config once more."""
        return (Family, self._arguments)
