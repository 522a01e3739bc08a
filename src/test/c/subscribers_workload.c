/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Subscribers of tcptop's event stream while connections come and go, all on loopback.
 *   subscribers_workload PORT COUNT STALLED QUICK BYTES RATE SECONDS
 * Of COUNT subscribers, QUICK read all that they can, and the others at most BYTES a second. Of
 * these, STALLED read nothing until RATE connections a second have opened and closed for SECONDS.
 * Then all read on until they have seen the last close. The closes of each subscriber are compared
 * with those of the first, which must have no gap: a close that a subscriber did not get must lie
 * in one of its gaps.
 * Prints "ready" and then a line of JSON; the status is 1 if a close is missing or came twice.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define CHUNK (64 << 10)
#define LINE 4096
#define PATIENCE 300 /* seconds to see the last tick */

enum kind { OTHER, CLOSED, GAP };

/* Closes: their number and the sum of their ids, which nearly identifies them. */
struct tally {
	uint64_t count, sum;
};

struct range {
	uint64_t after, to;
};

struct subscriber {
	int fd;
	uint64_t first, last; /* sequence numbers of its first and last event with an id */
	struct tally closes;  /* up to last */
	struct tally pending; /* after last */
	struct range *gaps;
	size_t gap_count;
	int in_gap;
	double read; /* bytes, for the limit */
	enum kind kind;
	uint64_t id; /* of the event that is being read; 0: it has none */
	size_t kept; /* bytes of a line that is not complete yet */
	char line[LINE];
};

/* The closes that the first subscriber has seen, in the order of their events. */
static struct {
	uint64_t sequence;
	struct tally before;
} * truth;
static size_t truth_count, truth_size;
static struct tally truth_total;
static size_t merged;
static struct range *spans;
static size_t span_count;
static uint64_t churned; /* its closes of connections that this program opened */
static char churn_local[64], churn_remote[64]; /* its listener, as a connection's data has it */

static struct subscriber *subscribers;
static int count, stalled, quick, awake, epoll_fd;
static double bytes_a_second;

static void die(const char *what)
{
	perror(what);
	exit(2);
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

/* sequence 0: the close was merged with others, and keep_merged() sets its number */
static void keep_truth(uint64_t sequence, uint64_t connection)
{
	merged += !sequence;
	if (truth_count == truth_size) {
		truth_size = truth_size ? 2 * truth_size : 1 << 16;
		truth = realloc(truth, truth_size * sizeof(*truth));
		if (!truth)
			die("memory");
	}
	truth[truth_count].sequence = sequence;
	truth[truth_count++].before = truth_total;
	truth_total.count++;
	truth_total.sum += connection;
}

/* Places the closes without a sequence number of their own: they lie between two events. */
static void keep_merged(uint64_t after, uint64_t to)
{
	for (size_t i = truth_count - merged; i < truth_count; i++)
		truth[i].sequence = to;
	merged = 0;
	spans = realloc(spans, (span_count + 1) * sizeof(*spans));
	if (!spans)
		die("memory");
	spans[span_count++] = (struct range){after, to};
}

static int is_between(uint64_t sequence)
{
	for (size_t i = 0; i < span_count; i++)
		if (sequence > spans[i].after && sequence < spans[i].to)
			return 1;
	return 0;
}

/* The closes up to this event. */
static struct tally truth_until(uint64_t sequence)
{
	size_t low = 0, high = truth_count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (truth[middle].sequence <= sequence)
			low = middle + 1;
		else
			high = middle;
	}
	return low < truth_count ? truth[low].before : truth_total;
}

