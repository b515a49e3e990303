"""C(k*) and phase shifts of interactions that are separable, tabulated, or a local and a non-local part together."""

import subprocess
import unittest

import h5py
import numpy as np

from program import SOURCE, InFolder, main, run

HBAR_C = 197.3269804
REDUCED_MASS = 938.27208816 * 1672.45 / (938.27208816 + 1672.45)
OMEGA, MU, R0 = -90.0, 2.0, 1.3  # MeV/fm^3, 1/fm, fm
SEPARABLE = SOURCE / "configs" / "separable_solve.yaml"


def separable_solution(k_star_MeV):
    """delta in [0, pi) and C(k*) from the closed form of the wave, u = sin(kr + delta) - sin(delta)(1 + r s/(2 mu))
    exp(-mu r)."""
    k = k_star_MeV[:, None] / HBAR_C
    s = MU**2 + k**2
    two_mass = 2 * REDUCED_MASS / HBAR_C**2
    k_cot = -(2 * MU * (MU**2 - k**2) - (3 * MU**2 + k**2) * s**2 / (4 * MU**3)
              + s**4 / (4 * np.pi * two_mass * OMEGA)) / (4 * MU**2)
    delta = np.arctan2(k, k_cot)
    x, weight = np.polynomial.legendre.leggauss(400)
    r, weight = 10 * R0 * (x + 1), 10 * R0 * weight
    u = np.sin(k * r + delta) - np.sin(delta) * (1 + r * s / (2 * MU)) * np.exp(-MU * r)
    source = (4 * np.pi * R0**2) ** -1.5 * np.exp(-(r**2) / (4 * R0**2))
    c = 1 + np.sum(weight * 4 * np.pi * source * (u**2 - np.sin(k * r) ** 2), axis=1) / k[:, 0] ** 2
    return delta[:, 0], c


def gauss_radii(edges):
    x, _ = np.polynomial.legendre.leggauss(24)
    return np.concatenate([(a + b) / 2 + (b - a) / 2 * x for a, b in zip(edges, edges[1:])])


