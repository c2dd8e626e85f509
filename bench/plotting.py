"""Pictures, by gnuplot."""

import shutil
import subprocess
import sys

from command import Failure


def quoted(text):
    return "'" + text.replace("'", "''") + "'"


def draw(lines, svg):
    """Has gnuplot draw what `lines` say; without it, says that there is no picture."""
    if shutil.which('gnuplot') is None:
        print(f'no {svg}, as gnuplot is not installed (package gnuplot-nox)', file=sys.stderr)
        return
    done = subprocess.run(['gnuplot'], input='\n'.join(lines) + '\n', stderr=subprocess.PIPE, text=True)
    if done.returncode != 0:
        raise Failure(f'gnuplot drew no {svg}: {done.stderr.strip()}')
    print(f'drew {svg}', file=sys.stderr)
