"""From a mock correlator to phase shifts with errors: stopped fits, ranks, samples that did not converge."""

import shutil
import signal
import subprocess
import time
import unittest

import h5py
import numpy as np

from fit_configs import FIT, MOCK, PHASES
from program import PROGRAM, InFolder, main, run

RUN_AGAIN = 75
# Enough work that a signal finds it under way: networks that are trained, every step of 400 taken.
LONG = ("--set", "network={latent: 2, widths_f: [12, 12], widths_g: [12, 12], widths_local: [12]}", "--set",
        "data.weights=norm", "--set", "fit={patience: 1000, most_steps: 400, starts: 6}")


class LatticeFit(InFolder):
    def setUp(self):
        super().setUp()
        for name, text in (("mock", MOCK), ("fit", FIT), ("phases", PHASES)):
            self.write(f"{name}.yaml", text)
        self.ok("lattice-mock", "mock.yaml")

    def ok(self, *arguments, ranks=1):
        code, output, messages = run(*arguments, ranks=ranks, cwd=self.folder)
        self.assertEqual((code, messages), (0, []), arguments)
        return output

    def out(self, name):
        return self.folder / "out" / name

    def stopped_when(self, ready, *arguments):
        """A fit on two ranks that gets SIGUSR1 once `ready` says so."""
        process = subprocess.Popen(["mpirun", "--quiet", "-n", "2", PROGRAM, "lattice-fit", "fit.yaml", *arguments],
                                   cwd=self.folder, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True)
        while process.poll() is None and not ready():
            time.sleep(0.005)
        process.send_signal(signal.SIGUSR1)
        _, errors = process.communicate(timeout=60)
        self.assertEqual(process.returncode, RUN_AGAIN, errors)
        self.assertIn("hadronforce: stopped; what is finished is saved; run the same command with --resume to go on",
                      errors)
        self.assertTrue(self.out("potential.h5.checkpoint").exists())
        self.assertFalse(self.out("potential.h5").exists())

    def checkpoint(self, name):
        """A dataset of the checkpoint, None where there is none yet."""
        try:
            with h5py.File(self.out("potential.h5.checkpoint")) as file:
                return file[name][:] if name in file else None
        except FileNotFoundError:
            return None

    def test_a_fit_stopped_twice_is_that_which_was_left_alone(self):
        self.ok("lattice-fit", "fit.yaml", *LONG, ranks=2)
        shutil.move(self.out("potential.h5"), self.out("whole.h5"))
        self.stopped_when(lambda: self.checkpoint("starts/parameters") is not None, *LONG)
        self.assertIsNone(self.checkpoint("samples/parameters"))
        self.stopped_when(lambda: self.checkpoint("samples/parameters") is not None, *LONG, "--resume")
        self.assertLess(len(self.checkpoint("samples/parameters")), 6)
        self.ok("lattice-fit", "fit.yaml", *LONG, "--resume", ranks=1)  # on other ranks than before
        self.assertFalse(self.out("potential.h5.checkpoint").exists())
        with h5py.File(self.out("whole.h5")) as whole, h5py.File(self.out("potential.h5")) as resumed:
            self.assertEqual(len(whole["starts/loss"]), 6)
            # step, residual, loss, damping
            np.testing.assert_array_equal(resumed["curve"][:, :4], whole["curve"][:, :4])
            for name in ("U", "V", "effective_local", "starts/parameters", "starts/loss", "samples/parameters",
                         "samples/residual", "samples/effective_local"):
                self.assertGreater(np.abs(whole[name][:]).max(), 0, name)
                np.testing.assert_array_equal(resumed[name][:], whole[name][:], err_msg=name)

    def test_ranks_agree_to_the_bit(self):
        whole = None
        for ranks in (1, 2, 3):
            self.ok("lattice-mock", "mock.yaml", ranks=ranks)
            self.ok("lattice-fit", "fit.yaml", ranks=ranks)
            self.ok("phase-shifts", "phases.yaml", ranks=ranks)
            with h5py.File(self.out("correlator.h5")) as correlator, \
                    h5py.File(self.out("potential.h5")) as potential, h5py.File(self.out("phases.h5")) as phases:
                found = (correlator["R"][:], potential["curve"][:, :4], potential["samples/parameters"][:],
                         phases["delta_rad"][:], phases["samples/delta_rad"][:])
            if whole is None:
                whole = found
                self.assertGreater(len(whole[1]), 1)
            for one, other in zip(found, whole):
                np.testing.assert_array_equal(one, other)

    def test_phase_shifts_have_the_jackknife_errors_of_the_samples_that_converged(self):
        self.ok("lattice-fit", "fit.yaml")
        self.ok("phase-shifts", "phases.yaml")
        with h5py.File(self.out("phases.h5")) as phases:
            of_all = {name: phases[f"samples/{name}"][:] for name in ("delta_rad", "k_cot_delta_per_fm", "a0_r_eff")}
            errors = phases["delta_rad_error"][:]
        with h5py.File(self.out("potential.h5"), "r+") as file:
            self.assertEqual(list(file["samples/converged"]), [1] * 6)
            file["samples/converged"][2] = 0
            file["samples/parameters"][2] *= 100  # must not reach any average

        def jackknife(values):
            """Of 6 bins; where samples are missing the others stand for all."""
            factor = 5 ** 2 / (6 * (len(values) - 1))
            return np.sqrt(factor * np.sum((values - values.mean(axis=0)) ** 2, axis=0))

        np.testing.assert_allclose(errors, jackknife(of_all["delta_rad"]), rtol=1e-9)
        for ranks in (1, 2, 3):
            output = self.ok("phase-shifts", "phases.yaml", ranks=ranks)
            self.assertIn("errors: jackknife of 5 samples", output)
            self.assertIn("left out, as their fits did not converge: samples 2", output)
            with h5py.File(self.out("phases.h5")) as phases:
                self.assertEqual(phases.attrs["samples_left_out"], 1)
                for name, values in of_all.items():
                    np.testing.assert_array_equal(phases[f"samples/{name}"][:], np.delete(values, 2, axis=0))
                five = np.delete(of_all["delta_rad"], 2, axis=0)
                np.testing.assert_allclose(phases["delta_rad_error"][:], jackknife(five), rtol=1e-9)
                np.testing.assert_allclose(phases.attrs["a0_fm_error"],
                                           jackknife(np.delete(of_all["a0_r_eff"], 2, axis=0))[0], rtol=1e-9)
        table = np.genfromtxt(self.out("phases.csv"), delimiter=",", names=True)
        np.testing.assert_allclose(table["delta_rad_error"], jackknife(five), rtol=1e-5)

    def test_samples_that_do_not_converge_are_named(self):
        """So few steps that neither the mean nor any sample is done."""
        output = self.ok("lattice-fit", "fit.yaml", "--set", "fit.most_steps=1", "--set", "data.weights=norm", ranks=2)
        self.assertIn("not converged: fit.most_steps was reached", output)
        self.assertIn("6 samples fitted; not converged, and left out of every average: 0, 1, 2, 3, 4, 5", output)
        with h5py.File(self.out("potential.h5")) as file:
            self.assertEqual(list(file["samples/converged"]), [0] * 6)
            self.assertNotIn("effective_local_error", file)


if __name__ == "__main__":
    main()
