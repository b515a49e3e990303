"""No file of a user is lost, and no run begins that cannot write: every command, every output, every kind of place."""

import os
import resource
import stat
import subprocess
import threading

from program import PROGRAM, TIMEOUT_S, main, run
from small_runs import RUNS, InFolderWithInputs, outputs_of, without_advice

NOBODY = 65534


class Places(InFolderWithInputs):
    def setUp(self):
        super().setUp()
        self.refusals = 0

    def files(self):
        """Everything there: content, and whether it is a link, a folder or a device."""
        found = {}
        for path in self.folder.rglob("*"):
            mode = path.lstat().st_mode
            found[str(path.relative_to(self.folder))] = (stat.S_IFMT(mode),
                                                         path.read_bytes() if stat.S_ISREG(mode) else b"")
        return found

    def start(self, name, *more, **options):
        command = [str(PROGRAM), RUNS[name][0], f"{name}.yaml", *more]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, timeout=TIMEOUT_S, check=False,
                              **options)
        done.stderr = without_advice(done.stderr)
        return done

    def refused(self, part, name, *more, code=2, **options):
        before = self.files()
        self.refusals += 1
        for mode in ([], ["--dry-run"]) if self.refusals % 8 == 0 else ([],):  # they take the same way
            with self.subTest(run=name, more=more, mode=mode):
                done = self.start(name, *more, *mode, **options)
                self.assertEqual((done.returncode, len(done.stderr.splitlines()), done.stdout), (code, 1, ""), done)
                self.assertIn(part, done.stderr)
                self.assertNotRegex(done.stderr, r"--set (\S+): \1[: ]")  # names a key once
                self.assertEqual(self.files(), before)

    def done(self, name, *more, **options):
        done = self.start(name, *more, **options)
        self.assertEqual((done.returncode, done.stderr), (0, ""), (name, more, done.stdout))
        return done.stdout

    def every_output(self, kinds=("text", "hdf5")):
        for name, (_, _, texts, files, _) in RUNS.items():
            for kind, keys in (("text", texts), ("hdf5", files)):
                for key in keys if kind in kinds else []:
                    yield name, key

    def test_what_a_run_reads_is_not_written(self):
        for name, key in self.every_output():
            for path in [f"{name}.yaml", *RUNS[name][4]]:
                folder, file = os.path.split(path)
                for link in ("link", "hard"):
                    (self.folder / link).unlink(missing_ok=True)
                (self.folder / "link").symlink_to(path)
                os.link(self.folder / path, self.folder / "hard")
                for place in (f"./{folder}/../{path}" if folder else f"./{path}", "link", "hard"):
                    self.refused("which this run reads", name, f"--set={key}={place}")

    def test_two_outputs_are_two_files(self):
        (self.folder / "link").symlink_to("out/same")
        (self.folder / "also").symlink_to("out")
        for name in RUNS:
            keys = list(outputs_of(name))
            for other in keys[1:]:
                for first, second in (("out/same", "./out/same"), ("out/same", "link"), ("also/same", "out/same"),
                                      ("out/same", "out/same.lock"),
                                      ("out/same.checkpoint", "out/same"), ("out/same", "out/same.part")):
                    self.refused("needs too", name, f"--set={keys[0]}={first}", f"--set={other}={second}")
        self.write("one", "")
        self.write("one", "")
        os.link(self.folder / "one", self.folder / "two")
        self.refused("needs too", "solve", "--set=output={table: one, file: two}")

    def test_places_that_cannot_be_written(self):
        (self.folder / "in" / "folder").mkdir()
        (self.folder / "round").symlink_to("round")
        closed = self.folder / "closed"
        closed.mkdir()
        (closed / "locked").write_text("keep")
        (closed / "locked").chmod(0o444)
        closed.chmod(0o555)
        user = {}
        if os.getuid() == 0:  # whom nothing is closed to
            user = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
            for path in (self.folder, *self.folder.rglob("*")):
                os.chown(path, NOBODY, NOBODY, follow_symlinks=False)
        for name, key in self.every_output():
            for place, part in (("no/such/file", "make its directory"), ("in/v.csv/file", "make its directory"),
                                ("in/folder", "is a directory"), ("in/", "is a directory"),
                                ("closed/new", "choose a place where you may write"),
                                ("closed/locked", "choose a place where you may write"),
                                ("round", "leads to itself"), ("out/" + 255 * "n", "change the name")):
                # one check serves all commands
                if name in ("solve", "train") or place in ("no/such/file", "closed/new"):
                    self.refused(part, name, f"--set={key}={place}", **user)

    def test_links_are_followed(self):
        for name, key in self.every_output():
            with self.subTest(run=name, key=key):
                target, link = self.folder / "out" / "target", self.folder / "link"
                link.unlink(missing_ok=True)
                link.symlink_to("out/target")
                self.done(name, f"--set={key}=link")  # leads to nothing yet
                self.assertTrue(link.is_symlink() and target.is_file() and target.stat().st_size > 0)
                if RUNS[name][0] != "generate":  # which never replaces
                    target.write_text("old")
                    target.chmod(0o640)
                    self.done(name, f"--set={key}=link")
                    self.assertTrue(link.is_symlink())
                    self.assertNotEqual(target.read_bytes(), b"old")
                    self.assertEqual(stat.S_IMODE(target.stat().st_mode), 0o640)
                target.unlink()
                self.assertNoLitter()

    def assertNoLitter(self):
        self.assertEqual([path.name for path in self.folder.rglob("*")
                          if any(mark in path.name for mark in (".lock", ".part", ".checkpoint"))], [])

    def test_pipes_and_devices_stay_what_they_are(self):
        node = {"nothing": (1, 3), "full": (1, 7)}
        os.mkfifo(self.folder / "pipe")
        try:
            for name, numbers in node.items():
                os.mknod(self.folder / name, 0o666 | stat.S_IFCHR, os.makedev(*numbers))
            with open(self.folder / "nothing", "w"):
                pass
        except PermissionError:
            node = {}
            for name in ("nothing", "full"):
                (self.folder / name).unlink(missing_ok=True)
                # never replaced by a user who may make none
                (self.folder / name).symlink_to("/dev/null" if name == "nothing" else "/dev/full")
            if os.getuid() == 0:
                self.skipTest("device nodes do not work here")

        def kinds():
            return {name: stat.S_IFMT((self.folder / name).lstat().st_mode) for name in ("pipe", "nothing", "full")}

        before = kinds()
        for name, key in self.every_output(["hdf5"]):
            for place in ("pipe", "nothing", "full"):
                self.refused("which an HDF5 file cannot be", name, f"--set={key}={place}")
        for name, key in self.every_output(["text"]):
            self.done(name, f"--set={key}=nothing")
            done = self.start(name, f"--set={key}=full")
            self.assertEqual((done.returncode, len(done.stderr.splitlines())), (1, 1), done.stderr)
            self.assertIn("full: cannot be written (No space left on device)", done.stderr)
            read = []
            reader = threading.Thread(target=lambda: read.append((self.folder / "pipe").read_text()))
            reader.start()
            self.done(name, f"--set={key}=pipe")
            reader.join(timeout=10)
            plain = outputs_of(name)[key]
            self.done(name)
            if "learning_curve" not in key:  # which tells seconds
                self.assertEqual(read[0], (self.folder / plain).read_text())
            self.assertGreater(len(read[0]), 20)
            self.assertEqual(kinds(), before)
            self.assertIn(",", self.done(name, f"--set={key}=/dev/stdout"))
        self.assertNoLitter()

    def test_standard_output_is_not_an_output(self):
        log = self.folder / "log"
        for name, key in self.every_output():
            with open(log, "w", encoding="utf-8") as stream:
                done = subprocess.run([PROGRAM, RUNS[name][0], f"{name}.yaml", f"--set={key}=log"], cwd=self.folder,
                                      stdout=stream,
                                      stderr=subprocess.PIPE, text=True, timeout=TIMEOUT_S, check=False)
            self.assertEqual((done.returncode, log.read_text()), (2, ""))
            self.assertIn("is where standard output goes", done.stderr)

    def test_files_are_written_whatever_becomes_of_standard_output(self):
        for ranks in (1, 2):
            launcher = ["mpirun", "--quiet", "-n", str(ranks)] if ranks > 1 else []
            for name in RUNS if ranks == 1 else ("generate", "solve"):
                for how in ("closed pipe", "closed", "full"):
                    for path in (self.folder / "out").iterdir():
                        path.unlink()
                    with self.subTest(run=name, how=how, ranks=ranks):
                        command = [*launcher, str(PROGRAM), RUNS[name][0], f"{name}.yaml"]
                        done = self.with_output(how, command)
                        if ranks == 1:
                            self.assertEqual((done.returncode, without_advice(done.stderr)), (0, ""))
                        self.assertEqual(sorted(f"out/{path.name}" for path in (self.folder / "out").iterdir()),
                                         sorted(outputs_of(name).values()))
                        for path in (self.folder / "out").glob("*.h5"):
                            self.assertEqual(run("show", path)[0], 0)

    def with_output(self, how, command):
        options = {"cwd": self.folder, "stderr": subprocess.PIPE, "text": True, "timeout": TIMEOUT_S, "check": False}
        if how == "closed pipe":
            reading, writing = os.pipe()
            os.close(reading)
            with os.fdopen(writing, "w") as stream:
                return subprocess.run(command, stdout=stream, **options)
        return subprocess.run(["bash", "-c", '"$@" ' + {"closed": ">&-", "full": ">/dev/full"}[how], "bash", *command],
                              **options)

    def test_what_is_printed_and_no_more_must_be_printed(self):
        self.done("solve")
        for command in (["show", "out/solve.h5"], ["solve", "solve.yaml", "--dry-run"], ["solve", "--help"],
                        ["--version"]):
            for how in ("closed pipe", "closed", "full"):
                for launcher in ([], ["mpirun", "--quiet", "-n",
                                      "2"]) if how == "full" and command[0] == "show" else ([],):
                    with self.subTest(command=command, how=how):
                        done = self.with_output(how, [*launcher, str(PROGRAM), *command])
                        if not launcher:  # mpirun takes what its ranks print, and does not tell them
                            self.assertEqual(done.returncode, 1)
                            self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
                            self.assertIn("standard output cannot be written", done.stderr)

    def test_a_limit_on_the_size_of_files(self):
        for name in RUNS:
            for limit in (300, 20000):
                before = self.files()
                done = self.start(name, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)))
                with self.subTest(run=name, limit=limit):
                    if done.returncode == 0:  # all was smaller
                        self.assertGreater(limit, 300)
                        continue
                    self.assertEqual((done.returncode, len(done.stderr.splitlines())), (1, 1), done.stderr)
                    self.assertIn("cannot be written (File too large", done.stderr)
                    self.assertNoLitter()
                    for path in set(self.files()) - set(before):
                        self.assertNotEqual(path[-3:], ".h5")

    def test_a_file_system_without_room_or_files(self):
        disk = self.folder / "disk"
        disk.mkdir()
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k,nr_inodes=3", "tmpfs", disk], check=False,
                          capture_output=True).returncode != 0:
            self.skipTest("no file system can be mounted here")
        self.addCleanup(subprocess.run, ["umount", disk], check=True)
        filler = disk / "filler"
        for name, key in self.every_output():
            filler.write_bytes(b"")
            (disk / "another").write_bytes(b"")
            self.refused("No space left on device", name, f"--set={key}=disk/new", code=1)
            (disk / "another").unlink()
            subprocess.run(["dd", "if=/dev/zero", f"of={filler}", "bs=4k"], check=False, capture_output=True)
            self.refused("No space left on device", name, f"--set={key}=disk/new", code=1)
            filler.unlink()


if __name__ == "__main__":
    main()
