"""The main job in small: solve, generate, train, infer, show and every picture."""

import subprocess
import unittest

import numpy as np

from program import SOURCE, InFolder, main, run


class MainJob(InFolder):
    def ok(self, *arguments, ranks=1):
        code, output, messages = run(*arguments, ranks=ranks, cwd=self.folder)
        self.assertEqual((code, messages), (0, []), arguments)
        return output

    def test_from_a_published_potential_to_an_inferred_one(self):
        configs = SOURCE / "configs"
        self.ok("solve", configs / "n_omega_solve.yaml")
        self.ok("generate", configs / "two_parameters_generate.yaml", ranks=2)
        train = ("train", configs / "two_parameters_train.yaml", "--set", "training.epochs=60")
        self.assertIn("epochs: 60", self.ok(*train, "--dry-run"))
        values = [line.split() for line in self.ok(*train, ranks=2).splitlines() if line.startswith("test ")]
        self.assertEqual([line[1] for line in values], ["potential.b1_MeV", "potential.b3_MeV_fm2"])
        for line in values:
            self.assertGreaterEqual(float(line[3]), 0.999)
        output = self.ok("infer", configs / "two_parameters_infer.yaml")
        inferred = {line.split()[0]: float(line.split()[2]) for line in output.splitlines()
                    if line.startswith("potential.b")}
        # Within one per cent of the prior's width.
        self.assertLess(abs(inferred["potential.b1_MeV"] + 306.5), 37)
        self.assertLess(abs(inferred["potential.b3_MeV_fm2"] + 266), 16)
        curve = np.genfromtxt(self.folder / "out" / "learning_curve.csv", delimiter=",", names=True)
        self.assertEqual(len(curve), 60)
        self.assertLess(curve["training_loss"][-1], 0.01 * curve["training_loss"][0])
        for path in (self.folder / "out").glob("*.h5"):
            self.assertIn("format version ", self.ok("show", path))
        for kind, file in [("solution", "n_omega.h5"), ("samples", "two_parameters.h5"),
                           ("learning-curve", "learning_curve.csv"),
                           ("predictions", "two_parameters_predictions.h5"), ("inference", "n_omega_inferred.h5")]:
            picture = self.folder / f"{kind}.png"
            subprocess.run(["/usr/bin/python3", SOURCE / "tools" / "plot.py", kind, self.folder / "out" / file, "-o",
                            picture], check=True)
            self.assertGreater(picture.stat().st_size, 5000)
        wrong = subprocess.run(["/usr/bin/python3", SOURCE / "tools" / "plot.py", "solution",
                                self.folder / "out" / "two_parameters.h5", "-o", "x.png"],
                               capture_output=True, text=True, check=False)
        self.assertEqual((wrong.returncode, wrong.stderr.count("\n")), (2, 1))


if __name__ == "__main__":
    main()
