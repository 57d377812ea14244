"""Runs a command and prints its wall time (s), processor time (s) and peak memory (MB) as JSON.

usage: python timed.py [--until TEXT] COMMAND ARG...
`--until`: a server; the time is taken, and the server ended, as soon as a line of its output holds TEXT. A command's own time,
without what it took to start, is passed on: {"inside": SECONDS} as its last line, or "(12.3ms)" in the line that was waited for.
"""
import json
import re
import resource
import subprocess
import sys
import time

arguments = sys.argv[1:]
until = None
if arguments[0] == "--until":
    until, arguments = arguments[1], arguments[2:]
start = time.perf_counter()
if until is None:
    done = subprocess.run(arguments, stdout=subprocess.PIPE)
    wall, code, out = time.perf_counter() - start, done.returncode, done.stdout
else:
    server = subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    wall, code, out, told = None, 1, b"", None
    for line in server.stdout:
        if until.encode() in line:
            wall, code = time.perf_counter() - start, 0
            told = re.search("\\(([\\d.]+)(µs|ms|s)\\)".encode(), line)
            server.kill()
            break
    server.wait()
    if told is not None:
        out = json.dumps({"inside": float(told[1]) * {"ms": 1e-3, "s": 1}.get(told[2].decode(), 1e-6)}).encode()
usage = resource.getrusage(resource.RUSAGE_CHILDREN)
last = out.rstrip().rsplit(b"\n", 1)[-1]
inside = json.loads(last)["inside"] if last.startswith(b'{"inside"') else None
print(json.dumps({"code": code, "wall": wall, "cpu": usage.ru_utime + usage.ru_stime, "rss": usage.ru_maxrss / 1024, "inside": inside}))
