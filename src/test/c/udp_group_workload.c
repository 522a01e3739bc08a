/* SPDX-License-Identifier: Apache-2.0 */
/* Multicast and broadcast, of which every figure is known. udp_group_workload CASE WORD... */
#include "process.h"
#include "udp_receive.h"
#include "udp_send.h"

static int link_index(void)
{
	int index = if_nametoindex("v0");

	return index ? index : must(-1, "v0");
}

static void join_group(int fd, const struct sockaddr_storage *group)
{
	if (group->ss_family == AF_INET) {
		struct ip_mreqn m = {.imr_multiaddr = ((struct sockaddr_in *)group)->sin_addr,
				     .imr_ifindex = link_index()};

		must(setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &m, sizeof(m)), "join");
	} else {
		struct ipv6_mreq m = {.ipv6mr_multiaddr = ((struct sockaddr_in6 *)group)->sin6_addr,
				      .ipv6mr_interface = link_index()};

		must(setsockopt(fd, IPPROTO_IPV6, IPV6_JOIN_GROUP, &m, sizeof(m)), "join");
	}
}

static void send_by_link(int fd, int family)
{
	if (family == AF_INET) {
		struct ip_mreqn m = {.imr_ifindex = link_index()};

		must(setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &m, sizeof(m)), "by v0");
	} else {
		set(fd, IPPROTO_IPV6, IPV6_MULTICAST_IF, link_index());
	}
}

static int member(const struct sockaddr_storage *group)
{
	struct sockaddr_storage any =
		address(group->ss_family == AF_INET ? "0.0.0.0" : "::", address_port(group));
	int fd = udp(any.ss_family);

	set(fd, SOL_SOCKET, SO_REUSEADDR, 1);
	bind_to(fd, &any);
	join_group(fd, group);
	return fd;
}

/*
 * One sender in another namespace, with a member of the group beside it, and two processes here
 * that are members of the group at the same port. A datagram of the group has the group's address
 * as its local address, as its packet does: so a flow has the same two addresses at both ends. Each
 * socket that a datagram reaches has a flow of its own.
 */
static void multicast(const char *group_text, const char *source, const char *netns)
{
	struct sockaddr_storage group = address(group_text, 7000), at, from;
	int fd, ready[2];
	char byte;

	if (!split("member")) {
		enter(netns);
		fd = member(&group);
		post_address(group);
		for (int i = 0; i < 5; i++)
			receive_plain(fd, &at, &from);
		tell_receiver();
		exit(0);
	}
	next_address();
	must(pipe(ready), "pipe");
	if (!split("second")) {
		fd = member(&group);
		must(write(ready[1], "", 1), "write");
		for (int i = 0; i < 5; i++)
			receive_plain(fd, &at, &from);
		tell_receiver();
		exit(0);
	}
	must(read(ready[0], &byte, 1), "read");
	fd = member(&group);
	if (!split("sender")) {
		close(fd);
		enter(netns);
		from = address(source, 0);
		fd = bound(&from);
		from = name_of(fd);
		send_by_link(fd, group.ss_family);
		for (int i = 0; i < 5; i++)
			send_plain(fd, &from, &group, 100 + i);
		tell_ends();
		exit(0);
	}
	for (int i = 0; i < 5; i++)
		receive_plain(fd, &at, &from);
	tell_receiver();
	join();
}

/* A sender asks a group, and a member answers from its own address: each end has two flows. */
static void answered(const char *group_text, const char *source, const char *answerer,
		     const char *netns)
{
	struct sockaddr_storage group = address(group_text, 7000), at, from;
	int fd = member(&group);

	if (!split("sender")) {
		enter(netns);
		close(fd);
		from = address(source, 0);
		fd = bound(&from);
		from = name_of(fd);
		send_by_link(fd, group.ss_family);
		send_plain(fd, &from, &group, 30);
		receive_plain(fd, &at, &from);
		tell_receiver();
		exit(0);
	}
	receive_plain(fd, &at, &from);
	at = address(answerer, 7000);
	send_from(fd, &at, &from, 300);
	tell_receiver();
	join();
}

/*
 * A broadcast on a link; the receiver's local address is the broadcast address, as in the packet.
 */
static void broadcast(const char *netns)
{
	struct sockaddr_storage to = address("10.9.0.255", 7000), any = address("0.0.0.0", 7000),
				at, from;
	int fd = bound(&any);

	if (!split("sender")) {
		enter(netns);
		close(fd);
		from = address("10.9.0.2", 0);
		fd = bound(&from);
		set(fd, SOL_SOCKET, SO_BROADCAST, 1);
		from = name_of(fd);
		for (int i = 0; i < 5; i++)
			send_plain(fd, &from, &to, 40);
		tell_ends();
		exit(0);
	}
	for (int i = 0; i < 5; i++)
		receive_plain(fd, &at, &from);
	tell_receiver();
	join();
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	begin_workload("server");
	if (!strcmp(what, "multicast") && argc == 5)
		multicast(argv[2], argv[3], argv[4]);
	else if (!strcmp(what, "answered") && argc == 6)
		answered(argv[2], argv[3], argv[4], argv[5]);
	else if (!strcmp(what, "broadcast") && argc == 3)
		broadcast(argv[2]);
	else
		return 2;
	return 0;
}
