"""What a program's own log says of each recipient of each message: the last word counts."""

import json
import re

POSTFIX_ID = re.compile(r"postfix/cleanup\[\d+\]: (\w+): message-id=(<[^>]*>)")
POSTFIX_STATE = re.compile(r"postfix/[\w/]+\[\d+\]: (\w+): to=<([^>]*)>, .*status=(\w+) \((.*)\)$")
EXIM_ID = re.compile(r"^\S+ \S+ (\S+) <= \S.* id=(\S+)")
EXIM_STATE = re.compile(r"^\S+ \S+ (\S+) (=>|->|\*\*|==) (\S+)(?: <(\S+)>)? (.*)$")
EXIM_WORDS = {"=>": "sent", "->": "sent", "**": "bounced", "==": "deferred"}
OPENSMTPD_ID = re.compile(r" smtp message msgid=(\w{8}) ")
OPENSMTPD_STATE = re.compile(r" (?:mta|mda) delivery evpid=(\w{8})\w{8} from=<([^>]*)> to=<([^>]*)> .*"
                             r'result="?(\w+)"? stat="(.*)"$')
OPENSMTPD_WORDS = {"Ok": "sent", "PermFail": "bounced", "TempFail": "deferred"}


def read_postfix(lines):
    """(queue id, recipient, state, reply) and the Message-ID of each queue id."""
    ids, states = {}, []
    for line in lines:
        if found := POSTFIX_ID.search(line):
            ids[found[1]] = found[2]
        elif found := POSTFIX_STATE.search(line):
            states.append(found.groups())
    return ids, states


def read_exim(lines):
    """The same. Its words about a delivery end in C="reply", its words about a failure in the text."""
    ids, states = {}, []
    for line in lines:
        if found := EXIM_ID.match(line):
            ids[found[1]] = f"<{found[2]}>"
        elif found := EXIM_STATE.match(line):
            queue_id, sign, shown, address, rest = found.groups()
            reply = re.search(r'C="(.*)"', rest)
            reply = reply[1] if reply else rest.partition(": ")[2] or rest
            states.append((queue_id, address or shown, EXIM_WORDS[sign], reply))
    return ids, states


def read_opensmtpd(lines, submitted):
    """The same. It logs no Message-ID: messages are known by order, sender and recipient."""
    order, envelopes, states = [], {}, []
    for line in lines:
        if found := OPENSMTPD_ID.search(line):
            order.append(found[1])
        elif found := OPENSMTPD_STATE.search(line):
            queue_id, sender, recipient, result, reply = found.groups()
            envelopes.setdefault(queue_id, (sender, recipient.lower()))
            states.append((queue_id, recipient, OPENSMTPD_WORDS.get(result, result), reply))
    ids, left = {}, list(submitted)
    for queue_id in order:
        for message in left:
            recipients = [recipient.lower() for recipient in message["to"]]
            sender, recipient = envelopes.get(queue_id, (None, None))
            if message["from"] == sender and recipient in recipients:
                ids[queue_id] = message["id"]
                left.remove(message)
                break
    return ids, states


def read_states(log, submitted):
    """{"message_id", "recipient", "state", "reply"} for each, from the log of a mail system.

    log: its octets. submitted: what users handed in, in order: {"id", "from", "to"}. A program with
    another log says nothing.
    """
    lines = log.decode(errors="replace").splitlines()
    last = {}
    for ids, states in (read_postfix(lines), read_exim(lines), read_opensmtpd(lines, submitted)):
        for queue_id, recipient, state, reply in states:
            if queue_id in ids:
                last[ids[queue_id], recipient] = (state, reply)
    return [{"message_id": message_id, "recipient": recipient, "state": state, "reply": reply}
            for (message_id, recipient), (state, reply) in last.items()]


def write_states(spec, log):
    """WORK/out/messages.jsonl."""
    submitted = [json.loads(order.read_text()) for order in sorted(spec.outbox.glob("*.json"))]
    (spec.work / "out" / "messages.jsonl").write_text(
        "".join(json.dumps(state) + "\n" for state in read_states(log, submitted)))
