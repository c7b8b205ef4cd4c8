"""Messages that users of a peer write: they appear in a folder, and go in as on any Unix system."""

import json
import time
from dataclasses import dataclass


@dataclass
class Message:
    """One submission. sender may be empty; content is octets with the LF of Unix files."""

    name: str
    sender: str
    recipients: list
    content: bytes

    def eight_bit(self):
        """Whether it needs 8BITMIME."""
        return any(octet > 127 for octet in self.content)


def serve_outbox(spec, submit, alive):
    """Calls submit(message) for everything that appears, in order of names, while alive()."""
    done = set()
    while alive():
        for order in sorted(spec.outbox.glob("*.json")):
            if order.name in done:
                continue
            done.add(order.name)
            told = json.loads(order.read_text())
            content = order.with_suffix(".eml").read_bytes().replace(b"\r\n", b"\n")
            submit(Message(str(told["id"]), told["from"], told["to"], content))
        time.sleep(0.02)
