"""A slow network in front of a server on loopback: every connection shares one line, as phones share a cell.

Usage: python network.py LISTEN TARGET DOWN UP DELAY HANDSHAKES. Ports; bits a second each way; round trip in
milliseconds; round trips before the first byte (1: TCP; 2: TLS 1.3 on top). DevTools' own throttling does not reach
workers, this does. What it leaves out: lost packets and TCP's slow start.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
import time

CHUNK = 4096
"""Bytes that travel at once: 20 ms at 1.6 Mbit/s, so that connections take turns."""


class Line:
    """One direction of the line: what enters leaves `delay` seconds after the last of it was sent, in order."""

    def __init__(self, bits_a_second: float, delay: float):
        self.bits_a_second, self.delay = bits_a_second, delay
        self.free = 0.0

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carries everything from one end to the other, then closes that end."""
        arrivals: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(64)

        async def deliver() -> None:
            while True:
                due, chunk = await arrivals.get()
                await asyncio.sleep(max(0.0, due - time.monotonic()))
                if not chunk:
                    writer.close()
                    return
                writer.write(chunk)
                await writer.drain()

        delivering = asyncio.ensure_future(deliver())
        try:
            while chunk := await reader.read(CHUNK):
                now = time.monotonic()
                self.free = max(self.free, now) + len(chunk) * 8 / self.bits_a_second
                await arrivals.put((self.free + self.delay, chunk))
                await asyncio.sleep(max(0.0, self.free - time.monotonic()))
        except ConnectionError:
            pass  # the browser hung up: nothing more to carry
        await arrivals.put((time.monotonic() + self.delay, b""))
        with contextlib.suppress(ConnectionError):  # likewise at the other end
            await delivering


async def serve(listen: int, target: int, down: float, up: float, delay_ms: float, handshakes: int) -> None:
    """Accepts connections on loopback for ever."""
    one_way = delay_ms / 2000
    downwards, upwards = Line(down, one_way), Line(up, one_way)

    async def connect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(2 * one_way * handshakes)
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", target)
        await asyncio.gather(upwards.carry(reader, far_writer), downwards.carry(far_reader, writer))

    server = await asyncio.start_server(connect, "127.0.0.1", listen, limit=CHUNK)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    if len(sys.argv) != 7:
        sys.exit(f"Usage: {__doc__}")
    asyncio.run(
        serve(
            int(sys.argv[1]),
            int(sys.argv[2]),
            float(sys.argv[3]),
            float(sys.argv[4]),
            float(sys.argv[5]),
            int(sys.argv[6]),
        )
    )
