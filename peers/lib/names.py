"""DNS for a peer: unbound on 127.0.0.1, with the scenario's names and no other in the world."""

import socket
import time

CONFIGURATION = "/etc/unbound/bouncelab.conf"


def _zone(spec):
    lines = ['    local-zone: "." static']
    for address, name in spec.hosts.items():
        lines.append(f'    local-data: "{name}. A {address}"')
        lines.append(f'    local-data-ptr: "{address} {name}."')
    for domain, address in spec.exchangers.items():
        name = spec.hosts.get(address)
        if not name:
            name = f"mx.{domain}"
            lines.append(f'    local-data: "{name}. A {address}"')
        lines.append(f'    local-data: "{domain}. MX 10 {name}."')
    return "\n".join(lines)


def start_names(root, spec):
    """Starts the server and comes back when it answers. Everybody in the root asks it."""
    root.write("/etc/resolv.conf", "nameserver 127.0.0.1\n")
    root.write("/etc/hosts", f"127.0.0.1 localhost\n{spec.address} {spec.hostname}\n")
    root.write("/etc/nsswitch.conf", "passwd: files\ngroup: files\nshadow: files\n"
               "hosts: files dns\nservices: files\nprotocols: files\n")
    root.write("/etc/mailname", spec.hostname + "\n")
    root.write(CONFIGURATION, f"""server:
    interface: 127.0.0.1
    access-control: 127.0.0.0/8 allow
    do-ip6: no
    do-daemonize: no
    do-not-query-localhost: no
    username: ""
    chroot: ""
    directory: "/run"
    pidfile: ""
    use-syslog: no
    num-threads: 1
    module-config: "iterator"
    hide-identity: yes
    hide-version: yes
{_zone(spec)}
remote-control:
    control-enable: no
""")
    process = root.start("/usr/sbin/unbound", "-d", "-c", CONFIGURATION, log="/run/unbound.log")
    query = b"\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00" + b"\x00\x00\x02\x00\x01"
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asker:
        asker.settimeout(0.2)
        for _ in range(100):
            if process.poll() is not None:
                break
            try:
                asker.sendto(query, ("127.0.0.1", 53))
                asker.recv(512)
                return
            except OSError:
                time.sleep(0.02)
    raise SystemExit("peer: unbound does not answer: "
                     + root.read("/run/unbound.log").decode(errors="replace").strip())
