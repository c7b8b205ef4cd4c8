"""Where all peers deliver (one mbox, each message with its sender and recipients in front), and the
recipients that they take at the second attempt."""

from root import PEERS

MAILBOX = "/var/mail/bouncelab"
DELIVER = PEERS / "lib" / "deliver"
LATER = "/var/mail/later"
LATER_TEXT = "Mailbox busy, try again later"
USER = ("bouncelab", 64990, 64990, "/var/mail")
GROUP = ("bouncelab", 64990)


def make_mailbox(root, later):
    """The empty mbox, and a mark for each recipient that is refused the first time."""
    root.folder("/var/mail", 0o755)
    root.write(MAILBOX, "", 0o666)
    root.folder(LATER, 0o777)
    for recipient in later:
        root.write(f"{LATER}/{recipient.lower()}", "")


def refused_now(recipient, folder=LATER):
    """Whether it is to be refused, which takes its mark away."""
    if "/" in recipient:
        return False
    try:
        (type(PEERS)(folder) / recipient.lower()).unlink()
        return True
    except FileNotFoundError:
        return False
