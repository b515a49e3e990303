"""What `lattice-fit` found: the kernel and what of it no wave has seen, the effective local potential, residuals,
learning curve."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import SymLogNorm
from matplotlib.ticker import LogLocator, NullFormatter

from .common import config_section, fail, open_any, open_kind
from .lattice_potential import shells_MeV


class FittedPotential:
    """A file of kind `potential`, and the words for its units and waves."""

    def __init__(self, path):
        self.path, self.file = path, open_kind(path, "potential")
        file = self.file
        self.natural = file.attrs["units"] == "natural"
        self.r, self.u, self.unseen = file["r"][:], file["U"][:], file["U_unseen"][:]
        self.v_eff = file["effective_local"][:]
        self.v_eff_error = file["effective_local_error"][:] if "effective_local_error" in file else None
        self.wave, self.target = file["wave"][:], file["target"][:]
        self.local = file["V"][:] if "V" in file else None
        self.residual = file["weighted_residual"][:]
        self.curve = file["curve"][:]
        self.of_times = "t" in file
        self.values = file["t" if self.of_times else "momentum"][:]
        self.waves = "time slice" if self.of_times else "wave"

    def reach(self):
        """The radius beyond which U(r, r') is less than a hundredth of its largest value for every r'."""
        largest = np.abs(self.u).max(axis=1)
        strong = largest > 0.01 * largest.max()
        return max(self.r[1], self.r[strong].max()) if strong.any() else self.r[-1]

    def label(self, i):
        if self.of_times:
            return f"t/a = {self.values[i]:g}"
        return f"k = {self.values[i]:.3g}" + ("" if self.natural else " MeV/c")

    def length(self, name):
        return f"${name}$ (natural units)" if self.natural else f"${name}$ (fm)"

    def energy(self, name):
        return f"{name} (natural units)" if self.natural else f"{name} (MeV)"

    def colours(self):
        number = len(self.values)
        return [f"C{i}" for i in range(number)] if self.of_times else plt.cm.plasma(np.linspace(0, 0.88, number))


def exact_kernel(file, r):
    """U(r, r') of the interaction in the config of a mock, where that has a closed form; else None."""
    settings = config_section(file, "interaction")
    if settings.get("form") != "separable_exponential":
        return None
    natural = settings.get("units") == "natural"
    omega, mu = (float(settings[key]) for key in (("omega", "mu") if natural else ("omega_MeV_per_fm3", "mu_per_fm")))
    shape = np.exp(-mu * r) * (r <= float(settings.get("cut" if natural else "cut_fm", np.inf)))
    return omega * np.outer(shape, shape)


def draw_kernels(figure, panels, fit, kernels):
    """Maps of U(r, r') on one scale, linear up to a thirtieth of its largest value and logarithmic from there."""
    inside = fit.r <= fit.reach()
    r = fit.r[inside]
    largest = max(np.abs(u[np.ix_(inside, inside)]).max() for _, u in kernels) or 1.0
    scale = SymLogNorm(largest / 30, vmin=-largest, vmax=largest)
    ticks = np.outer(10.0 ** np.arange(np.floor(np.log10(largest / 30)), np.log10(largest)), (1, 3)).ravel()
    ticks = ticks[(ticks >= largest / 30) & (ticks <= largest)]
    for axes, (title, u) in zip(panels, kernels):
        levels = axes.contourf(r, r, u[np.ix_(inside, inside)], scale.inverse(np.linspace(0, 1, 26)), norm=scale,
                               cmap="RdBu_r")
        axes.set(xlabel=fit.length("r"), ylabel=fit.length("r'"), aspect="equal")
        axes.set_title(title, fontsize=9)
        axes.grid(False)
        bar = figure.colorbar(levels, ax=axes, label="$U$ (natural units)" if fit.natural else "$U$ (MeV/fm$^3$)",
                              spacing="uniform")
        bar.set_ticks([*-ticks[::-1], 0, *ticks])
        bar.ax.yaxis.set_major_formatter("{x:.3g}")


def limits(fit, zoomed):
    """Of V_eff: all of it but poles, where a wave passes zero; or what lies beyond 0.5 fm."""
    values = fit.v_eff if fit.local is None else np.vstack([fit.v_eff, fit.local])
    if zoomed:
        values = fit.v_eff[:, fit.r >= 0.5]
        low, high = values.min(initial=-1.0), values.max(initial=1.0)
        return 1.25 * low - 0.05 * high, 1.25 * high - 0.3 * low
    inside = fit.r <= fit.reach()
    low, high = (values.min(), values.max()) if fit.of_times else np.percentile(values[:, inside], [4, 92])
    return low - 0.06 * (high - low), high + 0.06 * (high - low)


def cut_at_nodes(r, wave, values):
    """A gap wherever the wave changes its sign: the ratio to it has a pole there."""
    nodes = np.nonzero(np.signbit(wave[1:]) != np.signbit(wave[:-1]))[0] + 1
    return np.insert(r, nodes, r[nodes]), np.insert(values, nodes, np.nan)


def draw_effective(axes, fit, drawers, zoomed):
    """V_eff(r) of each wave with its error, beside what was fitted or what the drawers add."""
    low, high = limits(fit, zoomed)
    few = np.arange(len(fit.values)) if fit.of_times else np.unique(np.linspace(0, len(fit.values) - 1, 4).astype(int))
    colours = fit.colours()
    for i in few:
        r, v = cut_at_nodes(fit.r, fit.wave[i], fit.v_eff[i])
        # Waves that agree are drawn on top of each other, each thinner than the last.
        axes.plot(r, v, color=colours[i], lw=max(1.2, 3.2 - i) if fit.of_times else 1.3, label=fit.label(i), zorder=4)
        if fit.v_eff_error is not None:
            v, error = fit.v_eff[i], fit.v_eff_error[i]
            axes.fill_between(fit.r, v - error, v + error, color=colours[i], alpha=0.15, lw=0, zorder=3)
        if not drawers:
            axes.plot(fit.r, fit.target[i] / fit.wave[i], "o", mfc="none", mew=0.6, color=colours[i], ms=3, alpha=0.6,
                      zorder=2)
    if not drawers:
        axes.plot([], [], "o", mfc="none", mew=0.6, color="grey", ms=3, label="fitted data")
    if fit.local is not None:
        axes.plot(fit.r, fit.local, "k--", lw=1, label="local part $V(r)$", zorder=5)
    for draw in drawers:
        draw(axes)
    axes.axhline(0, color="black", lw=0.6)
    axes.set(xlabel=fit.length("r"), ylabel=fit.energy(r"$V_\mathrm{eff}(r)$"), ylim=(low, high),
             xlim=(0, fit.r[-1] if fit.of_times else min(fit.r[-1], 1.5 * fit.reach())))
    if zoomed:
        axes.set_title("the same, enlarged", fontsize=9)


def leading_order(fit, file):
    """Points with errors: black for one time slice, else in the colours of the fit's."""
    slices = file["t"][:]
    colour_of = {} if len(slices) == 1 else dict(zip(fit.values, fit.colours()))

    def draw(axes):
        for i, t in enumerate(slices):
            r, v, error = shells_MeV(file, "V", i)
            axes.errorbar(r, v, error, fmt="o", ms=3, lw=0.8, mew=0, color=colour_of.get(t, "black"), zorder=6,
                          label=f"leading order, t/a = {t:g}")
    return draw


def known_potential(file):
    r, v = file["potential/r_fm"][:], file["potential/V_MeV"][:]
    return lambda axes: axes.plot(r, v, color="black", lw=1, ls=":", zorder=6, label="true V(r)")


def draw_residual(axes, fit):
    for i, colour in enumerate(fit.colours()):
        norm = np.sqrt(np.sum(fit.residual[i] ** 2))
        named = fit.of_times or i in (0, len(fit.values) - 1)
        style = {"marker": ".", "ls": "none", "ms": 3.5, "mew": 0} if fit.of_times else {"lw": 0.9}
        axes.semilogy(fit.r, np.abs(fit.residual[i]), color=colour,
                      label=f"{fit.label(i)}: {norm:.1e}" if named else None, **style)
    largest = np.abs(fit.residual).max()
    axes.set(xlabel=fit.length("r"), ylabel="|weighted residual|", ylim=(1e-4 * largest, 3 * largest))
    axes.legend(fontsize=8, title="root of the sum of squares", title_fontsize=8, loc="lower left", frameon=True,
                edgecolor="none", markerscale=2)


def draw_learning(axes, fit):
    file, (step, residual, loss) = fit.file, fit.curve.T[:3]
    axes.semilogy(step, residual, label="relative residual")
    if "chi2_per_point" not in file.attrs:  # else the loss is a chi^2, in which l2 counts units that nothing moves
        axes.semilogy(step, np.sqrt(loss), "--", lw=1, label=r"$\sqrt{\mathrm{loss}}$, with l2 and penalty")
    text = f"{file.attrs['fit_end']}\nresidual {file.attrs['residual']:.2e}"
    if "chi2_per_point" in file.attrs:
        text += f", $\\chi^2$/point = {file.attrs['chi2_per_point']:.3g}"
    if "samples/converged" in file:
        converged = file["samples/converged"][:]
        text += f"\n{int(converged.sum())} of {len(converged)} samples converged"
    axes.set(xlabel="step", ylabel="relative to U = 0")
    axes.set_title(text, fontsize=8.5)
    if residual.min() > 0.03:  # no decade of its own
        axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axes.yaxis.set_major_formatter("{x:g}")
        axes.yaxis.set_minor_formatter(NullFormatter())
    axes.legend(fontsize=8)


def split_overlays(fit, paths):
    """What further files bring: drawers of V(r), and exact kernels by their title."""
    drawers, kernels = [], []
    for path in paths:
        beside = open_any(path, ["lattice_potential", "solution", "waves", "correlator"])
        if fit.natural != (beside.attrs.get("units") == "natural"):
            fail(f"{path}: is {'not ' if fit.natural else ''}in natural units; {fit.path} "
                 f"is{'' if fit.natural else ' not'}")
        truth = exact_kernel(beside, fit.r) if beside.attrs["kind"] in ("waves", "correlator") else None
        if truth is not None:
            kernels.append(("true U(r, r')", truth))
        elif beside.attrs["kind"] == "lattice_potential":
            drawers.append(leading_order(fit, beside))
        elif "potential" in beside:
            drawers.append(known_potential(beside))
        else:
            fail(f"{path}: knows no U(r, r') in closed form and no V(r) to draw beside the fit; leave it out, or give "
                 f"a solution of solve")
    return drawers, kernels


def potential(arguments):
    fit = FittedPotential(arguments.files[0])
    drawers, kernels = split_overlays(fit, arguments.files[1:])
    unseen = f"part of it that no {fit.waves} has seen: {fit.file.attrs['unseen_fraction']:.1%}"
    kernels += [("fitted U(r, r')", fit.u), (unseen, fit.unseen)]
    zooms = [False, True] if fit.of_times else [False]
    kernel_row, curve_row = len(kernels), len(zooms) + 1
    columns = (kernel_row + curve_row + 2) // 2  # one more for the learning curve
    figure, panels = plt.subplots(2, columns, figsize=(4.4 * columns, 7.2))
    for axes, zoomed in zip(panels[0], zooms):
        draw_effective(axes, fit, drawers, zoomed)
    panels[0][0].legend(fontsize=8)
    draw_residual(panels[0][len(zooms)], fit)
    draw_kernels(figure, panels[1], fit, kernels)
    free = [axes for axes in (*panels[1][kernel_row:], *panels[0][curve_row:])]
    draw_learning(free[0], fit)
    for axes in free[1:]:
        axes.set_axis_off()
    return figure
