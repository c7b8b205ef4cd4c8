"""The life of a peer, the same for all: root, DNS, configuration, start, submissions, collection."""

import json
import signal
import socket
import sys
import time

from delivery import GROUP, MAILBOX, USER, make_mailbox
from names import start_names
from options import read_options
from outbox import serve_outbox, submissions
from root import Root
from spec import Spec
from states import write_states


class Program:
    """A mail program. Subclasses set the constants and write the methods that raise here."""

    name = ""
    package = None  # Below build/peers; None for what is installed.
    users = ()
    groups = ()
    listens = True
    log = "/var/log/bouncelab.log"

    def __init__(self):
        self.spec = Spec()
        self.root = Root(self.spec)
        self.options = None

    # What a program is.

    def read_options(self, arguments):
        """Its options, from the words behind its name."""
        return read_options(self.name, self.spec, arguments)

    def configure(self):
        """Writes its configuration into the root."""
        raise NotImplementedError

    def start(self):
        """Starts it; the process that lives as long as the program, or None if it has none."""
        raise NotImplementedError

    def submit(self, message):
        """Hands a message to it; must not wait for delivery."""
        raise NotImplementedError

    def version(self):
        """Its name and version."""
        raise NotImplementedError

    def queue(self):
        """The listing of its queue, in its own words."""
        return b""

    def read_log(self):
        """Its log as it wrote it."""
        return self.root.read(self.log)

    def read_mailbox(self):
        """Mail delivered here, as mboxrd."""
        return self.root.read(MAILBOX)

    # What happens to it.

    def run(self, arguments):
        """Runs it in the foreground until it ends or is told to."""
        self.options = self.read_options(arguments)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: sys.exit(0))
        self.root.build(self.package, (USER, *self.users), (GROUP, *self.groups))
        make_mailbox(self.root, getattr(self.options, "later", ()))
        start_names(self.root, self.spec)
        self.configure()
        process = self.start()
        if self.listens:
            self._wait_until_it_listens(process)
        (self.spec.work / "ready").touch()
        serve_outbox(self.spec, self.submit, lambda: process is None or process.poll() is None)
        raise SystemExit(f"peer: {self.name} ended with status {process.returncode}:\n"
                         + self.read_log().decode(errors="replace")[-2000:])

    def collect(self):
        """Writes what is kept of it to WORK/out: log.txt, queue.txt, mbox, submitted.jsonl, and last
        version.txt."""
        out = self.spec.work / "out"
        out.mkdir(exist_ok=True)
        (out / "log.txt").write_bytes(self.read_log())
        (out / "queue.txt").write_bytes(self.queue())
        (out / "mbox").write_bytes(self.read_mailbox())
        (out / "submitted.jsonl").write_text(
            "".join(json.dumps(message) + "\n" for message in submissions(self.spec)))
        (out / "version.txt").write_text(self.version().strip() + "\n")

    def _wait_until_it_listens(self, process):
        end = time.monotonic() + 20
        while time.monotonic() < end and (process is None or process.poll() is None):
            # In LISTEN, without a connection that its log would show.
            with open("/proc/net/tcp") as table:
                if any(row.split()[1].endswith(":0019") and row.split()[3] == "0A"
                       for row in table.readlines()[1:]):
                    return
            time.sleep(0.02)
        raise SystemExit(f"peer: {self.name} does not listen to port 25:\n"
                         + self.read_log().decode(errors="replace")[-2000:])


def main(program):
    """Entry point of `run` and `collect`, told apart by the script's name."""
    if sys.argv[0].endswith("collect"):
        peer = program()
        peer.collect()
        write_states(peer.spec, peer.read_log())
    else:
        program().run(sys.argv[1:])
