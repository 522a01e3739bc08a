#!/bin/bash
# TCP_INFO counts sequence numbers as bytes: tcpi_bytes_acked of the end that connected counts its SYN, and
# tcpi_bytes_received counts the FIN of the peer once that has come.
#
# Seen with Linux 6.18. What follows: payload sent is bytes_acked less one on the connecting end only, and payload received
# is bytes_received less one after the peer's FIN. A monitor that reads the counters once, at the close, is off by one.
set -eu

uname -r
python3 - <<'END'
import socket, struct, time

# struct tcp_info (linux/tcp.h): tcpi_bytes_acked stands at 120, tcpi_bytes_received at 128.
def counters(s):
    info = s.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 256)
    return struct.unpack_from("<QQ", info, 120)

server = socket.create_server(("127.0.0.1", 0))
client = socket.create_connection(server.getsockname())
accepted, _ = server.accept()
client.sendall(b"x" * 100)
assert accepted.recv(1000) == b"x" * 100
accepted.sendall(b"y" * 50)
assert client.recv(1000) == b"y" * 50
time.sleep(0.2)
seen = {
    "client, bytes_acked after 100 bytes": counters(client)[0],
    "accepted, bytes_acked after 50 bytes": counters(accepted)[0],
    "accepted, bytes_received before the FIN": counters(accepted)[1],
}
client.shutdown(socket.SHUT_WR)
assert accepted.recv(1) == b""
seen["accepted, bytes_received after the FIN"] = counters(accepted)[1]
for what, value in seen.items():
    print(f"{what}: {value}")
assert list(seen.values()) == [101, 50, 100, 101], "the counters changed"
END