static void take_data(struct subscriber *s, const char *data)
{
	if (s->kind == GAP) {
		s->pending = (struct tally){};
		if (!s->in_gap) {
			s->gaps = realloc(s->gaps, (s->gap_count + 1) * sizeof(*s->gaps));
			if (!s->gaps)
				die("memory");
			s->gaps[s->gap_count++].after = s->last;
		}
		s->in_gap = 1;
	} else if (s->kind == CLOSED) {
		uint64_t connection = strtoull(data + strlen("data: {\"id\":\""), NULL, 10);

		s->pending.count++;
		s->pending.sum += connection;
		if (s == subscribers && s->first) {
			keep_truth(s->id, connection);
			churned += strstr(data, churn_local) || strstr(data, churn_remote);
		}
	}
	if (s->id && (s == subscribers || s->first || s->id >= subscribers->first)) {
		if (s == subscribers && merged)
			keep_merged(s->last, s->id);
		if (!s->first)
			s->pending = (struct tally){}, s->first = s->id;
		if (s->in_gap)
			s->gaps[s->gap_count - 1].to = s->id, s->in_gap = 0;
		s->last = s->id;
		s->closes.count += s->pending.count;
		s->closes.sum += s->pending.sum;
		s->pending = (struct tally){};
	}
	s->id = 0;
	s->kind = OTHER;
}

/* HTTP's chunk sizes are lines of their own, which match nothing here. */
static void take_line(struct subscriber *s, char *line)
{
	if (!strncmp(line, "data: ", 6)) {
		take_data(s, line);
	} else if (!strncmp(line, "event: ", 7)) {
		s->kind = !strcmp(line + 7, "closed") ? CLOSED
			  : !strcmp(line + 7, "gap")  ? GAP
						      : OTHER;
	} else if (!strncmp(line, "id: ", 4)) {
		s->id = strtoull(strchr(line, '-') + 1, NULL, 10);
	}
}

static void receive(struct subscriber *s)
{
	static char chunk[CHUNK];
	ssize_t n = recv(s->fd, chunk, CHUNK, MSG_DONTWAIT);
	char *at = chunk, *end = chunk + n, *newline;

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		fprintf(stderr, "the stream of subscriber %td ended\n", s - subscribers);
		exit(2);
	}
	s->read += n;
	while ((newline = memchr(at, '\n', end - at))) {
		*newline = 0;
		if (s->kept) {
			if (s->kept + (newline - at) >= LINE)
				die("line");
			memcpy(s->line + s->kept, at, newline - at + 1);
			take_line(s, s->line);
			s->kept = 0;
		} else {
			take_line(s, at);
		}
		at = newline + 1;
	}
	if (s->kept + (end - at) >= LINE)
		die("line");
	memcpy(s->line + s->kept, at, end - at);
	s->kept += end - at;
}

static void watch(struct subscriber *s, uint32_t events)
{
	struct epoll_event event = {.events = events, .data.ptr = s};

	if (epoll_ctl(epoll_fd, EPOLL_CTL_MOD, s->fd, &event))
		die("epoll_ctl");
}

static void subscribe(struct subscriber *s, int port)
{
	static const char request[] = "GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\n"
				      "Accept: text/event-stream\r\n\r\n";
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(port)};
	struct epoll_event event = {.events = EPOLLIN, .data.ptr = s};
	int small = 1 << 16;

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	s->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	/* Otherwise the kernel holds megabytes for a subscriber that does not read. */
	if (s - subscribers >= quick)
		setsockopt(s->fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
	if (s->fd < 0 || connect(s->fd, (struct sockaddr *)&at, sizeof(at)) ||
	    write(s->fd, request, sizeof(request) - 1) != sizeof(request) - 1 ||
	    epoll_ctl(epoll_fd, EPOLL_CTL_ADD, s->fd, &event))
		die("subscribe");
}

/* Slow subscribers are those between the quick and the stalled ones, which join them later. */
static int is_slow(const struct subscriber *s)
{
	return s - subscribers >= quick && (awake || s - subscribers < count - stalled);
}

/* Lets the slow subscribers read on, each tenth of a second. */
static void refill(void)
{
	static double next;

	if (now() < next)
		return;
	next = now() + 0.1;
	for (struct subscriber *s = subscribers + quick; s < subscribers + count; s++) {
		if (!is_slow(s))
			continue;
		int paused = s->read >= bytes_a_second / 10;

		s->read -= bytes_a_second / 10;
		if (s->read < 0)
			s->read = 0;
		if (paused && s->read < bytes_a_second / 10)
			watch(s, EPOLLIN);
	}
}

