/* SPDX-License-Identifier: Apache-2.0 */
/* A request, an answer, and the ways in which a connection can end after them. */
#ifndef TCPTOP_EXCHANGE_H
#define TCPTOP_EXCHANGE_H

#include "end.h"

enum ending {
	CLIENT_FIRST,
	SERVER_FIRST,
	HALF_CLOSE,   /* shutdown(SHUT_WR) by both, and close() when all is counted */
	EXIT,	      /* both processes are killed with the connection open */
	BOTH,	      /* shutdown(SHUT_WR) by both at once */
	RESET_CLIENT, /* by SO_LINGER 0, after the answer */
	RESET_SERVER,
	UNREAD, /* the server closes with a part of the request unread */
	LATE,	/* the server writes when the client has long closed */
};

static const char *const endings[] = {
	"client-first", "server-first", "half-close", "exit", "both",
	"reset-client", "reset-server", "unread",     "late", NULL,
};

#define REQUEST_BYTES_MAX 4096
#define ANSWER_BYTES_MAX 16384

struct request {
	uint32_t bytes;	 /* of the whole request */
	uint32_t answer; /* bytes wanted */
	char rest[REQUEST_BYTES_MAX - 8];
};

static inline void die_now(void)
{
	raise(SIGKILL);
}

/* The client's side of connection N, told and ended. */
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

/* The server's side of any connection. */
static inline void answer(int fd, struct end *e, enum ending ending)
{
	static _Thread_local char bytes[ANSWER_BYTES_MAX];
	static _Thread_local struct request request;

	receive_all(fd, &request, 8);
	e->in = request.bytes;
	if (ending == UNREAD) {
		/* The rest is there already: a request is one segment. */
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
			send_all(fd, bytes, 100); /* to a TIME_WAIT, which answers with a RST */
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
		/* Only once the client has the answer, which a reset would take from it. */
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
