"""What neighbours cost who is already on the line; see scripts/neighbours, which builds what is needed
and calls this.

In every round the same talkers are measured alone and beside the neighbour, and between the two the
order changes, so that a machine that is slow for a while is slow for both.
"""

import contextlib
import statistics
import sys
import time
import typing

sys.dont_write_bytecode = True  # leaves nothing beside the sources
import command
from started_load import p99_us, report_of, started_load
from started_server import started_switchboard

AT_THE_LIMIT = ['-c', '200', '-r', '2000']
BUSY = ['--max-connections', '200', '--when-full', 'busy']


class Situation(typing.NamedTuple):
    """Who calls beside the talkers. `elsewhere` are the options of another server, which they call
    instead: what is left of their effect then is that of one machine for all of them."""
    name: str
    server: list
    talkers: list
    neighbours: list
    elsewhere: list | None = None


SITUATIONS = [
    Situation('one talker; a firehose with 2 MiB under way',
              [], ['-c', '1', '-r', '500'], ['-c', '1', '-s', '1M', '--depth', '2']),
    Situation('200 more callers at a limit of 200, on hold',
              ['--max-connections', '200'], AT_THE_LIMIT, AT_THE_LIMIT),
    Situation('200 more callers at a limit of 200, told that it is busy',
              BUSY, AT_THE_LIMIT, AT_THE_LIMIT),
    Situation('the same, told so by another server',
              BUSY, AT_THE_LIMIT, AT_THE_LIMIT, ['--max-connections', '1', '--when-full', 'busy']),
]


def measure(options, situation, target, called_beside):
    """(p50, p99) of the talkers in microseconds, beside the neighbours if those have whom to call."""
    talking = started_load(options.load, target, options.duration, *situation.talkers)
    beside = None
    if called_beside:
        # The talkers come first, or at the limit they would be the ones who wait.
        time.sleep(0.5)
        beside = started_load(options.load, called_beside, options.duration, *situation.neighbours)
    try:
        report = report_of(talking, 'the talkers')
    finally:
        if beside:
            beside.terminate()
            beside.communicate()
    return report['latency_us']['p50'], p99_us(report, 'the talkers')


def run_round(options, situation, turn):
    """(p50, p99) in microseconds, alone and beside the neighbours."""
    found = {}
    for beside in ([False, True] if turn % 2 == 0 else [True, False]):
        with contextlib.ExitStack() as servers:
            target = called = servers.enter_context(
                started_switchboard(options.server, *situation.server)).address
            if situation.elsewhere:
                called = servers.enter_context(
                    started_switchboard(options.server, *situation.elsewhere)).address
            found[beside] = measure(options, situation, target, called if beside else None)
    return found


def main():
    parser = command.Parser('neighbours')
    parser.add_argument('--server', required=True)
    parser.add_argument('--load', required=True)
    parser.add_argument('--rounds', type=command.whole, default=5)
    parser.add_argument('--duration', type=command.seconds, default=3)
    options = parser.parse_args()
    print(f'p50 and p99 of those on the line, medians of {options.rounds} rounds of '
          f'{options.duration:g} s.\n')
    print('| beside them | alone: p50 | p99 | with them: p50 | p99 | p99, ratio of the same round |')
    print('|---|---:|---:|---:|---:|---:|')
    for situation in SITUATIONS:
        rounds = [run_round(options, situation, turn) for turn in range(options.rounds)]
        cells = [f'{statistics.median(each[beside][i] for each in rounds):,.0f} us'
                 for beside in (False, True) for i in (0, 1)]
        ratio = statistics.median(each[True][1] / each[False][1] for each in rounds)
        print(f'| {situation.name} | ' + ' | '.join(cells) + f' | {ratio:.2f} |', flush=True)


if __name__ == '__main__':
    command.run('neighbours', main)
