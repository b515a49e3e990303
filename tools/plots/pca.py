"""Principal components of a dataset: explained shares, components over k*, first two scores by a parameter; and the
directions of V(r) that one C(k*) determines. Of files from `pca`."""

import matplotlib.pyplot as plt
import numpy as np

from .common import apart, only_file, open_kind, short_name, texts, unit_label

INPUTS = {"correlation": "C", "log_correlation": "ln C", "relative_to_error": "C/error"}
SHOWN_SAMPLES = 4000


def draw_shares(axes, file):
    shares = file["explained"][:]
    shown = min(len(shares), 10)
    places = np.arange(1, shown + 1)
    axes.semilogy(places, shares[:shown], "o-", label="explained by each")
    rest = 1 - file["cumulative"][:shown]
    axes.semilogy(places[rest > 1e-9], rest[rest > 1e-9], "s--", ms=4, label="left beyond it")
    for level, text in ((1e-2, "99 %"), (1e-3, "99.9 %")):
        axes.axhline(level, color="black", lw=0.6, ls=":")
        axes.annotate(text, (shown, level), fontsize=8, ha="right", va="bottom")
    axes.set(xlabel="component", ylabel="share of the variance", xticks=places)
    axes.legend(fontsize=8)


def draw_components(axes, file):
    for i, component in enumerate(file["components"][:, :4].T):
        axes.plot(*apart(file["k_star_MeV"][:], component), label=f"{i + 1}")
    axes.axhline(0, color="black", lw=0.6)
    axes.set(xlabel="$k^*$ (MeV/c)", ylabel=f"component of {INPUTS[file.attrs['input']]}")
    axes.legend(title="component", fontsize=8, title_fontsize=8, ncols=2)


def telling_parameter(scores, parameters):
    """The one whose ranks go most with those of a score."""
    ranks = lambda values: np.argsort(np.argsort(values, axis=0), axis=0)
    both = np.corrcoef(np.hstack([ranks(scores), ranks(parameters)]), rowvar=False)
    return int(np.nanargmax(np.abs(both[:scores.shape[1], scores.shape[1]:]).max(axis=0)))


def draw_scores(axes, file, figure):
    step = max(1, len(file["scores"]) // SHOWN_SAMPLES)
    scores, parameters = file["scores"][::step, :2], file["parameters"][::step]
    if scores.shape[1] < 2:
        scores = np.hstack([scores, np.zeros_like(scores)])
    which = telling_parameter(scores, parameters)
    name = short_name(file["parameters"].attrs["names"][which])
    unit = texts([file["parameters"].attrs["unit"]])[0].split(", ")[which]
    points = axes.scatter(*scores.T, c=parameters[:, which], s=3, alpha=0.6, lw=0, rasterized=True)
    figure.colorbar(points, ax=axes, label=unit_label(name, unit))
    low, high = np.quantile(scores, [0.01, 0.99], axis=0)
    width = np.where(high > low, high - low, 1)
    axes.set(xlabel="score of component 1", ylabel="score of component 2",
             xlim=(low[0] - 0.05 * width[0], high[0] + 0.05 * width[0]),
             ylim=(low[1] - 0.05 * width[1], high[1] + 0.05 * width[1]), title="inner 98 % of the samples")
    axes.title.set_fontsize(9)


def draw_directions(axes, group):
    errors, counts = group["relative_errors"][:], group["determined"][:].astype(int)
    signals = group["signal_to_noise"][:]
    shown = int(min(len(signals), max(5, counts.max() + 1)))
    r = group["r_fm"][:]
    changes = r[:, None] * group["delta_V_MeV"][:, :min(shown, 5)]
    seen = np.flatnonzero(np.abs(changes).max(axis=1) > 0.01 * np.abs(changes).max())
    for i, change in enumerate(changes.T):
        axes.plot(r, change,
                  label=f"{i + 1}: C changes by {signals[i] / errors[0]:.2g} errors")
    axes.axhline(0, color="black", lw=0.6)
    text = ", ".join(f"{count} at {100 * error:g} %" for error, count in zip(errors, counts))
    axes.set(xlabel="$r$ (fm)", ylabel=r"$r\,\delta V$ of the prior (MeV fm)",
             xlim=(0, r[seen[-1]] if len(seen) else None),
             title=f"directions of V determined: {text}")
    axes.title.set_fontsize(9)
    axes.legend(fontsize=7, title=f"errors of {100 * errors[0]:g} %", title_fontsize=7)


def pca(arguments):
    file = open_kind(only_file(arguments), "pca")
    panels = [draw_shares, draw_components]
    if "scores" in file:
        panels.append(lambda axes, f: draw_scores(axes, f, figure))
    if "directions" in file:
        panels.append(lambda axes, f: draw_directions(axes, f["directions"]))
    rows = (len(panels) + 1) // 2
    figure, grid = plt.subplots(rows, 2, figsize=(9.2, 3.4 * rows), squeeze=False)
    for axes, draw in zip(grid.flat, panels):
        draw(axes, file)
    for axes in list(grid.flat)[len(panels):]:
        axes.set_visible(False)
    return figure
