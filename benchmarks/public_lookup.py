"""The public look-up over HTTP, while events are recorded in the ledger and a new snapshot is swapped in; beside its peers in one run.

    python benchmarks/public_lookup.py [--seconds 10] [--connections 8] [--vehicles 25000] [--large 50000000]

Answers a second and the time within which 99 of 100 come, with the load generator on the same machine: wrk where it is installed, else
raw sockets in a process of their own. Then one call of 10,000 VINs; then a made-up snapshot of 50 million vehicles: the time until it is
open with its signature checked, the memory of the process, an answer at random. ``--large 0`` leaves that out.
"""

from __future__ import annotations

import argparse
import asyncio
import http.client
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests"), str(ROOT / "benchmarks")]
ON = date(2013, 3, 5)
ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path[:3])}
PAUSE = 2  # seconds between two loads
FORM = "application/x-www-form-urlencoded"
LUA = """
local vins = {} for line in io.lines("%s") do vins[#vins + 1] = line end
wrk.method = "POST" wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"
local i = 0
request = function() i = i + 7919 return wrk.format(nil, "/en", nil, "vin=" .. vins[i %% #vins + 1] .. "&model=") end
"""


def renotify(folder, *arguments):
    """Run a command in a folder that has its ledger."""
    command = [sys.executable, "-m", "renotify", *map(str, arguments)]
    url = f"sqlite:///{folder}/renotify.sqlite3"
    subprocess.run(
        command,
        cwd=folder,
        check=True,
        stdout=subprocess.DEVNULL,
        env={**ENVIRONMENT, "RENOTIFY_DATABASE_URL": url},
    )


def made(folder, vehicles):
    """Write the demo's maker, load it and publish it; return its VINs."""
    from renotify.demo.oem import write_input

    write_input(folder / "input", vehicles=vehicles)
    renotify(folder, "load", "input", "--on", ON)
    renotify(folder, "publish", "--new-key", "publish.key")
    publish(folder)
    import sqlite3

    with sqlite3.connect(folder / "renotify.sqlite3") as ledger:
        vins = [row[0] for row in ledger.execute("select vin from vehicle order by vin")]
    ledger.close()
    (folder / "vins.txt").write_text("\n".join(vins))
    return vins


def publish(folder):
    contact = ("--contact", "Maker", "--phone", "1-800-555-0100")
    renotify(folder, "publish", "--on", ON, *contact)


@contextmanager
def server(folder, port, *command):
    """Run a server until it is measured."""
    url = f"sqlite:///{folder}/renotify.sqlite3"
    child = subprocess.Popen(
        [sys.executable, *command],
        cwd=folder,
        env={**ENVIRONMENT, "RENOTIFY_DATABASE_URL": url},
        stdout=subprocess.DEVNULL,
    )
    try:
        for _ in range(600):
            try:
                ask(port, "GET", "/en")
                break
            except OSError:
                time.sleep(0.05)
        yield child
    finally:
        child.send_signal(signal.SIGINT)
        child.wait(30)


def ask(port, method, path, body=None, kind=FORM):
    way = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    way.request(method, path, body, {"content-type": kind})
    answer = way.getresponse()
    content = answer.read()
    way.close()
    return answer.status, content


def load_of(folder, port, arguments, child, method, path):
    """Return answers a second, the 50th and 99th percentile in milliseconds, and CPU of the server in microseconds an answer."""
    before = cpu_of(child.pid)
    rate, half, most = measured(folder, port, arguments.seconds, arguments, method, path)
    return rate, half, most, (cpu_of(child.pid) - before) / rate / arguments.seconds * 1e6


def cpu_of(pid):
    """Return the CPU seconds of a server and its workers so far."""
    spent = 0
    for one in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = one.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if pid in {int(one.parent.name), int(fields[1])}:
            spent += int(fields[11]) + int(fields[12])
    return spent / os.sysconf("SC_CLK_TCK")


def measured(folder, port, seconds, arguments, method, path):
    if shutil.which("wrk"):
        return by_wrk(folder, port, seconds, arguments, method, path)
    command = [
        sys.executable,
        __file__,
        "--generate",
        port,
        seconds,
        arguments.connections,
        method,
        path,
        folder / "vins.txt",
    ]
    return json.loads(
        subprocess.run(list(map(str, command)), check=True, capture_output=True, text=True).stdout
    )


