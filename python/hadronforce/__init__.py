"""Forces between hadrons from femtoscopic correlation functions, from Python.

Configs have the keys of the program's (docs/config_keys.md), file names in them are relative to the current directory.
Momenta are in MeV/c, lengths in fm, energies in MeV; what else has a unit carries it in its name.

    solve   C(k*) of one pair
    Fit     residuals, chi2 and likelihood of measured correlation functions
    Family  correlation functions with priors on their parameters
    read    a file that the program wrote
"""

from ._config import ConfigLike, Overrides
from ._core import ConvergenceError, InputError
from ._core import version as _version
from ._family import Family
from ._files import File, Group, read
from ._fit import Bins, Fit
from ._solve import Solution, solve

__version__: str = _version()
__all__ = ["Bins", "ConfigLike", "ConvergenceError", "Family", "File", "Fit", "Group", "InputError", "Overrides",
           "Solution", "read", "solve"]
