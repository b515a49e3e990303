"""`generate` with every part of a model: coupled channels, entries of lists, what a detector sees."""

import h5py
import numpy as np

from program import InFolder, main, run

HBAR_C = 197.3269804

COUPLED = """coupled:
  source: {form: gaussian, r0_fm: {uniform: [0.9, 1.5]}}
  channels:
    - {name: a, mass1_MeV: 938, mass2_MeV: 1115}
    - {name: b, mass1_MeV: 938, mass2_MeV: 1192, weight: {uniform: [0.5, 2]}}
  potentials:
    - between: [1, 1]
      real: {form: sum_of_gaussians, strengths_MeV: [{uniform: [300, 900]}, -120], ranges_fm: [0.4, 0.9]}
      imaginary: {form: sum_of_gaussians, strengths_MeV: [-10], ranges_fm: [0.8]}
    - {between: [1, 2], real: {form: sum_of_gaussians, strengths_MeV: [60], ranges_fm: [0.8]}}
momentum: {k_min_MeV: 5, k_max_MeV: 205, points: 8}
"""
COUPLED_NAMES = ["coupled.source.r0_fm", "coupled.channels[1].weight", "coupled.potentials[0].real.strengths_MeV[0]"]

# Two spin-1/2 fermions without any force: C = 1 - exp(-(2 k r0)^2)/2 in closed form.
FERMIONS = """pair: {name: fermions, mass1_MeV: 938, mass2_MeV: 938}
channels: [{weight: 0.25, symmetry: even}, {weight: 0.75, symmetry: odd}]
source: {form: gaussian, r0_fm: {uniform: [1.0, 2.0]}}
momentum: {k_min_MeV: 0, k_max_MeV: 120, points: 20, placement: bin_averages}
lambda: {uniform: [0.4, 0.9]}
contributions:
  same: {lambda: 0.1, pair: {mass1_MeV: 938, mass2_MeV: 938}, channels: [{weight: 1, symmetry: even}]}
  flat: {lambda: {uniform: [0, 0.1]}}
normalisation: {normal: [1, 0.02]}
baseline: {linear_per_GeV: {uniform: [-0.3, 0.3]}}
"""
FERMION_NAMES = ["source.r0_fm", "lambda", "contributions.flat.lambda", "normalisation", "baseline.linear_per_GeV"]


def strings(values):
    return [v.decode() if isinstance(v, bytes) else v for v in values]


