"""Pairs with charges, identical particles and channels, as configs give them."""

import unittest

import h5py
import numpy as np

from program import InFolder, main, run

HAS_LEARNING = "LibTorch" in run("--version")[1] and "without LibTorch" not in run("--version")[1]
HBAR_C = 197.3269804
R0 = 1.7
PAIR = "pair: {name: two, mass1_MeV: 938.27208816, mass2_MeV: 938.27208816}\n"
REST = """source: {form: gaussian, r0_fm: 1.7}
momentum: {k_min_MeV: 5, k_max_MeV: 300, points: 12}
output: {table: out/table.csv, file: out/file.h5}
"""
WELL = "form: square_well, depth_MeV: 30, radius_fm: 1.5"
CHANNELS = """channels:
  - weight: 0.25
    symmetry: even
    waves: [{l: 0, form: yukawa, strength_MeV_fm: {uniform: [-60, -40]}, m_MeV: 138, core_MeV: 100}]
  - weight: 0.75
    symmetry: odd
    waves:
      - {l: 1, form: square_well, depth_MeV: {uniform: [5, 20]}, radius_fm: 1.2}
      - {l: 3, form: square_well, depth_MeV: 20, radius_fm: 1.2}
"""
GENERATE = PAIR.replace("}", ", charge_product: 1}") + CHANNELS + """\
source: {form: gaussian, r0_fm: {uniform: [1, 1.5]}}
momentum: {k_min_MeV: 5, k_max_MeV: 300, points: 8}
dataset: {file: out/d.h5, samples: 40}
"""
NAMES = ["channels[0].waves[0].strength_MeV_fm", "channels[1].waves[0].depth_MeV", "source.r0_fm"]


def strings(values):
    return [v.decode() if isinstance(v, bytes) else v for v in values]


