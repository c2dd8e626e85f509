"""Real runs beside their simulations; see scripts/staff-validate, which builds what is needed and calls
this.

Every configuration has its turn in each round, and each round begins with a calibration, so that a
machine that is slow for a while is slow for all of them.
"""

import json
import math
import os
import statistics
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True  # leaves nothing beside the sources
import command
from started_load import report_of, started_load
from started_server import started_switchboard

# Callers, workers, bytes, service time, messages per second (None: closed loop).
CONFIGURATIONS = [
    (1, 1, 64, None, None),
    (1, 4, 65536, None, None),
    (8, 2, 64, None, None),
    (16, 4, 64, None, None),
    (64, 1, 64, None, None),
    (64, 4, 64, None, None),
    (64, 4, 65536, None, None),
    (1000, 4, 64, None, None),
    (10000, 8, 64, None, None),
    (1, 1, 64, '2ms', None),
    (8, 8, 64, '10ms', None),
    (16, 4, 65536, '5ms', None),
    (64, 1, 64, '1ms', None),
    (64, 4, 64, 'exp:5ms', None),
    (64, 8, 65536, '1ms', None),
    (200, 4, 64, '5ms', None),
    (1000, 8, 64, '10ms', None),
    (10000, 8, 64, '1ms', None),
    (64, 4, 64, 'exp:5ms', 500),
    (200, 8, 64, 'exp:5ms', 1200),
    (1000, 4, 64, 'exp:2ms', 1500),
    (1000, 8, 64, 'exp:1ms', 3000),
]
THROUGHPUT_AIM, P99_AIM = 0.10, 0.20
# A p99 that grows without end, and one that was not measured: the file has numbers only.
ENDLESS_US = 1e12
UNKNOWN_US = 0


def text_of(configuration):
    callers, workers, size, service, rate = configuration
    text = f'{callers} callers, {workers} workers, {size} B'
    if service:
        text += f', {service}'
    return text + (f', {rate} a second' if rate else '')


def measure(options, configuration):
    """Messages per second, and the p99 in microseconds, which too few messages do not tell."""
    callers, workers, size, service, rate = configuration
    arguments = ['--workers', str(workers)]
    if service:
        arguments += ['--service-time', service]
    with started_switchboard(options.server, *arguments) as server:
        name, schedule = text_of(configuration), ['-r', str(rate), '--arrivals', 'poisson'] if rate else []
        load = started_load(options.load, server.address, options.duration, '-c', str(callers), '-s', str(size),
                            '--warmup', '1', *schedule)
        report = report_of(load, name, may_miss=True)
        return report['messages_per_second'], report['latency_us']['p99'] or UNKNOWN_US


