"""Opens a great many lines to one Switchboard of many processes and holds them under load; see
scripts/million-lines, which builds what is needed and calls this.

Each process has as many descriptors as the system grants one, so that server and load generator
are as many processes as the lines take; scripts/load-many makes one load of the generators.
"""

import json
import math
import os
import pathlib
import resource
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

sys.dont_write_bytecode = True  # leaves nothing beside the sources
import command
from plotting import draw, quoted
from started_server import ADDRESS, StartedServer

# Descriptors of a process that are not for lines; the server keeps 512 back itself.
SERVER_SPARE, LOAD_SPARE = 512, 64
# Calls are shared out among the processes nearly evenly, not exactly.
UNEVEN = 1.02
# Bytes a line takes at both its ends, kernel and processes, as measured; only a run that would not
# fit into the memory is refused because of it.
BYTES_A_LINE = 12_000
# Addresses that the load generator calls from, 127.0.1.1 and up.
SOURCES = 250
LONGEST_OPENING_S = 900
BETWEEN_SAMPLES_S = 0.5


def read_numbers(path):
    return [int(word) for word in pathlib.Path(path).read_text(encoding='ascii').split()]


def read_lines(path):
    """None of a process that has just ended."""
    try:
        return pathlib.Path(path).read_text(encoding='ascii').splitlines()
    except OSError:
        return []


def meminfo():
    """Bytes by name."""
    lines = pathlib.Path('/proc/meminfo').read_text(encoding='ascii').splitlines()
    return {line.split(':')[0]: int(line.split()[1]) * 1024 for line in lines}


class Plan:
    """What so many lines take, and what is in the way of them."""

    def __init__(self, lines):
        self.lines = lines
        _, self.descriptors = resource.getrlimit(resource.RLIMIT_NOFILE)
        self.servers = math.ceil(lines * UNEVEN / max(1, self.descriptors - SERVER_SPARE))
        self.loads = math.ceil(lines / max(1, self.descriptors - LOAD_SPARE))
        used, _, most = read_numbers('/proc/sys/fs/file-nr')
        self.system_descriptors = most - used
        self.memory = meminfo()['MemAvailable']
        first, last = read_numbers('/proc/sys/net/ipv4/ip_local_port_range')
        self.ports = (last - first + 1) * SOURCES
        self.tcp_pages = read_numbers('/proc/sys/net/ipv4/tcp_mem')[2]
        self.backlog = read_numbers('/proc/sys/net/core/somaxconn')[0]

    def show(self):
        print(f"""{self.lines:,} lines
    descriptors   {self.descriptors:,} a process: {self.servers} server processes, {self.loads} load generators
                  {2 * self.lines:,} of {self.system_descriptors:,} that the system has left
    memory        about {self.lines * BYTES_A_LINE / 1e9:.1f} of {self.memory / 1e9:.1f} GB that are free
    ports         {self.lines:,} of {self.ports:,}, of {SOURCES} source addresses
    tcp_mem       {self.tcp_pages * os.sysconf('SC_PAGE_SIZE') / 1e9:.1f} GB for what is under way
    backlog       {self.backlog:,} callers on hold (net.core.somaxconn)
""", flush=True)

    def refuse_what_cannot_be(self):
        """One sentence for what is in the way."""
        if self.descriptors < 4 * SERVER_SPARE:
            raise command.Failure(f'a process may have {self.descriptors:,} descriptors; raise it with ulimit -Hn, '
                                  'as root, to 20000 say')
        if 2 * self.lines > self.system_descriptors:
            raise command.Failure(f'{self.lines:,} lines take {2 * self.lines:,} descriptors and the system has '
                                  f'{self.system_descriptors:,} left; raise fs.file-max or give fewer --lines')
        if self.lines * BYTES_A_LINE > self.memory:
            raise command.Failure(f'{self.lines:,} lines take about {self.lines * BYTES_A_LINE / 1e9:.1f} GB and '
                                  f'{self.memory / 1e9:.1f} GB are free; give fewer --lines')
        if self.lines > self.ports:
            raise command.Failure(f'{SOURCES} source addresses have {self.ports:,} ports; widen '
                                  'net.ipv4.ip_local_port_range or give fewer --lines')


