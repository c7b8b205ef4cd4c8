"""Reads what peers and `bouncelab live` keep of delivered mail: mboxrd with the envelope in front."""

import re
import sys
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent / "peers" / "lib"))

from outbox import body_digest  # noqa: E402

START = re.compile(rb"^From [^\n]*\n", re.MULTILINE)
QUOTED = re.compile(rb"^>(>*From )", re.MULTILINE)


@dataclass
class Delivered:
    """A message in a mailbox. recipients: all that it was delivered to at once."""

    sender: str
    recipients: list
    header: bytes
    body: bytes

    def field(self, name):
        """The first field of that name, unfolded; empty if there is none."""
        found = re.search(rb"^%s:[ \t]*((?:.|\n[ \t])*)" % name.encode(), self.header,
                          re.MULTILINE | re.IGNORECASE)
        return found[1].decode(errors="replace").replace("\n", "") if found else ""

    def digest(self):
        """What two messages have in common that are the same mail."""
        return body_digest(b"\n\n" + self.body)


def read_mbox(octets):
    """All messages of an mbox."""
    messages = []
    for entry in START.split(octets)[1:]:
        header, _, body = QUOTED.sub(rb"\1", entry).partition(b"\n\n")
        head = header.split(b"\nReceived:")[0]
        sender = re.search(rb"^Return-Path: <(.*)>", head, re.MULTILINE)
        recipients = re.findall(rb"^Delivered-To: (.*)", head, re.MULTILINE)
        messages.append(Delivered((sender[1] if sender else b"").decode(),
                                  list(dict.fromkeys(to.decode() for to in recipients)),
                                  header, body))
    return messages
