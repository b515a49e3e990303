"""What a config hardly means is refused or warned of, by name, and goes where `allow` says that it is meant."""

import math

import h5py
import numpy as np

from program import SOURCE, InFolder, main, run

HBAR_C = 197.3269804
PROTON, NEUTRON, LAMBDA = 938.27208816, 939.56542052, 1115.683
REST = """source: {form: gaussian, r0_fm: 1.3}
momentum: {k_min_MeV: 6, k_max_MeV: 100, points: 4, placement: end_points}
output: {file: out/s.h5}
"""
WELL = "{form: square_well, depth_MeV: 20, radius_fm: 1.2}"
COUPLED = """coupled:
  source: {form: gaussian, r0_fm: 1.2}
  channels:
    - {mass1_MeV: 938, mass2_MeV: 1115}
    - {mass1_MeV: 938, mass2_MeV: 1130}
  potentials:
    - {between: [1, 1], real: {form: sum_of_gaussians, strengths_MeV: [-40], ranges_fm: [1]},
       imaginary: {form: sum_of_gaussians, strengths_MeV: [I11], ranges_fm: [1]}}
    - {between: [1, 2], real: {form: sum_of_gaussians, strengths_MeV: [-20], ranges_fm: [1]},
       imaginary: {form: sum_of_gaussians, strengths_MeV: [I12], ranges_fm: [1]}}
    - {between: [2, 2], imaginary: {form: sum_of_gaussians, strengths_MeV: [I22], ranges_fm: [1]}}
momentum: {k_min_MeV: 20, k_max_MeV: 300, points: 5}
output: {file: out/s.h5}
"""


def pair(mass1, mass2, more=""):
    return f"pair: {{name: two, mass1_MeV: {mass1}, mass2_MeV: {mass2}{more}}}\n"


