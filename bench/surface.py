"""Compares Switchboard with other echo servers at every number of callers and size of message; see
scripts/surface, which builds what is needed and calls this.

Each column is one `switchboard-load compare`: interleaved rounds, medians, ratios to the first
server. Beside the ratio of the rates stands that of the server's CPU time for a message: where the
generator is the limit, only that tells servers apart.
"""

import argparse
import json
import math
import os
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True  # leaves nothing beside the sources
import command
from plotting import draw, quoted

# Heading and options of `compare`. A number alone is callers with 64 bytes in flight each.
COLUMNS = [(f'{callers:,}', ['-c', str(callers)])
           for callers in (1, 2, 3, 4, 8, 16, 32, 64, 1000, 10000)] + [
    ('64, depth 16', ['-c', '64', '--depth', '16']),
    ('64 x 4 KiB', ['-c', '64', '-s', '4K']),
    ('64 x 16 KiB', ['-c', '64', '-s', '16K']),
    ('16 x 64 KiB', ['-c', '16', '-s', '64K']),
    ('4 x 4 x 64 KiB', ['-c', '4', '--depth', '4', '-s', '64K']),
    ('calls', ['-c', '4', '-t', '4', '--messages-per-call', '1']),
]
COLOURS = ['#555555', '#0072B2', '#E69F00', '#009E73', '#CC79A7', '#56B4E9']


def compare(options, column):
    """What `compare` found for one column: its JSON's targets by name."""
    with tempfile.TemporaryDirectory() as folder:
        file_name = os.path.join(folder, 'found.json')
        arguments = [options.load, 'compare', '--rounds', str(options.rounds), '--duration',
                   str(options.duration), '--warmup', '0.1', '--greeting', 'none', '--quiet',
                   '--json', file_name] + column[1] + options.targets
        print(f'{column[0]}:', ' '.join(column[1]), file=sys.stderr)
        done = subprocess.run(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        if done.returncode != 0:
            raise command.Failure(f'compare ended with {done.returncode}: {done.stderr.strip()}')
        with open(file_name, encoding='utf-8') as file:
            return {target['name']: target for target in json.load(file)['targets']}


def rate_ratio(found, name):
    return found[name]['ratio']['messages_per_second']['median']


def cpu_ratio(found, name):
    """NaN, which gnuplot leaves out, of a server that runs elsewhere."""
    first = next(iter(found.values()))
    cpu = [target['cpu_us_per_message'] for target in (found[name], first)]
    return float('nan') if None in cpu else cpu[0] / cpu[1]


def text_of(value, digits=2):
    return '-' if value is None or math.isnan(value) else f'{value:.{digits}f}'


def duration_text(microseconds):
    if microseconds is None:
        return '-'
    if microseconds < 1000:
        return f'{microseconds:.0f} us'
    return f'{microseconds / 1000:.3g} ms'


def print_row(name, cells):
    print(f'| {name} | ' + ' | '.join(cells) + ' |')


def print_tables(surface, options):
    names = list(next(iter(surface.values())))
    headings = [heading for heading, _ in COLUMNS if heading in surface]
    print(f'Rate of messages, ratio to {names[0]} (and CPU time for a message, ratio likewise); '
          f'medians of {options.rounds} interleaved rounds of {options.duration:g} s.\n')
    print_row('', headings)
    print('|---|' + '---:|' * len(headings))
    print_row(f'{names[0]}, messages/s',
              [f"{surface[each][names[0]]['messages_per_second']:,.0f}" for each in headings])
    for name in names[1:]:
        print_row(name, [f'{rate_ratio(surface[each], name):.2f} '
                         f'({text_of(cpu_ratio(surface[each], name))})' for each in headings])
    for name in names:
        print_row(f'{name}, p99', [duration_text(surface[each][name]['p99_us'])
                                   for each in headings])
    for name in names[:2]:
        for key, what in (('system_calls_per_message', 'calls'),
                          ('context_switches_per_message', 'switches')):
            print_row(f'{name}, {what} a message',
                      [text_of(surface[each][name][key]) for each in headings])


def picture(surface, options):
    names = list(next(iter(surface.values())))
    headings = [heading for heading, _ in COLUMNS if heading in surface]
    lines = ["set terminal svg noenhanced size 900,560 font 'sans,12' background 'white'",
             f'set output {quoted(options.svg)}', 'set multiplot layout 2,1', 'set key outside right',
             'set grid ytics', 'set xrange [-0.3:]',
             'set xtics (' + ', '.join(f"'{heading}' {at}" for at, heading in enumerate(headings)) +
             ') rotate by -20']
    for index, name in enumerate(names):
        lines.append(f'$data{index} << END')
        for at, heading in enumerate(headings):
            lines.append(f'{at} {rate_ratio(surface[heading], name):.3f} '
                         f'{cpu_ratio(surface[heading], name):.3f}')
        lines.append('END')
    # A server that takes many times the CPU of the others would make them look alike.
    for column, label, top in ((2, 'rate', ''), (3, 'CPU a message', 4)):
        lines.append(f"set ylabel {quoted(f'{label} / {names[0]}')}")
        lines.append(f'set yrange [0:{top}]')
        lines.append('plot ' + ', '.join(
            f"$data{index} using 1:{column} with linespoints pt 7 ps 0.5 lw {3 if index == 1 else 1.5} "
            f"lc rgb '{COLOURS[index % len(COLOURS)]}' title {quoted(name)}"
            for index, name in enumerate(names)))
    return lines


def chosen_columns(text):
    wanted = text.split(';')
    unknown = [each for each in wanted if each not in dict(COLUMNS)]
    if unknown:
        raise argparse.ArgumentTypeError(f"cannot be '{unknown[0]}'; there are "
                                         + '; '.join(each for each, _ in COLUMNS))
    return [column for column in COLUMNS if column[0] in wanted]


def main():
    parser = command.Parser('surface')
    parser.add_argument('--load', required=True)
    parser.add_argument('--rounds', type=command.whole, default=7)
    parser.add_argument('--duration', type=command.seconds, default=0.4)
    parser.add_argument('--columns', type=chosen_columns, default=COLUMNS)
    parser.add_argument('--svg', type=command.new_file)
    parser.add_argument('targets', nargs='+')
    options = parser.parse_args()
    surface = {column[0]: compare(options, column) for column in options.columns}
    print_tables(surface, options)
    if options.svg:
        draw(picture(surface, options), options.svg)


if __name__ == '__main__':
    command.run('surface', main)
