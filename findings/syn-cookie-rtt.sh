#!/bin/bash
# A connection that was accepted through a SYN cookie has no measured round-trip time, but reports one: the kernel makes it
# from the time stamp that the cookie itself rides on, whose low bits hold options. On loopback it says milliseconds.
#
# Seen with Linux 6.18. What follows: the RTT of an accepted connection is not to be trusted before data has been
# acknowledged, and a histogram of RTTs that takes it in is wrong under a SYN flood.
set -eu

((EUID == 0)) || {
    echo 'a network namespace takes root' >&2
    exit 77
}
namespace=finding-$$
ip netns add $namespace
trap 'ip netns delete $namespace' EXIT
ip -n $namespace link set lo up

uname -r
ip netns exec $namespace python3 - <<'END'
import socket, struct

# struct tcp_info (linux/tcp.h): tcpi_rtt stands at 68, in microseconds.
def greatest_rtt():
    greatest = 0
    server = socket.create_server(("127.0.0.1", 0), backlog=128)
    for _ in range(64):
        client = socket.create_connection(server.getsockname())
        accepted, _ = server.accept()
        info = accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 256)
        greatest = max(greatest, struct.unpack_from("<I", info, 68)[0])
        client.close()
        accepted.close()
    return greatest

def cookies(mode):
    with open("/proc/sys/net/ipv4/tcp_syncookies", "w") as file:
        file.write(mode)

cookies("0")
without = greatest_rtt()
cookies("2")  # always
through = greatest_rtt()
print(f"greatest RTT of 64 accepted connections on loopback: {without} µs without, {through} µs through SYN cookies")
assert through >= 1000, "it is no longer milliseconds"
assert through >= 4 * without, "it is no longer far from the truth"
END
