"""What all pictures share: style, opening files, errors, names with units."""

import math
import sys

import h5py
import matplotlib
import matplotlib.ticker
import numpy as np

HBAR_C_MEV_FM = 197.3269804

matplotlib.rcParams.update({
    "figure.dpi": 110, "font.size": 10, "axes.grid": True, "grid.alpha": 0.3, "legend.frameon": False,
    "axes.spines.top": False, "axes.spines.right": False,
})


def fail(message):
    print(f"plot.py: {message}", file=sys.stderr)
    sys.exit(2)


def open_any(path, kinds):
    try:
        file = h5py.File(path, "r")
    except OSError as error:
        fail(f"{path}: cannot be read ({error}); give an HDF5 file that hadronforce wrote")
    found = file.attrs.get("kind", "foreign")
    if found not in kinds:
        fail(f"{path}: is a {found} file; a {' or '.join(kinds)} file is needed")
    return file


def open_kind(path, kind):
    return open_any(path, [kind])


def only_file(arguments):
    if len(arguments.files) > 1:
        fail(f"{arguments.files[1]}: is one file too many; {arguments.kind} draws one")
    return arguments.files[0]


def labels_of(arguments, otherwise):
    """Names of files in a legend: those given, else `otherwise`."""
    given, files = arguments.label or [], arguments.files
    if given and len(given) != len(files):
        fail(f"{len(given)} labels were given for {len(files)} files; give one --label a file")
    # matplotlib hides what begins with _.
    return [" " + label if label.startswith("_") else label for label in given or otherwise]


def texts(attribute):
    """An attribute that is a list of texts."""
    return [text.decode() if isinstance(text, bytes) else text for text in attribute]


def config_section(file, name):
    """A section of the config in a file: 'key: value' lines, which is all that is needed of YAML here."""
    settings, inside = {}, False
    for line in file.attrs["config"].splitlines():
        if not line.startswith(" "):
            inside = line.startswith(name + ":")
        elif inside and ":" in line:
            key, value = line.strip().split(":", 1)
            settings[key] = value.strip()
    return settings


def label_log_axes(figure):
    """Gives logarithmic axes that cover less than three powers of ten, of which few or none are seen, further
    labels."""
    for axis in (axis for axes in figure.axes for axis in (axes.xaxis, axes.yaxis) if axis.get_scale() == "log"):
        low, high = sorted(axis.get_view_interval())
        if high < 1000 * low:
            axis.set_major_locator(matplotlib.ticker.MaxNLocator(6)
                                   if high < 8 * low else matplotlib.ticker.LogLocator(subs=[1, 2, 5]))
            axis.set_major_formatter(matplotlib.ticker.FormatStrFormatter("%g"))
            axis.set_minor_formatter(matplotlib.ticker.NullFormatter())


def zoom(figure, reach):
    """Panels of C(k*) show what is near 1."""
    for axes in figure.axes:
        if axes.get_ylabel() in ("C(k*)", "$C(k^*)$"):
            axes.set_ylim(1 - reach, 1 + reach)


def unit_label(name, unit):
    return name if unit in ("", "1") else f"{name} ({unit})"


def short_name(name):
    """A parameter's name without the mapping that most of them have in common."""
    return texts([name])[0].removeprefix("potential.").removeprefix("source.")


def with_error(value, error):
    """5.31(14): the error in units of the last digits, two where it begins with less than 3.55, as the Particle Data
    Group rounds."""
    if not (error > 0 and math.isfinite(error)):
        return f"{value:.4g}"
    exponent = math.floor(math.log10(error))
    digits = max(0, (1 if error / 10.0**exponent < 3.55 else 0) - exponent)
    in_digits = f"{error:.{digits}f}" if error >= 1 else f"{error * 10.0**digits:.0f}"
    return f"{value:.{digits}f}({in_digits})"


def apart(k_star, values):
    """The same with a gap wherever another measurement begins: momenta of several stand one after the other."""
    begins = np.flatnonzero(np.diff(k_star) <= 0) + 1
    return np.insert(k_star, begins, np.nan), np.insert(np.asarray(values, dtype=float), begins, np.nan)
