"""Small raw lattice data for tests: waves and baryon correlators of a few configurations on a 4^3 x 8 lattice."""

import struct

import h5py
import numpy as np

L, T, TIMES, CONFIGURATIONS = 4, 8, (2, 3, 4), ("a", "b", "c", "d")
SITES = [(x, y, z) for z in range(L // 2 + 1) for y in range(z, L // 2 + 1) for x in range(y, L // 2 + 1)]
INDEX = [y + L * (z + L * x) for x, y, z in SITES]

CONFIG = """data_folder: data
configurations: [a, b, c, d]
lattice: {L: 4, T: 8, inverse_a_MeV: 2000}
baryon1: {name: N, mass_a: 0.5, particle: "N.{configuration}", antiparticle: "antiN.{configuration}"}
nbs:
  channel: N-N 1S0
  source: wall
  format: compressed_a1
  files: "wave.t{t:02}.{configuration}"
  times: {first: 2, last: 4}
resampling: {bin_size: 1}
output: {file: out/correlator.h5}
"""


def record(data):
    return struct.pack("<i", len(data)) + data + struct.pack("<i", len(data))


def compressed(wave, extent=L, index=INDEX, sites=None):
    """One wave, a value a site, as the spin component (M_11 + M_22)/2."""
    spins = np.zeros((len(wave), 4, 4), dtype="<c16")
    spins[:, 1, 1] = spins[:, 2, 2] = wave
    header = struct.pack("<4i", extent, extent, extent, len(wave) if sites is None else sites)
    return b"".join(map(record, (header, np.array(index, "<i4").tobytes(), bytes(20), spins.tobytes())))


def wave(configuration, t):
    """A repulsive core in a box; each configuration and site a little different."""
    random = np.random.default_rng([CONFIGURATIONS.index(configuration), t])
    r2 = np.array([x * x + y * y + z * z for x, y, z in SITES])
    return np.exp(-t) * (1 - 0.5 * np.exp(-r2) + 0.01 * random.standard_normal(len(SITES)))


def field(configuration, t):
    """The same on all sites, (z, y, x)."""
    values = dict(zip(SITES, wave(configuration, t)))
    fold = [0, 1, 2, 1]
    return np.array([[[values[tuple(sorted((fold[x], fold[y], fold[z]), reverse=True))] for x in range(L)]
                      for y in range(L)] for z in range(L)])


def correlator(configuration, sign=1):
    random = np.random.default_rng(CONFIGURATIONS.index(configuration))
    noise = 1 + 0.01 * random.standard_normal(T)
    t = np.arange(T) if sign > 0 else (T - np.arange(T)) % T
    return [f"{i} {sign * np.exp(-0.5 * t[i]) * noise[i]:.15e} 0.0" for i in range(T)]


def write_raw(folder):
    folder.mkdir(exist_ok=True)
    for c in CONFIGURATIONS:
        (folder / f"N.{c}").write_text("\n".join(correlator(c)) + "\n")
        (folder / f"antiN.{c}").write_text("\n".join(correlator(c, -1)) + "\n")
        for t in TIMES:
            (folder / f"wave.t{t:02}.{c}").write_bytes(compressed(wave(c, t)))
            values = np.stack([field(c, t), 0 * field(c, t)], axis=-1)
            (folder / f"wave.t{t:02}.{c}.be").write_bytes(values.astype(">f8").tobytes())
            with h5py.File(folder / f"wave.t{t:02}.{c}.h5", "w") as file:
                file["nbs"] = values
