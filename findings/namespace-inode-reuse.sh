#!/bin/bash
# The number by which a network namespace is known (the inode of /proc/PID/ns/net) is free for the next namespace as soon
# as its own is gone.
#
# Seen with Linux 6.18. What follows: it is no key for anything that outlives a namespace, flows that end after an idle
# time for example. The namespace's cookie (SO_NETNS_COOKIE, since Linux 5.14) is never used again.
set -eu

((EUID == 0)) || {
    echo 'a network namespace takes root' >&2
    exit 77
}
uname -r
python3 - <<'END'
import os, socket, subprocess, time

SO_NETNS_COOKIE = 71

def namespace():
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        libc = __import__("ctypes").CDLL(None)
        assert libc.unshare(0x40000000) == 0  # CLONE_NEWNET
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            cookie = int.from_bytes(s.getsockopt(socket.SOL_SOCKET, SO_NETNS_COOKIE, 8), "little")
        os.write(write, f"{os.stat('/proc/self/ns/net').st_ino} {cookie}".encode())
        os._exit(0)
    os.waitpid(child, 0)
    inode, cookie = map(int, os.read(read, 100).split())
    os.close(read), os.close(write)
    return inode, cookie

seen = []
for _ in range(20):
    seen.append(namespace())
    time.sleep(0.3)  # the namespace is taken down in the background
inodes = {inode for inode, _ in seen}
cookies = {cookie for _, cookie in seen}
print(f"20 namespaces, one after the other: {len(inodes)} inode numbers, {len(cookies)} cookies")
assert len(cookies) == 20, "a cookie was used again"
assert len(inodes) < 20, "no inode number was used again"
END
