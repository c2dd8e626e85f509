"""A load on a server while a script does something else, and the report that it leaves."""

import json
import subprocess

from command import Failure

NOT_REACHED = 6  # the exit status of a load whose report has that verdict


def started_load(program, target, seconds, *options):
    return subprocess.Popen([program, *options, '-d', str(seconds), '--greeting', 'none', '--quiet',
                             '--json', '-', target],
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def report_of(load, name, may_miss=False):
    """What it found, once it has ended. One that did not reach its target has a report as well, which is
    taken if it `may_miss`."""
    try:
        report, errors = load.communicate()
    except BaseException:  # Ctrl-C, which may be this script's alone
        load.kill()
        load.wait()
        raise
    if load.returncode != 0 and not (may_miss and load.returncode == NOT_REACHED):
        said = ' '.join(errors.split()) or f'exit status {load.returncode}'
        raise Failure(f'the load of {name} failed: {said}')
    return json.loads(report)


def p99_us(report, name):
    p99 = report['latency_us']['p99']
    if p99 is None:
        raise Failure(f'the load of {name} had too few messages for a p99; give a longer --duration')
    return p99
