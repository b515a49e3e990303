"""delta(k) and k cot(delta) with error bands, of files from `phase-shifts`, several in one picture."""

import os

import matplotlib.pyplot as plt
import numpy as np

from .common import HBAR_C_MEV_FM, fail, labels_of, open_kind, with_error


LINES = ["-", "--", "-."]


class PhaseShifts:
    """Columns of a file; momenta in MeV/c, or natural."""

    def __init__(self, path, label):
        file = open_kind(path, "phase_shifts")
        self.path, self.label = path, label
        self.natural = "k" in file
        self.k = file["k" if self.natural else "k_star_MeV"][:]
        self.wave_number = self.k / (1 if self.natural else HBAR_C_MEV_FM)
        self.charged = "range_function_per_fm" in file
        name = "k_cot_delta" if self.natural else "range_function_per_fm" if self.charged else "k_cot_delta_per_fm"
        self.delta, self.k_cot_delta = np.degrees(file["delta_rad"][:]), file[name][:]
        self.has_errors = "delta_rad_error" in file
        self.delta_error = np.degrees(file["delta_rad_error"][:]) if self.has_errors else np.zeros_like(self.k)
        self.k_cot_delta_error = file[name + "_error"][:] if self.has_errors else np.zeros_like(self.k)
        self.samples = file["samples/delta_rad"].shape[0] if self.has_errors else 0
        suffix = "" if self.natural else "_fm"
        self.a0, self.r_eff = (file.attrs[key + suffix] for key in ("a0", "r_eff"))
        self.a0_error, self.r_eff_error = (file.attrs.get(f"{key}{suffix}_error", 0) for key in ("a0", "r_eff"))
        states = "bound_states" if self.natural else "bound_states_MeV"
        self.energies = file[states][:]
        self.energy_errors = file[states + "_error"][:] if states + "_error" in file else np.zeros_like(self.energies)

        turned = lambda name: np.degrees(file[name][:]) if name in file else None
        self.of_v_eff, self.of_seen = turned("delta_V_eff_rad"), turned("delta_seen_rad")
        self.agree = int(file.attrs.get("momenta_that_agree", len(self.k))) if self.has_errors else len(self.k)

    def expansion(self, k_squared):
        return -1 / self.a0 + self.r_eff * k_squared / 2

    def numbers(self):
        """a0 = 5.3(4) fm, r_eff = 1.26(1) fm, E = -1.5(3) MeV"""
        length, energy = ("", "") if self.natural else (" fm", " MeV")
        text = f"$a_0$ = {with_error(self.a0, self.a0_error)}{length}, "
        text += f"$r_\\mathrm{{eff}}$ = {with_error(self.r_eff, self.r_eff_error)}{length}"
        for e, error in zip(self.energies, self.energy_errors):
            text += f", $E$ = {with_error(e, error)}{energy}"
        return text


def draw_band(axes, x, y, error, **style):
    line, = axes.plot(x, y, **style)
    axes.fill_between(x, y - error, y + error, color=line.get_color(), alpha=0.25, lw=0)


def draw_what_is_determined(axes, curve, color, alone):
    """Where kernel and V_eff part by more than the error; beside one file alone both, and what waves have seen."""
    if curve.agree < len(curve.k):
        begin = curve.k[curve.agree - 1] if curve.agree > 0 else 0
        axes.axvspan(begin, curve.k[-1], color=color, alpha=0.08, lw=0,
                     label="not determined: kernel and $V_\\mathrm{eff}$ part")
    if not alone:
        return
    for values, label, style in ((curve.of_v_eff, "$V_\\mathrm{eff}$, local", "--"),
                                 (curve.of_seen, "without what no wave has seen", ":")):
        if values is not None:
            values = values - 180 * np.round((values[0] - curve.delta[0]) / 180)
            axes.plot(curve.k, values, style, color="black", lw=1.1, label=label)


def phase_shifts(arguments):
    labels = labels_of(arguments, [os.path.splitext(os.path.basename(path))[0] for path in arguments.files])
    curves = [PhaseShifts(path, label) for path, label in zip(arguments.files, labels)]
    natural = curves[0].natural
    for c in curves[1:]:
        if c.natural != natural:
            fail(f"{c.path}: is {'not ' if natural else ''}in natural units; {curves[0].path} "
                 f"is{'' if natural else ' not'}")

    figure, (left, right) = plt.subplots(1, 2, figsize=(9.6, 3.9))
    # Where a0 and r_eff say something about k cot(delta).
    highest = min(c.k[0] + 0.4 * (c.k[-1] - c.k[0]) for c in curves)
    for i, c in enumerate(curves):
        style = {"color": f"C{i}", "lw": 1.5, "ls": LINES[i % len(LINES)]}
        samples = f" ({c.samples} samples)" if c.has_errors else ""
        draw_band(left, c.k, c.delta, c.delta_error, label=c.label + samples, **style)
        draw_what_is_determined(left, c, f"C{i}", len(curves) == 1)
        low = c.k <= highest
        draw_band(right, c.wave_number[low] ** 2, c.k_cot_delta[low], c.k_cot_delta_error[low], label=c.numbers(),
                  **style)
        x = np.linspace(0, c.wave_number[low][-1] ** 2, 200)
        right.plot(x, c.expansion(x), ":", lw=1.2, color="black" if len(curves) == 1 else f"C{i}",
                   label=r"$-1/a_0 + r_\mathrm{eff}\,k^2/2$" if i + 1 == len(curves) else None)
    for axes in (left, right):
        axes.axhline(0, color="black", lw=0.6)
        axes.set_xlim(left=0)
        axes.legend(fontsize=8.5, loc="lower left", bbox_to_anchor=(0, 1), borderaxespad=0.2)
    left.set(xlabel="$k$ (natural units)" if natural else "$k^*$ (MeV/c)", ylabel=r"$\delta_0$ (degrees)")
    right.set(xlabel="$k^2$ (natural units)" if natural else "$k^2$ (fm$^{-2}$)",
              ylabel=(r"$C_0^2\,k\,\cot\delta_0 + 2k\eta\,h(\eta)$" if any(c.charged for c in curves)
                      else r"$k\,\cot\delta_0$") + (" (natural units)" if natural else " (fm$^{-1}$)"))
    return figure
