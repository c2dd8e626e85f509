"""The command line of the scripts that measure: numbers that are understood or refused, and one sentence
for what is wrong. Each calls `run` with its name in scripts/."""

import argparse
import os
import sys


class Failure(Exception):
    """What cannot be done, and why: a sentence."""


def run(name, main):
    """Calls `main`. The exit status is 1 if it fails."""
    try:
        main()
    except Failure as failure:
        sys.exit(f'{name}: {failure}')
    except KeyboardInterrupt:
        sys.exit(f'{name}: interrupted')


class Parser(argparse.ArgumentParser):
    """Of scripts/NAME."""

    def __init__(self, name):
        super().__init__(prog=name, description=f'see scripts/{name} --help', allow_abbrev=False)

    def error(self, message):
        message = message.removeprefix('argument ').replace(': cannot be', ' cannot be', 1)
        self.exit(2, f'{self.prog}: {message}; see scripts/{self.prog} --help\n')


def whole(text):
    """A number of things, at least one."""
    if not (text.isascii() and text.isdigit() and len(text) <= 12 and int(text) > 0):
        raise argparse.ArgumentTypeError(f"cannot be '{text}'; give a whole number, 1 or more")
    return int(text)


def number(text):
    """None if it is none, or not finite."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if abs(value) <= 1e6 else None


def seconds(text):
    value = number(text)
    if value is None or value <= 0:
        raise argparse.ArgumentTypeError(f"cannot be '{text}'; give seconds above 0, at most a million")
    return value


def milliseconds(text):
    """In microseconds; may be 0."""
    value = number(text)
    if value is None or value < 0:
        raise argparse.ArgumentTypeError(f"cannot be '{text}'; give milliseconds, 0 or more")
    return round(1000 * value)


def listed(read):
    """What `read` understands, with commas between; in order."""
    return lambda text: sorted(read(word) for word in text.split(','))


def new_file(text):
    """A file that can be written, which is found out before anything is measured for it."""
    parent = os.path.dirname(text) or '.'
    there = os.path.exists(text)
    if os.path.isdir(text) or not os.access(text if there else parent, os.W_OK):
        raise argparse.ArgumentTypeError(f"cannot be '{text}'; give a file that can be written")
    return text
