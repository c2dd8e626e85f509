"""A server to measure: started for a `with` block, and gone with all its processes at its end."""

import contextlib
import os
import signal
import subprocess
import tempfile
import threading

from command import Failure

ADDRESS = '{address}'  # in the command of a server: where it is to listen
LONGEST_START_S = 10
MOST_SHOWN = 500


class StartedServer:
    """One word of its command is ADDRESS. Its first line says where it listens, as Switchboard's does; its
    second one where its status port is, if it has one. They are `address` and `status`."""

    def __init__(self, command, has_status=False):
        self.command = ['127.0.0.1:0' if word == ADDRESS else word for word in command]
        self.has_status = has_status

    def __enter__(self):
        self.errors = tempfile.TemporaryFile()
        try:
            self.process = subprocess.Popen(self.command, stdout=subprocess.PIPE, stderr=self.errors,
                                            start_new_session=True, text=True)
        except OSError as error:
            self.errors.close()
            raise Failure(f'{self.command[0]} cannot be started: {error.strerror}') from error
        limit = threading.Timer(LONGEST_START_S, self.kill)
        limit.start()
        try:
            self.address = self.word_after('server listening at ')
            if self.has_status:
                self.status = self.word_after('status at ')
        except BaseException:  # __exit__ is not called then, also for Ctrl-C
            self.__exit__()
            raise
        finally:
            limit.cancel()
        return self

    def __exit__(self, *_):
        self.kill()
        self.process.wait()
        self.process.stdout.close()
        self.errors.close()

    def kill(self):
        if self.process.returncode is not None:
            return  # its id may be somebody else's by now
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)  # and the processes of its calls

    def word_after(self, words):
        line = self.process.stdout.readline()
        if line.startswith(words) and line.endswith('\n'):
            return line.split()[-1]
        self.kill()
        self.process.wait()
        self.errors.seek(0)
        said = ' '.join((line + self.errors.read().decode(errors='replace')).split())
        raise Failure(f"'{' '.join(self.command)}' did not start"
                      + (f'; it said: {said[-MOST_SHOWN:]}' if said else ', and said nothing'))


def started_switchboard(program, *options):
    """A Switchboard that says nothing but its addresses."""
    return StartedServer([program, '--listen', ADDRESS, '--log-level', 'error', '--greeting', 'none', *options])