static void serve(void)
{
	struct epoll_event events[256];
	int n;

	refill();
	n = epoll_wait(epoll_fd, events, 256, 20);
	for (int i = 0; i < n; i++) {
		struct subscriber *s = events[i].data.ptr;

		receive(s);
		if (is_slow(s) && s->read >= bytes_a_second / 10)
			watch(s, 0);
	}
}

static int all_have(uint64_t sequence)
{
	for (int i = 0; i < count; i++)
		if (subscribers[i].last <= sequence || subscribers[i].in_gap)
			return 0;
	return 1;
}

static void await(const char *what, uint64_t sequence)
{
	double end = now() + PATIENCE;

	while (!all_have(sequence)) {
		serve();
		if (now() > end) {
			fprintf(stderr, "not all subscribers have %s\n", what);
			exit(2);
		}
	}
}

/* Counts anew, from the next event that has an id. */
static void begin_anew(int from, int to)
{
	for (struct subscriber *s = subscribers + from; s < subscribers + to; s++) {
		s->first = s->last = 0;
		s->closes = s->pending = (struct tally){};
		s->gap_count = s->in_gap = 0;
	}
	await("gone on", 0);
}

/* Opens and closes connections in a process of its own, and writes their number to answer. */
static void churn(int listener, struct sockaddr_in *at, long rate, double seconds, int answer)
{
	struct linger abort_close = {.l_onoff = 1};
	double start = now();
	long done = 0;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	while (now() < start + seconds) {
		int out = socket(AF_INET, SOCK_STREAM, 0), in;

		if (out < 0 || connect(out, (struct sockaddr *)at, sizeof(*at)))
			die("connect");
		in = accept(listener, NULL, NULL);
		if (in < 0 || write(out, "x", 1) != 1)
			die("accept");
		/* No TIME_WAIT, or the ephemeral ports would run out. */
		setsockopt(out, SOL_SOCKET, SO_LINGER, &abort_close, sizeof(abort_close));
		close(out);
		close(in);
		done++;
		while (done > (now() - start) * rate)
			usleep(1000);
	}
	if (write(answer, &done, sizeof(done)) != sizeof(done))
		die("pipe");
	exit(0);
}

enum verdict { RIGHT, WRONG, UNSURE };

/* Whether the gaps of the first subscriber lie within this one's and so do not matter. */
static int knows_gaps(const struct subscriber *s)
{
	const struct subscriber *first = subscribers;

	for (size_t i = 0; i < first->gap_count; i++) {
		const struct range *gap = &first->gaps[i];
		int known = gap->to <= s->first || gap->after >= s->last;

		for (size_t j = 0; j < s->gap_count; j++)
			known |= s->gaps[j].after <= gap->after && s->gaps[j].to >= gap->to;
		if (!known)
			return 0;
	}
	return 1;
}

/*
 * UNSURE: the sums differ, but this subscriber has seen closes that the first one has not, or one
 * of its gaps begins or ends where the first one's events were merged.
 */
static enum verdict judge(const struct subscriber *s)
{
	struct tally wanted = truth_until(s->last), from = truth_until(s->first);
	int between = is_between(s->last) || is_between(s->first);

	wanted.count -= from.count, wanted.sum -= from.sum;
	for (size_t i = 0; i < s->gap_count; i++) {
		struct tally after = truth_until(s->gaps[i].after), to = truth_until(s->gaps[i].to);

		wanted.count -= to.count - after.count;
		wanted.sum -= to.sum - after.sum;
		between |= is_between(s->gaps[i].after) || is_between(s->gaps[i].to);
	}
	if (wanted.count == s->closes.count && wanted.sum == s->closes.sum)
		return RIGHT;
	return between || !knows_gaps(s) ? UNSURE : WRONG;
}

