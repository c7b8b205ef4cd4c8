"""Peers that are test clients: no queue, no server, a process for each message and next hop."""

from program import Program

LOGS = "/var/log/bouncelab"


class TestClient(Program):
    """Runs a command for every message. Its options are the words behind its name, as they are."""

    listens = False

    def read_options(self, arguments):
        return arguments

    def configure(self):
        self.root.folder(LOGS)
        self._serial = 0

    def start(self):
        return None

    def command(self, hop, sender, recipients, content):
        """The command line that sends the file `content` to the `recipients` behind `hop`."""
        raise NotImplementedError

    def prepare(self, content):
        """The octets of that file."""
        return content

    def submit(self, message):
        hops = {}
        for recipient in message.recipients:
            hops.setdefault(self.spec.next_hop(recipient), []).append(recipient)
        for hop, recipients in hops.items():
            self._serial += 1
            log = f"{LOGS}/{self._serial:04}"
            if hop is None:
                self.root.write(log, f"{self.name}: nobody takes mail for {recipients}\n")
                continue
            name = f"/tmp/{self._serial:04}.eml"
            (self.root.path / name.lstrip("/")).write_bytes(self.prepare(message.content))
            self.root.start(*self.command(hop, message.sender, recipients, name), log=log)

    def read_log(self):
        logs = sorted((self.root.path / LOGS.lstrip("/")).glob("*"))
        return b"".join(log.read_bytes() for log in logs)
