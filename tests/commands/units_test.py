"""Numbers are read in the unit that a table states; what contradicts it or cannot be right is refused."""

import math

import h5py
import numpy as np

from program import InFolder, main, run

HBAR_C = 197.3269804
FREE = """data: {{file: {file}{more}}}
pair: {{name: two, mass1_MeV: 939.5, mass2_MeV: 939.5}}
channels: [{{weight: 0.25, symmetry: even}}, {{weight: 0.75, symmetry: odd}}]
source: {{form: gaussian, r0_fm: {{start: 1.2, min: 0.3, max: 5}}}}
fit: {{profile: false}}
output: {{file: out/f.h5}}
"""
K_MEV = np.arange(10.0, 200.0, 10.0)
C = 1 - 0.5 * np.exp(-4 * (K_MEV * 1.5 / HBAR_C) ** 2)  # free fermions, spin 1/2, r0 = 1.5 fm: closed form


def hepdata(k=K_MEV, name="k*", units="MeV/c", c=C, value_name="C", value_units="", error=0.01):
    values = "\n".join(f"  - {{value: {x:.12g}, errors: [{{symerror: {error}, label: stat}}]}}" for x in c)
    momenta = "\n".join(f"  - {{value: {x:.12g}}}" for x in k)
    return ("dependent_variables:\n"
            f"- header: {{name: '{value_name}', units: '{value_units}'}}\n  values:\n{values}\n"
            f"independent_variables:\n- header: {{name: '{name}', units: '{units}'}}\n  values:\n{momenta}\n")


def csv(column, k, c=C, value="C"):
    return f"{column},{value},stat_err\n" + "".join(f"{x:.12g},{y:.12g},0.01\n" for x, y in zip(k, c))


