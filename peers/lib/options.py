"""What may stand behind a peer's name: `--replace server='postfix --tls --account ann:secret'`."""

import argparse


def _pair(text):
    user, colon, password = text.partition(":")
    if not (user and colon and password):
        raise argparse.ArgumentTypeError(f"'{text}' found, expected USER:PASSWORD")
    return user, password


def read_options(name, spec, arguments=None):
    """The options that all mail systems have; what the scenario says is the default."""
    parser = argparse.ArgumentParser(prog=f"peers/{name}", allow_abbrev=False)
    server = parser.add_argument_group("as a server")
    server.add_argument("--tls", action="store_true", help="offer STARTTLS")
    server.add_argument("--account", type=_pair, metavar="USER:PASSWORD",
                        help="offer AUTH; who has logged on may relay")
    server.add_argument("--later", action="append", default=[], metavar="ADDRESS",
                        help="a recipient refused with 451 the first time")
    server.add_argument("--size", type=int, default=20_000_000, metavar="OCTETS",
                        help="largest message")
    client = parser.add_argument_group("as a client")
    client.add_argument("--starttls", choices=["never", "may"], default=spec.tls,
                        help="what to do where STARTTLS is offered")
    client.add_argument("--credentials", type=_pair, metavar="USER:PASSWORD",
                        default=spec.credentials, help="for the relay")
    options = parser.parse_args(arguments)
    if options.credentials and not spec.relay:
        parser.error("credentials are for a relay, and the scenario's host has none")
    return options
