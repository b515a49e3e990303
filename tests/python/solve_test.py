"""`solve` of the package is that of the program, to the bit; configs in all forms; errors and warnings."""

import pathlib
import re
import subprocess
import sys
import warnings

import numpy as np
import yaml

import hadronforce
from inside import Inside
from program import SOURCE, main, run

WELL = """pair:      {name: a-b, mass1_MeV: 938, mass2_MeV: 1100}
potential: {form: square_well, radius_fm: 1.5, depth_MeV: 15}
source:    {form: gaussian, r0_fm: 1.2}
momentum:  {k_min_MeV: 0, k_max_MeV: 240, points: 40}
"""
LEDNICKY = """pair:        {name: a-b, mass1_MeV: 938, mass2_MeV: 1100}
interaction: {form: lednicky_lyuboshits, a0_fm: 1.2, r_eff_fm: 0.8}
source:      {form: gaussian, r0_fm: 1.2}
momentum:    {k_min_MeV: 0, k_max_MeV: 240, points: 40}
"""


class Solve(Inside):
    def both(self, text):
        """The package's solution and the program's file."""
        text = re.sub(r"(?m)^output:.*$", "", text)
        found = hadronforce.solve(text)
        self.assertEqual(found.measured is not None, "lambda:" in text)
        path = self.write("config.yaml", text + "\noutput: {file: out/solved.h5, table: out/solved.csv}\n")
        code, _, messages = run("solve", path)
        self.assertEqual((code, messages), (0, []))
        with hadronforce.read("out/solved.h5") as file:
            np.testing.assert_array_equal(found.k_star_MeV, file.k_star_MeV)
            np.testing.assert_array_equal(found.correlation, file.correlation)
            content = {**file.attributes, **{name: file[name] for name in file.units}}
        table = np.genfromtxt("out/solved.csv", delimiter=",", names=True)
        for printed, value in zip(table["C"], found.correlation):
            self.assertEqual(f"{printed:.12g}", f"{value:.12g}")
        self.assertEqual(set(found.units), set(found.quantities) | set(found.curves))
        return found, content

    def test_all_kinds_of_pairs_are_the_programs_to_the_bit(self):
        for name in ("n_omega_solve", "separable_solve"):
            with self.subTest(name):
                found, content = self.both((SOURCE / "configs" / f"{name}.yaml").read_text())
                np.testing.assert_array_equal(found.curves["delta_rad"], content["delta_rad"])
                self.assertEqual(found.quantities["a0_fm"], content["a0_fm"])
                self.assertEqual(found.quantities["r_eff_fm"], content["r_eff_fm"])
                self.assertEqual(found.units,
                                 {"a0_fm": "fm", "r_eff_fm": "fm", "bound_states": "1", "delta_rad": "rad"})
                self.assertLess(found.error_estimate, 1e-6)
        with self.subTest("pp_solve"):
            found, content = self.both((SOURCE / "configs/pp_solve.yaml").read_text())
            np.testing.assert_array_equal(found.curves["channels[0].waves[0].delta_rad"], content["waves/0/delta_rad"])
            self.assertEqual(found.quantities["channels[0].waves[0].delta_k_min_rad"],
                             content["waves/0/delta_rad"][0])
            self.assertAlmostEqual(found.quantities["channels[0].waves[0].a0_fm"], -7.8, delta=0.1)  # of Argonne v18
        with self.subTest("coupled_solve"):
            found, content = self.both((SOURCE / "configs/coupled_solve.yaml").read_text())
            np.testing.assert_array_equal(found.curves["delta_rad"], content["delta_rad"])
        with self.subTest("lednicky_lyuboshits"):
            self.both(LEDNICKY)
        with self.subTest("what a detector sees"):
            found, content = self.both(WELL + "lambda: 0.6\nnormalisation: 1.02\n")
            np.testing.assert_array_equal(found.measured, content["measured"])
            np.testing.assert_allclose(found.measured, 1.02 * (1 + 0.6 * (found.correlation - 1)), atol=1e-6)

    def test_a_config_has_many_forms(self):
        path = self.write("well.yaml", WELL)
        as_text = hadronforce.solve(WELL).correlation
        for config in (path, str(path), "well.yaml", yaml.safe_load(WELL), pathlib.Path("well.yaml")):
            np.testing.assert_array_equal(hadronforce.solve(config).correlation, as_text)
        for overrides in ({"source.r0_fm": 2}, ["source.r0_fm=2.0"], "source.r0_fm=2", {"source.r0_fm": np.float64(2)}):
            np.testing.assert_array_equal(hadronforce.solve(path, overrides).correlation,
                                          hadronforce.solve(WELL.replace("r0_fm: 1.2", "r0_fm: 2")).correlation)
        config = yaml.safe_load(WELL)
        radii = np.linspace(0, 6, 601)
        config["potential"] = {"form": "tabulated", "radii_fm": radii, "values_MeV": -30 * np.exp(-radii**2)}
        exact = {**config, "potential": {"form": "sum_of_gaussians", "strengths_MeV": [-30], "ranges_fm": [1]}}
        np.testing.assert_allclose(hadronforce.solve(config).correlation, hadronforce.solve(exact).correlation,
                                   atol=1e-6)

    def test_errors_are_exceptions(self):
        self.assertTrue(issubclass(hadronforce.InputError, ValueError))
        self.assertTrue(issubclass(hadronforce.ConvergenceError, RuntimeError))
        self.assertEqual(hadronforce.InputError.__module__, "hadronforce")
        for config, message in (("nowhere.yaml", "nowhere.yaml: cannot be read"),
                                (WELL.replace("radius_fm", "radios_fm"), "config:2: potential"),
                                (WELL + "lamda: 0.5\n", "config:5: lamda is not a known key"),
                                (WELL.replace("1.2", "{uniform: [1, 2]}"), "needs one number"),
                                ("pair: [", "config:"), ("a: 1\na: 2", "given twice"), ({}, "pair is missing"),
                                ({"pair": object()}, "is none of these"), (b"well.yaml".decode(), "cannot be read"),
                                (WELL.replace("1.2", ".nan"), "r0_fm")):
            with self.subTest(message), self.refused(hadronforce.InputError, message):
                hadronforce.solve(config)
        self.write("latin.yaml", "").write_bytes(b"pair: \xe9\n")
        with self.refused(hadronforce.InputError, "latin.yaml"):
            hadronforce.solve("latin.yaml")
        with self.refused(hadronforce.InputError, "--set source"):
            hadronforce.solve(WELL, {"source.r0_fm": "far"})
        with self.assertRaises(TypeError):
            hadronforce.solve(3)
        with self.refused(hadronforce.ConvergenceError, "too deep"):
            hadronforce.solve(WELL, {"potential": {"form": "sum_of_gaussians", "strengths_MeV": [-1e12],
                                                   "ranges_fm": [10]}})
        self.assertEqual(len(hadronforce.solve(WELL).correlation), 40)  # and nothing is left of all that

    def test_what_the_program_warns_of_is_a_warning_here(self):
        twins = WELL.replace("1100", "938")
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            hadronforce.solve(twins)
        self.assertEqual([w.category for w in caught], [UserWarning])
        self.assertIn("no_symmetry", str(caught[0].message))
        self.assertEqual(pathlib.Path(caught[0].filename).name, pathlib.Path(__file__).name)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with self.assertRaises(UserWarning):
                hadronforce.solve(twins)
            hadronforce.solve(twins + "allow: [no_symmetry]\n")

    def test_the_process_ends_well(self):
        """MPI is started by the first call, and ended at exit; without a call, and beside h5py's HDF5, too."""
        for text in ("import hadronforce", "import h5py, hadronforce; hadronforce.solve('well.yaml')",
                     "import hadronforce, h5py; hadronforce.solve('well.yaml'); h5py.File('x.h5', 'w').close()"):
            self.write("well.yaml", WELL)
            done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, timeout=60)
            self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""), text)
        # Ranks of a launcher are processes of their own: one may call what the other does not.
        text = ("import hadronforce, os; n = int(os.environ['OMPI_COMM_WORLD_RANK']) + 1; "
                "[hadronforce.solve('well.yaml') for _ in range(n)]; print('solved', n)")
        done = subprocess.run(["mpirun", "--quiet", "-n", "2", sys.executable, "-c", text], capture_output=True,
                              text=True, timeout=60)
        self.assertEqual((done.returncode, sorted(done.stdout.splitlines())), (0, ["solved 1", "solved 2"]),
                         done.stderr)


if __name__ == "__main__":
    main()
