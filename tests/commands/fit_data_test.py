"""`fit`: data of every form and size are read for what they are, and wrong input is refused."""

import concurrent.futures
import subprocess

import numpy as np

from fermion_fits import FERMIONS, HBAR_C, TRUTH, OfFermions
from program import PROGRAM, TIMEOUT_S, main, run, with_memory


class FitData(OfFermions):
    def test_hepdata_with_a_covariance(self):
        """Errors common to all bins loosen the normalisation alone: its error grows by what is common, in
        quadrature."""
        values = "".join(f"  - {{value: {c:.12g}, errors: [{{symerror: {e}, label: stat}}]}}\n" for c,
                         e in zip(self.data, self.error))
        edges = "".join(f"  - {{low: {a / 1000}, high: {b / 1000}}}\n" for a, b in zip(self.low, self.high))
        self.write("data.yaml", f"dependent_variables:\n- header: {{name: C}}\n  values:\n{values}"
                   f"independent_variables:\n- header: {{name: k*, units: GeV/$c$}}\n  values:\n{edges}")
        self.fit(FERMIONS, "--set", "data.file=data.yaml")
        separate = self.result()
        model, common = separate["model"], 0.01
        covariance = np.diag(self.error**2) + common**2 * np.outer(model, model)
        self.write("covariance.csv", "bin1,bin2,covariance\n" + "".join(
            f"{i + 1},{j + 1},{covariance[i, j]:.17g}\n" for i in range(len(model)) for j in range(i + 1)))
        self.fit(FERMIONS, "--set", "data={file: data.yaml, covariance: {file: covariance.csv}}")
        together = self.result()
        for name in TRUTH:
            expected = (separate["errors"][name] ** 2
                        + (name == "normalisation") * (common * separate["values"][name]) ** 2)
            self.assertAlmostEqual(together["errors"][name] / np.sqrt(expected), 1, delta=0.02, msg=name)

    def test_weight_of_mixed_events(self):
        """A table of k^2 is the phase space that is taken without one; to what linear pieces of 1 MeV/c leave."""
        self.write("mixed.csv", "k_star_MeV,weight\n" + "".join(f"{k},{k * k}\n" for k in range(300)))
        self.fit(FERMIONS, "--set", "fit.profile=false")
        own = self.result()
        self.fit(FERMIONS, "--set", "fit.profile=false", "--set", "bins.weight_file=mixed.csv")
        for name in TRUTH:
            self.assertAlmostEqual(self.result()["values"][name], own["values"][name], delta=0.02 * own["errors"][name])
        self.fit(FERMIONS, "--set", "fit.profile=false", "--set", "bins.points=1")
        # where a rule begins does not matter
        self.assertLess(np.max(np.abs(self.result()["model"] - own["model"])), 2e-6)

    def test_one_corrupt_bin_is_named(self):
        """The bin of line 12 once far below zero, once with an error that would make it all that counts."""
        self.data[10] = -0.3
        self.write_data("data.csv", self.data)
        output = self.fit(FERMIONS)
        self.assertIn("warning: data.csv:12: the bin at 63 MeV/c has C = -0.3 +- 0.004; no correlation function is "
                      "negative", output)
        self.assertIn("farthest from it lies the bin at 63 MeV/c (data.csv:12)", output)
        self.assertLess(self.result()["attributes"]["evaluations"], 1000)
        self.data[10] = self.data[9]
        self.error[10] = 1e-9
        self.write_data("data.csv", self.data)
        self.refuse(FERMIONS, "data.csv:12: the bin at 63 MeV/c has C = ",
                    "+- 1e-09, less than C is computed to, 1e-06; mend the row")
        self.error[10] = 1e-5
        self.write_data("data.csv", self.data)
        self.assertIn("warning: data.csv:12: the bin at 63 MeV/c has C = ",
                      self.fit(FERMIONS, "--set", "fit.profile=false"))

    def test_tens_of_thousands_of_bins(self):
        """Independent errors need no matrix of all bins; a force in so many momenta is refused before it takes
        memory."""
        self.write("data.csv", "k_low,k_high,C,stat_err\n"
                   + "".join(f"{k / 100:.2f},{(k + 1) / 100:.2f},1,0.1\n" for k in range(30000)))
        text = (FERMIONS.replace("{start: 1.0, min: 0.3, max: 5}", "1.3").replace("{start: 0.5, min: 0, max: 1}", "0")
                .replace("baseline: {linear_per_GeV: {start: 0}}\n", ""))
        config = self.write("config.yaml", text)
        done = subprocess.run([PROGRAM, "fit", config], cwd=self.folder, capture_output=True, text=True,
                              preexec_fn=with_memory(2 << 30), timeout=TIMEOUT_S)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertAlmostEqual(self.result()["errors"]["normalisation"], 0.1 / np.sqrt(30000), delta=1e-6)  # of a mean
        well = text.replace("symmetry: even}",
                            "symmetry: even, waves: [{l: 0, form: square_well, depth_MeV: 10, radius_fm: 1}]}")
        self.refuse(well, "data.file has 30000 bins in the range, which need about", "GB; take wider bins")

    def test_hepdata_as_experiments_write_it(self):
        """Errors without signs are those with signs; Q is 2 k*; one of several variables of one name; all of a closed
        form."""
        k = np.arange(5, 205, 10.0)
        def variable(r0, minus, more=""):
            c = 1 - 0.5 * np.exp(-((2 * k * r0 / HBAR_C) ** 2))
            return f"- header: {{name: 'C(k*)'}}\n{more}  values:\n" + "".join(
                f"  - {{value: {x:.12g}, errors: [{{asymerror: {{plus: 0.1, minus: {minus}}}, label: stat}}]}}\n"
                for x in c)
        def table(name, header, size, variables):
            points = ", ".join(f"{{value: {x * size:.12g}}}" for x in k)
            self.write(name,
                       f"independent_variables:\n- "
                       f"{{header: {header}, values: [{points}]}}\ndependent_variables:\n{variables}")
        text = (FERMIONS.replace("data.csv", "data.yaml").replace("{start: 0.5, min: 0, max: 1}", "1")
                .replace("{start: 1}", "1").replace("{start: 0}", "0") + "fit: {profile: false}\n")
        errors = []
        for minus in (-0.1, 0.1):
            table("data.yaml", "{name: k*, units: MeV/c}", 1, variable(2.0, minus))
            self.fit(text)
            self.assertAlmostEqual(self.result()["values"]["source.r0_fm"], 2.0, delta=1e-3)
            errors.append(self.result()["errors"]["source.r0_fm"])
        self.assertAlmostEqual(errors[0], errors[1], delta=1e-9)
        table("data.yaml", "{name: Q, units: GEV/C}", 2e-3, variable(2.0, -0.1))
        self.refuse(text, "data.yaml:2: the momentum is called Q, which is 2 k*", "data.momentum")
        self.fit(text, "--set", "data.momentum=q_inv")
        self.assertAlmostEqual(self.result()["values"]["source.r0_fm"], 2.0, delta=1e-3)
        table("data.yaml", "{name: k*, units: GEV**-1}", 1e-3, variable(2.0, -0.1))
        self.refuse(text, "data.yaml:2: the units of k* are 'GEV**-1'")
        qualifier = "  qualifiers: [{{name: CENTRALITY, value: {0}}}]\n"
        table("data.yaml", "{name: 'K* (GEV/C)'}", 1e-3,
              variable(2.0, 0.1, qualifier.format("0-20%")) + variable(1.5, 0.1, qualifier.format("20-60%")))
        self.refuse(text,
                    "choose one by data.dependent_number or data.qualifiers: 1 C(k*) (CENTRALITY: 0-20%); 2 C(k*) "
                    "(CENTRALITY: 20-60%)")
        for choice, r0 in (("data.dependent_number=1", 2.0), ("data.qualifiers={CENTRALITY: 20-60%}", 1.5)):
            self.fit(text, "--set", choice)
            self.assertAlmostEqual(self.result()["values"]["source.r0_fm"], r0, delta=1e-3)

    def test_refusals(self):
        cases = [
            ("file: data.csv", "file: none.csv", ["none.csv: cannot be read"]),
            ("file: data.csv", "file: data.csv, k_max_MeV: 3",
             ["config.yaml:1: data.csv: has no bin within 0 to 3 MeV/c"]),
            ("file: data.csv", "file: data.csv, exclude: [[0, 1000]]",
             ["config.yaml:1: data.csv: has no bin outside of what is excluded"]),
            ("file: data.csv", "file: data.csv, k_max_MeV: 10",
             ["config.yaml:1: data.file leaves 1 bins in the range, too few for 4"]),
            ("file: data.csv", "file: data.csv, k_min_MeV: 9, k_max_MeV: 3",
             ["data.k_max_MeV must be larger than k_min_MeV"]),
            ("file: data.csv", "file: data.csv, errors: [syst]", ["data.csv: has no error syst; its errors are stat"]),
            ("file: data.csv", "file: data.csv, columns: {value: CF}", ["data.csv: has no column CF"]),
            ("file: data.csv", "file: data.csv, columns: {unit: eV}",
             ["data.columns.unit is 'eV'; it must be one of MeV, GeV"]),
            ("file: data.csv", "file: data.csv, dependent: C", ["config.yaml:1: data.dependent is not a known key"]),
            ("file: data.csv", "file: data.csv, covariance: {file: no.csv}", ["no.csv: cannot be read"]),
            ("symmetry: even", "symmetry: both", ["channels[0].symmetry is 'both'"]),
            ("symmetry: even", "symmetry: even, waves: [{l: 1, preset: usmani_1s0}]",
             ["channels[0].waves[0].l = 1 does not exist where the symmetry is even"]),
            ("symmetry: even", "symmetry: even, waves: [{l: x, preset: usmani_1s0}]",
             ["channels[0].waves[0].l is 'x'; it must be a whole number"]),
            ("symmetry: even", "symmetry: even, waves: [{l: 0, preset: usmani}]",
             ["channels[0].waves[0].preset is not known"]),
            ("weight: 0.25", "weight: -1", ["channels[0].weight is '-1'; it must be positive"]),
            ("weight: 0.25", "weight: 0.5", ["channels have weights that add to 1.25"]),
            ("channels: [", "chanels: [",
             ["config.yaml:1: potential is missing; give a potential for the s-wave, or channels"]),
            ("form: gaussian", "form: gausian", ["source.form is not known"]),
            ("{start: 1.0, min: 0.3, max: 5}", "{start: 1.0, min: 2, max: 5}",
             ["source.r0_fm.start is 1; it must lie between min and max"]),
            ("{start: 1.0, min: 0.3, max: 5}", "{start: 1.0, min: 5, max: 2}",
             ["source.r0_fm.max must be larger than min"]),
            ("{start: 1.0, min: 0.3, max: 5}", "{min: 0.3, max: 5}", ["source.r0_fm.start is missing"]),
            ("{start: 1.0, min: 0.3, max: 5}", "{start: -1}",
             ["config.yaml:4: source.r0_fm.start is '-1'; it must be positive"]),
            ("{start: 1.0, min: 0.3, max: 5}", "{uniform: [2, 1]}", ["source.r0_fm.uniform needs a lower bound below"]),
            ("mass2_MeV: 938", "mass2_MeV: 938, charge_product: 0.5",
             ["pair.charge_product is '0.5'; it must be a whole number"]),
            ("lambda:", "contributions: {feed: {}}\nlambda:", ["contributions.feed.lambda is missing"]),
            ("lambda:", "resolution: {file: data.csv}\nlambda:", ["data.csv: has no column k_low_MeV"]),
            ("lambda:", "bins: {weight_file: data.csv}\nlambda:", ["data.csv: has no column k_star_MeV"]),
            ("lambda:", "bins: {points: 0}\nlambda:",
             ["config.yaml:5: bins.points is '0'; it must lie between 1 and 64"]),
            ("normalisation: {start: 1}", "normalisation: {start: 1}\nbaseline2: 3",
             ["baseline2 is not a known key; did you mean baseline?"]),
            ("output: {file: out/fit.h5, table: out/fit.csv}", "output: {}", ["output needs a table (CSV) or a file"]),
            ("out/fit.h5", "no/such/fit.h5", ["no/such/fit.h5: cannot be written", "make its directory"]),
        ]
        def refused(number):
            old, new, _ = cases[number]
            assert old in FERMIONS, old
            (self.folder / str(number)).mkdir()
            return run("fit", self.write(f"{number}/config.yaml", FERMIONS.replace(old, new)), cwd=self.folder)

        with concurrent.futures.ThreadPoolExecutor(2) as two_at_a_time:
            for (_, new, parts), (code, _, messages) in zip(cases, two_at_a_time.map(refused, range(len(cases)))):
                with self.subTest(new=new):
                    self.assertEqual((code, len(messages)), (2, 1), messages)
                    for part in parts:
                        self.assertIn(part, messages[0])
        fixed = FERMIONS.replace("{start: 1.0, min: 0.3, max: 5}", "1.3").replace("{start: 0.5, min: 0, max: 1}", "0.8")
        self.refuse(fixed.replace("{start: 1}", "1").replace("{start: 0}", "0"), "and all else is fixed")
        self.assertEqual(list((self.folder / "out").iterdir()), [])


if __name__ == "__main__":
    main()
