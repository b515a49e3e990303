"""Pairs given by `interaction` in generate, fit and infer's forward model: the Lednicky-Lyuboshits model and non-local
interactions."""

import unittest

import h5py
import numpy as np

from program import InFolder, main, run

PAIR = "pair: {name: p-X, mass1_MeV: 938.272, mass2_MeV: 1115.683}\n"
LEDNICKY = "interaction: {form: lednicky_lyuboshits, a0_fm: -1.3, r_eff_fm: 2.0}\n"
SEPARABLE = ("interaction: {form: separable_exponential, omega_MeV_per_fm3: -40, mu_per_fm: 2, "
             "reduced_mass_MeV: 500}\n")
WELL = "potential: {form: square_well, depth_MeV: 20, radius_fm: 1}\n"
SOURCE = "source: {form: gaussian, r0_fm: 1.7}\n"
MOMENTUM = "momentum: {k_min_MeV: 5, k_max_MeV: 205, points: 20}\n"
SOLVE = MOMENTUM + "output: {file: out/s.h5, table: out/s.csv}\n"


class InteractingPairs(InFolder):
    def ok(self, command, text, ranks=1):
        self.write("config.yaml", text)
        code, output, messages = run(command, "config.yaml", ranks=ranks, cwd=self.folder)
        self.assertEqual((code, messages), (0, []), text)
        return output

    def solved(self, text):
        self.ok("solve", text + SOLVE)
        with h5py.File(self.folder / "out" / "s.h5") as file:
            return file["correlation"][:]

    def generated(self, text, ranks=1):
        (self.folder / "out" / "d.h5").unlink(missing_ok=True)
        self.ok("generate", text + MOMENTUM + "dataset: {file: out/d.h5, samples: 30}\n", ranks=ranks)
        with h5py.File(self.folder / "out" / "d.h5") as file:
            return ([name.decode() if isinstance(name, bytes) else name for name in file["parameters"].attrs["names"]],
                    file["parameters"][:], file["correlation"][:], file["observables"][:])

    def test_samples_are_what_solve_makes_of_their_parameters(self):
        for text, free in (
                (PAIR + LEDNICKY + SOURCE, {"a0_fm: -1.3": "interaction.a0_fm", "r0_fm: 1.7": "source.r0_fm"}),
                (SEPARABLE + SOURCE, {"omega_MeV_per_fm3: -40": "interaction.omega_MeV_per_fm3",
                                      "mu_per_fm: 2": "interaction.mu_per_fm", "r0_fm: 1.7": "source.r0_fm"}),
                (PAIR + WELL + SEPARABLE.replace(", reduced_mass_MeV: 500", "") + SOURCE,
                 {"depth_MeV: 20": "depth_MeV", "r0_fm: 1.7": "source.r0_fm"})):
            varied = text
            for key in free:
                name, value = key.split(": ")
                low, high = sorted((0.9 * float(value), 1.1 * float(value)))
                varied = varied.replace(key, f"{name}: {{uniform: [{low}, {high}]}}")
            names, parameters, c, _ = self.generated(varied)
            self.assertEqual(len(names), len(free))
            for ranks in (2, 3):
                np.testing.assert_array_equal(self.generated(varied, ranks)[2], c)
            for row in (0, 17):
                exact = text
                for name, value in zip(names, parameters[row]):
                    key = next(k for k in free if k.split(": ")[0] == name.split(".")[-1])
                    exact = exact.replace(key, f"{key.split(': ')[0]}: {value!r}")
                np.testing.assert_allclose(c[row], self.solved(exact), atol=3e-6, err_msg=text)

    def test_numbers_of_a_nonlocal_pair_are_those_of_phase_shifts(self):
        _, _, _, observables = self.generated(SEPARABLE + SOURCE.replace("1.7", "{uniform: [1, 2]}"))
        output = self.ok("phase-shifts", SEPARABLE + MOMENTUM + "output: {file: out/p.h5}\n")
        with h5py.File(self.folder / "out" / "p.h5") as file:
            expected = [file.attrs["a0_fm"], file.attrs["r_eff_fm"], file["bound_states_MeV"].shape[0]]
        np.testing.assert_allclose(observables, np.tile(expected, (30, 1)), rtol=1e-7, err_msg=output)

    def test_curves_are_kept_beside_c(self):
        """Phase shifts at every k*: those of phase-shifts and of solve, in the middle of bins too; any number of
        ranks."""
        varied = SOURCE.replace("1.7", "{uniform: [1, 2]}")
        self.ok("phase-shifts", SEPARABLE + MOMENTUM + "output: {file: out/p.h5}\n")
        with h5py.File(self.folder / "out" / "p.h5") as file:
            expected = file["delta_rad"][:].ravel()
        dataset = "dataset: {file: out/d.h5, samples: 9, curves: [delta_rad]}\n"
        for placement in ("bin_centres", "bin_averages"):
            momentum = MOMENTUM.replace("}", f", placement: {placement}}}")
            for ranks in (1, 2, 3):
                (self.folder / "out" / "d.h5").unlink(missing_ok=True)
                self.ok("generate", SEPARABLE + varied + momentum + dataset, ranks=ranks)
                with h5py.File(self.folder / "out" / "d.h5") as file:
                    self.assertEqual(list(file.attrs["curves"]), ["delta_rad"])
                    self.assertEqual(file["curves/delta_rad"].attrs["unit"], "rad")
                    np.testing.assert_allclose(file["curves/delta_rad"][:], np.tile(expected, (9, 1)), rtol=1e-7)
        channels = ("channels: [{weight: 0.25, symmetry: even, waves: [{l: 0, form: square_well, depth_MeV: 30, "
                    "radius_fm: 1}]}, {weight: 0.75, symmetry: odd, waves: [{l: 1, form: square_well, depth_MeV: 90, "
                    "radius_fm: 1}]}]\n")
        (self.folder / "out" / "d.h5").unlink()
        pair = PAIR.replace("1115.683", "938.272")
        self.ok("generate", pair + channels + varied + MOMENTUM + dataset)
        self.solved(pair + channels + SOURCE)
        with h5py.File(self.folder / "out" / "d.h5") as file, h5py.File(self.folder / "out" / "s.h5") as solved:
            names = [f"channels[{i}].waves[0].delta_rad" for i in range(2)]
            self.assertEqual(list(file.attrs["curves"]), names)
            for i, name in enumerate(names):
                np.testing.assert_allclose(file[f"curves/{name}"][4], solved[f"waves/{i}/delta_rad"][:], rtol=1e-6)
        self.write("config.yaml", pair + channels + varied + MOMENTUM + dataset.replace("delta_rad", "delta"))
        code, _, messages = run("generate", "config.yaml", cwd=self.folder)
        self.assertEqual((code, len(messages)), (2, 1))
        self.assertIn("dataset.curves names delta, which 2 channels, 2 waves does not have; "
                      "it has channels[0].waves[0]", messages[0])

    def test_fits_find_what_data_were_made_with(self):
        for text, start, name, truth in (
                (PAIR + LEDNICKY + SOURCE, "a0_fm: {start: -1, min: -4, max: 0}", "a0_fm: -1.3", -1.3),
                (SEPARABLE + SOURCE, "omega_MeV_per_fm3: {start: -30, min: -80, max: 0}", "omega_MeV_per_fm3: -40",
                 -40)):
            c = self.solved(text)
            k = np.linspace(10, 200, 20)
            (self.folder / "data.csv").write_text(
                "k_star_MeV,C,C_err\n" + "".join(f"{x},{y!r},0.01\n" for x, y in zip(k, c.tolist())))
            self.ok("fit", text.replace(name, start).replace("r0_fm: 1.7", "r0_fm: {start: 2, min: 1, max: 3}")
                    + "data: {file: data.csv}\noutput: {file: out/f.h5}\n", ranks=2)
            with h5py.File(self.folder / "out" / "f.h5") as file:
                values = dict(zip(file["parameters"].attrs["names"], file["parameters/values"][:]))
            self.assertAlmostEqual(values["source.r0_fm"], 1.7, 3)
            self.assertAlmostEqual(values["interaction." + name.split(":")[0]] / truth, 1, 3)

    def test_identical_particles_and_charges(self):
        lambdas = PAIR.replace("938.272", "1115.683")
        c = self.solved(lambdas + SOURCE + "interaction: {form: lednicky_lyuboshits, channels: [{weight: 0.25, "
                        "symmetry: even, a0_fm: -1.1, r_eff_fm: 2}, {weight: 0.75, symmetry: odd}]}\n")
        other = self.solved(PAIR + SOURCE + LEDNICKY.replace("-1.3", "-1.1"))
        x = np.exp(-(2 * np.linspace(10, 200, 20) * 1.7 / 197.3269804) ** 2)
        np.testing.assert_allclose(c, 1 - 0.5 * x + 0.5 * (other - 1), rtol=1e-9)
        charged = self.solved(PAIR.replace("}", ", charge_product: 1}") + SOURCE + LEDNICKY)
        self.assertLess(charged[0], 0.9 * other[0])

    def test_a_design_may_have_the_scattering_length(self):
        self.write("design.csv", "interaction.a0_fm,r0_fm\n-1.3,1.7\n-0.5,2\n")
        self.ok("generate", PAIR + "interaction: {form: lednicky_lyuboshits, r_eff_fm: 2.0}\nsource: {form: gaussian}\n"
                + MOMENTUM + "dataset: {file: out/d.h5, parameters_from: design.csv}\n")
        with h5py.File(self.folder / "out" / "d.h5") as file:
            np.testing.assert_allclose(file["correlation"][0], self.solved(PAIR + LEDNICKY + SOURCE), rtol=1e-12)

    def test_small_sources_take_little_memory(self):
        """C of a source of 0.002 fm is the density of the wave at the origin, which panels of the source's size see."""
        c = [self.solved(SEPARABLE + SOURCE.replace("1.7", str(r0))) for r0 in (0.02, 0.002)]
        np.testing.assert_allclose(c[1], c[0], rtol=0.02)

    def test_what_is_wrong_is_named(self):
        text = PAIR + LEDNICKY + SOURCE + SOLVE
        for change, message in (
                ({"a0_fm: -1.3, ": ""}, "interaction.a0_fm is missing; give a0_fm, and r_eff_fm where"),
                ({"r_eff_fm: 2.0": "a0_imaginary_fm: 0.1"}, "interaction.a0_imaginary_fm is '0.1'; it must not be"),
                ({"gaussian, r0_fm": "levy, alpha: 1.5, r0_fm"}, "source must be gaussian"),
                ({"a0_fm: -1.3, r_eff_fm: 2.0": "channels: [{weight: 0.5, a0_fm: 1}]"}, "have weights that add to 0.5"),
                ({"a0_fm: -1.3, r_eff_fm: 2.0": "channels: [{weight: 1, symmetry: odd, a0_fm: 1}]"},
                 "a0_fm belongs to an s-wave, which is even"),
                ({"r_eff_fm: 2.0": "channels: [{weight: 1}]"}, "interaction.a0_fm stands beside channels"),
                ({"a0_fm: -1.3": "a0: -1.3"}, "interaction.a0_fm is missing"),
                ({SOURCE: SOURCE + WELL}, "potential stands beside an interaction that is a model of the whole pair"),
                ({"lednicky_lyuboshits": "lednicky"}, "interaction.form")):
            wrong = text
            for old, new in change.items():
                self.assertIn(old, wrong)
                wrong = wrong.replace(old, new)
            self.write("config.yaml", wrong)
            code, output, messages = run("solve", "config.yaml", cwd=self.folder)
            self.assertEqual((code, output, len(messages)), (2, "", 1), messages)
            self.assertIn(message, messages[0])
            self.assertRegex(messages[0], "config.yaml:[0-9]")


if __name__ == "__main__":
    unittest.TestCase.maxDiff = None
    main()