class Channels(InFolder):
    def run_well(self, command, text, *more, ranks=1):
        code, output, messages = run(command, self.write("config.yaml", text), *more, ranks=ranks, cwd=self.folder)
        self.assertEqual((code, messages), (0, []), text)
        return output

    def solve(self, text, *more, ranks=1):
        """The table; what was printed is kept in self.output."""
        self.output = self.run_well("solve", text, *more, ranks=ranks)
        lines = (self.folder / "out" / "table.csv").read_text().splitlines()
        return np.genfromtxt(lines, delimiter=",", names=True)

    def refuse(self, text, *parts, command="solve", sets=(), ranks=(1, 3)):
        for n in ranks:
            with self.subTest(parts=parts, ranks=n):
                code, _, messages = run(command, self.write("config.yaml", text), *sets, ranks=n, cwd=self.folder)
                self.assertEqual((code, len(messages)), (2, 1), messages)
                for part in parts:
                    self.assertIn(part, messages[0])

    def test_free_pairs_follow_the_sources_transform(self):
        """Without forces C = 1 +- integral S exp(2ikr): +-exp(-4 k^2 r0^2) by symmetry, -1/2 of it for two nucleons."""
        for channels, factor in [
            ("[{weight: 1, symmetry: even}]", 1.0),
            ("[{weight: 1, symmetry: odd, waves: []}]", -1.0),
            ("[{weight: 1}]", 0.0),
            ("[{weight: 0.25, symmetry: even}, {weight: 0.75, symmetry: odd}]", -0.5),
        ]:
            table = self.solve(PAIR + f"channels: {channels}\n" + REST)
            k = table["k_star_MeV"] / HBAR_C
            np.testing.assert_allclose(table["C"], 1 + factor * np.exp(-4 * k**2 * R0**2), atol=1e-12)
            self.assertEqual(table.dtype.names, ("k_star_MeV", "C"))

    def test_one_channel_is_the_plain_potential(self):
        for charge in (0, -1):
            pair = PAIR.replace("}", f", charge_product: {charge}}}")
            plain = self.solve(pair + f"potential: {{{WELL}}}\n" + REST)
            with h5py.File(self.folder / "out/file.h5") as file:
                expected = file["correlation"][:], file["delta_rad"][:], file["bound_states_MeV"][:]
                self.assertEqual(file.attrs["charge_product"], charge)
                self.assertTrue(np.isfinite(file.attrs["a0_fm"]))
            channel = self.solve(pair + f"channels: [{{weight: 1, waves: [{{l: 0, {WELL}}}]}}]\n" + REST)
            np.testing.assert_array_equal(plain, channel)
            self.assertEqual("C_LL" in plain.dtype.names, charge == 0)
            with h5py.File(self.folder / "out/file.h5") as file:
                for values, name in zip(expected, ("correlation", "delta_rad", "bound_states_MeV")):
                    np.testing.assert_array_equal(values, file[name][:])

    def test_waves_add_with_their_weights(self):
        """C - C_free is a sum over waves of weight (2l + 1) s gain, so that of two channels is the weighted sum of
        each one's."""
        pair = PAIR.replace("}", ", charge_product: 1}")
        first = f"symmetry: even, waves: [{{l: 0, {WELL}}}, {{l: 2, {WELL}}}]"
        second = f"symmetry: odd, waves: [{{l: 1, {WELL}}}]"
        one, two = (self.solve(pair + f"channels: [{{weight: 1, {c}}}]\n" + REST)["C"] for c in (first, second))
        both = self.solve(pair + f"channels: [{{weight: 0.25, {first}}}, {{weight: 0.7500001, {second}}}]\n" + REST,
                          ranks=2)
        np.testing.assert_allclose(both["C"], 0.25 * one + 0.75 * two, atol=1e-6)
        with h5py.File(self.folder / "out/file.h5") as file:
            self.assertEqual([(int(file[f"waves/{n}/delta_rad"].attrs["channel"]),
                               int(file[f"waves/{n}/delta_rad"].attrs["l"])) for n in range(3)],
                             [(0, 0), (0, 2), (1, 1)])
            for n in range(3):
                np.testing.assert_allclose(file[f"waves/{n}/delta_rad"][:], both[f"delta_{n}_rad"], rtol=1e-11)
            self.assertNotIn("delta_rad", file)
        self.assertEqual(self.output.count(", l = "), 3)
        changed = self.solve(pair + f"channels: [{{weight: 0.25, {first}}}, {{weight: 0.75, {second}}}]\n" + REST,
                             "--set", "channels[0].weight=0.5", "--set", "channels[1].weight=0.5")
        np.testing.assert_allclose(changed["C"], 0.5 * one + 0.5 * two, atol=1e-6)

    def test_published_bound_state_with_charges(self):
        """N-Omega at t = 12 with the attraction of p and Omega-: 2.46 MeV (Phys. Lett. B 792 (2019) 284)."""
        self.solve("potential: {preset: n_omega_t12}\npair: {charge_product: -1}\n" + REST)
        self.assertIn("bound state: E = -2.4", self.output)
        with h5py.File(self.folder / "out/file.h5") as file:
            self.assertAlmostEqual(file["bound_states_MeV"][0], -2.46, delta=0.02)
            self.assertEqual(file["bound_states_MeV"].shape, (4,))  # and three levels of the charges

    def test_datasets_do_not_depend_on_ranks_and_are_what_solve_finds(self):
        for ranks in (1, 2, 3):
            self.run_well("generate", GENERATE, "--set", f"dataset.file=out/{ranks}.h5", ranks=ranks)
        with h5py.File(self.folder / "out/1.h5") as one:
            for ranks in (2, 3):
                with h5py.File(self.folder / f"out/{ranks}.h5") as other:
                    for name in ("parameters", "correlation", "observables"):
                        np.testing.assert_array_equal(one[name][:], other[name][:])
            self.assertEqual(strings(one["parameters"].attrs["names"]), NAMES)
            self.assertEqual(one["parameters"].attrs["unit"], "MeV fm, MeV, fm")
            observables = strings(one["observables"].attrs["names"])
            self.assertEqual(observables[:2],
                             ["channels[0].waves[0].delta_k_min_rad", "channels[0].waves[0].delta_k_max_rad"])
            strength, depth, radius = one["parameters"][7]
            fixed = (GENERATE.replace("{uniform: [-60, -40]}", repr(float(strength)))
                     .replace("{uniform: [5, 20]}", repr(float(depth))))
            fixed = (fixed.replace("{uniform: [1, 1.5]}", repr(float(radius)))
                     .replace("dataset: {file: out/d.h5, samples: 40}", "output: {table: out/table.csv}"))
            table = self.solve(fixed)
            np.testing.assert_allclose(table["C"], one["correlation"][7], rtol=1e-11)
            shifts = np.array([table[f"delta_{n}_rad"][[0, -1]] for n in range(3)]).ravel()
            np.testing.assert_allclose(one["observables"][7], shifts, rtol=1e-10, atol=1e-13)

    def test_free_pairs_can_be_generated(self):
        """No wave, no observables: the source alone varies."""
        text = PAIR + "channels: [{weight: 1, symmetry: even}]\n" + GENERATE[GENERATE.index("source:"):]
        for ranks in (1, 2):
            self.run_well("generate", text, "--set", f"dataset.file=out/{ranks}.h5", ranks=ranks)
        with h5py.File(self.folder / "out/1.h5") as one, h5py.File(self.folder / "out/2.h5") as two:
            np.testing.assert_array_equal(one["correlation"][:], two["correlation"][:])
            k = one["k_star_MeV"][:] / HBAR_C
            np.testing.assert_allclose(one["correlation"][:], 1 + np.exp(-4 * (k * one["parameters"][:]) ** 2),
                                       atol=1e-12)

    def test_design_points(self):
        text = (GENERATE.replace("strength_MeV_fm: {uniform: [-60, -40]}, ", "").replace("{uniform: [5, 20]}", "7")
                .replace("{uniform: [1, 1.5]}", "1.2"))
        text = text.replace("samples: 40", "parameters_from: points.csv")
        self.write("points.csv", NAMES[0] + "\n-50\n-45\n")
        self.run_well("generate", text)
        with h5py.File(self.folder / "out/d.h5") as file:
            np.testing.assert_array_equal(file["parameters"][:], [[-50], [-45]])
        self.write("points.csv", "strength_MeV_fm\n-50\n")
        self.refuse(text, "channels[0].waves[0].strength_MeV_fm is missing", command="generate")

    @unittest.skipUnless(HAS_LEARNING, "built without LibTorch")
    def test_inference(self):
        self.run_well("generate", GENERATE.replace("samples: 40", "samples: 200"))
        train = self.write("train.yaml", "dataset: {file: out/d.h5, training_samples: 150, validation_samples: 25}\n"
                      "features: {components: 5}\ntraining: {epochs: 2}\n"
                      "output: {model: out/model.h5, learning_curve: out/curve.csv, predictions: out/predictions.h5}\n")
        self.assertEqual(run("train", train, cwd=self.folder)[0], 0)  # may warn of a slow BLAS
        truth = dict(zip(NAMES, (-50.0, 10.0, 1.2)))
        fixed = (GENERATE.replace("{uniform: [-60, -40]}", "-50").replace("{uniform: [5, 20]}", "10")
                 .replace("{uniform: [1, 1.5]}", "1.2"))
        table = self.solve(fixed.replace("dataset: {file: out/d.h5, samples: 40}", "output: {table: out/table.csv}"))
        values = ", ".join(f'"{name}": {value}' for name, value in truth.items())
        output = self.run_well("infer",
                               f"model: {{file: out/model.h5}}\ndata: {{table: out/table.csv}}\ntruth: "
                               f"{{{values}}}\noutput: {{file: out/inferred.h5}}\n")
        for name in NAMES:
            self.assertIn(name, output)
        with h5py.File(self.folder / "out/inferred.h5") as file:
            np.testing.assert_allclose(file.attrs["true_channels[1].waves[0].delta_k_max_rad"],
                                       table["delta_1_rad"][-1], rtol=1e-10)
            self.assertEqual(sorted(file["waves"]), ["0", "1", "2"])
            self.assertEqual(file["waves/1/potential/true_MeV"][0], -10.0)

    def test_refusals(self):
        one = "channels:\n  - {weight: 1, symmetry: even, waves: [{l: 0, " + WELL + "}]}\n"
        for old, new, parts in [
            ("weight: 1", "weight: 0.9", ["config.yaml:3: channels have weights that add to 0.9, not to 1"]),
            ("weight: 1", "weight: -1", ["config.yaml:3: channels[0].weight is '-1'; it must be positive"]),
            ("weight: 1, ", "", ["config.yaml:3: channels[0].weight is missing"]),
            ("weight: 1", "wieght: 1", ["channels[0].weight is missing"]),
            ("symmetry: even", "symmetry: odd",
             ["config.yaml:3: channels[0].waves[0].l = 0 does not exist where the symmetry is odd; there l is 1, 3"]),
            ("symmetry: even", "symmetry: fermi",
             ["config.yaml:3: channels[0].symmetry is 'fermi'; it must be one of none, even, odd"]),
            ("symmetry: even", "symetry: even",
             ["config.yaml:3: channels[0].symetry is not a known key; did you mean symmetry?"]),
            ("[{l: 0", "[{l: 0, preset: usmani_1s0},\n {l: 0",
             ["config.yaml:4: channels[0].waves[1].l = 0 is in this channel already"]),
            ("l: 0", "l: 21", ["config.yaml:3: channels[0].waves[0].l is '21'; it must lie between 0 and 20"]),
            ("l: 0", "l: 0.5", ["channels[0].waves[0].l is '0.5'; it must be a whole number"]),
            ("l: 0, ", "", ["config.yaml:3: channels[0].waves[0].l is missing"]),
            ("form: square_well", "form: square_wall", ["config.yaml:3: channels[0].waves[0].form is not known"]),
            ("form: square_well", "preset: av18", ["config.yaml:3: channels[0].waves[0].preset is not known"]),
            ("depth_MeV: 30", "depth_MeV: {uniform: [1, 2]}",
             ["config.yaml:3: channels[0].waves[0].depth_MeV is a prior or a parameter of a fit; this command needs "
              "one number"]),
            ("radius_fm: 1.5", "radius_fm: -1.5",
             ["config.yaml:3: channels[0].waves[0].form cannot be made: radius_fm"]),
            ("radius_fm: 1.5", "radius_fm: 1.5, range: 3",
             ["config.yaml:3: channels[0].waves[0].range is not a known key"]),
            ("[{l: 0, " + WELL + "}]", "{s: 3}",
             ["config.yaml:3: channels[0].waves is a mapping; it must be a list of mappings"]),
            ("[{l: 0, " + WELL + "}]", "[s]",
             ["config.yaml:3: channels[0].waves[0] is 's'; it must be a mapping of keys"]),
            (one, "channels: []\n", ["config.yaml:2: channels is an empty list"]),
            (one, "channels: {weight: 1}\n", ["config.yaml:2: channels is a mapping; it must be a list of mappings"]),
            (one, "", ["config.yaml:1: potential is missing; give a potential for the s-wave, or channels"]),
            (one, one + f"potential: {{{WELL}}}\n",
             ["config.yaml:3: channels stands beside potential; keep one of the two"]),
        ]:
            assert old in one, old
            self.refuse(PAIR + one.replace(old, new) + REST, *parts, ranks=(1,))
        self.refuse(PAIR + one.replace("weight: 1", "weight: 2") + REST, "add to 2, not to 1", ranks=(3,))
        for value, part in [("0.5", "is '0.5'; it must be a whole number"),
                            ("one", "is 'one'; it must be a whole number"),
                            ("200", "is '200'; it must lie between -100 and 100")]:
            self.refuse(PAIR.replace("}", f", charge_product: {value}}}") + one + REST,
                        f"config.yaml:1: pair.charge_product {part}", ranks=(1,))
        self.refuse(one + REST, "config.yaml:1: pair is missing", ranks=(1,))
        self.refuse(PAIR + one + REST, "--set channels[1].weight=1: channels has no entry 1",
                    sets=("--set", "channels[1].weight=1"), ranks=(1,))
        self.refuse(PAIR + one + REST, "--set channels[0].weight: channels[0].weight is '0'; it must be positive",
                    sets=("--set", "channels[0].weight=0"), ranks=(1,))
        self.refuse(PAIR + one + REST, "config.yaml:3: channels cannot be used here", command="phase-shifts",
                    ranks=(1,))
        charged = PAIR.replace("}", ", charge_product: 1}") + f"potential: {{{WELL}}}\n" + REST
        self.refuse(charged + "radii: {cut_fm: 2}\n", "config.yaml:1: pair.charge_product must be 0 here",
                    command="lattice-mock", ranks=(2,))
        fixed = PAIR + one + REST.replace("output: {table: out/table.csv, file: out/file.h5}",
                                          "dataset: {file: out/d.h5, samples: 4}")
        self.refuse(fixed, "config.yaml:3: channels and all else are fixed", command="generate", ranks=(3,))
        self.assertEqual(list((self.folder / "out").iterdir()), [])


if __name__ == "__main__":
    main()
