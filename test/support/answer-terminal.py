"""Runs a command on a terminal of its own and types an answer once it asks: answer-terminal.py <answer> <command…>.

Prints all that the terminal showed and ends as the command does.
"""
import os
import pty
import sys

answer, *words = sys.argv[1:]
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(words[0], words)
shown = b""
asked = False
while True:
    try:
        block = os.read(terminal, 65536)
    except OSError:
        break
    if not block:
        break
    shown += block
    if not asked and b"[y/N]" in shown:
        asked = True
        os.write(terminal, answer.encode())
_, status = os.waitpid(pid, 0)
sys.stdout.buffer.write(shown)
sys.stdout.flush()
sys.exit(os.waitstatus_to_exitcode(status))
