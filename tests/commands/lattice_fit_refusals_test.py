"""lattice-mock, lattice-fit and phase-shifts of fits refuse what cannot be right: code 2, one line, nothing damaged,
on any number of ranks."""

import pathlib
import shutil
import subprocess
import tempfile
import unittest

import h5py
import numpy as np

from fit_configs import FIT, MOCK, PHASES
from program import PROGRAM, TIMEOUT_S, InFolder, main, run

WAVES = """interaction: {form: separable_exponential, omega: -0.017, mu: 1.0, reduced_mass: 3.30, units: natural}
momentum:    {k_min: 0.2, k_max: 1.4, points: 4, placement: end_points}
radii:       {cut: 8.0, panels: 1}
output:      {file: out/waves.h5}
"""
WAVES_FIT = """data:    {file: out/waves.h5}
network: {latent: 1, widths_f: [4], widths_g: [4]}
fit:     {most_steps: 20}
output:  {potential: out/waves_potential.h5}
"""
CONFIGS = {"mock": MOCK, "fit": FIT, "phases": PHASES, "waves": WAVES, "waves_fit": WAVES_FIT}
COMMANDS = {"mock": "lattice-mock", "waves": "lattice-mock", "fit": "lattice-fit", "waves_fit": "lattice-fit",
            "phases": "phase-shifts"}


def put(name, index, value):
    """A change of a file: some values of a dataset."""
    def change(file):
        file[name][index] = value
    return change


def replace(name, new):
    """Another dataset in place of one, from its values; None removes it."""
    def change(file):
        values = new(file[name][()])
        del file[name]
        if values is not None:
            file[name] = values
    return change


def attribute(owner, name, value):
    """Another value of an attribute; None removes it."""
    def change(file):
        if value is None:
            del file[owner].attrs[name]
        else:
            file[owner].attrs[name] = value
    return change


