"""A TCP proxy that breaks connections."""

import socket
import threading
from collections.abc import Callable

CHUNK_BYTES = 4096


class Cut(Exception):
    """Ends a connection after these last bytes."""

    def __init__(self, last: bytes = b"") -> None:
        self.last = last


class Proxy:
    """Passes bytes on between clients and `target`, as far as `breaks` lets it.

    `breaks` gets each piece of what the server sends, and the number of the connection from 1; it returns what is
    to be passed on, or raises `Cut`.
    """

    def __init__(self, target: tuple[str, int], breaks: Callable[[bytes, int], bytes]) -> None:
        self.target = target
        self.breaks = breaks
        self.connections = 0
        self.silent: set[int] = set()  # Connections whose ends are never told that the other has gone.
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = "http://{}:{}".format(*self.listener.getsockname())
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> "Proxy":
        return self

    def __exit__(self, *_: object) -> None:
        self.listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(self.target)
            except OSError:
                client.close()
                continue
            self.connections += 1
            number = self.connections
            self._pass_on(number, client, server, lambda piece: piece)
            self._pass_on(number, server, client, lambda piece, number=number: self.breaks(piece, number))

    def _pass_on(
        self, number: int, source: socket.socket, sink: socket.socket, change: Callable[[bytes], bytes]
    ) -> None:
        def run() -> None:
            try:
                while piece := source.recv(CHUNK_BYTES):
                    sink.sendall(change(piece))
            except Cut as cut:
                sink.sendall(cut.last)
            except OSError:
                pass
            if number in self.silent:
                return
            for end in (source, sink):
                try:
                    end.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass
                end.close()

        threading.Thread(target=run, daemon=True).start()