class NonlocalInteraction(InFolder):
    def ok(self, *arguments, ranks=1):
        code, output, messages = run(*arguments, ranks=ranks, cwd=self.folder)
        self.assertEqual((code, messages), (0, []), arguments)
        return output

    def table(self, name):
        lines = (self.folder / "out" / name).read_text().splitlines()
        return np.genfromtxt(lines, delimiter=",", names=True)

    def write_table(self, name="kernel.h5", change=None):
        """The separable kernel on Gauss nodes; `change` may spoil what is written."""
        r = gauss_radii([0, 2, 5, 12])
        data = {"r": r, "U": OMEGA * np.exp(-MU * r[:, None] - MU * r)}
        if change:
            change(data)
        with h5py.File(self.folder / name, "w") as file:
            for key, values in data.items():
                file[key] = values

    def tabulated(self, *keys):
        """A config's interaction, as --set takes it."""
        return ("--set", "interaction={" + ", ".join(("form: tabulated, file: kernel.h5", *keys)) + "}")

    def test_separable_kernel_has_its_closed_form(self):
        output = self.ok("solve", SEPARABLE, ranks=2)
        self.assertIn("bound state: E = -", output)
        table = self.table("separable.csv")
        delta, c = separable_solution(table["k_star_MeV"])
        np.testing.assert_allclose(table["C"], c, rtol=1e-9)
        np.testing.assert_allclose(np.mod(table["delta_rad"], np.pi), delta, atol=1e-10)
        with h5py.File(self.folder / "out" / "separable.h5") as file:
            np.testing.assert_allclose(file["correlation"], c, rtol=1e-9)
            self.assertEqual((file.attrs["interaction"], file.attrs["pair"]), ("separable_exponential", "p-Omega"))
            self.assertNotIn("potential", file)
        picture = self.folder / "separable.png"
        subprocess.run(["/usr/bin/python3", SOURCE / "tools" / "plot.py", "solution",
                        self.folder / "out" / "separable.h5", "-o", picture], check=True)
        self.assertGreater(picture.stat().st_size, 5000)

    def test_n_omega_both_ways(self):
        config = self.config("n_omega_solve.yaml", ("tolerance: 1.0e-6", "tolerance: 1.0e-9"))
        self.ok("solve", config)
        local = self.table("n_omega.csv")
        self.ok("solve", config, "--set",
                "interaction={form: separable_exponential, omega_MeV_per_fm3: 0, mu_per_fm: 1}", "--set",
                "solver.tolerance=1e-12")
        both = self.table("n_omega.csv")
        np.testing.assert_allclose(both["C"], local["C"], rtol=1e-8)
        np.testing.assert_allclose(both["delta_rad"], local["delta_rad"], atol=1e-8)
        with h5py.File(self.folder / "out" / "n_omega.h5") as file:
            self.assertIn("V_MeV", file["potential"])

    def test_table_of_the_separable_kernel(self):
        self.write_table()
        self.ok("solve", SEPARABLE, *self.tabulated(), ranks=2)
        table = self.table("separable.csv")
        delta, c = separable_solution(table["k_star_MeV"])
        np.testing.assert_allclose(table["C"], c, rtol=2e-6)
        self.ok("solve", SEPARABLE, *self.tabulated("order: 7"), "--set", "solver.tolerance=1e-9")
        np.testing.assert_allclose(self.table("separable.csv")["C"], c, rtol=5e-8)

        # What the datasets say of their unit counts.
        for name, unit in (("U", "GeV/fm^3"), ("U", "MeV/fm^2"), ("r", "1/GeV"), ("r", "a")):
            with h5py.File(self.folder / "kernel.h5", "a") as file:
                file[name].attrs["unit"] = unit
            self.refused(f"/{name} ", "solve", SEPARABLE, *self.tabulated())
            self.refused(f" in {unit}, ", "solve", SEPARABLE, *self.tabulated())
            self.ok("solve", SEPARABLE, *self.tabulated(), "--set", "allow=[units]")
            np.testing.assert_allclose(self.table("separable.csv")["C"], c, rtol=2e-6)
            with h5py.File(self.folder / "kernel.h5", "a") as file:
                file[name].attrs["unit"] = {"U": "MeV/fm^3", "r": "fm"}[name]
        self.ok("solve", SEPARABLE, *self.tabulated())

        # phase-shifts reads the same; datasets of other names, and float32, too.
        self.write_table(change=lambda data: data.update({"fit/radii": data.pop("r"),
                                                          "fit/kernel": data.pop("U").astype("float32")}))
        config = self.write("shifts.yaml",
                            "interaction: {form: tabulated, file: kernel.h5, r_dataset: /fit/radii, U_dataset: "
                            "/fit/kernel, "
                            f"reduced_mass_MeV: {REDUCED_MASS!r}}}\nmomentum: {{k_min_MeV: 5, k_max_MeV: 300, points: "
                            f"60}}\noutput: {{table: out/shifts.csv}}\n")
        self.ok("phase-shifts", config)
        np.testing.assert_allclose(np.mod(self.table("shifts.csv")["delta_rad"], np.pi), delta, atol=1e-5)

    def test_from_waves_to_correlation_functions(self):
        pair = "pair: {name: p-Omega, mass1_MeV: 938.27208816, mass2_MeV: 1672.45}\n"
        self.ok("lattice-mock", self.write("mock.yaml",
                                           pair + f"interaction: "
                                                  f"{{form: separable_exponential, omega_MeV_per_fm3: {OMEGA}, "
                                                  f"mu_per_fm: {MU}}}\n"
                "momentum: {k_min_MeV: 20, k_max_MeV: 300, points: 12, placement: end_points}\nradii: {cut_fm: 7.5, "
                "panels: 3}\noutput: {file: out/waves.h5}\n"))
        self.ok("lattice-fit", self.write("fit.yaml",
                                          "data: {file: out/waves.h5}\nfit: {goal: 1.0e-3}\noutput: {potential: "
                                          "out/potential.h5, learning_curve: out/curve.csv}\n"))
        tables = []
        for form in ("form: fitted", "form: tabulated, order: 5"):
            self.ok("solve", SEPARABLE, "--set", f"interaction={{{form}, file: out/potential.h5}}")
            tables.append(self.table("separable.csv"))
        np.testing.assert_allclose(tables[1]["C"], tables[0]["C"], rtol=2e-6)
        np.testing.assert_allclose(tables[0]["C"], separable_solution(tables[0]["k_star_MeV"])[1], rtol=2e-2)

    def refused(self, part, command, *arguments, ranks=(1,)):
        for n in ranks:
            with self.subTest(command=command, arguments=arguments, ranks=n):
                code, _, messages = run(command, *arguments, ranks=n, cwd=self.folder)
                self.assertEqual((code, len(messages)), (2, 1), messages)
                self.assertIn(part, messages[0])

    def test_tables_that_are_refused(self):
        def spoil(name, index, value):
            def change(data):
                data[name][index] = value
            return change

        for change, part in [
            (lambda data: data.pop("U"), "kernel.h5:/U: is missing"),
            (lambda data: data.pop("r"), "kernel.h5:/r: is missing"),
            (lambda data: data.update(U=data["U"][:, :20]), "kernel.h5: /r and /U: U has shape 72 x 20 with 72 radii"),
            (lambda data: data.update(U=data["U"].ravel()), "kernel.h5:/U: has 1 axes; n x n values are needed"),
            (lambda data: data.update(r=data["r"][:2], U=data["U"][:2, :2]),
             "has 2 radii; interpolation of order 3 needs at least 4"),
            (lambda data: data.update(r=data["r"][:0], U=data["U"][:0, :0]), "has 0 radii"),
            (lambda data: data.update(U=np.full((72, 72), b"x")), "kernel.h5:/U: holds string; numbers are needed"),
            (spoil("U", (3, 5), 7.0), "U must be symmetric; U["),
            (spoil("U", (4, 4), np.nan), "U[4][4] is not finite"),
            (spoil("r", 9, np.inf), "has a radius that is not finite"),
            (spoil("r", 9, 0.0), "radii must increase; r[9] does not"),
        ]:
            self.write_table(change=change)
            self.refused(part, "solve", SEPARABLE, *self.tabulated(),
                         ranks=(1, 3) if "missing" in part or "symmetric" in part else (1,))
            self.refused(part, "phase-shifts", SEPARABLE, *self.tabulated())
        (self.folder / "kernel.h5").write_bytes((self.folder / "kernel.h5").read_bytes()[:1500])
        self.refused("kernel.h5", "solve", SEPARABLE, *self.tabulated(), ranks=(1, 3))
        (self.folder / "kernel.h5").unlink()
        self.refused("kernel.h5: cannot be opened", "solve", SEPARABLE, *self.tabulated(), ranks=(1, 3))

    def test_keys_that_are_refused(self):
        self.write_table()
        for change, part in [
            ("interaction.form=separable",
             "interaction.form is 'separable'; it must be one of separable_exponential, fitted, lattice_potential, "
             "tabulated"),
            ("interaction.omega_MeV_per_fm3=.nan", "it must be finite"),
            ("interaction.omega_MeV_per_fm=3",
             "interaction.omega_MeV_per_fm is not a known key; did you mean omega_MeV_per_fm3?"),
            ("interaction.mu_per_fm=-2", "interaction.mu_per_fm is '-2'; it must be positive"),
            ("interaction={form: separable_exponential, omega: -1, mu: 1, units: natural}",
             "is in natural units; a pair or a local potential beside it needs MeV and fm"),
            ("interaction={form: fitted}", "interaction.file is missing"),
            ("interaction={form: fitted, file: kernel.h5}", "kernel.h5: was not written by hadronforce"),
            ("interaction={form: tabulated, file: kernel.h5, order: 10}", "interaction.order must be at most 9"),
            ("interaction={form: tabulated, file: kernel.h5, order: 0}", "it must be at least 1"),
            ("source.r0_fm={uniform: [1, 2]}",
             "source.r0_fm is a prior or a parameter of a fit; this command needs one number"),
            ("source.r0_fm=0", "source.r0_fm is '0'; it must be positive"),
            ("source=", "source is nothing; it must be a mapping of keys"),
            ("solver.tolerance=1", "solver.tolerance"),
            ("solver.tolerence=1e-9", "did you mean tolerance?"),
        ]:
            self.refused(part, "solve", SEPARABLE, "--set", change)
        no_pair = self.config("separable_solve.yaml", ("pair: ", "# pair: "))
        self.refused("interaction.reduced_mass_MeV is missing", "solve", no_pair)
        self.refused("is in natural units; C(k*) needs MeV and fm", "solve", no_pair,
                     "--set",
                     "interaction={form: separable_exponential, omega: -0.017, mu: 1, reduced_mass: 3.3, units: "
                     "natural}")
        with h5py.File(self.folder / "kernel.h5", "r+") as file:
            file.attrs["units"] = "natural"
        self.refused("kernel.h5", "solve", SEPARABLE, *self.tabulated())  # no reduced_mass beside it
        with h5py.File(self.folder / "kernel.h5", "r+") as file:
            file.attrs["reduced_mass"] = 3.3
        self.refused("interaction.units is not what the file says, natural", "solve", SEPARABLE,
                     *self.tabulated("units: physical"))
        self.refused("is in natural units; C(k*) needs MeV and fm", "solve", no_pair, *self.tabulated())


if __name__ == "__main__":
    main()