class Server(StartedServer):
    """Switchboard, and what it takes.

    Without keepalive: the kernel's timers of a minute are coarse (2 s at 250 Hz), so that tens of thousands
    of probes are due at once, and all but net.core.netdev_max_backlog of them are dropped. After three such
    drops a line that is there would be hung up as vanished.
    """

    def __init__(self, program, processes):
        super().__init__([program, '--greeting', 'none', '--log-level', 'error', '--listen', ADDRESS, '--status',
                          '127.0.0.1:0', '--keepalive', '0', '--processes', str(processes)], has_status=True)

    def figures(self):
        with urllib.request.urlopen(self.status.rstrip('/') + '/status.json', timeout=10) as answer:
            return json.load(answer)

    def pids(self):
        """Of its processes."""
        found = [self.process.pid]
        for pid in found:
            for line in read_lines(f'/proc/{pid}/task/{pid}/children'):
                found += [int(word) for word in line.split()]
        return found

    def resident(self):
        """Bytes of memory of its own, all processes."""
        return 1024 * sum(int(line.split()[1]) for pid in self.pids()
                          for line in read_lines(f'/proc/{pid}/status')
                          if line.startswith('RssAnon:'))

    def cpu_seconds(self):
        ticks = 0
        for pid in self.pids():
            for line in read_lines(f'/proc/{pid}/stat'):
                words = line.rsplit(')', 1)[1].split()
                ticks += int(words[11]) + int(words[12])
        return ticks / os.sysconf('SC_CLK_TCK')


def kernel_memory():
    """Bytes of the kernel's own, of which sockets are the greater part here."""
    memory = meminfo()
    return memory['Slab'] + memory['PageTables'] + memory['KernelStack']


class Watch(threading.Thread):
    """Samples of how many are on the line, and what that takes."""

    def __init__(self, server):
        super().__init__()
        self.server = server
        self.over = threading.Event()
        self.samples = []
        self.failure = None  # why it looks no more

    def run(self):
        try:
            while not self.over.wait(BETWEEN_SAMPLES_S):
                self.look()
        except Exception as failure:  # its thread would end without a word
            self.failure = failure

    def end(self):
        self.over.set()
        self.join()
        if self.failure:
            raise command.Failure(f'the server did not say how many are on the line: {self.failure}')

    def look(self):
        begun = time.time()
        lines = self.server.figures()['active']
        self.samples.append({'begun': begun, 'time': time.time(), 'lines': lines,
                             'resident': self.server.resident(), 'kernel': kernel_memory(),
                             'cpu_seconds': self.server.cpu_seconds()})

    def while_all_hold(self, report):
        """Of the time in which every generator ran: the first to end hangs up its lines."""
        runs = report['machines'] or [report]
        start = max(each['window_start_s'] for each in runs)
        end = min(each['window_end_s'] for each in runs)
        return [each for each in self.samples if start <= each['begun'] and each['time'] <= end]


