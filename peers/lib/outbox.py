"""Messages that users of a peer write: they appear in a folder, and go in as on any Unix system."""

import hashlib
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


def body_digest(content):
    """SHA-256 of a message's body with LF line ends, whatever empty lines are at its end."""
    body = content.replace(b"\r\n", b"\n").partition(b"\n\n")[2]
    return hashlib.sha256(body.rstrip(b"\n")).hexdigest()


def submissions(spec):
    """What has appeared so far: {"id", "from", "to", "body"}, the body as its digest."""
    for order in sorted(spec.outbox.glob("*.json")):
        told = json.loads(order.read_text())
        yield {"id": told["id"], "from": told["from"], "to": told["to"],
               "body": body_digest(order.with_suffix(".eml").read_bytes())}


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
