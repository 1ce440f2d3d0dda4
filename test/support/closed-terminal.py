"""Runs a command on a terminal of its own, which is closed when SIGUSR1 comes: closed-terminal.py <command…>.

Prints all that the terminal showed until then and ends as the command does.
"""
import os
import pty
import select
import signal
import sys

words = sys.argv[1:]
wakeup, alarm = os.pipe()
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(words[0], words)
signal.signal(signal.SIGUSR1, lambda *_: os.write(alarm, b"x"))
while True:
    ready, _, _ = select.select([terminal, wakeup], [], [])
    if wakeup in ready:
        break
    try:
        block = os.read(terminal, 65536)
    except OSError:
        break
    if not block:
        break
    sys.stdout.buffer.write(block)
    sys.stdout.flush()
os.close(terminal)
_, status = os.waitpid(pid, 0)
sys.exit(os.waitstatus_to_exitcode(status))
