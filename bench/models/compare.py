"""Measures Switchboard and the models under the same load, round by round; see
scripts/compare-models, which builds them and calls this.

A cell is the median of the rounds. Within a round the servers take turns in random order, each
freshly started, so that what else the machine does meanwhile falls on all of them alike.
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

# Name, program below the build folder, arguments, and what the plot needs: colour and point type.
SERVERS = [
    ('Switchboard', 'src/switchboard', ['--greeting', '', '--listen', ADDRESS], '#0072B2', 7),
    ('inline reactor', 'bench/models/model-inline-reactor', [ADDRESS], '#E69F00', 5),
    ('thread per call', 'bench/models/model-thread-per-call', [ADDRESS], '#009E73', 9),
    ('process per call', 'bench/models/model-process-per-call', [ADDRESS], '#CC79A7', 11),
    ('iterative', 'bench/models/model-iterative', [ADDRESS], '#555555', 13),
]

P99_TICKS = [('10 µs', 0.01), ('100 µs', 0.1), ('1 ms', 1), ('10 ms', 10), ('100 ms', 100),
             ('1 s', 1e3), ('10 s', 1e4), ('100 s', 1e5)]


def measure(options):
    """All reports: a list, one a round, for each (server, callers)."""
    reports = {(server[0], callers): [] for server in SERVERS for callers in options.callers}
    for number in range(options.rounds):
        for callers in options.callers:
            for name, program, arguments, *_ in random.sample(SERVERS, len(SERVERS)):
                print(f'round {number + 1} of {options.rounds}: {callers} callers, {name}',
                      file=sys.stderr)
                with StartedServer([os.path.join(options.build, program)] + arguments) as server:
                    load = os.path.join(options.build, 'bench/load/switchboard-load')
                    report = run_load(load, server.address, callers, options.duration)
                reports[name, callers].append(report)
    return reports


def print_table(cells, warning, options):
    print('Messages per second (99th percentile of the round trip), 64 bytes, one message in '
          f'flight for each caller; medians of {options.rounds} interleaved rounds of '
          f'{options.duration:g} s.\n')
    print('| callers | ' + ' | '.join(server[0] for server in SERVERS) + ' |')
    print('|---:|' + '---:|' * len(SERVERS))
    for callers in options.callers:
        row = [str(cells[server[0], callers]) for server in SERVERS]
        print(f'| {callers:,} | ' + ' | '.join(row) + ' |')
    print_remarks(cells.values(), warning)


def data_block(index, name, cells, options):
    """Columns: callers, rate, p99 in ms; `?` where there is nothing to draw."""
    lines = [f'$data{index} << END']
    for callers in options.callers:
        cell = cells[name, callers]
        rate = f'{cell.rate:.0f}' if cell.rate > 0 else '?'
        whole = f'{cell.rate:.0f}' if cell.whole else '?'
        p99 = f'{cell.p99_us / 1000:.4f}' if cell.has_p99 else '?'
        lines.append(f'{callers} {rate} {whole} {p99}')
    return lines + ['END']


def style_of(index):
    *_, colour, _ = SERVERS[index]
    return f"lc rgb '{colour}' lw {3 if index == 0 else 1.8}"


def curves(line_column, full_column):
    """A line with points for each server; hollow where only `line_column` has a value."""
    parts = []
    for index, (*_, point) in enumerate(SERVERS):
        style = f'{style_of(index)} notitle'
        parts.append(f'$data{index} using 1:{line_column} with lines {style}')
        parts.append(f'$data{index} using 1:{line_column} with points pt {point - 1} {style}')
        parts.append(f'$data{index} using 1:{full_column} with points pt {point} {style}')
    return 'plot ' + ', \\\n  '.join(parts)


def gnuplot_script(cells, options):
    script = []
    for index, server in enumerate(SERVERS):
        script += data_block(index, server[0], cells, options)
    script += canvas(options) + [
        'set tmargin at screen 0.90',
        'set bmargin at screen 0.28',
        'set lmargin at screen 0.085',
        'set rmargin at screen 0.485',
        "set title 'Messages echoed per second'",
        ticks('y', RATE_TICKS),
        y_range([cell.rate for cell in cells.values()]),
        curves(2, 3),
        'set lmargin at screen 0.575',
        'set rmargin at screen 0.975',
        "set title '99th percentile of the round trip'",
        ticks('y', P99_TICKS),
        y_range([cell.p99_us / 1000 for cell in cells.values() if cell.has_p99]),
        curves(4, 4),
    ] + key(0.14, 'maxrows 1 samplen 2 width -1',
            'hollow points: not every caller was answered, or a run did not end or was too short; '
            'there is no honest percentile',
            [(point, style_of(index), name)
             for index, (name, *_, point) in enumerate(SERVERS)])
    return script


def main():
    options = comparison_parser('models.svg', 5, '1,10,100,1000,10000').parse_args()
    warning = busy_with_other_work()
    if warning:
        print(f'compare-models: {warning}', file=sys.stderr)
    reports = measure(options)
    cells = {(name, callers): Cell(callers, rounds)
             for (name, callers), rounds in reports.items()}
    print_table(cells, warning, options)
    draw(gnuplot_script(cells, options), options.svg)


if __name__ == '__main__':
    command.run('compare-models', main)
