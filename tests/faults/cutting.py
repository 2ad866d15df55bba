"""A proxy of a few lines that cuts connections: before the request is through, while it is handled, or in the middle of
the answer.
"""

import contextlib
import random
import socket
import struct
import threading


class Cutting:
    """Listens on loopback and forwards to ``port``. Of the connections it takes, ``share`` are meant to be cut at a
    random byte; those that end before it are not.
    """

    def __init__(self, port: int, share: float = 1 / 2, seed: int = 1) -> None:
        self._target, self._share, self._chance, self._lock = port, share, random.Random(seed), threading.Lock()
        self.taken = self.cut_asking = self.cut_waiting = self.cut_answering = 0
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with self._lock:
            self.taken += 1
            kind = (
                self._chance.choice(("asking", "waiting", "answering")) if self._chance.random() < self._share else None
            )
            place = self._chance.randint(1, 600)
        with client, socket.create_connection(("127.0.0.1", self._target)) as server:
            asked = threading.Thread(
                target=self._forward, args=(client, server, place if kind == "asking" else None), daemon=True
            )
            asked.start()
            if kind == "waiting":
                asked.join(place / 20_000)
                self._cut(client, server, "waiting")
                return
            self._forward(server, client, place if kind == "answering" else None)
            for end in (client, server):
                _end(end)
            asked.join(5)

    def _forward(self, source: socket.socket, target: socket.socket, limit: int | None) -> None:
        """Pass bytes on to the end, or cut both sides after ``limit`` of them."""
        try:
            while data := source.recv(65_536):
                if limit is not None and len(data) >= limit:
                    target.sendall(data[:limit])
                    self._cut(source, target, "asking" if target.getpeername()[1] == self._target else "answering")
                    return
                if limit is not None:
                    limit -= len(data)
                target.sendall(data)
        except OSError:
            return

    def _cut(self, one: socket.socket, other: socket.socket, when: str) -> None:
        with self._lock:
            setattr(self, f"cut_{when}", getattr(self, f"cut_{when}") + 1)
        for end in (one, other):
            with contextlib.suppress(OSError):
                end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            _end(end)

    def stop(self) -> None:
        """Take no more connections."""
        self._listener.close()


def _end(end: socket.socket) -> None:
    """Wake whoever reads from it, and close it."""
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
