"""Sources and potentials as configs give them: registered forms, tables from files, and what is wrong with both."""

import unittest

import h5py
import numpy as np

from nonlocal_closed_form import closed_form
from program import InFolder, main, run

R0 = 1.3
GAUSSIANS = "pair: {mass1_MeV: 938.272, mass2_MeV: 1115.683}\n"
REST = """momentum: {k_min_MeV: 5, k_max_MeV: 300, points: 20}
output: {table: out/table.csv}
"""
SEPARABLE = ("interaction: {form: separable_exponential, omega_MeV_per_fm3: -90, mu_per_fm: 2, "
             "reduced_mass_MeV: 606.0}\n")


def potential_MeV(r):
    return 600 * np.exp(-((r / 0.35) ** 2)) - 110 * np.exp(-(r**2))


def gaussian(r, r0=R0):
    return (4 * np.pi * r0**2) ** -1.5 * np.exp(-(r**2) / (4 * r0**2))


class SourcesAndTables(InFolder):
    def solve(self, text, *more, ranks=1):
        code, output, messages = run("solve", self.write("config.yaml", text), *more, ranks=ranks, cwd=self.folder)
        self.assertEqual((code, messages), (0, []), text)
        lines = (self.folder / "out" / "table.csv").read_text().splitlines()
        return np.genfromtxt(lines, delimiter=",", names=True)

    def refuse(self, text, *parts, ranks=(1, 3)):
        for n in ranks:
            with self.subTest(parts=parts, ranks=n):
                code, _, messages = run("solve", self.write("config.yaml", text), ranks=n, cwd=self.folder)
                self.assertEqual((code, len(messages)), (2, 1), messages)
                for part in parts:
                    self.assertIn(part, messages[0])

    def write_csv(self, name, columns, rows):
        text = "# a table\n" + ",".join(columns) + "\n" + "".join(",".join(f"{x:.17g}" for x in row) + "\n"
                                                                  for row in rows)
        return self.write(name, text)

    def test_every_source_against_the_closed_form_of_the_wave(self):
        """C of a separable interaction, whose wave is known, by Gauss's rule with each source's own formula."""
        sources = {
            "{form: gaussian, r0_fm: 1.3}": gaussian,
            "{form: exponential, r0_fm: 0.8}": lambda r: np.exp(-r / 0.8) / (8 * np.pi * 0.8**3),
            "{form: cauchy, r0_fm: 1.3}": lambda r: 1.3 / np.pi**2 / (r**2 + 1.3**2) ** 2,
            "{form: levy, r0_fm: 1.3, alpha: 1}": lambda r: 1.3 / np.pi**2 / (r**2 + 1.3**2) ** 2,
            "{form: double_gaussian, r0_fm: 1, r0_second_fm: 2.5, fraction: 0.7}": lambda r: 0.7 * gaussian(r, 1)
            + 0.3 * gaussian(r, 2.5),
        }
        for text, density in sources.items():
            with self.subTest(source=text):
                table = self.solve(SEPARABLE + f"source: {text}\n" + REST)
                k_star = table["k_star_MeV"]
                expected = closed_form(k_star, -90.0, 2.0, 606.0, density,
                                       3000.0 if "cauchy" in text or "levy" in text else 80.0)
                np.testing.assert_allclose(table["C"], expected, atol=2e-8)
                self.assertEqual("C_LL" in table.dtype.names, "form: gaussian" in text)

    def test_tabulated_source_and_potential(self):
        """Tables of a potential and a source that have forms of their own, from CSV and from HDF5, on 1 and 3 ranks."""
        r = np.linspace(0, 12, 601)
        v = potential_MeV(r)
        v[-1] = 0
        self.write_csv("v.csv", ["r_fm", "V_MeV"], zip(r, v))
        self.write_csv("s.csv", ["radius", "density", "other"], [(x, 5 * gaussian(x), 0) for x in r])
        with h5py.File(self.folder / "v.h5", "w") as file:
            file["r_fm"], file["deep/V"] = r, v
        exact = self.solve(GAUSSIANS
                           + "potential: {form: sum_of_gaussians, strengths_MeV: [600, -110], ranges_fm: [0.35, 1]}\n"
                           "source: {form: gaussian, r0_fm: 1.3}\n" + REST)
        for potential in ("{form: tabulated, file: v.csv}", "{form: tabulated, file: v.h5, value_name: /deep/V}"):
            for ranks in (1, 3):
                table = self.solve(GAUSSIANS + f"potential: {potential}\n"
                                   "source: {form: tabulated, file: s.csv, r_name: radius, value_name: density}\n"
                                   + REST, ranks=ranks)
                np.testing.assert_allclose(table["C"], exact["C"], atol=1e-6)
        scaled = self.solve(GAUSSIANS
                            + "potential: {form: tabulated, file: v.csv, scale: 0.5}\nsource: {form: gaussian, r0_fm: "
                              "1.3}\n" + REST)
        half = self.solve(GAUSSIANS
                          + "potential: {form: sum_of_gaussians, strengths_MeV: [300, -55], ranges_fm: [0.35, 1]}\n"
                          "source: {form: gaussian, r0_fm: 1.3}\n" + REST)
        np.testing.assert_allclose(scaled["C"], half["C"], atol=1e-6)

    def test_phase_shifts_of_a_table(self):
        r = np.linspace(0, 12, 241)
        v = potential_MeV(r)
        v[-1] = 0
        self.write_csv("v.csv", ["r_fm", "V_MeV"], zip(r, v))
        tables = []
        for potential in ("{form: tabulated, file: v.csv}",
                          "{form: sum_of_gaussians, strengths_MeV: [600, -110], ranges_fm: [0.35, 1]}"):
            config = self.write("config.yaml", GAUSSIANS + f"potential: {potential}\n" + REST)
            code, _, messages = run("phase-shifts", config, cwd=self.folder)
            self.assertEqual((code, messages), (0, []))
            lines = (self.folder / "out" / "table.csv").read_text().splitlines()
            tables.append(np.genfromtxt(lines, delimiter=",", names=True))
        np.testing.assert_allclose(tables[0]["delta_rad"], tables[1]["delta_rad"], atol=3e-5)

    def test_spin_isospin_table(self):
        """One row of two Gaussians and both tails; the channel's factors are those of the operators."""
        names = "beta1,beta2,a1_0,a2_0,lambda2,rho2,a1_s,a2_s,a1_t,a2_t,a1_st,a2_st,lambda1,rho1".split(",")
        row = [0.3, 0.6, 800, 150, -97, 0.6, -120, -50, 180, 108, -84, -32, -1.4, 0.14]
        self.write_csv("n_xi.csv", names, [[1] * len(names), row])
        value = dict(zip(names, row))
        for spin, isospin in ((0, 0), (0, 1), (1, 0), (1, 1)):
            ss, tt = -3 + 4 * spin, -3 + 4 * isospin
            strengths = [value[f"a{i}_0"] + ss * value[f"a{i}_s"] + tt * value[f"a{i}_t"] + ss * tt * value[f"a{i}_st"]
                         for i in (1, 2)]
            source = "source: {form: gaussian, r0_fm: 1.3}\n"
            table = self.solve(GAUSSIANS
                               + f"potential: "
                                 f"{{form: spin_isospin_table, file: n_xi.csv, row: 2, spin: {spin}, "
                                 f"isospin: {isospin}}}\n" + source + REST)
            direct = self.solve(GAUSSIANS
                                + f"potential: "
                                  f"{{form: gaussians_plus_pions, strengths_MeV: {strengths}, ranges_fm: [0.3, 0.6], "
                                f"one_pion_MeV_fm: {-1.4 * ss * tt}, one_pion_range_fm: 0.14, two_pion_MeV_fm2: -97, "
                                f"two_pion_range_fm: 0.6}}\n" + source + REST)
            np.testing.assert_allclose(table["C"], direct["C"], atol=1e-12)

    def test_presets_can_be_solved(self):
        for preset in ("argonne_v18_np_1s0", "usmani_3s1", "n_xi_11s0_t12", "reid_soft_core_1s0"):
            table = self.solve(f"potential: {{preset: {preset}}}\nsource: {{form: gaussian, r0_fm: 1.3}}\n" + REST)
            self.assertTrue(np.all(np.isfinite(table["C"])))

    def test_priors_over_sources(self):
        config = self.write("generate.yaml", GAUSSIANS + """potential: {form: usmani, strength_MeV: {uniform: [6, 6.4]}}
source: {form: double_gaussian, r0_fm: {uniform: [1, 1.5]}, r0_second_fm: 3, fraction: {uniform: [0.2, 0.8]}}
momentum: {k_min_MeV: 5, k_max_MeV: 300, points: 10}
dataset: {file: out/d.h5, samples: 20}
""")
        for ranks in (1, 2):
            code, _, messages = run("generate", config, "--set", f"dataset.file=out/{ranks}.h5", ranks=ranks,
                                    cwd=self.folder)
            self.assertEqual((code, messages), (0, []))
        with h5py.File(self.folder / "out/1.h5") as one, h5py.File(self.folder / "out/2.h5") as two:
            np.testing.assert_array_equal(one["correlation"][:], two["correlation"][:])
            names = [n.decode() if isinstance(n, bytes) else n for n in one["parameters"].attrs["names"]]
            self.assertEqual(names, ["potential.strength_MeV", "source.r0_fm", "source.fraction"])

    def test_refusals(self):
        good = "potential: {form: sum_of_gaussians, strengths_MeV: [-50], ranges_fm: [1]}\n"
        for source, parts in [
            ("{form: gausian, r0_fm: 1}", ["config.yaml:3: source.form", "known: cauchy"]),
            ("{form: gaussian}", ["config.yaml:3: source.r0_fm is missing"]),
            ("{form: gaussian, r0_fm: 1, alpha: 2}", ["source.alpha is not a known key"]),
            ("{form: levy, r0_fm: 1, alpha: 3}",
             ["config.yaml:3: source.form cannot be made: alpha = 3 must be between 1 and 2"]),
            ("{form: double_gaussian, r0_fm: 1, r0_second_fm: 2, fraction: 1.5}", ["fraction = 1.5"]),
            ("{form: core_and_resonances, r0_fm: 1, fraction1: 0.5, decay_length1_fm: 400}", ["lower lambda"]),
            ("{form: double_gaussian, r0_fm: 1, r0_second_fm: -2, fraction: 0.5}",
             ["source.r0_second_fm is '-2'; it must be positive"]),
            ("{form: tabulated, file: none.csv}", ["none.csv: cannot be read"]),
        ]:
            self.refuse(GAUSSIANS + good + f"source: {source}\n" + REST, *parts, ranks=(1,))
        low = REST.replace("{k_min_MeV: 5, k_max_MeV: 300", "{k_min_MeV: 0, k_max_MeV: 20")
        self.refuse(GAUSSIANS + good + "source: {form: cauchy, r0_fm: 1}\nsolver: {tolerance: 1e-10}\n" + low,
                    "config.yaml:3: the pair cannot be solved: the source matters as far out as", "at k* = 0.5 MeV/c",
                    "a source without heavy tails", ranks=(1,))
        rows = [(0, -50), (0.5, -40), (1, -20), (2, 0)]
        self.write_csv("good.csv", ["r_fm", "V_MeV"], rows)
        self.refuse(GAUSSIANS
                    + "potential: {form: tabulated, file: good.csv}\nsource: {form: gaussian, r0_fm: 1.3}\nsolver: "
                      "{tolerance: 1e-8}\n" + REST,
                    "config.yaml:4: solver.tolerance", "must lie between 1e-07")
        tables = {
            "short.csv": (("r_fm", "V_MeV"), rows[:3], "short.csv: has 3 rows"),
            "unsorted.csv": (("r_fm", "V_MeV"), [rows[0], rows[2], rows[1], rows[3]],
                             "unsorted.csv:5: the radius 0.5 does not exceed the one before, 1"),
            "negative.csv": (("r_fm", "V_MeV"), [(-1, 3)] + rows, "negative.csv:3: the radius -1 is negative"),
            "names.csv": (("r", "V_MeV"), rows, "names.csv: has no column r_fm; its columns are r, V_MeV"),
            "nan.csv": (("r_fm", "V_MeV"), rows[:3] + [(2, float("nan"))], "nan.csv:6: V_MeV is nan"),
        }
        tail = "source: {form: gaussian, r0_fm: 1.3}\n" + REST
        for name, (columns, values, part) in tables.items():
            self.write_csv(name, columns, values)
            self.refuse(GAUSSIANS + f"potential: {{form: tabulated, file: {name}}}\n" + tail, part)
        with open(self.folder / "huge.csv", "wb") as file:
            file.truncate(1 << 42)
        (self.folder / "folder.csv").mkdir()
        for name, part in (("huge.csv", "huge.csv: is larger than 256 MiB"),
                           ("folder.csv", "folder.csv: cannot be read (it is a folder)")):
            self.refuse(GAUSSIANS + f"potential: {{form: tabulated, file: {name}}}\n" + tail, part)
        with h5py.File(self.folder / "v.h5", "w") as file:
            file["r_fm"], file["V_MeV"], file["two"] = np.arange(5.0), np.arange(4.0), np.ones((2, 2))
        self.refuse(GAUSSIANS + "potential: {form: tabulated, file: v.h5}\n" + tail,
                    "v.h5: /r_fm has 5 numbers and /V_MeV has 4")
        self.refuse(GAUSSIANS + "potential: {form: tabulated, file: v.h5, value_name: /two}\n" + tail,
                    "v.h5:/two: has 2 axes")
        self.refuse(GAUSSIANS + "potential: {form: tabulated, file: v.h5, value_name: /three}\n" + tail, "v.h5",
                    "three")
        names = "beta1,a1_0,lambda2,rho2,a1_s,a1_t,a1_st,lambda1,rho1".split(",")
        self.write_csv("n_xi.csv", names, [[1] * 9, [-0.1] + [1] * 8])
        form = "potential: {form: spin_isospin_table, file: n_xi.csv, "
        self.refuse(GAUSSIANS + form + "row: 3, spin: 0, isospin: 0}\n" + tail,
                    "potential.row is 3; n_xi.csv has 2 rows")
        self.refuse(GAUSSIANS + form + "row: 2, spin: 0, isospin: 0}\n" + tail,
                    "n_xi.csv:4: beta1 = -0.1 must be positive")
        self.refuse(GAUSSIANS + form + "spin: 2, isospin: 0}\n" + tail, "potential.spin must be 0 or 1")
        self.write_csv("n_xi.csv", names[1:], [[1] * 8])
        self.refuse(GAUSSIANS + form + "spin: 0, isospin: 0}\n" + tail, "n_xi.csv: has no column beta1")
        self.assertEqual(list((self.folder / "out").iterdir()), [])


if __name__ == "__main__":
    main()
