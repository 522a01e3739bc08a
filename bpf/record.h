/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * What the kernel side and user space share: the record of one connection, the table of UDP flows,
 * and the control block.
 * User space reads offsets from the compiled object, so a field may move, but not change its name.
 */
#ifndef TCPTOP_RECORD_H
#define TCPTOP_RECORD_H

#include <linux/types.h>

#define PROCESS_NAME_BYTES 16 /* TASK_COMM_LEN */

enum direction {
	DIRECTION_UNKNOWN,
	DIRECTION_OUTBOUND,
	DIRECTION_INBOUND,
};

/* How the owner was learnt, weakest first: a weaker one never replaces a stronger one. */
enum pid_source {
	SOURCE_NONE,
	SOURCE_LISTENER, /* whoever called listen(), inherited; of UDP, whoever made the socket */
	SOURCE_FD,	 /* a process that holds a descriptor of the socket */
	SOURCE_CLOSE,	 /* whoever closed it or shut it down */
	SOURCE_SEND,	 /* whoever sent the flow's first datagram */
	SOURCE_ACCEPT,
	SOURCE_CONNECT,
};

enum record_flag {
	RECORD_PARTIAL = 1 << 0, /* older than tcptop */
	RECORD_CLOSED = 1 << 1,	 /* the last record of this id */
};

/* One connection or flow as it stands, or stood when it closed. */
struct record {
	__u64 id;	  /* counts from 1; never reused while the program is loaded */
	__u64 since_ns;	  /* CLOCK_MONOTONIC, when counting began */
	__u64 seen_ns;	  /* CLOCK_MONOTONIC, when this was read; a flow's last datagram */
	__u64 bytes_in;	  /* payload since since_ns */
	__u64 bytes_out;  /* without retransmissions */
	__u64 packets_in; /* TCP: segments modulo 2^32; UDP: datagrams */
	__u64 packets_out;
	__u64 lifetime_bytes_in; /* TCP: since the connection began */
	__u64 lifetime_bytes_out;
	__u32 rtt_us;	  /* smoothed; 0: not measured yet */
	__u32 min_rtt_us; /* 0 or 2^32-1: not measured yet */
	__u32 retransmits;
	__u32 pid; /* thread group, in the initial pid namespace; 0: nobody */
	__u32 uid;
	__u32 netns;		/* inode number of the network namespace */
	__u32 scope;		/* interface index of a link-local address, else 0 */
	__u8 local_address[16]; /* network order; IPv4 in the first four bytes, the rest 0 */
	__u8 remote_address[16];
	__u16 local_port; /* host order */
	__u16 remote_port;
	__u8 protocol;	 /* IPPROTO_TCP or IPPROTO_UDP */
	__u8 family;	 /* AF_INET, also for v4-mapped addresses, or AF_INET6 */
	__u8 state;	 /* TCP_ESTABLISHED ...; 0: UDP */
	__u8 last_state; /* of a closed one: the state that it closed from */
	__u8 error;	 /* of a closed one: the socket's errno, 0: none */
	__u8 direction;	 /* enum direction */
	__u8 pid_source; /* enum pid_source */
	__u8 flags;	 /* enum record_flag */
	char process[PROCESS_NAME_BYTES];
};

/* The process that owns a socket or flow, and how that was learnt. */
struct owner {
	__u32 pid;    /* 0: nobody known */
	__u32 source; /* enum pid_source */
	char process[PROCESS_NAME_BYTES];
};

/* A UDP flow: datagrams between two addresses in one network namespace. */
struct flow_key {
	__u8 local_address[16];
	__u8 remote_address[16];
	__u32 netns;
	__u32 scope;
	__u16 local_port;
	__u16 remote_port;
	__u8 family;
	__u8 turn; /* 0, or 1 where a flow begins before the one that ended has been removed */
	__u8 unused[2];
};

/*
 * A flow ends in two steps, since a datagram may come at any moment. First it is marked as ending,
 * which a datagram undoes. Once nothing can be under way any more that had not seen the mark, it
 * ends, and is never touched again.
 */
enum flow_phase {
	FLOW_LIVE,
	FLOW_ENDING,
	FLOW_ENDED,
};

struct flow {
	__u64 id;
	__u64 since_ns;
	__u64 last_ns;
	__u64 bytes_in;
	__u64 bytes_out;
	__u64 packets_in;
	__u64 packets_out;
	__u64 seen_packets; /* in and out, when last reported */
	__u32 seen_pid;
	__u32 seen_tick;
	__u64 ending_ns; /* when it was marked as ending */
	__u32 phase;	 /* enum flow_phase */
	__u32 uid;
	struct owner owner;
};

/* What could not be recorded, by cause; each only ever rises. */
struct losses {
	__u64 closes;	 /* closing records that the full ring refused */
	__u64 sockets;	 /* sockets that got no storage, for want of memory */
	__u64 flows;	 /* datagrams of flows that the full table refused */
	__u64 datagrams; /* datagrams whose headers could not be read */
};

/* The program's .bss: written by user space before a walk, and by the walk. */
struct control {
	__u64 next_id;
	__u64 now_ns;
	__u64 idle_ns;
	__u64 guesses;	   /* times that an owner was missing or in doubt: a reason to search */
	__u64 stood_in;	   /* times that a stand-in took what the first program missed */
	__u64 looked_at;   /* descriptors, by the searches */
	__u64 searched_ns; /* when the last search for owners began that has ended */
	__u64 ends_kept;   /* closing records that had to wait in their socket */
	__u64 ends_taken;  /* and that have left it */
	struct losses lost;
	__u32 capacity;	 /* records that the samples array holds */
	__u32 sampled;	 /* records written by the walks since user space set it to 0 */
	__u32 left;	 /* changed sockets and flows that found the array full */
	__u32 tick;	 /* a socket or flow is reported at most once a tick */
	__u32 sweep;	 /* 1: report everything, changed or not */
	__u32 search;	 /* counts the searches for owners, from 1 */
	__u32 ready;	 /* 0 until the start-up scans ended: what they find is older than tcptop */
	__u32 waiting;	 /* closing records that the walk left waiting: another reason to search */
	__u32 ends_left; /* all that the walk left */
	__u32 unused;
};

_Static_assert(sizeof(struct record) == 160, "a record has no hidden padding");
_Static_assert(sizeof(struct flow_key) == 48, "a flow's key has no hidden padding");
_Static_assert(sizeof(struct flow) == 112, "a flow has no hidden padding");
_Static_assert(sizeof(struct control) == 144, "the control block has no hidden padding");

#endif