int main(int argc, char **argv)
{
	struct sockaddr_in at = {.sin_family = AF_INET};
	socklen_t size = sizeof(at);
	int port, listener = socket(AF_INET, SOCK_STREAM, 0), answer[2], verdicts[3] = {},
		  whole = 0;
	uint64_t gaps = 0, delivered = 0;
	struct rlimit files;
	long rate, done;
	double seconds;

	if (argc != 8) {
		fprintf(stderr, "usage: %s PORT COUNT STALLED QUICK BYTES RATE SECONDS\n", argv[0]);
		return 2;
	}
	port = atoi(argv[1]), count = atoi(argv[2]), stalled = atoi(argv[3]);
	quick = atoi(argv[4]), bytes_a_second = atof(argv[5]), rate = atol(argv[6]);
	seconds = atof(argv[7]);
	getrlimit(RLIMIT_NOFILE, &files);
	files.rlim_cur = files.rlim_max;
	setrlimit(RLIMIT_NOFILE, &files);
	setpriority(PRIO_PROCESS, 0, -10); /* a reader without processor time would be slow */
	at.sin_addr.s_addr = htonl(0x7f000164);
	if (bind(listener, (struct sockaddr *)&at, sizeof(at)) || listen(listener, 4096) ||
	    getsockname(listener, (struct sockaddr *)&at, &size) || pipe(answer))
		die("listen");
	/* With the address: the kernel gives the port to other programs' connections as well. */
	snprintf(churn_local, sizeof(churn_local), "\"localAddress\":\"%s\",\"localPort\":%d,",
		 inet_ntoa(at.sin_addr), ntohs(at.sin_port));
	snprintf(churn_remote, sizeof(churn_remote), "\"remoteAddress\":\"%s\",\"remotePort\":%d,",
		 inet_ntoa(at.sin_addr), ntohs(at.sin_port));
	epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	subscribers = calloc(count, sizeof(*subscribers));
	if (!subscribers || epoll_fd < 0)
		die("memory");
	for (int i = 0; i < count; i++)
		subscribe(&subscribers[i], port);
	await("begun", 0);
	/* The first begins anew before the others, so it sees all that they can see. */
	begin_anew(0, 1);
	begin_anew(1, count);
	for (int i = count - stalled; i < count; i++)
		watch(&subscribers[i], 0);
	printf("ready\n");
	fflush(stdout);
	if (!fork())
		churn(listener, &at, rate, seconds, answer[1]);
	for (double end = now() + seconds; now() < end;)
		serve();
	awake = 1;
	for (int i = quick; i < count; i++) {
		subscribers[i].read = 0; /* reading before the stall was not limited */
		watch(&subscribers[i], EPOLLIN);
	}
	fcntl(answer[0], F_SETFL, O_NONBLOCK);
	while (read(answer[0], &done, sizeof(done)) != sizeof(done))
		serve();
	for (double end = now() + PATIENCE;
	     churned < 2 * (uint64_t)done && !subscribers->gap_count && now() < end;)
		serve();
	await("seen the last close", subscribers[0].last);
	for (int i = 0; i < count; i++) {
		verdicts[judge(&subscribers[i])]++;
		whole += !subscribers[i].gap_count;
		gaps += subscribers[i].gap_count;
		delivered += subscribers[i].closes.count;
	}
	printf("{\"subscribers\":%d,\"stalled\":%d,\"connections\":%ld,\"closes\":%llu,"
	       "\"delivered\":%llu,\"gaps\":%llu,\"withoutGap\":%d,\"unsure\":%d,\"wrong\":%d}\n",
	       count, stalled, done, (unsigned long long)churned, (unsigned long long)delivered,
	       (unsigned long long)gaps, whole, verdicts[UNSURE], verdicts[WRONG]);
	return verdicts[WRONG] || (!subscribers->gap_count && churned != 2 * (uint64_t)done);
}
