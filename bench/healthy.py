"""How often a healthy run is VALID on this machine; see scripts/healthy, which builds what is needed and
calls this.

Where the machine itself keeps the generator from its work, another verdict is the right one. So a process
that only sleeps runs beside each run, before all others where the system allows that, and the runs during
which it woke up on time count by themselves.
"""

import concurrent.futures
import contextlib
import os
import signal
import sys
import time
import typing

sys.dont_write_bytecode = True  # leaves nothing beside the sources
import command
from started_load import report_of, started_load
from started_server import started_switchboard

WARMUP_S = 0.3
NAP_S = 0.0005
# A quiet machine: of the sleeper's naps 99 in 100 end at most so late, and none later than the second.
LATE_P99_US, LATEST_US = 150, 1000


class Kind(typing.NamedTuple):
    name: str
    server: list
    load: list


SERVICE = ['--workers', '16', '--service-time', 'exp:2ms']
KINDS = [
    Kind('closed loop, 1 caller', [], ['-c', '1']),
    Kind('closed loop, 20 callers, a service of 2 ms', SERVICE, ['-c', '20']),
    Kind('1,000 a second, a service of 2 ms', SERVICE, ['-c', '50', '-r', '1000']),
]


class Run(typing.NamedTuple):
    verdict: str
    late_p99_us: float
    latest_us: float

    def is_quiet(self):
        return self.late_p99_us <= LATE_P99_US and self.latest_us <= LATEST_US


def go_first():
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is its parent's
    with contextlib.suppress(OSError):
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))


def nap(seconds):
    """How late naps end, in microseconds: one in 100, and the latest."""
    late = []
    end = time.monotonic() + seconds
    while (due := time.monotonic() + NAP_S) < end:
        time.sleep(NAP_S)
        late.append((time.monotonic() - due) * 1e6)
    late.sort()
    return late[len(late) * 99 // 100], late[-1]


def run_once(options, kind, target, sleeper):
    naps = sleeper.submit(nap, options.duration + WARMUP_S)
    load = started_load(options.load, target, options.duration, *kind.load, '--warmup', str(WARMUP_S))
    return Run(report_of(load, kind.name, may_miss=True)['verdict'], *naps.result())


def measure(options, kind, sleeper):
    with started_switchboard(options.server, *kind.server) as server:
        return [run_once(options, kind, server.address, sleeper) for _ in range(options.runs)]


def valid_of(runs):
    return f'{sum(run.verdict == "VALID" for run in runs)} of {len(runs)}'


def main():
    parser = command.Parser('healthy')
    parser.add_argument('--server', required=True)
    parser.add_argument('--load', required=True)
    parser.add_argument('--runs', type=command.whole, default=20)
    parser.add_argument('--duration', type=command.seconds, default=2)
    options = parser.parse_args()
    print('| VALID of runs | while the machine was quiet | while it was not |')
    print('|---|---:|---:|')
    with concurrent.futures.ProcessPoolExecutor(1, initializer=go_first) as sleeper:
        for kind in KINDS:
            runs = measure(options, kind, sleeper)
            quiet = [run for run in runs if run.is_quiet()]
            others = [run for run in runs if not run.is_quiet()]
            print(f'| {kind.name} | {valid_of(quiet)} | {valid_of(others)} |', flush=True)


if __name__ == '__main__':
    command.run('healthy', main)
