#!/usr/bin/env python3
"""Writes coulomb_functions.txt, coulomb_bound.txt and coulomb_density.txt beside this script with mpmath (Debian's
python3-mpmath) at 40 digits or more. Every value is computed a second time with 30 digits more; they must agree to
1e-20."""
import itertools
import pathlib

from mpmath import coulombf, coulombg, exp, fabs, gamma, hyp1f1, mp, mpf, nstr, pi, rgamma, sqrt, whitm, workdps

here = pathlib.Path(__file__).parent
orders = [0, 1, 2, 5, 10, 20]
etas = ["-20", "-7.3", "-3", "-0.5", "-0.01", "0", "0.01", "0.5", "3", "7.3", "20"]
rhos = ["0.001", "0.07", "0.9", "3", "11", "39", "61", "200"]


def twice(function, *arguments):
    """The values at 40 + 30 digits, after a check against 40 + 60."""
    mp.dps = 70
    first = function(*map(mpf, arguments))
    mp.dps = 100
    second = function(*map(mpf, arguments))
    for a, b in zip(first, second):
        assert fabs(a - b) <= mpf("1e-20") * fabs(b), (function.__name__, arguments, a, b)
    return second


def scattering(l, eta, rho):
    """F, F', G, G' with w_l' = ((l + 1)/rho + eta/(l + 1)) w_l - sqrt(1 + eta^2/(l + 1)^2) w_{l+1} (DLMF 33.4.4)."""
    s = (l + 1) / rho + eta / (l + 1)
    r = sqrt(1 + (eta / (l + 1)) ** 2)
    f, g = coulombf(l, eta, rho), coulombg(l, eta, rho)
    f_prime, g_prime = s * f - r * coulombf(l + 1, eta, rho), s * g - r * coulombg(l + 1, eta, rho)
    assert fabs(f_prime * g - f * g_prime - 1) < mpf("1e-25"), (l, eta, rho)
    return [x.real for x in (f, f_prime, g, g_prime)]


def whittaker_w(kappa, m, z):
    """DLMF 13.14.33 at m + 1e-100, since it is 0/0 at half-integers m; mpmath's own whitw fails at some of these
    points."""
    with workdps(400):
        m += mpf("1e-100")
        return (gamma(-2 * m) * rgamma(mpf(1) / 2 - m - kappa) * whitm(kappa, m, z)
                + gamma(2 * m) * rgamma(mpf(1) / 2 + m - kappa) * whitm(kappa, -m, z)).real


def bound(l, eta, rho):
    """W_{-eta, l+1/2}(2 rho) and its derivative by rho: W' = (1/2 - kappa/z) W - W_{kappa+1}/z (DLMF 13.15.26)."""
    z, m = 2 * rho, l + mpf(1) / 2
    w = whittaker_w(-eta, m, z)
    return [w, 2 * ((mpf(1) / 2 + eta / z) * w - whittaker_w(1 - eta, m, z) / z)]


def wave(eta, rho, cosine):
    """|psi_C|^2 = C_0^2 |1F1(-i eta, 1, i rho (1 - cos theta))|^2."""
    c2 = 2 * pi * eta / (exp(2 * pi * eta) - 1) if eta else mpf(1)
    return [c2 * fabs(hyp1f1(-1j * eta, 1, 1j * rho * (1 - cosine))) ** 2]


def write(name, title, header, function, points):
    with open(here / name, "w") as file:
        file.write(f"# {title}\n# made by make_coulomb_functions.py with mpmath, good to 20 digits\n# {header}\n")
        for point in points:
            file.write(" ".join([*map(str, point), *(nstr(x, 20) for x in twice(function, *point))]) + "\n")


write("coulomb_density.txt", "squared modulus of the Coulomb wave of unit incoming flux",
      "eta k*r cos(theta) |psi_C|^2", wave,
      itertools.product(etas, ["0.01", "0.9", "7", "40", "150"], ["-1", "-0.3", "0.6", "0.99"]))
write("coulomb_bound.txt", "Whittaker functions", "l eta rho W_{-eta,l+1/2}(2 rho) dW/drho", bound,
      itertools.product([0, 1, 3], ["-19.7", "-7.3", "-2.3", "-0.37", "0.02", "0.5", "4", "20"],
                        ["0.01", "0.4", "2", "9", "50"]))
write("coulomb_functions.txt", "Coulomb wave functions of DLMF 33.2", "l eta rho F F' G G'", scattering,
      itertools.product(orders, etas, rhos))
