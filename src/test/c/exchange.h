/* SPDX-License-Identifier: Apache-2.0 */
/* A request, an answer, and the ways in which a connection ends after them. */
#ifndef TCPTOP_EXCHANGE_H
#define TCPTOP_EXCHANGE_H

#include "end.h"

enum ending {
	CLIENT_FIRST,
	SERVER_FIRST,
	HALF_CLOSE,   /* both shutdown(SHUT_WR), and close() when everything is counted */
	EXIT,	      /* both processes are killed while the connection is open */
	BOTH,	      /* both shutdown(SHUT_WR) at the same time */
	RESET_CLIENT, /* by SO_LINGER 0, after the answer */
	RESET_SERVER,
	UNREAD, /* the server closes before it has read the whole request */
	LATE,	/* the server writes long after the client has closed */
};

static const char *const endings[] = {
	"client-first", "server-first", "half-close", "exit", "both",
	"reset-client", "reset-server", "unread",     "late", NULL,
};

#define REQUEST_BYTES_MAX 4096
#define ANSWER_BYTES_MAX 16384

struct request {
	uint32_t bytes;	 /* of the whole request */
	uint32_t answer; /* bytes that the client wants */
	char rest[REQUEST_BYTES_MAX - 8];
};

static inline void die_now(void)
{
	raise(SIGKILL);
}

/* The client's side of connection n: talks, prints its truth, and ends the connection. */
static inline void ask(int fd, struct end *e, int n, enum ending ending)
{
	static _Thread_local char answer[ANSWER_BYTES_MAX];
	struct request request = {.bytes = 9 + n * 7 % 4000, .answer = 1 + n * 13 % 16000};

	send_all(fd, &request, request.bytes);
	e->out = request.bytes;
	if (ending == UNREAD || ending == RESET_SERVER) {
		if (ending == RESET_SERVER) {
			receive_all(fd, answer, request.answer);
			e->in = request.answer;
		}
		if (recv(fd, answer, 1, 0) >= 0 || errno != ECONNRESET)
			die("no reset");
		e->reason = "reset";
		count(e, fd);
		tell_end(e);
		close(fd);
		return;
	}
	receive_all(fd, answer, request.answer);
	e->in = request.answer;
	switch (ending) {
	case SERVER_FIRST:
		if (must(recv(fd, answer, 1, 0), "recv"))
			die("more than the answer");
		break;
	case HALF_CLOSE:
	case BOTH:
		must(shutdown(fd, SHUT_WR), "shutdown");
		count(e, fd);
		break;
	case RESET_CLIENT:
		e->reason = "reset";
		tell_end(e);
		reset(fd);
		return;
	case EXIT:
		tell_end(e);
		die_now();
		break;
	default:
		break;
	}
	tell_end(e);
	close(fd);
}

/* The server's side, likewise. */
static inline void answer(int fd, struct end *e, enum ending ending)
{
	static _Thread_local char bytes[ANSWER_BYTES_MAX];
	static _Thread_local struct request request;

	receive_all(fd, &request, 8);
	e->in = request.bytes;
	if (ending == UNREAD) {
		/* The rest has arrived already, since a request is one segment. */
		e->reason = "reset";
		tell_end(e);
		close(fd);
		return;
	}
	receive_all(fd, request.rest, request.bytes - 8);
	send_all(fd, bytes, request.answer);
	e->out = request.answer;
	switch (ending) {
	case CLIENT_FIRST:
	case EXIT:
	case HALF_CLOSE:
	case LATE:
		if (must(recv(fd, bytes, 1, 0), "recv"))
			die("more than the request");
		if (ending == HALF_CLOSE) {
			must(shutdown(fd, SHUT_WR), "shutdown");
			count(e, fd);
		} else if (ending == LATE) {
			send_all(fd, bytes, 100); /* TIME_WAIT answers with a RST */
			e->out += 100;
			e->reason = "reset";
			count(e, fd);
		}
		break;
	case BOTH:
		must(shutdown(fd, SHUT_WR), "shutdown");
		count(e, fd);
		break;
	case RESET_CLIENT:
		if (recv(fd, bytes, 1, 0) >= 0 || errno != ECONNRESET)
			die("no reset");
		e->reason = "reset";
		count(e, fd);
		break;
	case RESET_SERVER:
		/* A reset would discard the answer, so wait until the client has it. */
		while (info_of(fd).tcpi_unacked)
			usleep(20);
		e->reason = "reset";
		tell_end(e);
		reset(fd);
		return;
	default:
		break;
	}
	tell_end(e);
	if (ending == EXIT)
		die_now();
	close(fd);
}

#endif
