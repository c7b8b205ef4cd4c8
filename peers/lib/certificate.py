"""A throwaway certificate, made anew at each start."""

import subprocess

CERTIFICATE = "/etc/ssl/bouncelab.pem"
KEY = "/etc/ssl/bouncelab.key"


def make_certificate(root, hostname, owner=None):
    """Certificate and key as files of the root. owner: the number of the user that may read it."""
    root.run("/usr/bin/openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
             "-subj", f"/CN={hostname}", "-addext", f"subjectAltName=DNS:{hostname}",
             "-keyout", KEY, "-out", CERTIFICATE, stderr=subprocess.DEVNULL)
    key = root.path / KEY.lstrip("/")
    key.chmod(0o600)
    if owner is not None:
        import os
        os.chown(key, owner, -1)
