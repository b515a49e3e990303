"""What --dry-run prints is a config: run again as it is, it is accepted and prints itself."""

import json
import os
import pathlib
import sys
import unittest

from fit_configs import FIT, MOCK
from program import PROGRAM, SOURCE, InFolder, main, run
from small_runs import HAS_LEARNING

sys.path.insert(0, str(SOURCE / "tests" / "hunt"))
from templates import make_workshop  # noqa: E402

SHARED = pathlib.Path(os.environ.get("HADRONFORCE_SHARED_DATA", "nowhere"))
# Small forms (their box must hold the cuts) of the runs whose outputs other configs read; the last part of its name is
# the command of the others.
SMALL = [("lattice-mock", "separable_lattice_mock", []),
         ("lattice-fit", "separable_lattice_fit", ["fit.most_steps=1"]),
         ("lattice-mock", "omega_ccc_lattice_mock", ["lattice.L=42", "correlator.states=4", "noise.configurations=80"]),
         ("lattice-mock", "n_omega_lattice_mock", ["lattice.L=28", "correlator.states=4", "noise.configurations=80"]),
         ("lattice-fit", "n_omega_lattice_fit", ["fit.most_steps=1", "fit.samples=false", "data.cut_fm=0.6"]),
         ("lattice-import", "xixi_import", []),
         ("lattice-import", "xixi_import", ["resampling.bin_size=1", "output.file=out/xixi_rotations.h5"]),
         ("lattice-fit", "xixi_lattice_fit", ["fit.most_steps=1", "fit.samples=false", "data.cut_fm=0.6"]),
         ("solve", "n_omega_solve", []),
         ("generate", "two_parameters_generate", ["dataset.samples=300"]),
         ("generate", "five_parameters_generate", ["dataset.samples=300"]),
         ("train", "two_parameters_train", ["dataset.training_samples=200", "dataset.validation_samples=50",
                                            "training.epochs=1"])]
COMMANDS = {"shifts": "phase-shifts", "mock": "lattice-mock", "lattice_fit": "lattice-fit", "fit": "fit",
            "import": "lattice-import", "potential": "lattice-potential", "solve": "solve", "generate": "generate",
            "train": "train", "infer": "infer", "pca": "pca", "predict": "predict", "box": "lattice-box",
            "budget": "lattice-budget"}


def command_of(name):
    return next(command for ending, command in COMMANDS.items() if name.endswith(ending))


class DryRun(InFolder):
    def repeats_itself(self, command, config, cwd):
        code, printed, messages = run(command, config, "--dry-run", cwd=cwd)
        self.assertEqual((code, messages), (0, []))
        self.assertGreater(len(printed), 40)
        again = cwd / "again.yaml"
        again.write_text(printed)
        self.assertEqual(run(command, again, "--dry-run", cwd=cwd), (0, printed, []))

    @unittest.skipUnless(HAS_LEARNING, "the workshop trains a model")
    def test_small_jobs_of_every_command(self):
        folder = self.folder / "workshop"
        folder.mkdir()
        templates = make_workshop(PROGRAM, folder)
        self.assertEqual({t.command for t in templates.values()}, set(COMMANDS.values()))
        for template in templates.values():
            with self.subTest(template=template.name):
                (folder / "config.yaml").write_text(json.dumps(template.config))
                self.repeats_itself(template.command, "config.yaml", folder)

    def test_a_list_may_be_emptied(self):
        self.write("mock.yaml", MOCK)
        self.write("fit.yaml", FIT)
        self.assertEqual(run("lattice-mock", "mock.yaml", cwd=self.folder)[::2], (0, []))
        code, printed, messages = run("lattice-fit", "fit.yaml", "--dry-run", "--set=network.widths_local=[]",
                                      cwd=self.folder)
        self.assertEqual((code, messages), (0, []))
        self.assertIn("  widths_local: []\n", printed)
        self.assertNotIn("reduced_mass_a", printed)
        code, _, messages = run("lattice-fit", "fit.yaml", "--set=data.reduced_mass_a=0", cwd=self.folder)
        self.assertEqual(code, 2)
        self.assertIn("data.reduced_mass_a is '0'; it must be positive", messages[0])

    def test_every_config(self):
        here = self.folder / "here"
        (here / "out").mkdir(parents=True)
        if SHARED.is_dir():
            (self.folder / "shared").mkdir()
            (self.folder / "shared" / "data").symlink_to(SHARED)
        for command, name, sets in SMALL:
            if (command == "train" and not HAS_LEARNING) or ("xixi" in name and not SHARED.is_dir()):
                continue
            code, _, messages = run(command, SOURCE / "configs" / f"{name}.yaml", *[f"--set={s}" for s in sets],
                                    cwd=here)
            self.assertEqual((code, messages), (0, []), name)
        for config in sorted((SOURCE / "configs").glob("*.yaml")):
            with self.subTest(config=config.name):
                self.repeats_itself(command_of(config.stem), config, here)


if __name__ == "__main__":
    main()
