"""Reads what peers and `bouncelab live` keep of delivered mail: mboxrd with the envelope in front."""

import hashlib
import re
from dataclasses import dataclass

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
        """Of the body, whatever empty lines are at its end (mboxes differ in them)."""
        return digest(self.body)


def digest(body):
    """What two bodies have in common that are the same mail."""
    return hashlib.sha256(body.replace(b"\r\n", b"\n").rstrip(b"\n")).hexdigest()


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
