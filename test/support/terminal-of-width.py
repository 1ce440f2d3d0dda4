"""Runs a command on a terminal of its own with so many columns: terminal-of-width.py <columns> <command…>.

Prints all that the terminal showed and ends as the command does.
"""
import fcntl
import os
import pty
import struct
import sys
import termios

columns, *words = sys.argv[1:]
pid, terminal = pty.fork()
if pid == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 24, int(columns), 0, 0))
    os.execvp(words[0], words)
shown = b""
while True:
    try:
        block = os.read(terminal, 65536)
    except OSError:
        break
    if not block:
        break
    shown += block
_, status = os.waitpid(pid, 0)
sys.stdout.buffer.write(shown)
sys.stdout.flush()
sys.exit(os.waitstatus_to_exitcode(status))