def put_load(options, plan, address):
    """The merged report of all generators."""
    with tempfile.TemporaryDirectory() as folder:
        report = os.path.join(folder, 'report.json')
        load_many = pathlib.Path(__file__).resolve().parent.parent / 'scripts/load-many'
        names = [f'generator-{number + 1}' for number in range(plan.loads)]
        arguments = [sys.executable, str(load_many), '--shell', 'sh -c {command} {host}',
                   '--program', options.load, '--merger', options.load,
                   '--timeout', str(LONGEST_OPENING_S), *names, '--',
                   '-c', str(options.lines), '-r', str(options.rate), '-d', str(options.hold),
                   '--connect-rate', str(options.connect_rate), '--greeting', 'none', address,
                   '--', '--json', report]
        done = subprocess.run(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        if not os.path.exists(report):
            raise command.Failure(f'the load ended with {done.returncode}: {done.stderr.strip()}')
        with open(report, encoding='utf-8') as file:
            return json.load(file)


def time_to_open(watch, lines):
    """Seconds from the first line to the last one, by the samples."""
    empty = None
    for each in watch.samples:
        if each['lines'] == 0:
            empty = each['time']
        elif each['lines'] >= lines:
            return each['time'] - empty
    return None


def wrong(plan, report, held, figures):
    """What is not as it must be, a sentence each."""
    found = []
    if held < plan.lines:
        found.append(f'{plan.lines - held:,} of {plan.lines:,} lines were not held')
    echoed = report['histograms']['first_echo']['count']
    if echoed < plan.lines:
        found.append(f'{plan.lines - echoed:,} lines had no first echo')
    if not report['verification']['passed']:
        found.append(f"echoes were wrong: {report['verification']['first_wrong']}")
    if report['errors']:
        found.append('errors: ' + ', '.join(' '.join(str(value) for value in each.values())
                                            for each in report['errors']))
    if report['generator']['unanswered']:
        found.append(f"{report['generator']['unanswered']:,} messages were not answered")
    closed = {reason: count for reason, count in figures['closed'].items()
              if count and reason != 'peer'}
    if closed:
        found.append('the server closed lines with the reasons '
                     + ', '.join(f'{reason} ({count:,})' for reason, count in closed.items()))
    if figures['bytes_lost']:
        found.append(f"the server lost {figures['bytes_lost']:,} bytes")
    return found


def text_of_us(value):
    return 'too few' if value is None else f'{value / 1000:.2f} ms'


def show(plan, report, watch, before):
    holding = watch.while_all_hold(report)
    if not holding:
        raise command.Failure('nobody looked at the server while all load generators ran; give a longer --hold')
    held = min(each['lines'] for each in holding)
    last, opening = holding[-1], time_to_open(watch, plan.lines)
    seconds = last['time'] - holding[0]['time']
    cpu = (last['cpu_seconds'] - holding[0]['cpu_seconds']) / max(seconds, 1e-9)
    latency = report['latency_us']
    rows = [
        (f'lines held, at the least, over {seconds:.0f} s', f'{held:,}'),
        ('processes: server; load generator', f'{plan.servers}; {plan.loads}'),
        ('lines opened a second, each with its first echo',
         'not seen' if opening is None else f'{plan.lines / opening:,.0f}'),
        ('server, bytes a line', f"{(last['resident'] - before['resident']) / plan.lines:,.0f}"),
        ('kernel, bytes a line, both ends', f"{(last['kernel'] - before['kernel']) / plan.lines:,.0f}"),
        ('echoes a second, verified', f"{report['messages_per_second']:,.0f}"),
        ('p50; p99', f"{text_of_us(latency['p50'])}; {text_of_us(latency['p99'])}"),
        ('CPU of the server; of the load generator',
         f"{cpu:.2f}; {report['generator']['cpu_s'] / report['seconds']:.2f}"),
        ('bytes verified; wrong or lost',
         f"{report['verification']['verified_bytes']:,}; "
         + ('none' if report['verification']['passed'] else 'some')),
        ('verdict', report['verdict']),
    ]
    print('| | |\n|---|---:|')
    for name, value in rows:
        print(f'| {name} | {value} |')
    sys.stdout.flush()
    return held


def picture(options, report, watch):
    start = watch.samples[0]['time']
    lines = ["set terminal svg size 900,480 font 'sans,12' background 'white'",
             f'set output {quoted(options.svg)}', 'set multiplot layout 2,1', 'set grid',
             "set format y '%.0s%c'", 'unset key', 'set yrange [0:]',
             f"set xrange [0:{watch.samples[-1]['time'] - start:.0f}]", '$lines << END']
    lines += [f"{each['time'] - start:.2f} {each['lines']}" for each in watch.samples]
    lines += ['END', '$p99 << END']
    for each in report['timeline']:
        if each['latency_us']['p99'] is not None:
            at = report['window_start_s'] - start + each['second']
            lines.append(f"{at:.2f} {each['latency_us']['p99'] / 1000:.4f}")
    lines += ['END', "set ylabel 'lines'",
              "plot $lines using 1:2 with lines lw 3 lc rgb '#0072B2'",
              "set ylabel 'p99 of the echo, ms'", "set xlabel 'seconds'", "set format y '%g'",
              "plot $p99 using 1:2 with linespoints pt 7 ps 0.4 lw 2 lc rgb '#E69F00'"]
    return lines


def parse():
    parser = command.Parser('million-lines')
    parser.add_argument('--server', required=True)
    parser.add_argument('--load', required=True)
    parser.add_argument('--lines', type=command.whole, default=1_000_000)
    parser.add_argument('--hold', type=command.whole, default=60)
    parser.add_argument('--rate', type=command.whole, default=10_000)
    parser.add_argument('--connect-rate', type=command.whole, default=6_000)
    parser.add_argument('--svg', type=command.new_file)
    return parser.parse_args()


def main():
    options = parse()
    plan = Plan(options.lines)
    plan.show()
    plan.refuse_what_cannot_be()
    with Server(options.server, plan.servers) as server:
        time.sleep(1)
        before = {'resident': server.resident(), 'kernel': kernel_memory()}
        watch = Watch(server)
        watch.look()
        watch.start()
        try:
            report = put_load(options, plan, server.address)
        finally:
            watch.end()
        held = show(plan, report, watch, before)
        found = wrong(plan, report, held, server.figures())
    if options.svg:
        draw(picture(options, report, watch), options.svg)
    if found:
        raise command.Failure('; '.join(found))


if __name__ == '__main__':
    command.run('million-lines', main)