class Plausibility(InFolder):
    def refused(self, text, part, doubt, command="solve"):
        """Refused by name and, in the same words, let through where `allow` names it."""
        for ranks in (1, 2):
            code, _, messages = run(command, self.write("config.yaml", text), ranks=ranks, cwd=self.folder)
            self.assertEqual((code, len(messages)), (2, 1), messages)
            self.assertIn(part, messages[0])
            self.assertIn(f"allow: [{doubt}]", messages[0])
        self.quiet(text, doubt, command)

    def warned(self, text, part, doubt, command="solve"):
        code, output, messages = run(command, self.write("config.yaml", text), ranks=2, cwd=self.folder)
        self.assertEqual((code, messages), (0, []), text)
        warnings = [line for line in output.splitlines() if line.startswith("warning:")]
        self.assertEqual(len(warnings), 1, output)
        self.assertIn(part, warnings[0])
        self.assertIn(f"allow: [{doubt}]", warnings[0])
        self.quiet(text, doubt, command)

    def quiet(self, text, doubt=None, command="solve"):
        code, output, messages = run(command,
                                     self.write("config.yaml", text + (f"allow: [{doubt}]\n" if doubt else "")),
                                     cwd=self.folder)
        self.assertEqual((code, messages), (0, []), text)
        self.assertNotIn("warning", output)
        return output

    def lowest(self):
        with h5py.File(self.folder / "out/s.h5") as file:
            return file["correlation"][0]

    def test_configs_of_the_project_raise_no_doubt(self):
        for name in ("pp_solve", "p_omega_solve", "n_omega_solve", "coupled_solve", "separable_solve"):
            self.assertNotIn("warning",
                             run("solve", SOURCE / "configs" / f"{name}.yaml", "--dry-run", cwd=self.folder)[1], name)

    def test_identical_particles(self):
        """C of two protons at 6 MeV/c is half of what it is for different particles, and a quarter of its waves
        interact."""
        protons = pair(PROTON, PROTON, ", charge_product: 1")
        plain = protons + "potential: {preset: argonne_v18_pp_1s0}\n" + REST
        self.warned(plain, "config.yaml:2: potential takes two particles of equal mass for different ones",
                    "no_symmetry")
        wrong = self.lowest()
        self.quiet(protons
                   + "channels: [{weight: 0.25, symmetry: even, waves: [{l: 0, preset: argonne_v18_pp_1s0}]}, "
                     "{weight: 0.75, symmetry: odd}]\n" + REST)
        self.assertAlmostEqual(self.lowest() / wrong, 0.5, delta=0.01)
        self.warned(protons + f"channels: [{{weight: 1, waves: [{{l: 0, {WELL[1:-1]}}}]}}]\n" + REST,
                    "channels[0].weight takes two particles", "no_symmetry")
        # said to be different
        self.quiet(protons + f"channels: [{{weight: 1, symmetry: none, waves: [{{l: 0, {WELL[1:-1]}}}]}}]\n" + REST)
        self.warned(protons
                    + f"channels: [{{weight: 0.25, symmetry: none, waves: [{{l: 0, {WELL[1:-1]}}}]}}, "
                      f"{{weight: 0.75, symmetry: odd}}]\n" + REST,
                    "channels have a symmetry in some channels and none in others", "no_symmetry")
        self.warned(pair(PROTON, 938.9) + "channels: [{weight: 0.25, symmetry: even}, {weight: 0.75, symmetry: odd}]\n"
                    + REST, "different masses", "other_pair")
        # a particle and its antiparticle
        self.quiet(pair(PROTON, PROTON, ", charge_product: -1") + f"potential: {WELL}\n" + REST)
        self.quiet(pair(PROTON, LAMBDA) + f"potential: {WELL}\n" + REST)
        observed = (COUPLED.replace("{mass1_MeV: 938, mass2_MeV: 1115}", "{mass1_MeV: 1115, mass2_MeV: 1115}")
                    .replace("I11", "0").replace("I12", "0").replace("I22", "0"))
        self.warned(observed, "coupled.channels[0].mass2_MeV takes two particles of equal mass", "no_symmetry")
        self.warned(pair(PROTON, LAMBDA) + "channels: [{weight: 0.25, symmetry: even}, {weight: 0.75, symmetry: odd}]\n"
                    + REST, "different masses", "other_pair")

    def test_weights_of_spin_states(self):
        """Even states of two particles of spin s: s/(2s + 1) of all for fermions, (s + 1)/(2s + 1) for bosons."""
        channels = "channels: [{{weight: {0}, symmetry: even}}, {{weight: {1}, symmetry: odd}}]\n"
        two = lambda even, odd: pair(PROTON, PROTON) + channels.format(even, odd) + REST
        for twice_spin in range(5):
            states = twice_spin + 1
            even = (twice_spin / 2 + 1 if twice_spin % 2 == 0 else twice_spin / 2) / states
            if even < 1:
                self.quiet(two(even, 1 - even))
        self.quiet(pair(PROTON, PROTON) + "channels: [{weight: 1, symmetry: even}]\n" + REST)
        self.warned(two(0.75, 0.25), "a share of 0.75", "spin_weights")
        self.warned(pair(PROTON, PROTON) + "channels: [{weight: 1, symmetry: odd}]\n" + REST, "a share of 0",
                    "spin_weights")

    def test_presets_in_other_waves_and_for_other_pairs(self):
        nucleons = pair(NEUTRON, PROTON)
        text = nucleons + "channels: [{weight: 1, waves: [{l: 0, preset: argonne_v18_pp_3p0}]}]\n" + REST
        code, _, messages = run("solve", self.write("config.yaml", text), cwd=self.folder)
        self.assertEqual((code, len(messages)), (2, 1), messages)
        self.assertIn("made for p-p 3P0, with l = 1; here l = 0; where that is meant, write allow: [other_wave]",
                      messages[0])
        self.refused(nucleons + "channels: [{weight: 1, waves: [{l: 1, preset: argonne_v18_np_1s0}]}]\n" + REST,
                     "with l = 0; here l = 1", "other_wave")
        self.refused(nucleons + "potential: {form: argonne_v18, isospin_z: 0, spin: 1, orbital: 1, total: 0}\n" + REST,
                     "potential.orbital = 1 stands in a wave with l = 0", "other_wave")
        self.warned(pair(PROTON, LAMBDA) + "channels: [{weight: 1, waves: [{l: 2, preset: usmani_1s0}]}]\n" + REST,
                    "with l = 0; here l = 2", "other_wave")
        self.quiet(nucleons + "potential: {preset: argonne_v18_np_1s0}\n" + REST)
        protons = pair(PROTON, PROTON, ", charge_product: 1")
        even = lambda preset: (f"channels: [{{weight: 0.25, symmetry: even, waves: [{{l: 0, preset: {preset}}}]}}, "
                               "{weight: 0.75, symmetry: odd}]\n" + REST)
        self.warned(protons + even("argonne_v18_np_1s0"), "argonne_v18_np_1s0 is made for n-p 1S0", "other_pair")
        self.warned(pair(PROTON, PROTON) + even("argonne_v18_np_1s0"),
                    "the pair here has 938.27208816 and 938.27208816 MeV", "other_pair")
        self.quiet(protons + even("reid_soft_core_1s0"))
        self.warned(pair(PROTON, 1672.45) + "potential: {preset: usmani_1s0}\n" + REST, "made for p-Lambda 1S0",
                    "other_pair")
        # physical for lattice masses
        self.quiet(pair(PROTON, 1672.45, ", charge_product: -1") + "potential: {preset: n_omega_t12}\n" + REST)
        self.warned(pair(PROTON, 1672.45, ", charge_product: 1") + "potential: {preset: n_omega_published}\n" + REST,
                    "charge product -1", "other_pair")

    def test_emission(self):
        """|S_11| > 1 where Im V has a positive eigenvalue: -I11 >= 0, -I22 >= 0, I11 I22 >= I12^2 is absorption."""
        fill = lambda i11, i12, i22: COUPLED.replace("I11", str(i11)).replace("I12", str(i12)).replace("I22", str(i22))
        for absorbing in ((-10, 0, 0), (-10, 5, -10), (-4, 4, -4), (0, 0, -3)):
            self.quiet(fill(*absorbing))
        for emitting in ((10, 0, 0), (0, 5, 0), (-1, 5, -10), (-10, 0, 1)):
            self.refused(fill(*emitting), "coupled.potentials have an imaginary part that creates pairs", "emission")

    def test_masses_in_other_units(self):
        for masses in ((0.938, 1.1157), (938.27, 1.1157)):
            code, _, messages = run("solve", self.write("config.yaml", pair(*masses) + f"potential: {WELL}\n" + REST),
                                    cwd=self.folder)
            self.assertEqual((code, len(messages)), (2, 1), messages)
            self.assertIn("MeV is the mass of no hadron; masses are in MeV; where that is meant, write allow: [masses]",
                          messages[0])
        self.quiet(pair(40, 60) + f"potential: {WELL}\n" + REST, "masses")
        self.warned(pair(9.38e5, 1115.7) + f"potential: {WELL}\n" + REST,
                    "pair.mass1_MeV = 938000 MeV is the mass of no hadron", "masses")
        code, _, messages = run("solve",
                                self.write("config.yaml",
                                           COUPLED.replace("mass1_MeV: 938", "mass1_MeV: 0.938").replace("I11", "-1")
                                           .replace("I12", "0").replace("I22", "-1")), cwd=self.folder)
        self.assertEqual((code, len(messages)), (2, 1), messages)
        self.assertIn("coupled.channels[0].mass1_MeV = 0.938 MeV", messages[0])

    def test_momenta_and_sources_in_other_units(self):
        text = pair(PROTON, LAMBDA) + f"potential: {WELL}\n" + REST
        self.warned(text.replace("k_min_MeV: 6, k_max_MeV: 100", "k_min_MeV: 0.01, k_max_MeV: 0.3"),
                    "momentum.k_max_MeV = 0.3 MeV/c", "momenta")
        self.warned(text.replace("r0_fm: 1.3", "r0_fm: 130"), "source.r0_fm = 130 fm is the size of no source",
                    "source_size")

    def test_measured_momenta_in_other_units(self):
        k = np.arange(5, 200, 10.0)
        for unit, size in (("GeV", 1e-3), ("1/fm", 1 / HBAR_C)):
            self.write("data.csv", "k_star,C,stat_err\n"
                       + "".join(f"{x * size:.8g},{1 - 0.5 * math.exp(-(2 * x * 1.5 / HBAR_C) ** 2):.10g},0.01\n"
                                 for x in k))
            text = (pair(PROTON, PROTON)
                    + "data: {file: data.csv}\nchannels: [{weight: 0.25, symmetry: even}, {weight: 0.75, symmetry: "
                      "odd}]\n"
                    "source: {form: gaussian, r0_fm: {start: 1.2, min: 0.3, max: 5}}\nfit: {profile: false}\noutput: "
                    "{file: out/f.h5}\n")
            code, _, messages = run("fit", self.write("config.yaml", text), cwd=self.folder)
            self.assertEqual((code, len(messages)), (2, 1), messages)
            self.assertIn("data.unit", messages[0])
            output = self.quiet(text.replace("file: data.csv", f"file: data.csv, unit: {unit}"), command="fit")
            self.assertIn("source.r0_fm = 1.5 ", output)  # what the data were made with

    def test_what_multiplies_c_is_positive(self):
        """C is a ratio of rates: N (1 + b k + ...) <= 0 would make it negative whatever the pair."""
        self.write("data.csv", "k_star_MeV,C,stat_err\n" + "".join(f"{k},1,0.01\n" for k in range(5, 105, 10)))
        fit = (pair(PROTON, PROTON)
               + "data: {file: data.csv}\nsource: {form: gaussian, r0_fm: 1.3}\nlambda: {start: 0.5}\n"
               "channels: [{weight: 0.25, symmetry: even}, {weight: 0.75, symmetry: odd}]\n"
               "fit: {profile: false}\noutput: {file: out/f.h5}\n")
        draw = (pair(PROTON, LAMBDA)
                + "potential: {form: square_well, depth_MeV: {uniform: [10, 20]}, radius_fm: 1.2}\n"
                "source: {form: gaussian, r0_fm: 1.3}\nmomentum: {k_min_MeV: 6, k_max_MeV: 100, points: 4}\n"
                "dataset: {file: out/d.h5, samples: 4}\n")

        def refused(command, text, *parts):
            code, _, messages = run(command, self.write("config.yaml", text), cwd=self.folder)
            self.assertEqual((code, len(messages)), (2, 1), (text, messages))
            for part in parts:
                self.assertIn(part, messages[0])

        for command, text in (("fit", fit), ("generate", draw)):
            refused(command, text + "normalisation: -1\n", "normalisation = -1 must be positive")
            refused(command, text + "normalisation: 0\n", "normalisation = 0 must be positive")
            # 1 - 30 k/GeV, just beyond 33.3 MeV/c
            refused(command, text + "baseline: {linear_per_GeV: -30}\n", "baseline comes to -0.00", "MeV/c")
        for value in ("{start: -1}", "{start: 1, min: -1}", "{start: 1, min: 0, max: 2}"):
            refused("fit", fit + f"normalisation: {value}\n", "config.yaml:", "normalisation", "positive")
        for value in ("{uniform: [-1, 1]}", "{uniform: [0, 1]}", "{normal: [1, 0.5]}"):
            refused("generate", draw + f"normalisation: {value}\n", "config.yaml:", "normalisation", "positive")
        self.write("design.csv", "depth_MeV,normalisation\n15,1\n16,-1\n")
        design = (draw.replace("depth_MeV: {uniform: [10, 20]}, ", "")
                  .replace("samples: 4", "parameters_from: design.csv"))
        refused("generate", design + "lambda: 1\n", "design.csv:3: normalisation = -1 must be positive")
        self.quiet(fit + "normalisation: {start: 1}\n", command="fit")
        self.quiet(draw + "normalisation: {normal: [1, 0.1]}\nbaseline: {linear_per_GeV: -2}\n", command="generate")

    def test_lambdas(self):
        """Shares of all pairs: none negative, together at most 1."""
        self.write("data.csv", "k_star_MeV,C,stat_err\n" + "".join(f"{k},1,0.01\n" for k in range(5, 105, 10)))
        fit = (pair(PROTON, PROTON)
               + "data: {file: data.csv}\nchannels: [{weight: 0.25, symmetry: even}, {weight: 0.75, symmetry: odd}]\n"
               "source: {form: gaussian, r0_fm: 1.3}\nnormalisation: {start: 1}\nfit: {profile: false}\noutput: "
               "{file: out/f.h5}\n")
        self.quiet(fit + "lambda: 0.7\ncontributions: {flat: {lambda: 0.3}}\n", command="fit")
        for lambdas, part in (("lambda: 1.2\n", "lambda comes to 1.2; shares of all pairs do not exceed 1"),
                              ("lambda: -0.2\n", "lambda = -0.2 is negative"),
                              ("lambda: 0.7\ncontributions: {flat: {lambda: 0.4}}\n",
                               "contributions have lambdas that add to 1.1"),
                              ("contributions: {flat: {lambda: 0.4}}\n",
                               "(lambda of the genuine pairs is 1 where it is not given)"),
                              ("lambda: 0.7\ncontributions: {flat: {lambda: -0.1}}\n",
                               "contributions.flat.lambda = -0.1 is negative"),
                              ("lambda: {start: 1.3}\n", "lambda comes to 1.3")):
            self.refused(fit + lambdas, part, "lambdas", command="fit")

    def test_a_decay_into_another_pair(self):
        self.write("data.csv", "k_low,k_high,C,stat_err\n"
                   + "".join(f"{k},{k + 10},1,0.01\n" for k in range(0, 100, 10)))
        fit = (pair(PROTON, PROTON)
               + "data: {file: data.csv}\nchannels: [{weight: 0.25, symmetry: even}, {weight: 0.75, symmetry: odd}]\n"
               "source: {form: gaussian, r0_fm: 1.3}\nlambda: 0.6\nnormalisation: {start: 1}\nfit: {profile: "
               "false}\noutput: {file: out/f.h5}\n"
               f"contributions: "
               f"{{p_lambda: {{lambda: 0.2, pair: {{mass1_MeV: {PROTON}, mass2_MeV: {LAMBDA}}}, potential: {WELL}, "
               "mothers: {daughter_mass_MeV: DAUGHTER, other_mass_MeV: OTHER}}}\n")
        self.quiet(fit.replace("DAUGHTER", str(PROTON)).replace("OTHER", "139.57"), command="fit")
        self.warned(fit.replace("DAUGHTER", "139.57").replace("OTHER", str(PROTON)), "which are not those measured",
                    "other_pair", command="fit")
        code, _, messages = run("fit",
                                self.write("config.yaml",
                                           fit.replace("DAUGHTER", str(PROTON)).replace("OTHER", "0.13957")),
                                cwd=self.folder)
        self.assertEqual((code, len(messages)), (2, 1), messages)
        self.assertIn("other_mass_MeV = 0.13957 MeV is the mass of no particle", messages[0])

    def test_unknown_doubts_are_refused(self):
        code, _, messages = run("solve",
                                self.write("config.yaml",
                                           pair(PROTON, LAMBDA) + f"potential: {WELL}\n" + REST
                                           + "allow: [everything]\n"), cwd=self.folder)
        self.assertEqual((code, len(messages)), (2, 1), messages)
        self.assertIn("allow", messages[0])


if __name__ == "__main__":
    main()
