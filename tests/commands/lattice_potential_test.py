"""From raw waves to the leading-order potential, its fit and its picture, against a published table."""

import os
import pathlib
import subprocess
import unittest

import h5py
import numpy as np

from fit_configs import MOCK
from program import SOURCE, InFolder, main, run

XIXI = pathlib.Path(os.environ.get("HADRONFORCE_SHARED_DATA", "")) / "lattice" / "xixi_48"


class LatticePotential(InFolder):
    def ok(self, *arguments, ranks=1):
        code, output, messages = run(*arguments, ranks=ranks, cwd=self.folder)
        self.assertEqual((code, messages), (0, []), arguments)
        return output

    def test_the_configs_give_the_published_table_and_fit(self):
        published = XIXI / "published_potential_1s0_t10_sample.dat"
        if not published.exists():
            self.skipTest(f"{published} is absent")
        self.ok("lattice-import", SOURCE / "configs" / "xixi_import.yaml", "--set", f"data_folder={XIXI}", ranks=2)
        output = self.ok("lattice-potential", SOURCE / "configs" / "xixi_potential.yaml", ranks=2)
        table = np.genfromtxt(self.folder / "out" / "xixi_potential.csv", delimiter=",", names=True)
        rows = [line.split() for line in published.read_text().splitlines() if not line.startswith("#")]
        columns = ["r"] + [name + error for name in ("kinetic", "ddt", "d2dt2", "V") for error in ("", "_error")]
        exact, last_digit = 0, 0
        for i, row in enumerate(rows):
            for name, text in zip(columns, row):
                ours = f"{table[name][15 * i]:.6e}"
                digit = 10.0 ** (int(text.split("e")[1]) - 6)
                self.assertLess(abs(float(ours) - float(text)), 1.5 * digit, (i, name))
                exact += ours == text
                last_digit += ours != text
        print(f"published table: {len(rows)} rows, {exact} of {exact + last_digit} numbers exact, {last_digit} differ "
              f"by one in the last digit")
        self.assertEqual((len(rows), exact + last_digit), (195, 195 * 9))
        self.assertLessEqual(last_digit, 2)

        # The published sum of four Gaussians at a later time: core, its width and the well, within errors.
        values = {line.split()[0]: float(line.split()[2]) for line in output.splitlines()
                  if "_MeV[" in line[:20] or "_fm[" in line[:12]}
        for name, expected, tolerance in [("strengths_MeV[0]", 1921.7, 480), ("ranges_fm[0]", 0.0820, 0.009),
                                          ("strengths_MeV[3]", -64.1, 30),
                                          ("ranges_fm[3]", 0.949, 0.15)]:
            self.assertLess(abs(values[name] - expected), tolerance, name)
        with h5py.File(self.folder / "out" / "xixi_potential.h5") as file:
            fit = file["fit_t10"]
            self.assertLess(fit.attrs["chi2"] / fit.attrs["degrees_of_freedom"], 1.2)
            names = list(fit["mean"].attrs["names"])
            np.testing.assert_allclose([values[name] for name in names], fit["mean"], rtol=1e-6)
            gaussians = fit["samples"][:]
            n = len(names) // 2
            for name in ("mean", "error", "samples"):
                self.assertEqual(fit[name].attrs["unit"], ", ".join(n * ["fm"] + n * ["MeV"]))
            self.assertEqual(names[0], "ranges_fm[0]")
            r = fit["curve_r_fm"][:]
            curves = np.array([sum(c * np.exp(-((r / d) ** 2)) for d, c in zip(p[:n], p[n:])) for p in gaussians])
            np.testing.assert_allclose(fit["curve_V_MeV"], curves.mean(axis=0), atol=1e-9)
            np.testing.assert_allclose(fit["curve_V_error_MeV"], np.abs(curves[0] - curves[1]) / 2, atol=1e-9)
            fitted = np.isfinite(table["V_fit_MeV"])
            self.assertEqual(fitted.sum(), fit.attrs["points"])
            np.testing.assert_array_equal(fitted, table["r_fm"] <= 2)
        picture = self.folder / "potential.png"
        subprocess.run(["/usr/bin/python3", SOURCE / "tools" / "plot.py", "lattice-potential",
                        self.folder / "out" / "xixi_potential.h5", "-o", picture],
                       check=True)
        self.assertGreater(picture.stat().st_size, 5000)

    def test_a_bad_minimum_is_called_so(self):
        self.write("mock.yaml", MOCK)
        self.write("potential.yaml", "correlator: {file: out/correlator.h5}\npotential: {times: [6]}\n"
                                     "fit: {form: sum_of_gaussians, r_max_fm: 1.6, start: {strengths_MeV: [-80, 150], "
                                     "ranges_fm: [0.9, 0.4]}}\noutput: {file: out/potential.h5}\n")
        self.write("phases.yaml", "interaction: {form: lattice_potential, file: out/potential.h5}\n"
                                  "momentum: {k_min_MeV: 20, k_max_MeV: 200, points: 3}\noutput: {file: out/p.h5}\n")
        self.ok("lattice-mock", "mock.yaml")
        bad = ("--set", "fit.start={strengths_MeV: [5, 5], ranges_fm: [90, 400]}")
        for start, is_good in (((), True), (bad, False)):
            output = self.ok("lattice-potential", "potential.yaml", *start, ranks=2)
            self.assertEqual("BAD FIT at t = 6: sum_of_gaussians does not follow the data" in output, not is_good)
            with h5py.File(self.folder / "out" / "potential.h5") as file:
                fit = file["fit_t6"].attrs
                self.assertEqual(fit["follows_the_data"], int(is_good))
                self.assertEqual(fit["chi2"] > 10 * fit["degrees_of_freedom"], not is_good)
            output = self.ok("phase-shifts", "phases.yaml", ranks=2)
            self.assertEqual("interaction.file has a fit to t = 6 with chi2/dof = " in output, not is_good)


if __name__ == "__main__":
    main()
