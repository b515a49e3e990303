"""C(k*) of a separable interaction from the closed form of its wave."""

import numpy as np

HBAR_C = 197.3269804


def closed_form(k_star_MeV, omega, mu, reduced_mass_MeV, density_per_fm3, r_end_fm):
    """u = sin(kr + delta) - sin(delta)(1 + r s/(2 mu)) exp(-mu r); omega in MeV/fm^3, mu in 1/fm; panels of 1 fm up to
    r_end."""
    k = k_star_MeV[:, None] / HBAR_C
    s = mu**2 + k**2
    two_mass = 2 * reduced_mass_MeV / HBAR_C**2
    k_cot = -(2 * mu * (mu**2 - k**2) - (3 * mu**2 + k**2) * s**2 / (4 * mu**3)
              + s**4 / (4 * np.pi * two_mass * omega)) / (4 * mu**2)
    delta = np.arctan2(k, k_cot)
    x, weight = np.polynomial.legendre.leggauss(16)
    c = np.ones(len(k_star_MeV))
    for first in range(0, int(r_end_fm), 100):
        edges = np.arange(first, min(first + 100, r_end_fm))
        r, w = (edges[:, None] + 0.5 * (x + 1)).ravel(), np.tile(0.5 * weight, len(edges))
        u = np.sin(k * r + delta) - np.sin(delta) * (1 + r * s / (2 * mu)) * np.exp(-mu * r)
        c += np.sum(w * 4 * np.pi * density_per_fm3(r) * (u**2 - np.sin(k * r) ** 2), axis=1) / k[:, 0] ** 2
    return c
