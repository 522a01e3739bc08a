#!/bin/bash
# bytes_sent counts a segment when TCP hands it down, also if the machine's own firewall then refuses it. Such a segment is
# sent again and counted again, but not as a retransmission. So bytes_sent - bytes_retrans says more than was written.
#
# Seen with Linux 6.18. What follows: "bytes sent less retransmissions" is no exact measure of payload. The sequence
# numbers are: bytes_acked is right here.
set -eu

((EUID == 0)) || {
    echo 'a network namespace takes root' >&2
    exit 77
}
for program in nft ip python3; do
    command -v $program >/dev/null || {
        echo "$program is missing; install nftables, iproute2 and python3" >&2
        exit 1
    }
done
namespace=finding-$$
ip netns add $namespace
trap 'ip netns delete $namespace' EXIT
ip -n $namespace link set lo up
ip netns exec $namespace nft -f - <<END
table inet finding {
    chain out {
        type filter hook output priority 0
        tcp dport 9 numgen random mod 20 0 drop
    }
}
END

uname -r
nft --version
ip netns exec $namespace python3 - <<'END'
import socket, struct, threading, time

WRITTEN = 4_000_000
server = socket.create_server(("127.0.0.1", 9))

def read():
    accepted, _ = server.accept()
    while accepted.recv(1 << 16):
        pass

threading.Thread(target=read, daemon=True).start()
client = socket.create_connection(("127.0.0.1", 9))
client.settimeout(60)
client.sendall(b"x" * WRITTEN)
# struct tcp_info (linux/tcp.h): tcpi_bytes_acked at 120, tcpi_bytes_sent at 200, tcpi_bytes_retrans at 208.
for _ in range(600):
    info = client.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 256)
    acked, = struct.unpack_from("<Q", info, 120)
    sent, again = struct.unpack_from("<QQ", info, 200)
    if acked > WRITTEN:
        break
    time.sleep(0.1)
print(f"written {WRITTEN}, bytes_sent {sent}, bytes_retrans {again}, bytes_acked {acked}")
print(f"bytes_sent - bytes_retrans - written: {sent - again - WRITTEN}")
assert acked == WRITTEN + 1, "bytes_acked is no longer the payload and the SYN"
assert sent - again > WRITTEN, "what was refused is not counted as sent any more"
END
