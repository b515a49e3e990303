"""The examples of docs/python.md run, with what they say."""

import contextlib
import importlib.util
import io
import os
import pathlib
import re

from inside import Inside
from program import SOURCE, main, run

SHARED = pathlib.Path(os.environ.get("HADRONFORCE_SHARED_DATA", "nowhere")).absolute()


class Page(Inside):
    def setUp(self):
        super().setUp()
        # As from the project's root, with the data beside it.
        for name, target in (("project/configs", SOURCE / "configs"), ("shared/data", SHARED)):
            (self.folder / name).parent.mkdir()
            (self.folder / name).symlink_to(target)
        (self.folder / "project/out").mkdir()
        os.chdir("project")

    def test_examples(self):
        examples = re.findall(r"```python\n(.*?)```", (SOURCE / "docs/python.md").read_text(), re.DOTALL)
        self.assertEqual(len(examples), 4)
        for example in examples:
            for command, config in re.findall(r"# hadronforce (\w+) (\S+)", example):
                self.assertEqual(run(command, config)[0], 0)
            with self.subTest(example):
                if "pp_fit" in example and not (SHARED / "measured").exists():
                    self.skipTest(f"{SHARED} is not there")
                if "scipy" in example and importlib.util.find_spec("scipy") is None:
                    self.skipTest("scipy is not there")
                printed, names = io.StringIO(), {}
                with contextlib.redirect_stdout(printed):
                    exec(example, names)
                self.assertGreater(len(printed.getvalue()), 20)
                if "again" in names:
                    self.assertTrue((names["again"] == names["c"]).all())
                if "found" in names:
                    self.assertAlmostEqual(2 * names["found"].cost, 80.678, places=2)


if __name__ == "__main__":
    main()
