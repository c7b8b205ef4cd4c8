"""What a peer is told: the environment and the JSON file of `bouncelab live --replace`."""

import json
import os
from pathlib import Path


class Spec:
    """The host that a program replaces.

    address, hostname: its own. local_domains, mailboxes: whose mail it takes. relay: (address, port)
    that everything else is handed to, or None for MX lookups. exchangers: mail domain to address.
    hosts: address to host name, of everybody in the scenario. credentials: (user, password) for the
    relay, or None. tls: "never" or "may", as a client. work: a private folder. outbox: where messages
    to be submitted appear.
    """

    def __init__(self, environment=os.environ):
        def wanted(name):
            if name not in environment:
                raise SystemExit(
                    f"peer: {name} is not set; 'bouncelab live --replace' starts peers")
            return environment[name]

        self.work = Path(wanted("BOUNCELAB_WORK"))
        self.outbox = Path(wanted("BOUNCELAB_MAIL"))
        told = json.loads(Path(wanted("BOUNCELAB_SPEC")).read_text())
        self.address = told["address"]
        self.hostname = told["hostname"]
        self.local_domains = told["localDomains"]
        self.mailboxes = told["mailboxes"]
        relay = told.get("relay")
        self.relay = (relay["address"], relay["port"]) if relay else None
        self.exchangers = {}
        for domain, exchanger in told["exchangers"].items():
            if exchanger.get("port", 25) != 25:
                raise SystemExit(f"peer: the exchanger of {domain} listens to port"
                                 f" {exchanger['port']}, expected 25: MX records name no port")
            self.exchangers[domain] = exchanger["address"]
        self.hosts = {host["address"]: host["hostname"] for host in told["hosts"].values()}
        self.hosts.setdefault(self.address, self.hostname)
        auth = told.get("auth")
        self.credentials = (auth["user"], auth["password"]) if auth else None
        self.tls = told.get("tls", "may")

    def domains(self):
        """Domains that have mailboxes here, in a stable order."""
        found = dict.fromkeys(self.local_domains)
        found.update(dict.fromkeys(box.rpartition("@")[2] for box in self.mailboxes))
        return list(found)

    def next_hop(self, recipient):
        """(address, port) that a client without DNS sends to; None if nobody takes the domain."""
        if self.relay:
            return self.relay
        address = self.exchangers.get(recipient.rpartition("@")[2].lower())
        return (address, 25) if address else None
