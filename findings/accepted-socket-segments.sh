#!/bin/bash
# The segment counters of an accepted socket do not mirror those of its peer: tcpi_segs_in begins with the SYN, but
# tcpi_segs_out does not count the SYN-ACK, which the kernel sends before the socket exists.
#
# Seen with Linux 6.18. What follows: the packets that one end sent and the other received differ by one for each accepted
# connection, without any loss.
set -eu

uname -r
python3 - <<'END'
import socket, struct, time

# struct tcp_info (linux/tcp.h): tcpi_segs_out stands at 136, tcpi_segs_in at 140.
def segments(s):
    return struct.unpack_from("<II", s.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 256), 136)

server = socket.create_server(("127.0.0.1", 0))
client = socket.create_connection(server.getsockname())
accepted, _ = server.accept()
time.sleep(0.2)
print("connecting end: out %d, in %d" % segments(client))
print("accepted end:   out %d, in %d" % segments(accepted))
# SYN, SYN-ACK and ACK are all that went over the wire.
assert segments(client) == (2, 1), "the connecting end changed"
assert segments(accepted)[0] == 0, "the SYN-ACK is counted"
assert segments(accepted)[1] == 2, "the SYN is not counted"
END
