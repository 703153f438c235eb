"""The socket on which the wiki is asked."""

import os
import socket
import struct

from wiki.errors import WikiError

_FIRST_FD = 3
PATIENCE = 10
"""Seconds in which something more of a request must come."""


def listen(host: str, port: int) -> socket.socket:
    """Bound, not yet listening: whoever connects too early is refused and tries again. Unless a service manager holds
    the socket: then it listens all the time, and who connects while one server takes another's place waits."""
    if given := _given():
        return given
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    # Connections inherit it: whoever sends half a request and then nothing keeps no thread for longer.
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("ll", PATIENCE, 0))
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        reason = error.strerror or str(error)
        raise WikiError(f"can't serve on {host} port {port}: {reason}; try another one: --port N") from error
    return listener


def _given() -> socket.socket | None:
    """What systemd hands over (``sd_listen_fds``)."""
    count, process = os.environ.pop("LISTEN_FDS", ""), os.environ.pop("LISTEN_PID", "")
    if not count or process != str(os.getpid()):
        return None
    given = socket.socket(fileno=_FIRST_FD)
    if count != "1" or given.family not in (socket.AF_INET, socket.AF_INET6):
        raise WikiError("the service manager must hand over one TCP socket: ListenStream=127.0.0.1:8000")
    return given