class Generate(InFolder):
    def generate(self, text, samples=12, ranks=1, file="out/d.h5"):
        config = self.write("config.yaml", text + f"dataset: {{file: {file}, samples: {samples}, seed: 5}}\n")
        code, output, messages = run("generate", config, ranks=ranks, cwd=self.folder)
        self.assertEqual((code, messages), (0, []))
        return output

    def refuse(self, text, *parts):
        code, _, messages = run("generate", self.write("config.yaml", text + "dataset: {file: out/d.h5, samples: 3}\n"),
                                cwd=self.folder)
        self.assertEqual((code, len(messages)), (2, 1), messages)
        for part in parts:
            self.assertIn(part, messages[0])

    def equal_on_all_ranks(self, text):
        for ranks in (1, 2, 3):
            self.generate(text, ranks=ranks, file=f"out/{ranks}.h5")
        with h5py.File(self.folder / "out/1.h5") as one:
            for ranks in (2, 3):
                with h5py.File(self.folder / f"out/{ranks}.h5") as other:
                    for name in ("parameters", "correlation", "observables"):
                        np.testing.assert_array_equal(one[name][:], other[name][:])

    def test_coupled_channels_are_what_solve_finds(self):
        self.equal_on_all_ranks(COUPLED)
        with h5py.File(self.folder / "out/1.h5") as file:
            self.assertEqual(strings(file["parameters"].attrs["names"]), COUPLED_NAMES)
            self.assertEqual(file["parameters"].attrs["unit"], "fm, 1, MeV")
            names = strings(file["observables"].attrs["names"])
            self.assertEqual(names, ["a0_real_fm", "a0_imaginary_fm", "delta_k_min_rad", "inelasticity_k_min",
                                     "delta_k_max_rad", "inelasticity_k_max"])
            for row in (0, 7):
                r0, weight, strength = map(float, file["parameters"][row])
                fixed = COUPLED.replace("{uniform: [0.9, 1.5]}", repr(r0)).replace("{uniform: [0.5, 2]}", repr(weight))
                fixed = fixed.replace("{uniform: [300, 900]}", repr(strength)) + "output: {file: out/s.h5}\n"
                self.assertEqual(run("solve", self.write("solve.yaml", fixed), cwd=self.folder)[0], 0)
                with h5py.File(self.folder / "out/s.h5") as solution:
                    np.testing.assert_allclose(file["correlation"][row], solution["correlation"][:], rtol=1e-12)
                    found = dict(zip(names, file["observables"][row]))
                    np.testing.assert_allclose(found["a0_real_fm"], solution.attrs["a0_real_fm"], rtol=1e-12)
                    np.testing.assert_allclose(found["inelasticity_k_max"], solution["inelasticity"][-1], rtol=1e-12)
                    np.testing.assert_allclose(found["delta_k_min_rad"], solution["delta_rad"][0], rtol=1e-12)
            # Absorption, and above its threshold the second channel.
            self.assertTrue((file["observables"][:, names.index("inelasticity_k_min")] < 1).all())

    def test_what_a_detector_sees(self):
        """C in closed form, with k^2 dk averaged over bins by a rule of 40 points where the program takes 3."""
        self.equal_on_all_ranks(FERMIONS)
        x, w = np.polynomial.legendre.leggauss(40)
        with h5py.File(self.folder / "out/1.h5") as file:
            self.assertEqual(strings(file["parameters"].attrs["names"]), FERMION_NAMES)
            low, high = file["k_low_MeV"][:], file["k_high_MeV"][:]
            np.testing.assert_allclose(low, 6 * np.arange(20), atol=1e-12)
            np.testing.assert_allclose(file["k_star_MeV"][:], 6 * np.arange(20) + 3)
            k = 0.5 * (low + high)[:, None] + 0.5 * (high - low)[:, None] * x
            average = lambda f: np.sum(w * k**2 * f, axis=1) / np.sum(w * k**2, axis=1)
            for row in range(12):
                r0, purity, flat, norm, slope = file["parameters"][row]
                gauss = np.exp(-((2 * k * r0 / HBAR_C) ** 2))
                self.assertTrue(0 <= flat <= 0.1)  # flat pairs change nothing, whatever their share
                pairs = average(1 - 0.5 * purity * gauss + 0.1 * gauss)
                np.testing.assert_allclose(file["correlation"][row], norm * average(1 + slope * k / 1000) * pairs,
                                           atol=2e-5)

    def test_samples_beyond_the_finest_grid_are_counted(self):
        """Behind a barrier of 1e8 MeV u leaves the range of a double on every grid; such samples are recomputed,
        others are not."""
        pair = ("pair: {mass1_MeV: 938, mass2_MeV: 938}\nsource: {form: gaussian, r0_fm: 1.2}\n"
                "momentum: {k_min_MeV: 5, k_max_MeV: 300, points: 4}\n")
        potential = "potential: {form: sum_of_gaussians, strengths_MeV: [{uniform: [1e8, 2e8]}], ranges_fm: [0.5]}\n"
        output = self.generate(pair + potential, samples=3, ranks=2)
        self.assertIn("3 of 3 samples were beyond the finest grid and were recomputed", output)
        with h5py.File(self.folder / "out/d.h5") as file:
            np.testing.assert_array_equal(file["recomputed_waves"][:], [[1], [1], [1]])
            # strong repulsion
            self.assertTrue((file["correlation"][:, 0] < 0.5).all() and (file["correlation"][:] > 0).all())
        output = self.generate(pair + potential.replace("1e8, 2e8", "100, 200"), samples=3, file="out/shallow.h5")
        self.assertNotIn("recomputed", output)
        with h5py.File(self.folder / "out/shallow.h5") as file:
            np.testing.assert_array_equal(file["recomputed_waves"][:], [[0], [0], [0]])

    def test_refusals(self):
        for text, old, new, part in [
            (COUPLED, "{uniform: [300, 900]}", "{uniform: [900, 300]}",
             "config.yaml:8: coupled.potentials[0].real.strengths_MeV[0].uniform"),
            (COUPLED, "{uniform: [300, 900]}", "{unifrm: [300, 900]}",
             "config.yaml:8: coupled.potentials[0].real.strengths_MeV[0].unifrm is not a prior"),
            (COUPLED, "{uniform: [300, 900]}, -120", "{uniform: [300, 900]}, x",
             "config.yaml:8: coupled.potentials[0].real.strengths_MeV[1] is 'x'; it must be a number"),
            (COUPLED, "{uniform: [300, 900]}, -120", "{uniform: [300, 900]}",
             "config.yaml:8: coupled.potentials[0].real.form cannot be made"),
            (COUPLED, "mass2_MeV: 1115}", "mass2_MeV: 1115, weight: {uniform: [1, 2]}}",
             "config.yaml:4: coupled.channels[0].weight belongs to the channel that is observed"),
            (COUPLED, "{form: sum_of_gaussians, strengths_MeV: [60], ranges_fm: [0.8]}",
             "{form: yukawa, strength_MeV_fm: -9, m_MeV: 0.1}",
             "config.yaml:2: the pair cannot be solved: the potential reaches beyond 400 fm"),
            (FERMIONS, "placement: bin_averages", "placement: averages",
             "config.yaml:4: momentum.placement is 'averages'; it must be one of bin_centres, end_points, "
             "bin_averages"),
            (FERMIONS, "lambda: {uniform: [0.4, 0.9]}", "lambda: {start: 0.4}",
             "config.yaml:5: lambda.start is not a prior; use uniform, log_uniform or normal"),
            (FERMIONS, "normalisation: {normal: [1, 0.02]}", "resolution: {file: none.csv}",
             "none.csv: cannot be read"),
        ]:
            with self.subTest(new=new):
                assert old in text, old
                self.refuse(text.replace(old, new), part)


if __name__ == "__main__":
    main()
