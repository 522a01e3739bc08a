#!/usr/bin/env bash
# Tracepoint sock:inet_sock_set_state: what its lines say of task, ports and states is not what a reader takes them for.
#
# Surprise: 1. The task of a line is whichever runs on the processor. The accepting end's lines up to ESTABLISHED never name
#   the server: over loopback they name the client, over a network whatever the packet interrupted. 2. The connecting end's
#   first line has no local port: it is chosen after the change to SYN_SENT. 3. The end that closes first goes to CLOSE in
#   these lines while it is in TIME_WAIT; no line ever says TCP_TIME_WAIT.
# Matters: a monitor that takes the process from the tracepoint blames the client for the server's traffic, and one that keys
#   by ports loses the first line.
# Seen with: Linux 6.1 and 6.18.
. "$(dirname "$0")/lib.sh"

c_program pair <<'C'
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/* A server that closes first, and its client. Prints the server's pid. */
int main(void)
{
	struct sockaddr_in at = {AF_INET, htons(61007), {htonl(INADDR_LOOPBACK)}};
	int listener = socket(AF_INET, SOCK_STREAM, 0), server;
	char byte = 0;

	if (bind(listener, (void *)&at, sizeof(at)) || listen(listener, 1))
		return 2;
	if (!fork()) {
		int client = socket(AF_INET, SOCK_STREAM, 0);

		_exit(connect(client, (void *)&at, sizeof(at)) || read(client, &byte, 1) != 0);
	}
	if ((server = accept(listener, NULL, NULL)) < 0)
		return 2;
	usleep(100000);
	close(server);
	wait(NULL);
	printf("%d\n", getpid());
	return 0;
}
C

cat >"$work/traced" <<'TRACED'
set -e
mkdir "$1/tracefs"
mount -t tracefs none "$1/tracefs"
instance=$1/tracefs/instances/findings-$$
event=$instance/events/sock/inet_sock_set_state
mkdir "$instance"
trap 'rmdir "$instance"' EXIT
echo 'sport == 61007 || dport == 61007' >"$event/filter"
echo 1 >"$event/enable"
"$1/pair" >"$1/server"
ss -Htan sport = :61007 | cut -d' ' -f1 >"$1/time_wait"
echo 0 >"$event/enable"
cp "$instance/trace" "$1/trace"
TRACED

echo "Linux $(uname -r | cut -d. -f1,2)"
in_network unshare --mount sh "$work/traced" "$work"
# TASK-PID [CPU] FLAGS TIME: EVENT: KEY=VALUE...
grep -v '^#' "$work/trace" | sed 's/^ *[^[]*-\([0-9]*\) *\[/\1 [/' | while read -r task _ _ _ _ fields; do
    declare -A is=()
    for field in $fields; do
        is[${field%%=*}]=${field#*=}
    done
    change="${is[oldstate]#TCP_} to ${is[newstate]#TCP_}"
    by=$([[ $task == "$(cat "$work/server")" ]] && echo 'the server' || echo 'another task')
    case ${is[sport]}-$change in
        *-"CLOSE to LISTEN" | *-"LISTEN to CLOSE") ;;
        61007-*" to SYN_RECV" | 61007-*" to ESTABLISHED") echo "accepted socket: $change, by $by" ;;
        61007-*) echo "accepted socket: $change" ;;
        *" to SYN_SENT") echo "connecting socket: $change, local port ${is[sport]}" ;;
    esac
done >"$work/seen"
echo "accepted socket, as ss shows it: $(cat "$work/time_wait")" >>"$work/seen"
expect "$work/seen" <<'SEEN'
connecting socket: CLOSE to SYN_SENT, local port 0
accepted socket: LISTEN to SYN_RECV, by another task
accepted socket: SYN_RECV to ESTABLISHED, by another task
accepted socket: ESTABLISHED to FIN_WAIT1
accepted socket: FIN_WAIT1 to FIN_WAIT2
accepted socket: FIN_WAIT2 to CLOSE
accepted socket, as ss shows it: TIME-WAIT
SEEN