def simulate(options, costs, configuration):
    """The plan, with the file `costs`."""
    callers, workers, size, service, rate = configuration
    arguments = [options.load, 'staff', 'plan', '--costs', costs, '--callers', str(callers),
                 '--workers', str(workers), '--size', str(size), '--generator', 'here', '--json', '-']
    if service:
        arguments += ['--service-time', service]
    if rate:
        arguments += ['--rate', str(rate)]
    run = subprocess.run(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if run.returncode != 0:
        raise command.Failure(run.stderr.strip())
    return json.loads(run.stdout)


def median_p99_us(all_us):
    return UNKNOWN_US if UNKNOWN_US in all_us else statistics.median(all_us)


def compare(configuration, runs, plans):
    callers, workers, size, service, rate = configuration
    return {'callers': callers, 'rate': rate or 0, 'workers': workers, 'size_bytes': size,
            'service_us': plans[0]['host']['service_us'], 'processes': 1, 'cpu_service': False,
            'measured_per_second': statistics.median(run[0] for run in runs),
            'simulated_per_second': statistics.median(plan['messages_per_second'] for plan in plans),
            'measured_p99_us': median_p99_us([run[1] for run in runs]),
            'simulated_p99_us': statistics.median(plan['latency_us']['p99'] or ENDLESS_US for plan in plans)}


def error(row, figure):
    measured = row[f'measured_{figure}']
    return row[f'simulated_{figure}'] / measured - 1 if measured else math.inf


def print_table(rows):
    print('| | a second | simulated | | p99, us | simulated | |')
    print('|---|---:|---:|---:|---:|---:|---:|')
    for configuration, row in rows:
        cells = [text_of(configuration)]
        for figure, aim in ('per_second', THROUGHPUT_AIM), ('p99_us', P99_AIM):
            off = error(row, figure)
            measured, simulated = row[f'measured_{figure}'], row[f'simulated_{figure}']
            if figure == 'p99_us' and measured == UNKNOWN_US:
                cells += ['too few messages', f'{simulated:,.0f}', 'missed']
            elif simulated == ENDLESS_US:
                cells += [f'{measured:,.0f}', 'without end', 'missed']
            else:
                cells += [f'{measured:,.0f}', f'{simulated:,.0f}',
                          f'{off:+.0%}' + ('' if abs(off) <= aim else ' missed')]
        print('| ' + ' | '.join(cells) + ' |')
    within = sum(abs(error(row, 'per_second')) <= THROUGHPUT_AIM and abs(error(row, 'p99_us')) <= P99_AIM
                 for _, row in rows)
    print(f'\n{within} of {len(rows)} within {THROUGHPUT_AIM:.0%} of the throughput and {P99_AIM:.0%} of '
          'the p99')
    if any(row['measured_p99_us'] == UNKNOWN_US for _, row in rows):
        print('where there were too few messages for a p99, a longer --duration has more')


def parse_arguments():
    parser = command.Parser('staff-validate')
    parser.add_argument('--load', required=True)
    parser.add_argument('--server', required=True)
    parser.add_argument('--rounds', type=command.whole, default=3)
    parser.add_argument('--duration', type=command.seconds, default=4)
    parser.add_argument('--keep-costs', action='store_true')
    parser.add_argument('file', type=command.new_file)
    return parser.parse_args()


def calibrate(options, costs):
    run = subprocess.run([options.load, 'staff', 'calibrate', '--json', costs],
                         stdout=sys.stderr, stderr=subprocess.PIPE, text=True)
    if run.returncode != 0:
        raise command.Failure(run.stderr.strip())


def from_file(name):
    with open(name, encoding='utf-8') as file:
        return json.load(file)


def message_ns(name):
    costs = from_file(name)
    return costs['read_ns'] + costs['write_ns']


def write(costs, name):
    with open(name, 'w', encoding='utf-8') as file:
        # A line for each member, as the pace of a CPU has thousands of numbers.
        file.write('{\n' + ',\n'.join(f'  "{key}": {json.dumps(value)}' for key, value in costs.items()) +
                   '\n}\n')


def validate(options, folder):
    runs = {configuration: [] for configuration in CONFIGURATIONS}
    calibrations = [options.file] if options.keep_costs else []
    for number in range(options.rounds):
        if not options.keep_costs:
            calibrations.append(os.path.join(folder, f'{number}.json'))
            calibrate(options, calibrations[-1])
        simulate(options, calibrations[-1], CONFIGURATIONS[0])  # finds out before the runs whether it can
        for configuration in CONFIGURATIONS:
            print(f'round {number + 1}: {text_of(configuration)}', file=sys.stderr)
            runs[configuration].append(measure(options, configuration))
    rows = [(configuration, compare(configuration, runs[configuration],
                                    [simulate(options, costs, configuration) for costs in calibrations]))
            for configuration in CONFIGURATIONS]
    print_table(rows)
    # What is planned with from now on is the one in the middle.
    costs = from_file(sorted(calibrations, key=message_ns)[len(calibrations) // 2])
    costs['compared'] = [row for _, row in rows]
    write(costs, options.file)


def main():
    options = parse_arguments()
    with tempfile.TemporaryDirectory() as folder:
        validate(options, folder)


if __name__ == '__main__':
    command.run('staff-validate', main)
