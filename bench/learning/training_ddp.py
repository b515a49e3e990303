#!/usr/bin/python3
"""Training samples a second of PyTorch's DistributedDataParallel (gloo), for bench/run.py: the network, batches and
optimiser of bench_training.

usage: training_ddp.py --ranks 2 --width 256 [--batch 512] [--samples 40960] [--repetitions 5]

Each process keeps its share in memory; a batch is an index_select of a permutation drawn each epoch, as nothing that
Python has feeds faster. Prints one JSON object: the median epoch's samples a second, of the slowest process.
"""

import argparse
import json
import os
import statistics
import time

import torch
import torch.distributed as dist
import torch.multiprocessing as multiprocessing
from torch import nn
from torch.nn.parallel import DistributedDataParallel

INPUTS, TARGETS, LAYERS = 14, 2, 3


def network(width):
    sizes = [INPUTS] + [width] * LAYERS
    layers = []
    for i in range(LAYERS):
        layers += [nn.Linear(sizes[i], sizes[i + 1]), nn.SiLU()]
    return nn.Sequential(*layers, nn.Linear(width, TARGETS))


def work(rank, arguments, results):
    torch.set_num_threads(1)
    torch.manual_seed(1)
    os.environ.update(MASTER_ADDR="127.0.0.1", MASTER_PORT=str(arguments.port))
    os.environ.setdefault("GLOO_SOCKET_IFNAME", "lo")
    dist.init_process_group("gloo", rank=rank, world_size=arguments.ranks)
    model = network(arguments.width)
    trained = DistributedDataParallel(model) if arguments.ranks > 1 else model
    optimiser = torch.optim.Adam(trained.parameters(), lr=1e-3)
    share, batch = arguments.samples // arguments.ranks, arguments.batch // arguments.ranks
    inputs, targets = torch.rand(share, INPUTS), torch.rand(share, TARGETS)
    loss_of = nn.MSELoss()
    seconds = []
    for _ in range(arguments.repetitions + 1):
        dist.barrier()
        begin = time.perf_counter()
        order = torch.randperm(share)
        for first in range(0, share, batch):
            rows = order[first:first + batch]
            optimiser.zero_grad(set_to_none=True)
            loss_of(trained(inputs.index_select(0, rows)), targets.index_select(0, rows)).backward()
            optimiser.step()
        dist.barrier()
        seconds.append(time.perf_counter() - begin)
    if rank == 0:
        results.put(arguments.samples / statistics.median(seconds[1:]))  # the first one warms up
    dist.destroy_process_group()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--ranks", type=int, default=2)
    parser.add_argument("--width", type=int, default=256)
    parser.add_argument("--batch", type=int, default=512)
    parser.add_argument("--samples", type=int, default=40960)
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--port", type=int, default=29517)
    arguments = parser.parse_args()
    context = multiprocessing.get_context("spawn")
    results = context.SimpleQueue()
    multiprocessing.start_processes(work, (arguments, results), nprocs=arguments.ranks, start_method="spawn")
    print(json.dumps({"items_per_second": results.get()}))


if __name__ == "__main__":
    main()
