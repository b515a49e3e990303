"""What the pictures say: how many samples of what are drawn, and enough labels on logarithmic axes to read them."""

import argparse
import sys
import unittest

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt

from program import SOURCE, InFolder, main, run

sys.path.insert(0, str(SOURCE / "tools"))
from plots.common import label_log_axes  # noqa: E402
from plots.samples import samples  # noqa: E402


class Pictures(InFolder):
    def titles(self, config):
        self.assertEqual(run("generate", config, cwd=self.folder)[0], 0)
        figure = samples(argparse.Namespace(files=[str(self.folder / "out" / "two_parameters.h5")], kind="samples"))
        self.addCleanup(plt.close, figure)
        return [(axes.get_title(), len(axes.lines)) for axes in figure.axes]

    def test_samples_are_counted_and_called_what_they_are(self):
        name = "two_parameters_generate.yaml"
        self.assertEqual(self.titles(self.config(name, ("samples: 12000", "samples: 7"))),
                         [("7 draws of the prior", 7), ("their correlation functions", 7)])
        (self.folder / "out" / "two_parameters.h5").unlink()
        self.write("design.csv", "b1_MeV,b3_MeV_fm2\n" + "".join(f"{-100 * i},{-20 * i}\n" for i in range(10)))
        design = self.config(name, ("  b1_MeV: {uniform: [-2145.5, 1532.5]}\n", ""),
                             ("  b3_MeV_fm2: {uniform: [-1064, 532]}\n", ""),
                             ("samples: 12000", "parameters_from: design.csv"))
        self.assertEqual(self.titles(design)[0], ("10 design points", 10))

    def test_logarithmic_axes_have_labels(self):
        for low, high in ((0.9, 1.2), (0.99, 1.3), (1, 2), (0.3, 5), (2, 9), (0.7, 30), (2e-5, 9e-5), (0.2, 150),
                          (1e-8, 1e3), (3e3, 8e3)):
            with self.subTest(low=low, high=high):
                figure, axes = plt.subplots(figsize=(4.5, 3.6))
                self.addCleanup(plt.close, figure)
                axes.plot([0, 1], [low, high])
                axes.set_yscale("log")
                label_log_axes(figure)
                figure.canvas.draw()
                bottom, top = axes.get_ylim()
                labels = [label.get_text() for label in axes.get_yticklabels()
                          if label.get_text() and bottom <= label.get_position()[1] <= top]
                self.assertGreaterEqual(len(labels), 3, labels)
                self.assertEqual(len(set(labels)), len(labels), labels)


if __name__ == "__main__":
    main()
