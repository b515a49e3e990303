"""Principal components of datasets beside numpy's, on any number of ranks, and what they refuse."""

import subprocess
import unittest

import h5py
import numpy as np

from program import SOURCE, InFolder, main, run

GENERATE = """pair: {name: A-B, mass1_MeV: 938.27, mass2_MeV: 1672.45}
potential: {form: sum_of_gaussians, strengths_MeV: [{uniform: [-60, 60]}, {uniform: [0, 300]}], ranges_fm: [1.1, 0.5]}
source: {form: gaussian, r0_fm: {uniform: [0.8, 2]}}
momentum: {k_min_MeV: 10, k_max_MeV: 210, points: 10}
dataset: {file: out/d.h5, samples: 2500}
"""
PCA = "dataset: {file: out/d.h5}\noutput: {file: out/p.h5, table: out/p.csv}\n"
DIRECTIONS = PCA + """directions:
  at: {"potential.strengths_MeV[0]": 0, r0_fm: 1}
  relative_errors: [0.05, 0.01, 0.001]
  r_max_fm: 4
"""


class Pca(InFolder):
    def setUp(self):
        super().setUp()
        self.assertEqual(run("generate", self.write("g.yaml", GENERATE), cwd=self.folder)[0], 0)
        with h5py.File(self.folder / "out" / "d.h5") as file:
            self.correlation, self.parameters = file["correlation"][:], file["parameters"][:]

    def pca(self, text=PCA, *more, ranks=1):
        code, said, messages = run("pca", self.write("p.yaml", text), *more, ranks=ranks, cwd=self.folder)
        self.assertEqual((code, messages), (0, []))
        with h5py.File(self.folder / "out" / "p.h5") as file:
            found = {}
            file.visititems(lambda name, item: found.update({name: item[()]}) if hasattr(item, "shape") else None)
            return found, dict(file.attrs), said

    def refuse(self, text, *parts, ranks=1):
        code, _, messages = run("pca", self.write("p.yaml", text), ranks=ranks, cwd=self.folder)
        self.assertEqual((code, len(messages)), (2, 1), messages)
        for part in parts:
            self.assertIn(part, messages[0])

    def agrees_with_numpy(self, found, values, kept=10):
        np.testing.assert_allclose(found["mean"], values.mean(axis=0), rtol=1e-13)
        variance, vectors = np.linalg.eigh(np.cov(values.T))
        variance, vectors = variance[::-1], vectors[:, ::-1]
        np.testing.assert_allclose(found["variance"], variance, atol=1e-13 * variance[0])
        np.testing.assert_allclose(found["explained"], variance / variance.sum(), atol=1e-13)
        np.testing.assert_allclose(found["cumulative"], np.cumsum(variance) / variance.sum(), atol=1e-12)
        self.assertEqual(found["components"].shape[0], values.shape[1])
        self.assertLessEqual(found["components"].shape[1], kept)
        for i in range(3):
            component = found["components"][:, i]
            self.assertAlmostEqual(abs(component @ vectors[:, i]), 1, places=10)
            self.assertGreater(component[np.argmax(np.abs(component))], 0)
        scores = (values - values.mean(axis=0)) @ found["components"]
        np.testing.assert_allclose(found["scores"], scores, atol=1e-12 * np.abs(scores).max())
        np.testing.assert_array_equal(found["parameters"], self.parameters)

    def test_components_are_those_of_numpy(self):
        found, attributes, said = self.pca()
        self.agrees_with_numpy(found, self.correlation)
        self.assertEqual((attributes["kind"], attributes["input"], attributes["samples"]),
                         ("pca", "correlation", 2500))
        need = int(np.searchsorted(found["cumulative"], 0.99)) + 1
        self.assertEqual(attributes["components_99_percent"], need)
        self.assertIn(f"99 % need{'s' if need == 1 else ''} {need}", said)
        table = np.genfromtxt(self.folder / "out" / "p.csv", delimiter=",", names=True)
        np.testing.assert_allclose(table["explained"], found["explained"], rtol=1e-9, atol=1e-14)
        self.assertEqual(len(table), 10)

        found, *_ = self.pca(PCA + "features: {input: log_correlation, components: 4}\n")
        self.agrees_with_numpy(found, np.log(self.correlation), 4)

    def test_errors_are_parts_of_the_mean_or_those_of_a_table(self):
        relative = "features: {input: relative_to_error, relative_error: 0.02}\n"
        found, _, said = self.pca(PCA + relative)
        error = 0.02 * self.correlation.mean(axis=0)
        np.testing.assert_allclose(found["error"], error, rtol=1e-13)
        self.agrees_with_numpy(found, self.correlation / error)
        self.assertIn(f"{(found['variance'] > 1).sum()} components vary by more than the error", said)

        low = np.arange(10, 210, 20.0)
        error = 0.01 + low / 1000
        self.write("t.csv", "k_low,k_high,C,stat_err\n"
                   + "".join(f"{k},{k + 20},1.0,{e:.17g}\n" for k, e in zip(low, error)))
        table = "features: {input: relative_to_error, errors: {file: t.csv}}\n"
        found, *_ = self.pca(PCA + table)
        np.testing.assert_allclose(found["error"], error, rtol=1e-13)
        self.agrees_with_numpy(found, self.correlation / error)
        self.write("t.csv", "k_low,k_high,C,stat_err\n"
                   + "".join(f"{k},{k + 25},1.0,0.1\n" for k in np.arange(10, 210, 25.0)))
        self.refuse(PCA + table, "p.yaml:3: features.errors.file has no bin around k* = 20 MeV/c", "from: t.csv")
        self.refuse(PCA + "features: {input: relative_to_error}\n", "features.input is relative_to_error")
        self.refuse(PCA + "features: {input: relative_to_error, relative_error: 1, errors: {file: t.csv}}\n",
                    "needs either relative_error")
        self.refuse(PCA + "features: {relative_error: 1}\n", "features.relative_error")

    def test_results_do_not_depend_on_the_number_of_ranks(self):
        one, attributes, _ = self.pca(DIRECTIONS)
        for ranks in (2, 3):
            some, others, _ = self.pca(DIRECTIONS, ranks=ranks)
            self.assertEqual(set(one), set(some))
            for name in one:
                np.testing.assert_array_equal(one[name], some[name], name)
            self.assertEqual({k: v for k, v in attributes.items() if k not in ("date", "ranks")},
                             {k: v for k, v in others.items() if k not in ("date", "ranks")})

    def test_directions_of_the_potential(self):
        found, _, said = self.pca(DIRECTIONS)
        signals = found["directions/signal_to_noise"]
        self.assertTrue((np.diff(signals) <= 0).all())
        np.testing.assert_array_equal(found["directions/determined"],
                                      [(signals > e).sum() for e in found["directions/relative_errors"]])
        self.assertTrue((np.diff(found["directions/determined"]) >= 0).all())
        self.assertIn(f"errors of 1 %: {int(found['directions/determined'][1])}\n", said)
        # C, dC/dV along a change of the first strength by 1 MeV: by the program's own solutions of neighbours.
        fixed = GENERATE.replace("{uniform: [-60, 60]}", "{S}").replace("{uniform: [0, 300]}", "150")
        fixed = fixed.replace("{uniform: [0.8, 2]}", "1.0").split("dataset:")[0]
        solved = []
        for strength in (0.0, -0.1, 0.1):
            self.write("s.yaml", fixed.replace("{S}", str(strength))
                       + "solver: {tolerance: 1e-9}\noutput: {table: out/s.csv}\n")
            self.assertEqual(run("solve", "s.yaml", cwd=self.folder)[0], 0)
            solved.append(np.genfromtxt(self.folder / "out" / "s.csv", delimiter=",", names=True)["C"])
        np.testing.assert_allclose(found["directions/correlation"], solved[0], atol=2e-6)
        r = found["directions/r_fm"]
        np.testing.assert_allclose(found["directions/V_MeV"], 150 * np.exp(-(r / 0.5) ** 2), atol=1e-9)
        slope = found["directions/gradient_per_MeV"] @ np.exp(-(r / 1.1) ** 2)
        np.testing.assert_allclose(slope, (solved[2] - solved[1]) / 0.2, rtol=1e-3)  # V is linear between radii

    def test_directions_of_one_wave_of_identical_charges(self):
        channels = """pair: {name: p-p, mass1_MeV: 938.27, mass2_MeV: 938.27, charge_product: 1}
channels:
  - weight: 0.25
    symmetry: even
    waves: [{l: 0, form: sum_of_gaussians, strengths_MeV: [-40, 100], ranges_fm: [1.5, 0.5]}]
  - {weight: 0.75, symmetry: odd, waves: [{l: 1, form: sum_of_gaussians, strengths_MeV: [VARIED], ranges_fm: [1.2]}]}
source: {form: gaussian, r0_fm: 1.2}
momentum: {k_min_MeV: 10, k_max_MeV: 190, points: 6}
"""
        self.assertEqual(run("generate", self.write("c.yaml", channels.replace("VARIED", "{uniform: [-20, -10]}")
                                                    + "dataset: {file: out/c.h5, samples: 20}\n"),
                             cwd=self.folder)[0], 0)
        text = PCA.replace("d.h5", "c.h5") + "directions: {spacing_fm: 0.02, r_max_fm: 6}\n"
        self.refuse(text, "directions.potential is missing; the pair has channels[0].waves[0], channels[1].waves[0]")
        found, *_ = self.pca(text, "--set", "directions.potential=channels[1].waves[0]")
        solved = []
        for strength in (-15.2, -14.8):
            self.write("s.yaml", channels.replace("VARIED", str(strength))
                       + "solver: {tolerance: 1e-9}\noutput: {table: out/s.csv}\n")
            self.assertEqual(run("solve", "s.yaml", cwd=self.folder)[0], 0)
            solved.append(np.genfromtxt(self.folder / "out" / "s.csv", delimiter=",", names=True)["C"])
        slope = found["directions/gradient_per_MeV"] @ np.exp(-(found["directions/r_fm"] / 1.2) ** 2)
        expected = (solved[1] - solved[0]) / 0.4
        np.testing.assert_allclose(slope, expected, atol=3e-4 * np.abs(expected).max())

    def test_what_is_refused(self):
        self.refuse(PCA + "directions: {at: {r1_fm: 1}}\n", "p.yaml:3: directions.at.r1_fm is no parameter",
                    "source.r0_fm")
        self.refuse(PCA + "directions: {potential: wave}\n", "directions.potential", "potential")
        self.refuse(PCA + "directions: {prior: {relative: 0}}\n", "directions.prior.relative")
        self.refuse(PCA + "directions: {spacing_fm: 0.001, r_max_fm: 50}\n", "directions.r_max_fm", ranks=2)
        self.refuse(PCA + "directions: {at: {r0_fm: -1}}\n", "r0_fm")
        self.refuse(PCA + "samples: 3\n", "p.yaml:3", "samples")
        self.refuse(PCA.replace("out/d.h5", "out/none.h5"), "out/none.h5")
        self.refuse(PCA.replace("out/p.h5", "out/d.h5"), "out/d.h5")
        with h5py.File(self.folder / "out" / "d.h5", "r+") as file:
            file["correlation"][1500, 3] = -0.5
            del file["checksums"]
        self.refuse(PCA + "features: {input: log_correlation}\n", "out/d.h5", "features.input: correlation", ranks=3)
        self.pca()
        lednicky = GENERATE.split("\n")[0] + """
interaction: {form: lednicky_lyuboshits, a0_fm: {uniform: [-2, 0]}, r_eff_fm: 1}
source: {form: gaussian, r0_fm: 2}
momentum: {k_min_MeV: 10, k_max_MeV: 210, points: 4}
dataset: {file: out/l.h5, samples: 20}
"""
        self.assertEqual(run("generate", self.write("l.yaml", lednicky), cwd=self.folder)[0], 0)
        self.refuse(PCA.replace("d.h5", "l.h5") + "directions: {}\n", "p.yaml", "needs local potentials")

    def test_pictures(self):
        for text in (DIRECTIONS, PCA + "features: {components: 1}\n", PCA.replace("p.csv", "p.csv, scores: false")):
            found, *_ = self.pca(text)
            self.assertEqual("scores" in found, "scores" not in text)
            picture = self.folder / "pca.png"
            subprocess.run(["/usr/bin/python3", SOURCE / "tools" / "plot.py", "pca", self.folder / "out" / "p.h5",
                            "-o", picture], check=True)
            self.assertGreater(picture.stat().st_size, 5000)


if __name__ == "__main__":
    main()
