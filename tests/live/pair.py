"""Two peers, each in namespaces of its own, joined by a wire and by nothing else: the configurations
are tried on one another, without the simulation.

The caller has to be in a network namespace that may be thrown away (see `peers-test`)."""

import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

PEERS = Path(__file__).resolve().parent.parent.parent / "peers"
STARTER = """set -e
mount --make-rprivate /
mount -t tmpfs -o mode=755 tmpfs "$BOUNCELAB_WORK"
mkdir "$BOUNCELAB_WORK/mail"
hostname "$BOUNCELAB_HOSTNAME"
ip link set lo up
while [ ! -e /sys/class/net/wire ] && ! ip link show wire >/dev/null 2>&1; do sleep 0.01; done
ip address add "$BOUNCELAB_ADDRESS/24" dev wire
ip link set wire up
exec "$@"
"""


def scenario(ends):
    """What both ends are told: each end's domain has its mailboxes at it.

    ends: {name: {"address", "hostname", "domain", "mailboxes"}}"""
    told = {}
    for name, end in ends.items():
        told[name] = {
            "address": end["address"],
            "hostname": end["hostname"],
            "localDomains": [end["domain"]],
            "mailboxes": end["mailboxes"],
            "relay": end.get("relay"),
            "exchangers": {other["domain"]: {"address": other["address"], "port": 25}
                           for other in ends.values()},
            "hosts": {other: {"address": ends[other]["address"],
                              "hostname": ends[other]["hostname"]} for other in ends},
        }
    return told


class RunningPeer:
    """A peer from its start until close()."""

    def __init__(self, words, told):
        self.folder = Path(tempfile.mkdtemp(prefix="bouncelab-pair-"))
        self.work = self.folder / "work"
        self.work.mkdir()
        spec = self.folder / "spec.json"
        spec.write_text(json.dumps(told))
        self.name = words[0]
        self.environment = {
            "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
            "BOUNCELAB_NODE": told["hostname"],
            "BOUNCELAB_ADDRESS": told["address"],
            "BOUNCELAB_HOSTNAME": told["hostname"],
            "BOUNCELAB_WORK": str(self.work),
            "BOUNCELAB_SPEC": str(spec),
            "BOUNCELAB_MAIL": str(self.work / "mail"),
        }
        self._serial = 0
        self._errors = open(self.folder / "stderr", "w+")
        self._unshare = subprocess.Popen(
            ["unshare", "-n", "-m", "-p", "-u", "-f", "--mount-proc", "--kill-child",
             "sh", "-c", STARTER, "sh", str(PEERS / words[0] / "run"), *words[1:]],
            env=self.environment, stderr=self._errors, stdout=self._errors,
            stdin=subprocess.DEVNULL)
        children = f"/proc/{self._unshare.pid}/task/{self._unshare.pid}/children"
        while not Path(children).read_text().split():
            time.sleep(0.005)
        self.pid = int(Path(children).read_text().split()[0])

    def inside(self, path):
        """A path of its mount namespace as one of ours."""
        return Path(f"/proc/{self.pid}/root{path}")

    def wait_ready(self):
        end = time.monotonic() + 30
        while not self.inside(self.work / "ready").exists():
            if self._unshare.poll() is not None or time.monotonic() > end:
                self._errors.seek(0)
                raise RuntimeError(f"{self.name} did not start: {self._errors.read()}")
            time.sleep(0.02)

    def submit(self, sender, recipients, content):
        """A message that a user of this peer writes."""
        self._serial += 1
        stem = self.inside(self.work / "mail") / f"{self._serial:04}"
        for suffix, octets in ((".eml", content), (".json", json.dumps(
                {"id": f"{self._serial}", "from": sender, "to": recipients}).encode())):
            hidden = stem.with_suffix(suffix + ".new")
            hidden.write_bytes(octets)
            hidden.rename(stem.with_suffix(suffix))

    def collect(self):
        """{file name: octets} of its WORK/out."""
        done = subprocess.run(
            ["nsenter", "-t", str(self.pid), "-n", "-m", "-p", "-u",
             str(PEERS / self.name / "collect")],
            env=self.environment, capture_output=True, check=False)
        if done.returncode:
            raise RuntimeError(f"{self.name}/collect: {done.stderr.decode()}")
        return {path.name: path.read_bytes() for path in
                self.inside(self.work / "out").iterdir()}

    def errors(self):
        self._errors.seek(0)
        return self._errors.read()

    def close(self):
        self._unshare.send_signal(signal.SIGKILL)
        self._unshare.wait()
        self._errors.close()
        shutil.rmtree(self.folder)


def join(first, second):
    """A wire between two peers."""
    def ip(*words):
        subprocess.run(["ip", *words], check=True)

    ip("link", "add", "wire", "netns", str(first.pid), "type", "veth",
       "peer", "name", "wire", "netns", str(second.pid))


def started(first_words, second_words, ends):
    """Two running peers, joined. ends: as for scenario(), two."""
    told = scenario(ends)
    peers = []
    try:
        for words, name in zip((first_words, second_words), ends):
            peers.append(RunningPeer(words, told[name]))
        join(*peers)
        for peer in peers:
            peer.wait_ready()
    except BaseException:
        for peer in peers:
            peer.close()
        raise
    return peers
