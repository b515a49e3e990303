"""Pairs whose spin states are of different kinds, and names of channels and waves, in solve, generate and fit."""

import subprocess
import unittest

import h5py
import numpy as np

from program import SOURCE as PROJECT, InFolder, main, run

HAS_LEARNING = "LibTorch" in run("--version")[1] and "without LibTorch" not in run("--version")[1]
PAIR = "pair: {name: p-X, mass1_MeV: 938.272, mass2_MeV: 1672.45, charge_product: -1}\n"
MASSES = "mass1_MeV: 938.272, mass2_MeV: 1672.45"
SOURCE = "source: {form: gaussian, r0_fm: 1.2}\n"
GAUSS = "form: sum_of_gaussians, strengths_MeV: [-80], ranges_fm: [0.9]"
LOSS = "between: [1, 1], imaginary: {form: sum_of_gaussians, strengths_MeV: [-60], ranges_fm: [0.8]}"
COUPLED = f"coupled: {{channels: [{{}}], potentials: [{{{LOSS}}}]}}"
MIXED = f"""channels:
  - {{name: 5S2, weight: 0.625, waves: [{{l: 0, {GAUSS}}}]}}
  - {{name: 3S1, weight: 0.375, {COUPLED}}}
"""
MOMENTUM = "momentum: {k_min_MeV: 5, k_max_MeV: 205, points: 12}\n"
SOLVE = MOMENTUM + "output: {file: out/s.h5, table: out/s.csv}\n"


def strings(values):
    return [value.decode() if isinstance(value, bytes) else value for value in values]


