"""Measures Switchboard and the models with a service that takes its time, round by round; see
scripts/compare-models, which builds them and calls this.

As in compare.py a cell is the median of the rounds, in which the servers take turns in random order.
"""

import os
import random
import sys

sys.dont_write_bytecode = True  # leaves nothing beside the sources
sys.path.insert(1, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import command
from measuring import (RATE_TICKS, Cell, busy_with_other_work, canvas, comparison_parser, key, print_remarks,
                       run_load, ticks, y_range)
from plotting import draw
from started_server import ADDRESS, StartedServer

WARMUP_S = 0.5
# A run is so many round trips long, of callers whom one employee serves in turn.
ROUND_TRIPS = 8


def switchboard(workers):
    return lambda service_us: (
        ['src/switchboard', '--greeting', '', '--workers', str(workers), '--listen', ADDRESS] +
        (['--service-time', f'{service_us}us'] if service_us > 0 else []))


def model(name):
    return lambda service_us: [f'bench/models/model-{name}', ADDRESS, str(service_us)]


# Name, its command for a service time, and what the plot needs: colour, point type and line.
SERVERS = [
    ('Switchboard, 16 workers', switchboard(16), '#0072B2', 7, 3),
    ('4 workers', switchboard(4), '#3D9BD1', 7, 3),
    ('1 worker', switchboard(1), '#8CC4E8', 7, 3),
    ('inline reactor', model('inline-reactor'), '#E69F00', 5, 1.8),
    ('thread a call', model('thread-per-call'), '#009E73', 9, 1.8),
    ('process a call', model('process-per-call'), '#CC79A7', 11, 1.8),
    ('one employee', model('iterative'), '#555555', 13, 1.8),
]


def run_once(options, command_for, service_us, callers):
    program, *arguments = command_for(service_us)
    duration = max(options.duration, ROUND_TRIPS * callers * service_us / 1e6)
    load = os.path.join(options.build, 'bench/load/switchboard-load')
    with StartedServer([os.path.join(options.build, program)] + arguments) as server:
        return run_load(load, server.address, callers, duration, WARMUP_S)


def measure(options):
    """All reports: a list, one a round, for each (server, service, callers)."""
    reports = {}
    for number in range(options.rounds):
        for service_us in options.service_times:
            for callers in options.callers:
                for name, command_for, *_ in random.sample(SERVERS, len(SERVERS)):
                    print(f'round {number + 1} of {options.rounds}: {service_text(service_us)}, '
                          f'{callers} callers, {name}', file=sys.stderr)
                    reports.setdefault((name, service_us, callers), []).append(
                        run_once(options, command_for, service_us, callers))
    return reports


def service_text(service_us):
    return f'{service_us / 1000:g} ms' if service_us > 0 else 'no time'


def print_table(cells, warning, options):
    print('Messages per second (99th percentile of the round trip) by how long the service sleeps, '
          '64 bytes, one message in flight for each caller; medians of '
          f'{options.rounds} interleaved rounds of {options.duration:g} s or more.\n')
    print('| service | callers | ' + ' | '.join(name for name, *_ in SERVERS) + ' |')
    print('|---:|---:|' + '---:|' * len(SERVERS))
    for service_us in options.service_times:
        for callers in options.callers:
            row = [str(cells[name, service_us, callers]) for name, *_ in SERVERS]
            print(f'| {service_text(service_us)} | {callers:,} | ' + ' | '.join(row) + ' |')
    print_remarks(cells.values(), warning)


def data_blocks(cells, options):
    """A block for each service and server: callers, rate, and the rate where it is whole."""
    lines = []
    for panel, service_us in enumerate(options.service_times):
        for index, (name, *_) in enumerate(SERVERS):
            lines.append(f'$data{panel}x{index} << END')
            for callers in options.callers:
                cell = cells[name, service_us, callers]
                lines.append(f'{callers} {cell.rate:.1f} ' if cell.rate > 0 else f'{callers} ? ')
                lines[-1] += f'{cell.rate:.1f}' if cell.whole else '?'
            lines.append('END')
    return lines


def style_of(index):
    _, _, colour, _, width = SERVERS[index]
    return f"lc rgb '{colour}' lw {width}"


def curves(panel):
    """A line with points for each server; hollow where not every caller was answered."""
    parts = []
    # The thin ones on top: where they are as fast as others, both are seen.
    for index in sorted(range(len(SERVERS)), key=lambda each: (-SERVERS[each][4], -each)):
        point, data = SERVERS[index][3], f'$data{panel}x{index}'
        style = f'{style_of(index)} notitle'
        parts.append(f'{data} using 1:2 with lines {style}')
        parts.append(f'{data} using 1:2 with points pt {point - 1} {style}')
        parts.append(f'{data} using 1:3 with points pt {point} {style}')
    return 'plot ' + ', \\\n  '.join(parts)


def panels(options):
    """One plot for each service time, side by side."""
    script = []
    count = len(options.service_times)
    for panel, service_us in enumerate(options.service_times):
        left = 0.075 + panel * (0.925 / count)
        script += [
            f'set lmargin at screen {left:.3f}',
            f'set rmargin at screen {left + 0.925 / count - 0.045:.3f}',
            f"set title 'A message takes {service_text(service_us)}'",
            curves(panel),
            'unset label 2',  # is there once
        ]
    return script


def gnuplot_script(cells, options):
    return data_blocks(cells, options) + canvas(options) + [
        ticks('y', RATE_TICKS),
        y_range([cell.rate for cell in cells.values()]),
        "set label 2 'messages echoed per second' at screen 0.012,0.965 left font ',12' "
        "textcolor rgb '#555555'",
        'set tmargin at screen 0.86',
        'set bmargin at screen 0.32',
    ] + panels(options) + key(
        0.18, 'maxrows 2 samplen 2 spacing 1.1',
        'hollow points: not every caller was answered, or a run did not end or was too short',
        [(point, style_of(index), name)
         for index, (name, _, _, point, _) in enumerate(SERVERS)])


def parse_arguments():
    parser = comparison_parser('services.svg', 2, '1,10,100')
    parser.add_argument('--service-times', required=True, metavar='MS,MS,...',
                        type=command.listed(command.milliseconds))
    return parser.parse_args()


def main():
    options = parse_arguments()
    warning = busy_with_other_work()
    if warning:
        print(f'compare-models: {warning}', file=sys.stderr)
    cells = {(name, service_us, callers): Cell(callers, rounds)
             for (name, service_us, callers), rounds in measure(options).items()}
    print_table(cells, warning, options)
    draw(gnuplot_script(cells, options), options.svg)


if __name__ == '__main__':
    command.run('compare-models', main)
