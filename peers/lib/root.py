"""The root of a peer: the machine's own file system with a program's packages laid over it, in
memory. What is written in it is gone with the mount namespace."""

import os
import shutil
import subprocess
from pathlib import Path

PEERS = Path(__file__).resolve().parent.parent
STORE = PEERS.parent / "build" / "peers"
DEVICES = ("null", "zero", "full", "random", "urandom")


def mount(*arguments):
    """mount(8); its own words if it fails."""
    subprocess.run(["mount", "--no-mtab", *map(str, arguments)], check=True)


class Root:
    """An overlay at WORK/root. Mounts are made by build(); everything else only names files."""

    def __init__(self, spec):
        self._spec = spec
        self.path = spec.work / "root"

    def build(self, package=None, users=(), groups=()):
        """Lays the extracted package over / and makes its users and groups.

        users: (name, uid, group, home); groups: (name, gid). Numbers are above Debian's own.
        """
        layers = self._spec.work / "layers"
        upper, work = layers / "upper", layers / "work"
        for folder in (upper, work, self.path):
            folder.mkdir(parents=True)
        if package:
            tree = STORE / package
            if not (tree / ".version").exists():
                raise SystemExit(f"peer: {package} is not there; peers/fetch {package} fetches it")
            subprocess.run(["cp", "-a", f"{tree}/.", upper], check=True)
        mount("-t", "overlay", "overlay", "-o",
              f"lowerdir=/,upperdir={upper},workdir={work}", self.path)
        for folder, mode in (("tmp", "1777"), ("run", "755"), ("dev", "755")):
            mount("-t", "tmpfs", "-o", f"mode={mode}", "tmpfs", self.path / folder)
        for device in DEVICES:
            self.write(f"dev/{device}", "")
            mount("--bind", f"/dev/{device}", self.path / "dev" / device)
        for name, number in (("stdin", 0), ("stdout", 1), ("stderr", 2)):
            (self.path / "dev" / name).symlink_to(f"/proc/self/fd/{number}")
        (self.path / "dev/fd").symlink_to("/proc/self/fd")
        (self.path / "dev/shm").mkdir(mode=0o1777)
        mount("--bind", "/proc", self.path / "proc")
        for folder in (PEERS, self._spec.work, self._spec.outbox):
            inside = self.path / folder.resolve().relative_to("/")
            inside.mkdir(parents=True, exist_ok=True)
            mount("--bind", folder, inside)
        with open(self.path / "etc/group", "a") as group:
            group.writelines(f"{name}:x:{gid}:\n" for name, gid in groups)
        with open(self.path / "etc/passwd", "a") as passwd:
            passwd.writelines(f"{name}:x:{uid}:{gid}::{home}:/usr/sbin/nologin\n"
                              for name, uid, gid, home in users)

    def write(self, name, text, mode=0o644):
        """A file of the root, with its folder."""
        path = self.path / name.lstrip("/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(mode)
        return path

    def folder(self, name, mode=0o755, user=None, group=None):
        """A folder of the root; owners by number."""
        path = self.path / name.lstrip("/")
        path.mkdir(parents=True, exist_ok=True)
        path.chmod(mode)
        os.chown(path, -1 if user is None else user, -1 if group is None else group)
        return path

    def read(self, name):
        """Octets of a file of the root; none if it is not there."""
        path = self.path / name.lstrip("/")
        return path.read_bytes() if path.exists() else b""

    def command(self, *arguments):
        """The command line that runs a program of the root in it."""
        return ["chroot", str(self.path), *map(str, arguments)]

    def run(self, *arguments, **how):
        """Runs a program in the root and waits for it; its failure is an exception."""
        return subprocess.run(self.command(*arguments), check=True, **how)

    def start(self, *arguments, log=None):
        """Starts a program in the root. log: file of the root that takes what it prints."""
        environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C", "TZ": "UTC",
                       "HOME": "/root"}
        out = open(self.path / log.lstrip("/"), "ab") if log else None
        try:
            return subprocess.Popen(self.command(*arguments), stdin=subprocess.DEVNULL,
                                    stdout=out, stderr=out and subprocess.STDOUT,
                                    env=environment)
        finally:
            if out:
                out.close()

    def copy_out(self, name, target):
        """A file of the root to the folder that is handed back; empty if it is not there."""
        source = self.path / name.lstrip("/")
        if source.exists():
            shutil.copyfile(source, target)
        else:
            target.write_bytes(b"")