def by_wrk(folder, port, seconds, arguments, method, path):
    script = folder / "post.lua"
    script.write_text(LUA % (folder / "vins.txt"))
    command = [
        "wrk",
        "-t1",
        f"-c{arguments.connections}",
        f"-d{seconds}",
        "--latency",
        f"http://127.0.0.1:{port}{path}",
    ]
    command += ["-s", str(script)] if method == "POST" else []
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert not re.search(r"Non-2xx or 3xx responses: (\d+)", said), said
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1])
    half, most = (
        _milliseconds(re.search(rf"{share}%\s+([\d.]+)(us|ms|s)", said)) for share in (50, 99)
    )
    return rate, half, most


def _milliseconds(found):
    return float(found[1]) * {"us": 0.001, "ms": 1, "s": 1_000}[found[2]]


async def generate(port, seconds, connections, method, path, vins):
    """Ask on many connections at once, each anew when it is answered."""
    times = []
    end = time.perf_counter() + seconds

    async def one(number):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        draw = random.Random(number)
        while time.perf_counter() < end:
            body = f"vin={draw.choice(vins)}&model=" if method == "POST" else ""
            began = time.perf_counter()
            head = f"{method} {path} HTTP/1.1\r\nhost: x\r\ncontent-type: {FORM}\r\n"
            writer.write(f"{head}content-length: {len(body)}\r\n\r\n{body}".encode())
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200"), head
            await reader.readexactly(
                int(re.search(rb"content-length: (\d+)", head, re.IGNORECASE)[1])
            )
            times.append(time.perf_counter() - began)
        writer.close()

    await asyncio.gather(*(one(number) for number in range(connections)))
    times.sort()
    return (
        len(times) / seconds,
        times[len(times) // 2] * 1_000,
        times[len(times) * 99 // 100] * 1_000,
    )


def recording(folder, vins, stop, told):
    """Record repairs in the ledger, 200 every two seconds (eight million a day), until told to stop."""
    number = 0
    while not stop.wait(PAUSE):
        some = [vins[(number * 200 + row) % len(vins)] for row in range(200)]
        rows = [f"W{number}-{vin},99901,{vin},ALE,2013-03-04,declined,0" for vin in some]
        file = folder / "repair_orders.csv"
        file.write_text(
            "\n".join(["ro_id,dealer_code,vin,campaign_code,close_date,outcome,hours", *rows])
            + "\n"
        )
        renotify(folder, "load", "repair_orders.csv", "--on", ON)
        told["loads"] = number = number + 1


def measure(what, folder, port, child, arguments, method="POST", path="/en"):
    """Measure a server under load and print what it did."""
    found = load_of(folder, port, arguments, child, method, path)
    print_rate(what, found)


def of_ours(folder, vins, arguments):
    told = {"loads": 0}
    port = 18_573
    options = ("--on", str(ON), "--rate", "0", "--port", str(port), "--workers", "2")
    with server(folder, port, "-m", "renotify", "lookup-site", *options) as child:
        measured(folder, port, 2, arguments, "POST", "/en")
        measure("look-up, nothing else goes on", folder, port, child, arguments)
        stop = threading.Event()
        recorder = threading.Thread(target=recording, args=(folder, vins, stop, told))
        publisher = threading.Thread(target=lambda: (time.sleep(1), publish(folder)))
        recorder.start()
        publisher.start()
        measure("look-up, events recorded, a snapshot swapped in", folder, port, child, arguments)
        stop.set()
        recorder.join()
        publisher.join()
        print(
            f"{'':48} {told['loads']} loads of 200 repair orders, one snapshot published and taken"
        )
        called(port, vins)


def called(port, vins):
    drawn = random.Random(7)
    body = json.dumps({"vins": [drawn.choice(vins) for _ in range(10_000)]}).encode()
    times = []
    for _ in range(7):
        began = time.perf_counter()
        status, _ = ask(port, "POST", "/api/v1/lookup", body, "application/json")
        times.append(time.perf_counter() - began)
        assert status == 200
    print(
        f"{'10,000 VINs in one call':48} {min(times):.3f} s the best, {sorted(times)[3]:.3f} s the middle of 7"
    )


def of_peers(folder, arguments):
    quiet = ("--no-access-log", "--log-level", "error")
    granian = ("-m", "granian", "--workers", "2", "--interface", "wsgi", *quiet)
    view = "plain_django_view:application"
    with server(folder, 18_574, *granian, "--port", "18574", view) as child:
        measure("plain Django view on the ledger", folder, 18_574, child, arguments)
    (folder / "static").mkdir()
    (folder / "static" / "en.html").write_bytes((ROOT / "README.md").read_bytes()[:4_500])
    static = ("--static-path-route", "/static", "--static-path-mount", str(folder / "static"))
    with server(folder, 18_575, *granian, "--port", "18575", *static, view) as child:
        measure(
            "static file of 4.5 kB, granian",
            folder,
            18_575,
            child,
            arguments,
            "GET",
            "/static/en.html",
        )


def print_rate(what, found):
    rate, half, most, cpu = found
    print(
        f"{what:48} {rate:8,.0f}/s, half within {half:.1f} ms, 99 of 100 within {most:.1f} ms,"
        f" {cpu:.0f} us of CPU each (load average {os.getloadavg()[0]:.1f})",
        flush=True,
    )


LARGE = """
import random, re, sys, time
from datetime import date
from pathlib import Path
from renotify.publish.lookup_snapshot import LookupSnapshot
from renotify.publish.signing_keys import public_key
from renotify.publish.public_answers import answer
folder, count = Path(sys.argv[1]), int(sys.argv[2])
key = public_key(folder / "publish.key.pub")
began, cpu = time.perf_counter(), time.process_time()
snapshot = LookupSnapshot(folder / "large.snapshot", key)
answer(snapshot, [f"JTH{count // 2:014d}"], date(2013, 3, 5))
opened, used = time.perf_counter() - began, time.process_time() - cpu
draw = random.Random(3)
vins = [f"JTH{draw.randrange(count):014d}" for _ in range(10_000)]
began, cpu = time.perf_counter(), time.process_time()
found = answer(snapshot, vins, date(2013, 3, 5))
asked, spent = time.perf_counter() - began, time.process_time() - cpu
assert all(one.vehicle for one in found)
most = int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) / 1024
print(f"{opened:.3f} s ({used:.3f} of CPU) to open, check the signature and answer once; {most:.0f} MiB resident at most")
print(f"10,000 answers at random: {asked:.3f} s ({spent:.3f} of CPU)")
"""


def of_many(folder, count):
    """Write a made-up snapshot of many vehicles, and open it in a process of its own."""
    import numpy as np

    from renotify.publish.lookup_snapshot import LookupSnapshot
    from renotify.publish.public_facts import PublicStanding, PublicVehicle
    from renotify.publish.signing_keys import private_key, public_key
    from renotify.publish.snapshot_writing import PlacedVehicles, write_snapshot

    key = folder / "publish.key"
    content = LookupSnapshot(
        folder / "look-up.snapshot", public_key(folder / "publish.key.pub")
    ).content
    codes = sorted(content.campaigns)
    kinds = [
        PublicVehicle(
            "Lexus",
            f"Model {number % 60}",
            2000 + number % 15,
            tuple(
                PublicStanding(code, bool(number >> place & 1), ON)
                for place, code in enumerate(codes)
            ),
        )
        for number in range(20_000)
    ]

    def placed(step=1_000_000):
        for begin in range(0, count, step):
            numbers = np.arange(begin, min(begin + step, count))
            digits = (numbers[:, None] // 10 ** np.arange(13, -1, -1) % 10 + 48).astype(np.uint8)
            whole = np.hstack(
                (np.broadcast_to(np.frombuffer(b"JTH", np.uint8), (len(numbers), 3)), digits)
            )
            yield PlacedVehicles(
                np.ascontiguousarray(whole).view("S17").reshape(-1),
                (numbers % len(kinds)).astype(np.uint32),
            )

    began = time.perf_counter()
    write_snapshot(folder / "large.snapshot", private_key(key), placed(), content, kinds)
    size = (folder / "large.snapshot").stat().st_size
    print(
        f"{count:,} vehicles written in {time.perf_counter() - began:.0f} s, {size / 2**30:.2f} GiB",
        flush=True,
    )
    for _ in range(2):
        command = [sys.executable, "-c", LARGE, str(folder), str(count)]
        subprocess.run(command, check=True, env=ENVIRONMENT)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--vehicles", type=int, default=25_000)
    parser.add_argument("--large", type=int, default=50_000_000)
    parser.add_argument("--generate", nargs=6, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.generate:
        port, seconds, connections, method, path, file = arguments.generate
        vins = Path(file).read_text().split()
        print(
            json.dumps(
                asyncio.run(generate(int(port), int(seconds), int(connections), method, path, vins))
            )
        )
        return
    with tempfile.TemporaryDirectory(prefix="renotify-look-up-") as made_in:
        folder = Path(made_in)
        vins = made(folder, arguments.vehicles)
        of_ours(folder, vins, arguments)
        of_peers(folder, arguments)
        if arguments.large:
            free = shutil.disk_usage(folder).free
            if free < 60 * arguments.large:
                print(
                    f"{arguments.large:,} vehicles want more than the {free / 2**30:.0f} GiB free"
                )
            else:
                of_many(folder, arguments.large)


if __name__ == "__main__":
    main()
