#!/usr/bin/python3
"""The loss of docs/lattice_fit.md written straightforwardly in PyTorch, double precision, one thread: Adam, then
L-BFGS, as one would try first.
Prints JSON: seconds to each goal that was reached within the time limit, and the residual at the end."""

import argparse
import json
import math
import time

import h5py
import torch


def mlp(sizes):
    layers = []
    for i, (inputs, outputs) in enumerate(zip(sizes[:-1], sizes[1:])):
        layers.append(torch.nn.Linear(inputs, outputs))
        if i + 2 < len(sizes):
            layers.append(torch.nn.SiLU())
    return torch.nn.Sequential(*layers)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("waves")
    parser.add_argument("--goals", type=float, nargs="+", required=True)
    parser.add_argument("--limit-s", type=float, default=120)
    arguments = parser.parse_args()
    torch.set_default_dtype(torch.float64)
    torch.set_num_threads(1)
    torch.manual_seed(1)
    with h5py.File(arguments.waves) as file:
        r, measure = torch.tensor(file["r"][:]), torch.tensor(file["measure"][:])
        waves, targets = torch.tensor(file["wave"][:]).T, torch.tensor(file["target"][:]).T
    sources = waves * measure[:, None]
    weight = measure.sqrt()[:, None] / (measure[:, None] * targets**2).sum(0).sqrt() / math.sqrt(waves.shape[1])
    cut, r_scale, u_scale = float(2 * r[-1] - r[-2]), 4.0, 0.017
    x = r[:, None] / r_scale
    inputs = torch.cat([x, torch.exp(-x), torch.exp(-x**2)], 1)
    taper = (1 - (r / cut) ** 2) ** 2
    f, g = mlp([3, 12, 12, 3]), mlp([3, 12, 12, 1])
    torch.nn.init.zeros_(g[-1].weight)
    torch.nn.init.zeros_(g[-1].bias)
    parameters = list(f.parameters()) + list(g.parameters())

    def loss_of():
        features = f(inputs)
        u = u_scale * taper[:, None] * taper * g(features[:, None, :] + features[None, :, :])[..., 0]
        return (((u @ sources - targets) * weight) ** 2).sum()

    begin = time.monotonic()
    reached, best = {}, math.inf

    def note(loss):
        nonlocal best
        best = min(best, math.sqrt(loss))
        for goal in arguments.goals:
            if best <= goal and goal not in reached:
                reached[goal] = time.monotonic() - begin

    def time_left():
        return time.monotonic() - begin < arguments.limit_s and len(reached) < len(arguments.goals)

    adam = torch.optim.Adam(parameters, lr=3e-3)
    for _ in range(3000):
        adam.zero_grad()
        loss = loss_of()
        loss.backward()
        adam.step()
        note(loss.item())
        if not time_left():
            break
    lbfgs = torch.optim.LBFGS(parameters, max_iter=20, history_size=100, line_search_fn="strong_wolfe",
                              tolerance_change=0, tolerance_grad=0)

    def closure():
        lbfgs.zero_grad()
        loss = loss_of()
        loss.backward()
        return loss

    while time_left():
        note(lbfgs.step(closure).item())
    print(json.dumps({"seconds_to": {str(goal): seconds for goal, seconds in reached.items()}, "residual": best,
                      "seconds": time.monotonic() - begin}))


if __name__ == "__main__":
    main()
