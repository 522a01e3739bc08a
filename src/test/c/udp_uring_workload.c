/* SPDX-License-Identifier: Apache-2.0 */
/* Datagrams that io_uring sends, of which every figure is known. udp_uring_workload [WORD...] */
#include "udp_talk.h"

#include <liburing.h>

static struct io_uring ring;

/* The kernel sends one message: within this call, or by a worker thread or its polling thread. */
static void submit(int fd, const struct sockaddr_storage *from, const struct sockaddr_storage *to,
		   int bytes, unsigned sqe_flags, int zerocopy)
{
	struct iovec data = {payload, bytes};
	struct msghdr m = {.msg_name = (void *)to,
			   .msg_namelen = size_of(to),
			   .msg_iov = &data,
			   .msg_iovlen = 1};
	struct io_uring_sqe *sqe = io_uring_get_sqe(&ring);
	struct io_uring_cqe *cqe;
	unsigned more;

	if (zerocopy)
		io_uring_prep_sendmsg_zc(sqe, fd, &m, 0);
	else
		io_uring_prep_sendmsg(sqe, fd, &m, 0);
	sqe->flags |= sqe_flags;
	io_uring_submit(&ring);
	do {
		do
			errno = -io_uring_wait_cqe(&ring, &cqe);
		while (errno == EINTR);
		if (errno)
			die("io_uring_wait_cqe");
		if (!(cqe->flags & IORING_CQE_F_NOTIF) && cqe->res != bytes) {
			errno = -cqe->res;
			die("sendmsg by io_uring");
		}
		more = cqe->flags & IORING_CQE_F_MORE;
		io_uring_cqe_seen(&ring, cqe);
	} while (more);
	sent(from, to, bytes, 1);
}

static void send_inline(int fd, const struct sockaddr_storage *from,
			const struct sockaddr_storage *to, int bytes)
{
	submit(fd, from, to, bytes, 0, 0);
}

static void send_by_worker(int fd, const struct sockaddr_storage *from,
			   const struct sockaddr_storage *to, int bytes)
{
	submit(fd, from, to, bytes, IOSQE_ASYNC, 0);
}

static void send_zc(int fd, const struct sockaddr_storage *from, const struct sockaddr_storage *to,
		    int bytes)
{
	submit(fd, from, to, bytes, 0, 1);
}

static void make_ring(unsigned flags)
{
	errno = -io_uring_queue_init(8, &ring, flags);
	if (errno)
		die("io_uring_queue_init");
}

static void prepare_ring(int fd)
{
	(void)fd;
	make_ring(0);
}

static void prepare_polling(int fd)
{
	(void)fd;
	make_ring(IORING_SETUP_SQPOLL);
}

static const struct sending by_ring[] = {
	{"inline", 1, send_inline, prepare_ring},
	{"worker", 1, send_by_worker, prepare_ring},
	{"polling", 1, send_inline, prepare_polling},
	{"ring-zerocopy", 1, send_zc, prepare_ring},
	{},
};

int main(int argc, char **argv)
{
	struct talk t = talk_of(by_ring, argc - 1, argv + 1);

	begin_workload("server");
	talk(&t);
	return 0;
}