class Units(InFolder):
    def fit(self, file, more="", allow=False, ranks=1):
        text = FREE.format(file=file, more=more) + ("allow: [units, momenta, source_size]\n" if allow else "")
        return run("fit", self.write("config.yaml", text), ranks=ranks, cwd=self.folder)

    def radius(self, file, more="", allow=False):
        code, _, messages = self.fit(file, more, allow)
        self.assertEqual((code, messages), (0, []), (file, more))
        with h5py.File(self.folder / "out/f.h5") as result:
            return result["parameters/values"][0]

    def refused(self, file, more, *parts, ranks=(1,)):
        for n in ranks:
            code, _, messages = self.fit(file, more, ranks=n)
            self.assertEqual((code, len(messages)), (2, 1), (file, more, messages))
            for part in parts:
                self.assertIn(part, messages[0])

    def test_contradictions_of_momenta_are_refused(self):
        """r0 scales as 1/k, so that a wrong unit would be a wrong radius: 1.5 fm is that of the closed form."""
        self.write("gev.yaml", hepdata(K_MEV / 1000, units="GeV/c"))
        self.write("named.yaml", hepdata(K_MEV / 1000, "k* [GeV/c]", ""))
        self.write("inverse.csv", csv("k_star_per_fm", K_MEV / HBAR_C))
        self.write("gev.csv", csv("k_star_GeV", K_MEV / 1000))
        self.write("silent.yaml", hepdata(2 * K_MEV / 1000, "Q", ""))
        self.write("silent.csv", csv("k", K_MEV / 1000))
        for file, more in (("gev.yaml", ""), ("gev.yaml", ", unit: GeV, momentum: k_star"), ("named.yaml", ""),
                           ("inverse.csv", ", columns: {k_star: k_star_per_fm}"), ("gev.csv", ""),
                           ("gev.csv", ", unit: GeV"), ("silent.yaml", ", unit: GeV, momentum: q_inv"),
                           ("silent.csv", ", unit: GeV"), ("silent.csv", ", columns: {unit: GeV}")):
            self.assertAlmostEqual(self.radius(file, more), 1.5, delta=1e-4, msg=file + more)
        self.refused("gev.yaml", ", unit: MeV", "gev.yaml:24: k* is in GeV/c, and data.unit says MeV; remove or "
                     "correct that (where the table is wrong, write allow: [units])", ranks=(1, 2))
        self.refused("named.yaml", ", unit: 1/fm", "named.yaml:24: k* [GeV/c] is in GeV/c, and data.unit says 1/fm")
        for unit in ("unit: MeV", "columns: {unit: MeV}"):
            self.refused("gev.csv", f", {unit}", "gev.csv:1: k_star_GeV is in GeV, and data.unit says MeV")
        self.refused("inverse.csv", ", unit: MeV, columns: {k_star: k_star_per_fm}",
                     "inverse.csv:1: k_star_per_fm is in per_fm, and data.unit says MeV")
        self.refused("silent.csv", ", unit: GeV, columns: {unit: MeV}",
                     "config.yaml:1: data.columns.unit is MeV, and data.unit is GeV")
        self.refused("gev.yaml", ", momentum: q_inv", "gev.yaml:24: the momentum is called k*, which is k*, and "
                     "data.momentum says q_inv, which is 2 k*")
        self.refused("gev.csv", ", momentum: q_inv, columns: {k_star: k_star_GeV}",
                     "gev.csv:1: the momentum is called k_star_GeV", "allow: [units]")
        # Allowed, the config holds: q_inv = 2 k* makes k* half as large, r0 twice.
        self.assertAlmostEqual(self.radius("gev.yaml", ", momentum: q_inv", allow=True), 3.0, delta=1e-3)
        self.write("wrong.yaml", hepdata(K_MEV, units="GeV/c"))
        self.assertAlmostEqual(self.radius("wrong.yaml", ", unit: MeV", allow=True), 1.5, delta=1e-4)

    def test_values_in_per_cent(self):
        for units, size in (("%", 0.01), ("10**-2", 0.01), ("10^3", 1e3)):
            self.write("t.yaml", hepdata(c=C / size, value_units=units, error=0.02 / size))
            self.assertAlmostEqual(self.radius("t.yaml"), 1.5, delta=1e-4, msg=units)
            with h5py.File(self.folder / "out/f.h5") as result:
                np.testing.assert_allclose(result["data/error"][:], 0.02, rtol=1e-9)
        self.write("t.yaml", hepdata(c=C / 0.01, value_units="x10^-2"))
        self.refused("t.yaml", "", "t.yaml:2: C has the unit 'x10^-2'", "allow: [units]")
        self.write("t.yaml", hepdata(value_units="%"))
        self.refused("t.yaml", "", "t.yaml:2: by the unit of the table its values must be multiplied by 0.01")
        self.assertAlmostEqual(self.radius("t.yaml", allow=True), 1.5, delta=1e-4)
        self.write("t.csv", csv("k", K_MEV, value="C_GeV"))
        self.refused("t.csv", ", columns: {value: C_GeV}", "data.columns.value names C_GeV, which is in GeV")
        self.assertAlmostEqual(self.radius("t.csv", ", columns: {value: C_GeV}", allow=True), 1.5, delta=1e-4)

    def test_tables_of_potentials_and_sources(self):
        """The same well in every unit gives the same C."""
        r = np.linspace(0, 4, 41)
        v, s = -40 * np.exp(-r**2), np.exp(-r**2 / (4 * 1.3**2))
        rest = "momentum: {k_min_MeV: 10, k_max_MeV: 100, points: 4}\noutput: {table: out/s.csv}\n"
        pair = "pair: {name: two, mass1_MeV: 938.9, mass2_MeV: 1115.7}\n"
        gaussian = "source: {form: gaussian, r0_fm: 1.3}\n"

        def table(*columns):
            names, values = zip(*columns)
            rows = [",".join(f"{x:.15g}" for x in row) for row in zip(*values)]
            return "\n".join([",".join(names), *rows, ""])

        def solved(text, allow=""):
            code, _, messages = run("solve", self.write("config.yaml", pair + text + rest + allow), cwd=self.folder)
            if code:
                return messages[0]
            return np.genfromtxt(self.folder / "out/s.csv", delimiter=",", names=True)["C"]

        self.write("v.csv", table(("r_fm", r), ("V_MeV", v), ("V_GeV", v / 1000), ("V [keV]", v * 1000), ("V", v),
                                  ("V_per_fm", v / HBAR_C), ("r_m", r * 1e-15), ("r_per_GeV", r)))
        self.write("s.csv", table(("r_fm", r), ("S_per_fm3", s), ("S_per_fm", s), ("r [pm]", r / 1000)))
        with h5py.File(self.folder / "v.h5", "w") as file:
            file["r_fm"], file["V"] = r, v / 1000
            file["V"].attrs["unit"] = "GeV"
            file["r"] = r
            file["r"].attrs["unit"] = "a"  # a lattice spacing, as lattice-potential writes
        potential = lambda more: f"potential: {{form: tabulated, file: v.csv{more}}}\n" + gaussian
        expected = solved(potential(""))
        self.assertGreater(expected[0], 1.5)
        for text in (potential(", value_name: V_GeV"), potential(", value_name: 'V [keV]'"),
                     potential(", value_name: V"), potential(", r_name: r_m"),
                     "potential: {form: tabulated, file: v.h5, value_name: /V}\n" + gaussian):
            np.testing.assert_allclose(solved(text), expected, rtol=1e-9, err_msg=text)
        self.assertIn("v.csv:1: V_per_fm is in per_fm, where an energy in MeV is needed",
                      solved(potential(", value_name: V_per_fm")))
        self.assertIn("v.csv:1: r_per_GeV is in per_GeV, where a length in fm is needed",
                      solved(potential(", r_name: r_per_GeV")))
        np.testing.assert_allclose(solved(potential(", r_name: r_per_GeV"), "allow: [units]\n"), expected, rtol=1e-9)
        well = "potential: {form: tabulated, file: v.csv}\n"
        self.assertIn("v.h5: /r is in a, where a length in fm is needed",
                      solved("potential: {form: tabulated, file: v.h5, r_name: /r, value_name: /V}\n" + gaussian))
        source = lambda more: well + f"source: {{form: tabulated, file: s.csv{more}}}\n"
        np.testing.assert_allclose(solved(source(", r_name: 'r [pm]'")), solved(source("")), rtol=1e-9)
        self.assertIn("s.csv:1: S_per_fm is in per_fm, where a density in 1/fm^3 is needed",
                      solved(source(", value_name: S_per_fm")))

    def test_numbers_are_decimal(self):
        for text in ("0x1", "0x1p3", "nan(abc)", "1e5f", "1 2", "0b1"):
            self.write("t.csv", f"k,C,stat_err\n10,{text},0.1\n20,1,0.1\n")
            self.refused("t.csv", "", f"t.csv:2: C is '{text}'; it must be a number")
        self.write("t.csv", csv("k", K_MEV).replace("\n50,", "\n5.0D+01,"))
        self.assertAlmostEqual(self.radius("t.csv"), 1.5, delta=1e-4)
        self.write("t.yaml", hepdata().replace("value: 10,", "value: 0x10,").replace("{value: 10}", "{value: 0x10}"))
        self.refused("t.yaml", "", "value is '0x10'; it must be a number")


if __name__ == "__main__":
    main()
