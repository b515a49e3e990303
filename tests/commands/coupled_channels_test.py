"""`solve` with coupled channels: what it writes, and one clear message for each malformed config."""

import csv
import subprocess

import h5py
import numpy

from program import SOURCE, InFolder, main, run

NAME = "coupled_solve.yaml"


class CoupledChannels(InFolder):
    def solve(self, *arguments, ranks=1):
        code, output, messages = run("solve", "config.yaml", *arguments, ranks=ranks, cwd=self.folder)
        self.assertEqual((code, messages), (0, []))
        return output

    def rows(self):
        with open(self.folder / "out" / "coupled.csv", encoding="utf-8") as table:
            return list(csv.DictReader(line for line in table if not line.startswith("#")))

    def test_table_and_file_agree_for_any_number_of_ranks(self):
        self.config(NAME)
        output = self.solve()
        self.assertIn("K0bar n: threshold +5.2", output)
        self.assertIn("pi Sigma: threshold -100.7", output)
        rows = self.rows()
        self.assertEqual(len(rows), 49)
        parts = [[float(row[f"contributions[{c}]"]) for row in rows] for c in range(3)]
        numpy.testing.assert_allclose(numpy.sum(parts, axis=0), [float(row["C"]) for row in rows], rtol=1e-10)
        with h5py.File(self.folder / "out" / "coupled.h5") as file:
            for c, part in enumerate(parts):
                numpy.testing.assert_allclose(file[f"contributions[{c}]"][:], part, rtol=1e-10)
            self.assertEqual([file[f"contributions[{c}]"].attrs["channel"] for c in range(3)],
                             ["K- p", "K0bar n", "pi Sigma"])
            one_rank = file["correlation"][:]
            self.assertEqual((file.attrs["pair"], file.attrs["charge_product"]), ("K- p", -1))
            self.assertEqual((file.attrs["source"], file.attrs["r0_fm"]), ("gaussian", 1))
        self.assertTrue((numpy.array([float(row["inelasticity"]) for row in rows]) < 1.0).all())  # pi Sigma is open
        picture = self.folder / "coupled.png"
        subprocess.run(["/usr/bin/python3", SOURCE / "tools" / "plot.py", "solution",
                        self.folder / "out" / "coupled.h5", "-o", picture], check=True)
        self.assertGreater(picture.stat().st_size, 10000)
        self.solve(ranks=3)
        with h5py.File(self.folder / "out" / "coupled.h5") as file:
            self.assertTrue((file["correlation"][:] == one_rank).all())

    def test_channels_by_name_are_those_by_number(self):
        few = ("points: 49", "points: 5")
        self.config(NAME, few)
        self.assertIn("3 coupled channels", self.solve())
        by_number = self.rows()
        self.config(NAME, few, ("between: [1, 1]", "between: [K- p, K- p]"),
                    ("between: [1, 2]", "between: [K0bar n, 1]"), ("between: [1, 3]", "between: [K- p, pi Sigma]"))
        self.solve()
        self.assertEqual(self.rows(), by_number)

    def test_one_neutral_channel_is_the_ordinary_solver(self):
        potential = "form: sum_of_gaussians, strengths_MeV: [-120], ranges_fm: [1.1]"
        rest = "momentum: {k_min_MeV: 5, k_max_MeV: 300, points: 20}\nsolver: {tolerance: 1e-8}\n"
        pair, source = "mass1_MeV: 938.272, mass2_MeV: 1672.45", "source: {form: gaussian, r0_fm: 1.2}"
        self.write("config.yaml",
                   f"coupled:\n  channels: [{{{pair}, {source}}}]\n  potentials: "
                   f"[{{between: [1, 1], real: {{{potential}}}}}]\n"
                                  f"{rest}output: {{table: out/coupled.csv}}\n")
        output = self.solve()
        self.assertIn("1 coupled channel, 20 k*", output)
        rows = self.rows()
        coupled = [float(row["C"]) for row in rows]
        self.write("config.yaml",
                   f"pair: {{{pair}}}\npotential: {{{potential}}}\n{source}\n{rest}output: "
                   f"{{table: out/coupled.csv}}\n")
        ordinary = self.solve()
        single = [float(row["C"]) for row in self.rows()]
        numpy.testing.assert_allclose(coupled, single, rtol=3e-8)
        self.assertEqual(output.split("a0 = ")[1].split()[0], ordinary.split("a0 = ")[1].split()[0])
        # Nothing is lost: a0 is real, as numbers and in words, not "-0.7 -1e-15 i fm".
        self.assertRegex(output, r"a0 = \S+ fm \(f = -a0 at threshold\)")
        self.assertEqual({float(row["inelasticity"]) for row in rows}, {1.0})

    def test_a_fit_finds_what_solve_was_given(self):
        """C of known coupled channels as data without noise: a strength, a weight and the common radius come back, and
        so does C."""
        model = """coupled:
  source: {form: gaussian, r0_fm: 1.2}
  channels:
    - {name: a, mass1_MeV: 938, mass2_MeV: 1115}
    - {name: b, mass1_MeV: 938, mass2_MeV: 1130, weight: 1.4}
  potentials:
    - {between: [1, 1], real: {form: sum_of_gaussians, strengths_MeV: [300, -90], ranges_fm: [0.4, 0.9]}}
    - {between: [1, 2], real: {form: sum_of_gaussians, strengths_MeV: [70], ranges_fm: [0.8]}}
"""
        self.write("config.yaml",
                   model + "momentum: {k_min_MeV: 5, k_max_MeV: 245, points: 60}\noutput: {table: out/coupled.csv}\n")
        self.solve()
        rows = self.rows()
        self.write("data.csv", "k_star,C,err\n" + "".join(f"{row['k_star_MeV']},{row['C']},0.002\n" for row in rows))
        free = (model.replace("r0_fm: 1.2", "r0_fm: {start: 1, min: 0.5, max: 2}")
                .replace("weight: 1.4", "weight: {start: 1, min: 0, max: 5}"))
        free = free.replace("[70]", "[{start: 50, min: 10, max: 150}]")
        config = self.write("fit.yaml", "data: {file: data.csv}\n" + free + "output: {file: out/fit.h5}\n")
        code, output, messages = run("fit", config, ranks=2, cwd=self.folder)
        self.assertEqual((code, messages), (0, []))
        with h5py.File(self.folder / "out" / "fit.h5") as file:
            found = dict(zip([name.decode() if isinstance(name, bytes) else name
                              for name in file["parameters"].attrs["names"]], file["parameters/values"][:]))
            self.assertLess(file.attrs["chi2"], 1e-3)  # 60 bins, printed to 12 digits, solved to 1e-6
        self.assertEqual(list(found),
                         ["coupled.source.r0_fm", "coupled.channels[1].weight",
                          "coupled.potentials[1].real.strengths_MeV[0]"])
        numpy.testing.assert_allclose(list(found.values()), [1.2, 1.4, 70], rtol=2e-3)

    def test_refusals(self):
        for replacement, parts in [
            (("channels:  ", "chanels:  "), ["coupled.channels needs a list"]),
            (("mass1_MeV: 493.677", "mass1_MeV: -1"),
             ["config.yaml:4", "coupled.channels[0].mass1_MeV is '-1'; it must be positive"]),
            (("charge_product: -1, ", "charge_product: -1, weight: 2, "),
             ["config.yaml:4", "channels[0].weight", "must be 1"]),
            (("weight: 2.0", "weight: -2.0"), ["config.yaml:6", "must not be negative"]),
            (("weight: 2.0", "wieght: 2.0"),
             ["config.yaml:6", "channels[2].wieght is not a known key; did you mean weight?"]),
            (("weight: 2.0, source: {form: gaussian, r0_fm: 1.0}", "weight: 2.0"), ["channels[2].source is missing"]),
            (("weight: 2.0, source: {form: gaussian,", "weight: 2.0, source: {form: gausian,"),
             ["config.yaml:6", "source.form is not known"]),
            (("between: [3, 3]", "between: [3, 4]"),
             ["config.yaml:15", "names the channel 4; there are 1 (", "by number or name"]),
            (("between: [3, 3]", "between: [3, pi Sigmo]"),
             ["names the channel pi Sigmo; there are 1 (K- p), 2 (K0bar n), 3 (pi Sigma)"]),
            (("name: pi Sigma", 'name: "pi\\nSigma"'),
             ["config.yaml:6", "name is 'pi Sigma'", "must be a text in one line"]),
            (("name: pi Sigma", "name: 1"), ["config.yaml:6", "name is a number"]),
            (("name: pi Sigma", "name: K- p"), ["config.yaml:6", "name is that of another channel"]),
            (("form: sum_of_gaussians, strengths_MeV: [-300]", "form: sum_of_gaussian, strengths_MeV: [-300]"),
             ["yukawa, spin_isospin_table"]),
            (("between: [3, 3]", "between: [3]"), ["config.yaml:15", "needs two channels by number or name"]),
            (("between: [3, 3]", "between: [2, 1]"), ["config.yaml:15", "names the entry 1, 2 a second time"]),
            (("{between: [3, 3], real:", "{between: [3, 3], reel:"), ["potentials[5].real is missing"]),
            (("strengths_MeV: [-300], ranges_fm: [0.6]", "strengths_MeV: [-300]"),
             ["config.yaml:15", "ranges_fm is missing"]),
            (("strengths_MeV: [-300]", "strengths_MeV: [-300, 5]"), ["config.yaml:15", "cannot be made"]),
            (("form: sum_of_gaussians, strengths_MeV: [-300], ranges_fm: [0.6]", "preset: n_omga"),
             ["config.yaml:15", "is not known"]),
            (("momentum:", "pair: {}\nmomentum:"), ["config.yaml:16", "pair stands beside coupled"]),
            (("tolerance: 1.0e-6", "tolerance: 1"), ["must lie between"]),
            (("tolerance: 1.0e-6", "tolerance: 1e-9, r_max_fm: 3"), ["solver.r_max_fm is not a known key"]),
            (("output:   {table: out/coupled.csv, file: out/coupled.h5}", "output: {}"),
             ["needs a table (CSV) or a file (HDF5)"]),
            (("{form: sum_of_gaussians, strengths_MeV: [-300], ranges_fm: [0.6]}",
              "{form: yukawa, strength_MeV_fm: -9, m_MeV: 0.1}"),
             ["the pair cannot be solved: the potential reaches beyond 400 fm"]),
        ]:
            with self.subTest(replacement=replacement):
                self.config(NAME, replacement)
                for ranks in (1, 2):
                    code, _, messages = run("solve", "config.yaml", ranks=ranks, cwd=self.folder)
                    self.assertEqual(code, 2, messages)
                    self.assertEqual(len(messages), 1, messages)
                    for part in parts:
                        self.assertIn(part, messages[0])


if __name__ == "__main__":
    main()
