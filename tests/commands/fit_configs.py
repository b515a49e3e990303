"""A small mock correlator, a fit to it that takes a second, and the phase shifts that follow, for tests."""

MOCK = """pair:       {name: A-B, mass1_MeV: 938.27, mass2_MeV: 1672.45}
potential:  {form: sum_of_gaussians, strengths_MeV: [-80, 150], ranges_fm: [0.9, 0.4]}
lattice:    {L: 12, T: 24, inverse_a_MeV: 700}
correlator: {times: {first: 4, last: 8}, states: 8}
noise:      {configurations: 12, relative: 2.0e-3, at_t: 4, growth: 0.2, correlation_fm: 0.5, common: 0.5}
resampling: {bin_size: 2}
output:     {file: out/correlator.h5}
"""
FIT = """data:    {file: out/correlator.h5, times: [5, 6, 7], cut_fm: 1.6}
network: {latent: 1, widths_f: [4], widths_g: [12], widths_local: [16]}
fit:     {starts: 2}
output:  {potential: out/potential.h5, learning_curve: out/curve.csv}
"""
PHASES = """interaction: {form: fitted, file: out/potential.h5}
momentum:    {k_min_MeV: 10, k_max_MeV: 200, points: 10, placement: end_points}
output:      {file: out/phases.h5, table: out/phases.csv}
"""
