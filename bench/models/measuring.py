"""What the comparisons of models share: a load, what several runs come to, pictures."""

import json
import os
import statistics
import subprocess
import tempfile

import command
from plotting import quoted

SPARE_S = 60  # beyond the time that a run is to take

# Labels and places on the axes.
RATE_TICKS = [(f'{mantissa}{unit}', mantissa * factor) for unit, factor in
              [('', 1), ('0', 10), ('00', 100), ('k', 1e3), ('0k', 1e4), ('00k', 1e5), ('M', 1e6)]
              for mantissa in (1, 2, 5)]


def comparison_parser(svg, duration, callers):
    """With the options of both comparisons, and these defaults of theirs."""
    folder = os.path.dirname(os.path.abspath(__file__))
    parser = command.Parser('compare-models')
    parser.add_argument('--build', required=True)
    parser.add_argument('--rounds', type=command.whole, default=3)
    parser.add_argument('--duration', type=command.seconds, default=duration)
    parser.add_argument('--callers', default=callers, type=command.listed(command.whole))
    parser.add_argument('--svg', default=os.path.join(folder, svg), type=command.new_file)
    return parser


def run_load(program, address, callers, duration, warmup=1):
    """The report of one load, or None if it did not end in time."""
    with tempfile.TemporaryDirectory() as folder:
        report = os.path.join(folder, 'report.json')
        words = [program, '--connections', str(callers), '--duration', str(duration), '--warmup',
                 str(warmup), '--greeting', 'none', '--quiet', '--json', report, address]
        try:
            done = subprocess.run(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                                  timeout=duration + warmup + SPARE_S, text=True)
        except subprocess.TimeoutExpired:
            return None
        if done.returncode == 3:
            raise command.Failure(f'an echo of {address} was wrong')
        if not os.path.exists(report):  # it did not begin, which is no fault of the server
            raise command.Failure(done.stderr.strip())
        with open(report, encoding='utf-8') as file:
            return json.load(file)


class Cell:
    """What the rounds of one server and one number of callers come to."""

    def __init__(self, callers, rounds):
        self.asked = len(rounds)
        rounds = [report for report in rounds if report is not None]
        self.ended = len(rounds)
        self.callers = callers
        self.answered = min((report['generator']['connections_open'] for report in rounds),
                            default=0)
        self.rate = statistics.median([report['messages_per_second'] for report in rounds] or [0])
        known = [report['latency_us']['p99'] for report in rounds if report['latency_us']['p99']]
        # None: most rounds had too few messages for one.
        self.p99_us = statistics.median(known) if len(known) * 2 > len(rounds) else None
        verdicts = [report['verdict'] for report in rounds]
        self.generator_bound = verdicts.count('GENERATOR-BOUND') * 2 > len(rounds)
        self.too_short = verdicts.count('TOO-SHORT') * 2 > len(rounds)

    @property
    def whole(self):
        return (self.answered == self.callers and self.ended == self.asked and self.rate > 0
                and not self.too_short)

    @property
    def has_p99(self):
        return self.whole and self.p99_us is not None

    def __str__(self):
        mark = '\\*' if self.generator_bound else '†' if self.too_short else ''
        if self.ended < self.asked:
            mark += f' in {self.ended} of {self.asked} rounds'
        if self.rate == 0:
            return 'no answer' + mark
        if self.answered < self.callers:
            return f'{self.rate:,.0f}{mark}, only {self.answered:,} answered'
        p99 = '' if self.p99_us is None else f' ({duration_text(self.p99_us)})'
        return f'{self.rate:,.0f}{mark}{p99}'


def duration_text(microseconds):
    if microseconds < 1000:
        return f'{microseconds:.0f} µs'
    if microseconds < 1e6:
        return f'{microseconds / 1000:.3g} ms'
    return f'{microseconds / 1e6:.3g} s'


def busy_with_other_work():
    """What to say about a machine that was not idle before the first round; empty if it was."""
    load = os.getloadavg()[0]
    if load < 0.25 * os.cpu_count():
        return ''
    return (f'the machine was busy with other work when this began (load {load:.1f} on '
            f'{os.cpu_count()} CPUs): these figures say little; repeat it on a quiet one.')


def print_remarks(cells, warning):
    """What marks in the cells of a table mean."""
    if any(cell.generator_bound for cell in cells):
        print('\n\\* the load generator was as busy as it can be: the server may be faster.')
    if any(cell.too_short for cell in cells):
        print('\n† the load generator found most of these runs too short to judge; give it a longer '
              '--duration.')
    if any(cell.ended < cell.asked for cell in cells):
        print(f'\n"in k of N rounds": the others took {SPARE_S} s more than they were to take.')
    if warning:
        print(f'\nWarning: {warning}')


def ticks(axis, places):
    return f'set {axis}tics (' + ', '.join(f"'{label}' {place:g}" for label, place in places) + ')'


def y_range(values):
    values = [value for value in values if value > 0] or [1]
    return f'set yrange [{min(values) / 1.5:g}:{max(values) * 1.5:g}]'


def canvas(options):
    """The commands that begin a picture of several plots over the number of callers."""
    return [
        "set terminal svg size 960,460 font 'sans-serif,13' background rgb 'white'",
        f'set output {quoted(options.svg)}',
        "set datafile missing '?'",
        'set logscale xy',
        f'set xrange [{options.callers[0] * 0.7}:{options.callers[-1] * 1.4}]',
        ticks('x', [(f'{callers:,}', callers) for callers in options.callers]),
        "set xlabel 'callers at the same time'",
        "set grid xtics ytics lc rgb '#dddddd' lt 1 lw 0.5",
        "set border 3 lc rgb '#555555'",
        'set tics nomirror',
        'set pointsize 0.9',
        'set multiplot',
        'unset key',
    ]


def key(top, layout, remark, entries):
    """The commands that end it: an empty plot below all others, as high as `top`, holds the key.
    `entries` are the point type, style and name of each server."""
    return [
        'unset logscale',
        'unset tics',
        'unset border',
        'unset title',
        'unset xlabel',
        f'set tmargin at screen {top}',
        'set bmargin at screen 0.07',
        'set lmargin at screen 0.02',
        'set rmargin at screen 0.98',
        f'set key center center horizontal {layout}',
        f"set label 1 '{remark}' at screen 0.5,0.035 center font ',11' textcolor rgb '#555555'",
        'plot [0:1] [0:1] ' + ', \\\n  '.join(
            f"NaN with linespoints pt {point} {style} title '{name}'"
            for point, style, name in entries),
        'unset multiplot',
    ]
