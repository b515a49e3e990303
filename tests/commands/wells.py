"""A small family of two parameters, for tests of learning."""

GENERATE = """pair: {name: x, mass1_MeV: 938.27208816, mass2_MeV: 1672.45}
potential: {form: sum_of_gaussians, strengths_MeV: [{uniform: [-60, -20]}], ranges_fm: [1.1]}
source: {form: gaussian, r0_fm: {log_uniform: [1, 2]}}
momentum: {k_min_MeV: 5, k_max_MeV: 300, points: 20}
dataset: {file: out/g.h5, samples: 1300, seed: 7}
"""
