"""Every wrong input ends with exit code 2 (1 for a disk that refuses) and one message: where, what, what to do."""

import os
import re
import shutil
import subprocess
import unittest

from program import PROGRAM, SOURCE, InFolder, main, run

HAS_LEARNING = "LibTorch" in run("--version")[1] and "without LibTorch" not in run("--version")[1]


class WrongInput(InFolder):
    def expect(self, code, parts, *arguments, ranks=(1, 3)):
        """The same one message for any number of ranks."""
        for n in ranks:
            with self.subTest(arguments=arguments, ranks=n):
                got, _, messages = run(*arguments, ranks=n, cwd=self.folder)
                self.assertEqual(got, code, messages)
                self.assertEqual(len(messages), 1, messages)
                for part in parts:
                    self.assertIn(part, messages[0])

    def test_command_line(self):
        self.expect(2, ["subcommand"])
        self.expect(2, ["there is no command genrate"], "genrate", "a.yaml")
        self.expect(2, ["--sett"], "solve", "a.yaml", "--sett", "x")
        self.expect(2, ["config is required"], "solve")
        self.expect(2, ["nofile.yaml: cannot be read (No such file"], "solve", "nofile.yaml")

    def test_help_and_version(self):
        for arguments in (["--help"], ["--version"], ["solve", "--help"], ["generate", "--help"]):
            code, output, messages = run(*arguments)
            self.assertEqual((code, messages), (0, []))
            self.assertIn("hadronforce" if arguments == ["--version"] else "--", output)

    @unittest.skipUnless(HAS_LEARNING, "built without LibTorch")
    def test_training_where_the_program_for_it_is_missing(self):
        alone = shutil.copy(PROGRAM, self.folder)
        for command in ([alone], ["mpirun", "--quiet", "-n", "3", alone]):
            done = subprocess.run([*command, "train", "a.yaml"], capture_output=True, text=True, timeout=60)
            messages = [line for line in done.stderr.splitlines() if line.startswith("hadronforce:")]
            self.assertEqual(done.returncode, 1)
            self.assertEqual(len(messages), 1, messages)
            self.assertIn("hadronforce-learning cannot be run, which train needs; it must lie beside hadronforce",
                          messages[0])

    def test_config(self):
        name = "two_parameters_generate.yaml"
        for replacement, parts in [
            (("b2_per_fm2: 73.9", "b2_perfm2: 73.9"), ["b2_per_fm2 is missing"]),
            (("tolerance: 1.0e-6", "tolerence: 1.0e-6"),
             ["config.yaml:13", "solver.tolerence is not a known key; did you mean tolerance?"]),
            (("m_pi_MeV: 146", "m_pi_GeV: 0.146"),
             ["config.yaml:6", "m_pi_GeV is not a known key; did you mean m_pi_MeV?"]),
            (("mass1_MeV: 938.27208816", "mass1_MeV: -938"),
             ["config.yaml:2", "pair.mass1_MeV is '-938'; it must be positive"]),
            (("mass1_MeV: 938.27208816", "mass1_MeV: heavy"), ["config.yaml:2", "it must be a number"]),
            (("r0_fm: 1.3", "r0_fm: 0"), ["config.yaml:11", "it must be positive"]),
            (("k_max_MeV: 300", "k_max_MeV: 3"), ["config.yaml:12", "must be larger than k_min_MeV"]),
            (("points: 60", "points: 60.5"), ["config.yaml:12", "it must be a whole number"]),
            (("points: 60", "points: 0"), ["config.yaml:12", "must be at least 1"]),
            (("uniform: [-2145.5, 1532.5]", "uniform: [5, -5]"), ["config.yaml:7", "lower bound below"]),
            (("uniform: [-2145.5, 1532.5]", "unifrom: [5, 6]"), ["config.yaml:7", "is not a prior"]),
            (("uniform: [-2145.5, 1532.5]", "log_uniform: [-5, 5]"), ["config.yaml:7", "positive bounds"]),
            (("uniform: [-2145.5, 1532.5]", "uniform: [5]"), ["config.yaml:7", "two numbers"]),
            (("form: gaussian_plus_yukawa_power", "form: gaussian_plus_yukawa"),
             ["config.yaml:4", "gaussian_plus_yukawa_power"]),
            (("n_pi: 2", "n_pi: 4"), ["n_pi = 4 must be 1, 2 or 3"]),
            (("precision: float64", "precision: double"), ["config.yaml:14", "float32, float64"]),
            (("samples: 12000", "samples: -1"), ["config.yaml:14", "at least 1"]),
            (("seed: 1", "seed: 1, seed: 2"), ["config.yaml:14", "given twice"]),
            (("seed: 1", "seed: ]"), ["config.yaml:14", "not valid YAML"]),
            (("tolerance: 1.0e-6", "tolerance: 1.0e-20"), ["config.yaml:13", "must lie between"]),
        ]:
            self.expect(2, parts, "generate", self.config(name, replacement), ranks=(1,))
        self.expect(2, ["is not a known key"], "generate", self.config(name, ("seed: 1", "seeds: 1")))
        self.assertEqual(list((self.folder / "out").iterdir()), [])

    def test_overrides(self):
        config = self.config("n_omega_solve.yaml")
        self.expect(2, ["--set", "key.path=value"], "solve", config, "--set", "potential.b1_MeV", ranks=(1,))
        self.expect(2, ["--set potential.b1_MeV", "must be a number"], "solve", config, "--set",
                    "potential.b1_MeV=deep", ranks=(1,))
        self.expect(2, ["--set potential.b1", "did you mean b1_MeV?"], "solve", config, "--set", "potential.b1=3",
                    ranks=(1,))

    def test_missing_directory(self):
        config = self.config("n_omega_solve.yaml")
        self.expect(2, ["no/such", "make its directory"], "solve", config, "--set", "output.table=no/such/a.csv")
        self.expect(2, ["no/such", "make its directory"], "solve", config, "--set", "output.file=no/such/a.h5")
        two = self.config("two_parameters_generate.yaml")
        self.expect(2, ["no/such", "make its directory"], "generate", two, "--set", "dataset.file=no/such/a.h5")

    @unittest.skipUnless(os.geteuid() == 0, "a small file system needs root")
    def test_full_disk(self):
        two = self.config("two_parameters_generate.yaml")
        disk = self.folder / "disk"
        disk.mkdir()
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk], check=False,
                          capture_output=True).returncode != 0:
            self.skipTest("a small file system cannot be mounted here")
        self.addCleanup(subprocess.run, ["umount", disk], check=True)
        (disk / "kept.txt").write_text("kept")
        self.expect(1, ["disk/five.h5"], "generate", two, "--set", f"dataset.file={disk}/five.h5", ranks=(1, 2))
        self.expect(1, ["disk/"], "solve", self.config("n_omega_solve.yaml"), "--set", f"output.file={disk}/a.h5",
                    "--set", "momentum.points=60000",
                    ranks=(1,))
        self.assertEqual((disk / "kept.txt").read_text(), "kept")
        self.assertFalse((disk / "five.h5").exists())

    def test_no_folder_for_temporary_files(self):
        # OpenMPI's session folder, which lone processes of a user share and take from under each other, is not made at
        # all.
        done = subprocess.run([PROGRAM, "solve", self.config("n_omega_solve.yaml")], cwd=self.folder,
                              capture_output=True, text=True, timeout=60,
                              env={**os.environ, "TMPDIR": str(self.folder / "config.yaml")}, check=False)
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_interaction(self):
        config = self.config("separable_phase_shifts.yaml")
        for change, part in [
            ("interaction.unit=natural", "interaction.unit is not a known key; did you mean units?"),
            ("interaction.form=separable", "interaction.form is 'separable'; it must be one of"),
            ("interaction.units=physical", "config.yaml:2: interaction.omega_MeV_per_fm3 is missing"),
            ("interaction.mu=0", "--set interaction.mu: interaction.mu is '0'; it must be positive"),
            ("interaction.omega=.inf", "it must be finite"),
            ("momentum.k_min=0", "momentum.k_min must be positive with placement: end_points"),
            ("potential={preset: n_omega_t12}", "needs MeV and fm"),
        ]:
            self.expect(2, [part], "phase-shifts", config, "--set", change, ranks=(1,))
        self.expect(2, ["interaction is missing"], "phase-shifts", self.write("none.yaml", "momentum: {}\n"),
                    ranks=(1, 3))

    def test_a_write_that_fails_on_one_rank(self):
        # A file-size limit on rank 1 alone stands for a disk that refuses it; large enough for MPI's own shared memory.
        command = [PROGRAM, "generate",
                   self.config("two_parameters_generate.yaml", ("samples: 12000", "samples: 30000"))]
        limited = ["bash", "-c", "trap '' XFSZ; ulimit -f 8192; exec \"$@\"", "limited", *command]
        done = subprocess.run(["mpirun", "--quiet", "-n", "1", *command, ":", "-n", "1", *limited], cwd=self.folder,
                              capture_output=True,
                              text=True, timeout=60, check=False)
        messages = [line for line in done.stderr.splitlines() if line.startswith("hadronforce:")]
        self.assertEqual((done.returncode, len(messages)), (1, 1), messages)
        self.assertIn("rank 1 of 2: out/two_parameters.h5.part:/", messages[0])
        self.assertIn("could not be written", messages[0])

    def test_design_points(self):
        config = self.config("two_parameters_generate.yaml", ("  b1_MeV: {uniform: [-2145.5, 1532.5]}\n", ""),
                             ("  b3_MeV_fm2: {uniform: [-1064, 532]}\n", ""),
                             ("samples: 12000", "parameters_from: points.csv"))
        for text, parts in [
            ("b1_MeV,b3_MeV_fm2\n1,2\n3,\n", ["points.csv:3", "b3_MeV_fm2 is empty"]),
            ("b1_MeV,b3_MeV_fm2\n1,nan\n", ["points.csv:2", "must be finite"]),
            ("b1_MeV,b3_MeV_fm2\n1,x\n", ["points.csv:2", "must be a number"]),
            ("b1_MeV\n1\n", ["b3_MeV_fm2 is missing"]),
            ("b1_MeV,b3_MeV_fm2,b5\n1,2,3\n", ["names the column b5"]),
            ("b1_MeV,b3_MeV_fm2\n", ["has no rows"]),
        ]:
            self.write("points.csv", text)
            self.expect(2, parts, "generate", config, ranks=(1, 2))
        self.write("points.csv", "b3_MeV_fm2,b1_MeV\n-266,-306.5\n0,10\n")
        self.assertEqual(run("generate", config, cwd=self.folder)[0], 0)

    def test_files(self):
        text = self.write("text.h5", "no HDF5")
        self.expect(2, ["text.h5", "is not an HDF5 file"], "show", text)
        self.expect(2, ["nothing.h5", "cannot be opened"], "show", "nothing.h5")
        self.assertEqual(run("solve", self.config("n_omega_solve.yaml"), cwd=self.folder)[0], 0)
        solution = (self.folder / "out" / "n_omega.h5").read_bytes()
        cut = self.folder / "cut.h5"
        cut.write_bytes(solution[: len(solution) // 2])
        self.expect(2, ["cut.h5", "truncated"], "show", cut)
        import h5py
        with h5py.File(self.folder / "foreign.h5", "w") as file:
            file["x"] = [1.0]
        self.expect(2, ["foreign.h5", "was not written by hadronforce"], "show", "foreign.h5")

    def test_another_configs_dataset_is_left_alone(self):
        config = self.config("two_parameters_generate.yaml", ("samples: 12000", "samples: 50"))
        self.assertEqual(run("generate", config, cwd=self.folder)[0], 0)
        before = (self.folder / "out" / "two_parameters.h5").read_bytes()
        self.expect(2, ["another config"], "generate", config, "--set", "dataset.seed=2")
        self.assertEqual((self.folder / "out" / "two_parameters.h5").read_bytes(), before)

    @unittest.skipUnless(HAS_LEARNING, "built without LibTorch")
    def test_learning(self):
        self.assertEqual(run("generate",
                             self.config("two_parameters_generate.yaml", ("samples: 12000", "samples: 300")),
                             cwd=self.folder)[0], 0)
        run("solve", self.config("n_omega_solve.yaml"), cwd=self.folder)
        few = [("training_samples: 10000", "training_samples: 200"),
               ("validation_samples: 1000", "validation_samples: 50"), ("epochs: 300", "epochs: 3")]
        train = self.config("two_parameters_train.yaml", *few)
        self.expect(2, ["leave some for the test"], "train", train, "--set", "dataset.training_samples=300",
                    ranks=(1, 2))
        self.expect(2, ["names b7"], "train", train, "--set", "dataset.targets=[b7]", ranks=(1, 2))
        self.expect(2, ["is a solution file; a dataset file is needed"], "train", train, "--set",
                    "dataset.file=out/n_omega.h5", ranks=(1, 2))
        checkpoint = self.folder / "out" / "two_parameters_model.h5.checkpoint"
        shutil.copy(self.folder / "out" / "n_omega.h5", checkpoint)
        self.expect(2, ["is a solution file; a checkpoint file is needed"], "train", train, "--resume", ranks=(1, 2))
        checkpoint.unlink()
        self.assertEqual(run("train", train, "--resume", ranks=2, cwd=self.folder)[0], 0)

        infer = self.config("two_parameters_infer.yaml")
        shutil.copy(self.folder / "out" / "n_omega.csv", self.folder / "good.csv")
        good = (self.folder / "good.csv").read_text()
        for text, parts in [
            (good + "305,1,1,0\n", ["n_omega.csv:", "outside the 7.4", "trained on"]),
            (good.replace("7.45833333333,", "7.45833333333,nan,", 1), ["n_omega.csv:9", "entries"]),
            ("\n".join(line if i != 20 else line.replace(line.split(",")[1], "nan") for i,
                       line in enumerate(good.splitlines())), ["n_omega.csv:21", "C is nan"]),
        ]:
            (self.folder / "out" / "n_omega.csv").write_text(text)
            self.expect(2, parts, "infer", infer, ranks=(1, 2))
        (self.folder / "out" / "n_omega.csv").write_text(good)
        self.expect(2, ["truth.potential.b3_MeV_fm2 is missing"], "infer", infer, "--set", "truth={b1_MeV: 3}",
                    ranks=(1,))
        model = self.folder / "out" / "two_parameters_model.h5"
        model.write_bytes(model.read_bytes()[:5000])
        self.expect(2, ["two_parameters_model.h5", "truncated"], "infer", infer, ranks=(1, 2))


class EveryConfig(InFolder):
    """A config is named after its command. Those that read a file at once are refused where it is missing, by its
    name."""

    # The first ending that fits decides; with it the key of the file that a dry run opens.
    COMMANDS = [
        ("box", "lattice-box", "correlator.file"), ("budget", "lattice-budget", "data.file"),
        ("fitted_phase_shifts", "phase-shifts", "interaction.file"), ("phase_shifts", "phase-shifts", None),
        ("lattice_mock", "lattice-mock", None),
        ("lattice_fit", "lattice-fit", None), ("antiprotons_fit", "fit", "measurements.protons.data.file"),
        ("fit", "fit", "data.file"),
        ("potential", "lattice-potential", "correlator.file"), ("import", "lattice-import", "data_folder"),
        ("solve", "solve", None), ("generate", "generate", None), ("train", "train", None),
        ("infer", "infer", "data.file"), ("pca", "pca", "dataset.file"), ("predict", "predict", None),
    ]

    def dry_run(self, command, config, *sets):
        return run(command, config, "--dry-run", *sets, cwd=self.folder)

    def accepted(self, command, config, *sets):
        code, output, messages = self.dry_run(command, config, *sets)
        self.assertEqual((code, messages), (0, []))
        for key in re.findall(r"^(\w+):", config.read_text(), re.MULTILINE):
            self.assertIn(f"{key}:", output)

    def test_passes_a_dry_run(self):
        configs = sorted((SOURCE / "configs").glob("*.yaml"))
        self.assertGreaterEqual(len(configs), 15)
        for config in configs:
            with self.subTest(config=config.name):
                command, opened = next((c, o) for ending, c, o in self.COMMANDS if config.stem.endswith(f"_{ending}"))
                if command in ("train", "infer", "predict") and not HAS_LEARNING:
                    continue
                if opened is None:
                    self.accepted(command, config)
                    continue
                for sets in ([], ["--set", f"{opened}=no/such.h5"]):
                    code, _, messages = self.dry_run(command, config, *sets)
                    self.assertEqual((code, len(messages)), (2, 1), messages)
                self.assertIn("no/such.h5", messages[0])
                if opened == "data_folder":  # raw files lie beside the project, or nowhere; any folder will do here
                    self.accepted(command, config, "--set", "data_folder=.")
        self.assertEqual(list((self.folder / "out").iterdir()), [])


if __name__ == "__main__":
    main()
