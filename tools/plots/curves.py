"""Panels that several kinds of picture have: V(r) and C(k*)."""

import numpy as np


def draw_potential(axes, r, curves):
    """V(r), cut so that a deep core does not hide the rest."""
    for v, style, label in curves:
        axes.plot(r, v, style, label=label)
    everything = np.concatenate([v for v, _, _ in curves])
    low, high = np.percentile(everything[np.isfinite(everything)], [0.2, 99.5])
    margin = 0.1 * (high - low) + 1
    axes.set_ylim(low - margin, high + margin)
    axes.set_xlim(0, 3)
    axes.set_xlabel("r (fm)")
    axes.set_ylabel("V (MeV)")
    axes.axhline(0, color="black", lw=0.6)
    axes.legend()


def draw_correlation(axes, k, curves):
    for c, style, label in curves:
        axes.plot(k, c, style, label=label, ms=3)
    axes.axhline(1, color="black", lw=0.6)
    axes.set_xlabel("k* (MeV/c)")
    axes.set_ylabel("C(k*)")
    axes.legend()
