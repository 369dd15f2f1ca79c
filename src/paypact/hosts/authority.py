"""TLS for served simulators: an authority that is made when the server starts and forgotten when it ends.

No key and no certificate is ever kept; clients are told to trust the authority by its certificate's file.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterable
from pathlib import Path

from paypact.errors import UsageError
from paypact.hosts.server import LOOPBACK


def made(hosts: Iterable[str], file: Path) -> ssl.SSLContext:
    """A server's TLS for this machine's names and `hosts`; the authority's certificate is written to `file`.

    Raises:
        UsageError: trustme is not installed, or the file cannot be written.
    """
    try:
        import trustme
    except ImportError:
        raise UsageError("--tls needs trustme, which makes certificates: pip install 'paypact[tls]'") from None
    authority = trustme.CA(organization_name="paypact, for this run")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    authority.issue_cert("localhost", LOOPBACK, *hosts).configure_cert(context)
    try:
        file.write_bytes(authority.cert_pem.bytes())
    except OSError as error:
        raise UsageError(
            f"the authority's certificate cannot be written to {file}: {error.strerror}. Name a file you may write"
        ) from error
    return context