class FitRefusals(InFolder):
    @classmethod
    def setUpClass(cls):
        """Files that are right, made once."""
        cls._good = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls._good.cleanup)
        cls.good = pathlib.Path(cls._good.name)
        (cls.good / "out").mkdir()
        for name, text in CONFIGS.items():
            (cls.good / f"{name}.yaml").write_text(text)
        for name in CONFIGS:
            if name == "phases":
                continue
            code, _, messages = run(COMMANDS[name], f"{name}.yaml", cwd=cls.good)
            assert (code, messages) == (0, []), messages

    def setUp(self):
        super().setUp()
        shutil.copytree(self.good, self.folder, dirs_exist_ok=True)
        self.cases = 0

    def tearDown(self):
        print(f"{self._testMethodName}: {self.cases} malformed inputs")

    def files(self):
        return {path: path.read_bytes() for path in self.folder.rglob("*") if path.is_file()}

    def outcome(self, config, arguments, ranks):
        if ranks > 1:
            return run(COMMANDS[config], f"{config}.yaml", *arguments, ranks=ranks, cwd=self.folder)[::2]
        done = subprocess.run([PROGRAM, COMMANDS[config], f"{config}.yaml", *arguments], cwd=self.folder,
                              capture_output=True, text=True, timeout=TIMEOUT_S,
                              check=False)
        return done.returncode, done.stderr.splitlines()

    def all_refused(self, config, cases):
        """Cases (parts of the message, arguments, ranks), one after the other, as all name the same outputs."""
        self.cases += len(cases)
        before = self.files()
        for parts, arguments, ranks in cases:
            code, messages = self.outcome(config, arguments, ranks)
            with self.subTest(config=config, parts=parts, arguments=arguments, ranks=ranks):
                self.assertEqual((code, len(messages)), (2, 1), messages)
                for part in parts:
                    self.assertIn(part, messages[0])
        after = self.files()
        self.assertEqual([path.name for path in {*before, *after} if before.get(path) != after.get(path)], [])

    def refused(self, config, parts, *arguments, ranks=1):
        self.all_refused(config, [(parts, arguments, ranks)])

    def settings(self, config, cases):
        self.all_refused(config, [(parts, ("--set", setting), 1) for setting, *parts in cases])

    def changed(self, config, key, source, cases):
        """A copy of a good file with one thing changed, given in its stead."""
        given = []
        for number, (change, ranks, *parts) in enumerate(cases):
            name = f"changed{number}.h5"
            shutil.copy(self.folder / "out" / source, self.folder / name)
            with h5py.File(self.folder / name, "r+") as file:
                change(file)
            given.append(([name, *parts], ("--set", f"{key}={name}"), ranks))
        self.all_refused(config, given)

    def not_whole(self, config, key, source):
        whole = (self.folder / "out" / source).read_bytes()
        for content, ranks, part in [(b"", 1, "is empty; write it again"), (b"text", 1, "is not an HDF5 file"),
                                     (whole[:3000], 2, "truncated or damaged; write it again")]:
            (self.folder / "changed.h5").write_bytes(content)
            self.refused(config, ["changed.h5: ", part], "--set", f"{key}=changed.h5", ranks=ranks)

    def test_config_of_mock_waves(self):
        self.settings("waves", [
            ("radii={}", "--set radii: radii.cut is missing"),
            ("radii.cut=-1", "radii.cut is '-1'; it must be positive"), ("radii.cut=.nan", "it must be finite"),
            ("radii.cut_fm=8", "radii.cut_fm is not a known key; did you mean cut?"),
            ("radii.cut=150", "the cut lies beyond the interaction's range of ", "lower it"),
            ("radii.panels=0", "must be at least 1"), ("radii.panels=100000000", "radii.panels must be at most 1000"),
            ("momentum.k_max=0.1", "must be larger than k_min"),
            ("interaction.omega=0", "the interaction is zero everywhere; check its strength"),
            ("noise={relative: 1}", "noise is not a known key; remove it"),
            ("output.file=no/such/a.h5", "no/such/a.h5: cannot be written", "make its directory"),
            ("output.file=out", "out: is a directory; give the name of a file"),
        ])

    def test_config_of_mock_correlators(self):
        self.settings("mock", [
            ("lattice.L=3", "must be at least 4"), ("lattice.L=300", "must be at most 256"),
            ("lattice.T=8", "correlator.times.last is 8; it must lie below T = 8"),
            ("correlator.times={first: 6, last: 5}", "must be at least 6"),
            ("correlator.states=84", "correlator.states is 84; it must be at most 83"),
            ("correlator.weights=[1, 2]", "correlator.weights has 2 numbers for 8 states"),
            ("correlator.weights=[0, 0, 0, 0, 0, 0, 0, 0]", "is 0; give states a weight"),
            ("correlator.space_order=3", "must be 2 or 4"),
            ("correlator.time_dependence=fast", "must be one of exact, finite_difference"),
            ("noise={relative: 0.1}", "noise.configurations is missing"),
            ("resampling.bin_size=5", "resampling.bin_size does not fit", "do not make bins of 5"),
            ("resampling.bin_size=12", "errors need at least two"), ("noise.relative=-1", "must not be negative"),
            ("resampling.kind=bootstrap", "resampling.samples is missing"),
            ("correlator.dispersion=relativistic", "correlator.dispersion is relativistic; that needs time_dependence"),
            ("noise.time_correlation=1", "must lie between 0 and 0.999999"),
            ("noise.growth=1e4", "of configuration 0 is", "lower the noise or its growth"),
            ("potential.strengths_MeV=[-80000, 150]", "too deep", "make the interaction weaker"),
            ("potential={form: yukawa, strength_MeV_fm: 1, m_MeV: 146}", "yukawa is inf MeV at r = 0 fm",
             "finite at all sites"),
            ("momentum={k_min_MeV: 1}", "momentum is not a known key"),
            ("interaction={form: separable_exponential, omega: 1, mu: 1, units: natural}", "needs MeV and fm"),
        ])
        self.refused("mock", ["of configuration 0 is"], "--set", "noise.growth=1e4", ranks=2)
        self.refused("mock", ["yukawa is inf MeV at r = 0 fm"], "--set",
                     "potential={form: yukawa, strength_MeV_fm: 1, m_MeV: 146}", ranks=2)

    def test_config_of_the_fit(self):
        self.settings("fit", [
            ("data={}", "data.file is missing"), ("data.file=none.h5", "none.h5: cannot be opened", "check the name"),
            ("data.file=out/waves.h5", "out/waves.h5: is a waves file; a correlator file is needed"),
            ("data.times=[]", "must not be empty"),
            ("data.times=[4]", "out/correlator.h5:/t: lacks t = 3, which derivatives at t = 4 need"),
            ("data.times=[9]", "lacks t = 9; it has 4, 5, 6, 7, 8"),
            ("data.times=[6, 5]", "data.times must ascend"),
            ("data.time_order=4", "lacks t = 3, which derivatives at t = 5 need"),
            ("data={file: out/correlator.h5, cut_fm: 1.5}", "data.times is missing"),
            ("data={file: out/correlator.h5, times: [5]}", "data.cut_fm is missing"),
            ("data.cut_fm=0.5", "the cut of 0.5 fm is less than two lattice spacings, 0.5638 fm; raise it"),
            ("data.cut_fm=3", "lies beyond the farthest site", "lower it"),
            ("data.weights=equal", "must be one of norm, inverse_variance"),
            ("network={latent: 0, widths_local: []}", "which leaves out the kernel; then widths_local is needed"),
            ("network.activation=relu", "must be one of silu, tanh"),
            ("network={asymptotics: penalty}", "network.penalty_from_fm is missing"),
            ("network={asymptotics: penalty, penalty_from: 1}", "is in MeV and fm; give network.penalty_from_fm"),
            ("network={asymptotics: penalty, penalty_from_fm: 9}",
             "no radius lies beyond network.penalty_from_fm = 9; lower it"),
            ("network.widths_f=[900, 900]", "network.widths_f and the other widths make 813",
             "a fit takes at most 10000"),
            ("network.widths_f=[1e12]", "must lie between 1 and 1000"),
            ("network.latent=1e9", "must lie between 0 and 1000"),
            ("fit.least_progress=2", "must lie between 0 and 1"), ("fit.most_steps=0", "must be at least 1"),
            ("fit.samples=some", "must be true or false"),
            ("fit.steps=3", "fit.steps is not a known key"),
            ("output.potential=no/such/p.h5", "no/such/p.h5: cannot be written", "make its directory"),
            ("output.learning_curve=no/such/c.csv", "no/such/c.csv: cannot be written"),
            ("output.potential=out", "out: is a directory"),
        ])
        self.settings("waves_fit",
                      [("data.times=[1]", "data.cut_fm is missing"),
                       ("fit.samples=false", "fit.samples is not a known key"),
                                    ("network={asymptotics: penalty, penalty_from_fm: 1}",
                                     "is in natural units; give network.penalty_from")])
        for setting, part in [("output.potential=no/such/p.h5", "make its directory"),
                              ("data.times=[9]", "lacks t = 9"), ("network.latent=1e9", "between 0 and 1000")]:
            self.refused("fit", [part], "--set", setting, ranks=2)

    def test_waves_file(self):
        self.not_whole("waves_fit", "data.file", "waves.h5")
        self.changed("waves_fit", "data.file", "waves.h5", [
            (replace("r", lambda _: None), 1, ":/r: is missing"), (put("r", 3, 9), 1, "radii of the fit must increase"),
            (put("r", 0, np.nan), 1, ":/r: must be one column of finite"),
            (replace("r", lambda r: np.stack([r, r], 1)), 1, ":/r: must be one column"),
            (replace("r", lambda _: 3.0), 1, ":/r: is a single number"),
            (replace("r", lambda r: r[:0]), 1, "do not fit together"),
            (put("measure", 2, 0), 1, "measure of the fit must be positive"),
            (put("wave", (0, 1), np.inf), 2, "not finite"),
            (put("wave", 1, 0), 1, "wave 1 of the fit is zero everywhere"),
            (replace("wave", lambda w: w[0]), 1, "do not fit together"),
            (replace("wave", lambda w: w + 1j), 1, ":/wave: holds compound values"),
            (put("target", 2, 0), 1, "wave 2 of the fit has a target that is zero everywhere"),
            (replace("target", lambda t: t * 1e200), 2, "too large or too small"),
            (replace("momentum", lambda k: k[:2]), 1, ":/momentum: has 2 entries, /wave has 4 waves"),
            (attribute("/", "units", "cgs"), 1, "/@units: is 'cgs'; it must be physical or natural"),
            (attribute("/", "reduced_mass", np.inf), 1, "/@reduced_mass: must be positive and finite"),
            (attribute("/", "reduced_mass", None), 1, "/@reduced_mass: is missing"),
            (attribute("/", "format_version", 7), 1, "has format version 7"),
        ])

    def test_correlator_file_of_a_fit(self):
        self.not_whole("fit", "data.file", "correlator.h5")
        self.changed("fit", "data.file", "correlator.h5", [
            # On two ranks sample 5 is read by the second.
            (put("R", (5, 1, 3), np.nan), 2, "rank 1 of 2: ", ":/R: sample 5, slice 1, point 3 is nan"),
            (put("R", (0, 1, 3), 0), 1, ":/R: sample 0, slice 1, point 3 is 0"),
            (put("R", (4, 1, 3), 1e10), 2, "/R: sample 4, t = 5, point 3 is 1e+10"),
            (put("ensemble_R", (1, 1), np.inf), 1, "is inf"),
            (replace("R", lambda R: R[:3]), 1, "/R: has shape 3 x 5 x 84; 6 x 5 x 84 is needed"),
            (replace("ensemble_R", lambda R: R * 1e-200), 2, "is R(t, r) of a sensible size?"),
            (replace("ensemble_R", lambda R: R * 1e200), 1, "is R(t, r) of a sensible size?"),
            (attribute("/", "L", 10), 1, "does not represent an orbit"),
            (attribute("/", "mass1_a", 0.0), 1, "/@mass1_a: is 0, it must be positive"),
            (attribute("/", "mass1_a", 1e12), 1, "/@mass1_a: is 1e+12, which is 7e+14 MeV; it must lie between"),
            (replace("t", lambda t: t[::-1]), 1, "/t: entry 1 is 7; times must ascend"),
        ])
        shutil.copy(self.folder / "out" / "correlator.h5", self.folder / "alike.h5")
        with h5py.File(self.folder / "alike.h5", "r+") as file:
            file["R"][:] = file["R"][0]
        self.refused("fit", ["alike.h5:/R: the samples do not differ at t = 5, point 0; take weights: norm"], "--set",
                     "data.file=alike.h5", "--set",
                     "data.weights=inverse_variance", ranks=2)

    def test_potential_file(self):
        self.not_whole("phases", "interaction.file", "potential.h5")
        network, again = "/network", "fit the kernel again"
        self.changed("phases", "interaction.file", "potential.h5", [
            (lambda file: file.__delitem__("network"), 1, "/network@activation: is missing"),
            (attribute(network, "latent", None), 1, "/network@latent: is missing"),
            (attribute(network, "latent", 1.5), 1, "/network@latent"),
            (attribute(network, "latent", 0), 1, "the kernel network needs 49 finite parameters", again),
            (attribute(network, "latent", 10**12), 2, "between 1 and 1000 units", again),
            (attribute(network, "widths_f", np.array([np.nan])), 1, "between 1 and 1000 units"),
            (attribute(network, "widths_f", np.array([4.5])), 1, "between 1 and 1000 units"),
            (attribute(network, "activation", "relu"), 1, "use silu or tanh"),
            (attribute(network, "cut", 0.0), 1, "must be positive and finite", again),
            (attribute(network, "r_scale", np.inf), 1, "must be positive and finite"),
            (attribute(network, "u_scale", np.nan), 1, "must be positive and finite"),
            (put("network/parameters", 3, np.nan), 1, "/network/parameters: must be one column of finite"),
            (replace("network/parameters", lambda p: p[:-1]), 1, "needs 99 finite parameters", again),
            (attribute("/", "units", "cgs"), 1, "/@units"),
            (attribute("/", "reduced_mass_MeV", 0.0), 1, "must be positive and finite"),
            (attribute("/", "resampling", "cross"), 1, "neither jackknife nor bootstrap"),
            (attribute("/", "kind", "waves"), 1, "is a waves file; a potential file is needed"),
            (attribute("/", "format_version", 9), 1, "has format version 9"),
            (attribute("/", "format_version", 0), 1, "/@format_version: is 0, versions begin with 1", "write the file"),
            (attribute(network, "tapers", 2), 1, "/network@tapers: is 2, it must be 0 or 1", again),
            (put("samples/parameters", 2, 0.0), 2, ": sample 2: the interaction is zero everywhere"),
            (replace("samples/parameters", lambda p: p[:, :-1]), 1, "/samples: does not fit the network", again),
            (put("samples/parameters", (1, 1), np.nan), 2, "/samples"),
            (replace("samples/converged", lambda c: 2 * c), 1, "/samples"),
            (replace("samples/steps", lambda _: None), 1, "/samples/steps: is missing"),
        ])
        with h5py.File(self.folder / "out" / "potential.h5", "r+") as file:
            file["samples/converged"][1:] = 0
        for ranks in (1, 2):
            self.refused("phases", ["phases.yaml:1: interaction.file has 6 samples of which 1 converged",
                                    "fit with more steps"], ranks=ranks)

    def test_config_of_phase_shifts_of_a_fit(self):
        self.settings("phases", [
            ("interaction={form: fitted}", "interaction.file is missing"),
            ("interaction.file=none.h5", "none.h5: cannot be opened"),
            ("interaction.units=natural", "interaction.units is not a known key"),
            ("potential={preset: n_omega_t12}", "has a local part of its own; remove potential"),
            ("interaction={form: tabulated, file: out/potential.h5}",
             "/V: a local part acts beside /U; take the whole kernel by form: fitted"),
            ("momentum={k_min: 1, k_max: 2, points: 3}", "momentum.k_min_MeV is missing"),
            ("output={}", "needs a table (CSV) or a file (HDF5)"),
            ("output.table=out", "out: is a directory"), ("output.file=no/such/p.h5", "make its directory"),
        ])

    def test_checkpoint(self):
        """As a fit leaves it that was stopped: made of what the fit that ended left."""
        checkpoint = self.folder / "out" / "potential.h5.checkpoint"

        def resumed(change, *parts, ranks=1, config="fit"):
            with h5py.File(self.folder / "out" / "potential.h5") as potential, h5py.File(checkpoint, "w") as file:
                file.attrs.update(potential.attrs)
                file.attrs.update({"kind": "fit_checkpoint", "format_version": 3})
                for name in ("curve", "starts", "samples"):
                    potential.copy(name, file)
                change(file)
            self.refused(config, ["out/potential.h5.checkpoint", *parts], "--resume", ranks=ranks)

        for ranks in (1, 2):
            resumed(lambda file: file.attrs.__setitem__("config", "data: {}\n"),
                    "belongs to another config; fit without --resume", ranks=ranks)
            resumed(lambda file: file.attrs.__setitem__("kind", "potential"),
                    "is a potential file; a fit_checkpoint file is needed", ranks=ranks)
        for group in ("starts", "samples"):
            again = f"/{group}: does not fit the network; fit the kernel again"
            resumed(replace(f"{group}/parameters", lambda p: p[:, :-1]), again)
            resumed(put(f"{group}/parameters", (1, 2), np.nan), again)
            resumed(replace(f"{group}/converged", lambda c: c[:1]), again)
            resumed(replace(f"{group}/steps", lambda _: None), f"/{group}/steps: is missing")
        resumed(replace("curve", lambda c: c[:, :4]), "/curve: needs five columns")
        resumed(attribute("/", "format_version", 2), "was written by an older hadronforce; fit without --resume")
        checkpoint.write_bytes(b"text")
        for ranks in (1, 2):
            self.refused("fit", ["potential.h5.checkpoint: is not an HDF5 file"], "--resume", ranks=ranks)


if __name__ == "__main__":
    main()