class MixedPairs(InFolder):
    def ok(self, command, text, *more, ranks=1):
        code, output, messages = run(command, self.write("config.yaml", text), *more, ranks=ranks, cwd=self.folder)
        self.assertEqual((code, messages), (0, []), text)
        return output

    def solved(self, text, *more):
        self.output = self.ok("solve", text + SOLVE, *more)
        with h5py.File(self.folder / "out" / "s.h5") as file:
            return file["correlation"][:]

    def generated(self, text, more="", ranks=1):
        (self.folder / "out" / "d.h5").unlink(missing_ok=True)
        self.ok("generate", text + MOMENTUM + f"dataset: {{file: out/d.h5, samples: 25{more}}}\n", ranks=ranks)
        with h5py.File(self.folder / "out" / "d.h5") as file:
            return (strings(file["parameters"].attrs["names"]), file["parameters"][:], file["correlation"][:],
                    strings(file["observables"].attrs["names"]), file["observables"][:])

    def test_solve_is_the_weighted_sum_of_what_is_solved_alone(self):
        elastic = self.solved(PAIR + f"channels: [{{weight: 1, waves: [{{l: 0, {GAUSS}}}]}}]\n" + SOURCE)
        with h5py.File(self.folder / "out" / "s.h5") as file:
            delta, states = file["delta_rad"][:], file["bound_states_MeV"].shape[0]
        absorbed = self.solved(f"coupled: {{{SOURCE.strip()}, channels: [{{{MASSES}, charge_product: -1}}], "
                               f"potentials: [{{{LOSS}}}]}}\n")
        with h5py.File(self.folder / "out" / "s.h5") as file:
            s11, inelasticity = file["s11_real"][:], file["inelasticity"][:]
        mixed = self.solved(PAIR + MIXED + SOURCE)
        np.testing.assert_allclose(mixed, 0.625 * elastic + 0.375 * absorbed, rtol=1e-12)
        self.assertGreater(np.abs(absorbed - elastic).max(), 0.1)
        with h5py.File(self.folder / "out" / "s.h5") as file:
            for name, expected in (("waves/0/delta_rad", delta), ("3S1.s11_real", s11),
                                   ("3S1.inelasticity", inelasticity)):
                np.testing.assert_allclose(file[name][:], expected, rtol=1e-9)
            self.assertEqual(tuple(file["waves/0/delta_rad"].attrs[key] for key in ("name", "weight")), ("5S2", 0.625))
            self.assertEqual(file["waves/0/bound_states_MeV"].shape[0], states)
        self.assertIn("5S2: sum_of_gaussians; 3S1: 1 coupled channel", self.output)
        (self.folder / "out" / "s.h5").rename(self.folder / "out" / "first.h5")
        self.solved(PAIR + MIXED + SOURCE.replace("1.2", "2.4"))
        for kind, files in (("correlations", ["first.h5", "s.h5"]), ("solution", ["s.h5"])):
            picture = self.folder / f"{kind}.png"
            subprocess.run(["/usr/bin/python3", PROJECT / "tools" / "plot.py", kind,
                            *[self.folder / "out" / name for name in files], "-o", picture], check=True)
            self.assertGreater(picture.stat().st_size, 5000)
        self.solved(PAIR + MIXED + SOURCE)
        header = (self.folder / "out" / "s.csv").read_text().splitlines()[0]
        self.assertIn("k_star_MeV,C,delta_0_rad,3S1.s11_real", header)
        # What the resolved config says runs the same; so does a pair with weights from the command line.
        resolved = self.ok("solve", PAIR + MIXED + SOURCE + SOLVE, "--dry-run")
        self.ok("solve", resolved)
        with h5py.File(self.folder / "out" / "s.h5") as file:
            np.testing.assert_array_equal(file["correlation"][:], mixed)
        changed = self.solved(PAIR + MIXED + SOURCE, "--set", "channels[0].weight=0.25", "--set",
                              "channels[1].weight=0.75")
        np.testing.assert_allclose(changed, 0.25 * elastic + 0.75 * absorbed, rtol=1e-12)

    def test_interactions_are_states_too(self):
        """Lednicky and Lyuboshits' model in the even state of identical particles, and a non-local interaction."""
        same = "pair: {mass1_MeV: 1115.683, mass2_MeV: 1115.683}\n"
        amplitude = "form: lednicky_lyuboshits, a0_fm: -1.1, r_eff_fm: 2"
        expected = self.solved(same + SOURCE + f"interaction: {{form: lednicky_lyuboshits, channels: [{{weight: 0.25, "
                               "symmetry: even, a0_fm: -1.1, r_eff_fm: 2}, {weight: 0.75, symmetry: odd}]}\n")
        mixed = self.solved(same + SOURCE + f"channels: [{{weight: 0.25, symmetry: even, interaction: {{{amplitude}}}}}"
                            ", {weight: 0.75, symmetry: odd}]\n")
        self.assertNotIn("warning", self.output)
        np.testing.assert_allclose(mixed, expected, rtol=1e-12)
        neutral = PAIR.replace(", charge_product: -1", "")
        separable = "interaction: {form: separable_exponential, omega_MeV_per_fm3: -40, mu_per_fm: 2}"
        alone = self.solved(neutral + SOURCE + separable + "\n")
        mixed = self.solved(neutral + SOURCE + f"channels: [{{weight: 0.25, {separable}}}, {{weight: 0.75}}]\n")
        np.testing.assert_allclose(mixed, 0.25 * alone + 0.75, rtol=1e-12)

    def test_datasets_are_what_solve_finds_for_any_number_of_ranks(self):
        """Weights tied by a formula, a radius that all states share, a strength of one; curves and numbers by name."""
        varied = ("parameters: {w: {uniform: [0.3, 0.9]}}\n" + PAIR +
                  MIXED.replace("0.625", "{formula: w}").replace("0.375", "{formula: 1 - w}")
                  .replace("[-60]", "[{uniform: [-80, -20]}]") + SOURCE.replace("1.2", "{uniform: [1, 1.5]}"))
        curves = ", curves: [delta_rad, 3S1.inelasticity]"
        names, parameters, c, numbers, values = self.generated(varied, curves)
        self.assertEqual(sorted(names), ["channels[1].coupled.potentials[0].imaginary.strengths_MeV[0]",
                                         "source.r0_fm", "w"])
        self.assertEqual(numbers[:3], ["5S2.delta_k_min_rad", "5S2.delta_k_max_rad", "3S1.delta_k_min_rad"])
        for ranks in (2, 3):
            np.testing.assert_array_equal(self.generated(varied, curves, ranks)[2], c)
        with h5py.File(self.folder / "out" / "d.h5") as file:
            self.assertEqual(strings(file.attrs["curves"]),
                             ["5S2.delta_rad", "3S1.delta_rad", "3S1.inelasticity"])
            kept = file["curves/3S1.inelasticity"][:]
        for row in (3, 20):
            found = dict(zip(names, parameters[row].tolist()))
            w, r0 = found["w"], found["source.r0_fm"]
            strength = next(v for n, v in found.items() if n.startswith("channels"))
            exact = (PAIR + MIXED.replace("0.625", repr(w)).replace("0.375", repr(1 - w))
                     .replace("[-60]", f"[{strength!r}]") + SOURCE.replace("1.2", repr(r0)))
            np.testing.assert_allclose(c[row], self.solved(exact), rtol=1e-9)
            with h5py.File(self.folder / "out" / "s.h5") as file:
                np.testing.assert_allclose(kept[row], file["3S1.inelasticity"][:], rtol=1e-9)

    def test_a_fit_finds_weight_radius_and_strength(self):
        c = self.solved(PAIR + MIXED + SOURCE)
        k = np.linspace(5, 205, 13)
        k = 0.5 * (k[1:] + k[:-1])
        self.write("data.csv", "k_star,C,err\n" + "".join(f"{x},{y:.15g},0.01\n" for x, y in zip(k, c)))
        self.ok("fit", "data: {file: data.csv}\nparameters: {w: {start: 0.5, min: 0, max: 1}}\n" + PAIR +
                MIXED.replace("0.625", "{formula: w}").replace("0.375", "{formula: 1 - w}")
                .replace("[-80]", "[{start: -70, min: -120, max: -20}]") +
                SOURCE.replace("1.2", "{start: 1, min: 0.5, max: 2}") + "output: {file: out/f.h5}\n", ranks=2)
        with h5py.File(self.folder / "out" / "f.h5") as file:
            found = dict(zip(strings(file["parameters"].attrs["names"]), file["parameters/values"][:]))
            self.assertIn("5S2.delta_k_min_rad", strings(file["derived/values"].attrs["names"]))
            self.assertIn("derived/curves/3S1.inelasticity", file)
            self.assertEqual(strings(file["derived/potential"].attrs["paths"]), ["5S2"])
        np.testing.assert_allclose([found["w"], found["source.r0_fm"],
                                    found["channels[0].waves[0].strengths_MeV[0]"]], [0.625, 1.2, -80], rtol=1e-4)

    def test_a_mixed_pair_may_be_a_contribution(self):
        """Its source is the measured pair's where it has none."""
        measured = (PAIR + MIXED + SOURCE + "lambda: 0.6\ncontributions: {other: {lambda: 0.4, " + PAIR.strip() +
                    f", channels: [{{weight: 0.5, {COUPLED}}}, {{weight: 0.5}}]}}}}\n")
        whole = self.generated(measured.replace("lambda: 0.4", "lambda: {uniform: [0.39, 0.4]}"))
        elastic = self.solved(PAIR + MIXED + SOURCE)
        other = self.solved(PAIR + f"channels: [{{weight: 0.5, {COUPLED}}}, {{weight: 0.5}}]\n" + SOURCE)
        share = whole[1][:, 0]
        np.testing.assert_allclose(whole[2], 1 + 0.6 * (elastic - 1) + share[:, None] * (other - 1), rtol=1e-9)

    def test_names_take_the_place_of_numbers(self):
        pair = "pair: {mass1_MeV: 938.272, mass2_MeV: 938.272}\n"
        well = "form: square_well, depth_MeV: 20, radius_fm: 1.2"
        plain = (f"channels: [{{weight: 0.25, symmetry: even, waves: [{{l: 0, {well}}}]}}, {{weight: 0.75, symmetry: "
                 f"odd, waves: [{{l: 1, {well}}}, {{l: 3, {well}}}]}}]\n")
        named = (plain.replace("{weight: 0.25", "{name: singlet, weight: 0.25")
                 .replace("{weight: 0.75", "{name: triplet, weight: 0.75").replace("{l: 1", "{name: 3P0, l: 1"))
        varied = SOURCE.replace("1.2", "{uniform: [1, 2]}")
        _, _, c, old, values = self.generated(pair + plain + varied)
        _, _, same, new, others = self.generated(pair + named + varied)
        self.assertEqual([old[0], old[3], old[5]],
                         ["channels[0].waves[0].a0_fm", "channels[1].waves[0].delta_k_min_rad",
                          "channels[1].waves[1].delta_k_min_rad"])
        self.assertEqual([new[0], new[3], new[5]], ["singlet.a0_fm", "triplet.3P0.delta_k_min_rad",
                                                    "triplet.waves[1].delta_k_min_rad"])
        np.testing.assert_array_equal(same, c)
        np.testing.assert_array_equal(others, values)
        self.solved(pair + named + SOURCE)
        self.assertIn("triplet.3P0 (weight 0.75, symmetry odd), l = 1", self.output)
        self.assertIn("# delta_0_rad: singlet (weight", (self.folder / "out" / "s.csv").read_text())
        with h5py.File(self.folder / "out" / "s.h5") as file:
            self.assertEqual([file[f"waves/{i}/delta_rad"].attrs["name"] for i in (0, 1)], ["singlet", "triplet.3P0"])
        self.assertNotIn("name", self.ok("solve", "pair: {name: x, mass1_MeV: 938.272, mass2_MeV: 938.272}\n" + plain +
                                         SOURCE + SOLVE, "--dry-run").replace("name: x", ""))

    def test_names_of_amplitudes(self):
        states = ("interaction: {form: lednicky_lyuboshits, channels: [{weight: 0.25, symmetry: even, a0_fm: -1.1, "
                  "name: 1S0}, {weight: 0.75, symmetry: even, a0_fm: 2}]}\n")
        self.solved("pair: {mass1_MeV: 938.272, mass2_MeV: 1115.683}\n" + SOURCE + states)
        with h5py.File(self.folder / "out" / "s.h5") as file:
            self.assertIn("1S0.f_real_fm", file)
            self.assertIn("channels[1].f_real_fm", file)

    @unittest.skipUnless(HAS_LEARNING, "without LibTorch")
    def test_infer_knows_mixed_pairs(self):
        """A network finds the strength and the weight behind a table of solve, exact fits their values."""
        varied = ("parameters: {w: {uniform: [0.4, 0.8]}}\n" + PAIR +
                  MIXED.replace("0.625", "{formula: w}").replace("0.375", "{formula: 1 - w}")
                  .replace("[-80]", "[{uniform: [-100, -60]}]") + SOURCE)
        self.ok("generate", varied + MOMENTUM + "dataset: {file: out/d.h5, samples: 400}\n")
        train = self.write("train.yaml", "dataset: {file: out/d.h5, training_samples: 300, validation_samples: 50}\n"
                           "network: {widths: [16]}\ntraining: {epochs: 20}\n"
                           "output: {model: out/model.h5, learning_curve: out/curve.csv}\n")
        self.assertEqual(run("train", train, cwd=self.folder)[0], 0)  # may warn of a slow BLAS
        self.solved(PAIR + MIXED + SOURCE)
        with h5py.File(self.folder / "out" / "s.h5") as file:
            k, c = file["k_star_MeV"][:], file["correlation"][:]
        self.write("data.csv", "k_star_MeV,C\n" + "".join(f"{x!r},{y!r}\n" for x, y in zip(k.tolist(), c.tolist())))
        self.ok("infer", "model: {file: out/model.h5}\ndata: {table: data.csv}\noutput: {file: out/i.h5}\n")
        with h5py.File(self.folder / "out" / "i.h5") as file:
            found = dict(zip(strings(file["parameters"].attrs["names"]), file["parameters/inferred"][:]))
            self.assertEqual(file["waves/0/potential/inferred_MeV"].attrs["path"], "5S2")
            self.assertEqual(file["waves/1/potential/inferred_MeV"].attrs["path"],
                             "3S1.coupled.potentials[0].imaginary")
            self.assertIn("5S2.delta_k_min_rad", file.attrs)
        np.testing.assert_allclose([found["w"], found["channels[0].waves[0].strengths_MeV[0]"]], [0.625, -80],
                                   rtol=1e-3)

    def test_what_is_wrong_is_named(self):
        text = PAIR + MIXED + SOURCE + SOLVE
        for change, message in (
                ({"0.375": "0.3"}, "channels have weights that add to 0.925, not to 1"),
                ({"0.375": "-0.3"}, "channels[1].weight is '-0.3'; it must be positive"),
                ({"weight: 0.375, ": ""}, "channels[1].weight is missing"),
                ({"0.375": "{formula: w}", "pair:": "parameters: {w: 0.4}\npair:"},
                 "channels have weights that add to 1.025"),
                ({"channels: [{}]": "channels: [{mass1_MeV: 900}]"},
                 "channels[0].mass1_MeV = 900 is not that of the pair, 938.272; leave it out"),
                ({"channels: [{}]": "channels: [{charge_product: 1}]"}, "channels[0].charge_product = 1 is not that"),
                ({"channels: [{}]": "channels: [{source: {form: gaussian, r0_fm: 1}}]"},
                 "channels[0].source belongs to the pair"),
                ({"coupled: {": "coupled: {source: {form: gaussian, r0_fm: 1}, "},
                 "coupled.source stands in a spin state of a pair"),
                ({"name: 3S1": "name: 3S1, source: {form: gaussian, r0_fm: 1}"}, "channels[1].source stands in a spin"),
                ({"name: 3S1": "name: 5S2"}, "channels[1].name = 5S2 is that of another channel or wave"),
                ({"name: 3S1": "name: 3S/1"}, "channels[1].name is '3S/1'; it must have 1 to 40 letters"),
                ({"name: 3S1": "name: 3S1, symmetry: odd"}, "channels[1].symmetry stands beside coupled"),
                ({"name: 3S1": "name: 3S1, waves: []"}, "channels[1].coupled stands beside waves"),
                ({"coupled: {": "interaction: {form: separable_exponential}, coupled: {"},
                 "channels[1].interaction stands beside coupled"),
                ({COUPLED: "interaction: {form: lednicky_lyuboshits, channels: [{weight: 1}]}"},
                 "interaction.channels stand in a channel"),
                ({COUPLED: "interaction: {form: lednicky_lyuboshits, r_eff_fm: 1}"}, "interaction.a0_fm is missing"),
                ({COUPLED: "interaction: 3"}, "interaction is '3'; it must be a mapping"),
                ({"charge_product: -1}": "charge_product: -1, charge_radius_fm: 0.5}"}, "pair.charge_radius_fm is not"),
                ({SOURCE: ""}, "source is missing"),
                ({SOURCE: SOURCE + "potential: {form: yukawa}\n"}, "channels stands beside potential"),
                ({"l: 0, form": "l: 0, nam: s, form"}, "waves[0].nam is not a known key; did you mean name"),
                ({"[-60]": "[60]"}, "creates pairs")):
            wrong = text
            for old, new in change.items():
                self.assertIn(old, wrong)
                wrong = wrong.replace(old, new)
            for ranks in (1, 2):
                code, output, messages = run("solve", self.write("config.yaml", wrong), ranks=ranks, cwd=self.folder)
                self.assertEqual((code, len(messages)), (2, 1), (change, messages))
                self.assertIn(message, messages[0])
                self.assertRegex(messages[0], "config.yaml:[0-9]")
        data = self.write("data.csv", "k_star,C,err\n" + "".join(f"{5 * i},1,0.1\n" for i in range(1, 9)))
        free = text.replace(SOLVE, f"data: {{file: {data}}}\noutput: {{file: out/f.h5}}\n")
        free = free.replace("0.625", "{start: 0.625, min: 0.1, max: 0.9}")
        code, _, messages = run("fit", self.write("config.yaml", free), cwd=self.folder)
        self.assertEqual((code, len(messages)), (2, 1), messages)
        self.assertIn("channels have weights that add to 1 for one value of channels[0].weight alone", messages[0])


if __name__ == "__main__":
    unittest.TestCase.maxDiff = None
    main()
