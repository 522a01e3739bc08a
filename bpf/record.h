/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * What the kernel side and user space share: the record of one connection, and the control block.
 * User space takes the offsets from the compiler, so a field may move but must keep its name. An
 * enum of one byte has its own type as a field, so that BTF describes it and a test can compare it
 * with Java's enum.
 */
#ifndef TCPTOP_RECORD_H
#define TCPTOP_RECORD_H

#include <linux/types.h>

#define PROCESS_NAME_BYTES 16 /* TASK_COMM_LEN */

enum direction {
	DIRECTION_UNKNOWN,
	DIRECTION_OUTBOUND,
	DIRECTION_INBOUND,
} __attribute__((packed));

/* How the owner was learnt, weakest first. A weaker source never replaces a stronger one. */
enum pid_source {
	SOURCE_NONE,
	SOURCE_LISTENER, /* TCP: the process that called listen(), inherited; UDP: the process that
			    created the socket */
	SOURCE_FD,	 /* a process that holds a descriptor of the socket */
	SOURCE_CLOSE,	 /* the process that closed the socket or shut it down */
	SOURCE_SEND,	 /* the process that sent the flow's first datagram */
	SOURCE_ACCEPT,
	SOURCE_CONNECT,
} __attribute__((packed));

/* The kernel's numbers (include/net/tcp_states.h). */
enum tcp_state {
	TCP_ESTABLISHED = 1,
	TCP_SYN_SENT,
	TCP_SYN_RECV,
	TCP_FIN_WAIT1,
	TCP_FIN_WAIT2,
	TCP_TIME_WAIT,
	TCP_CLOSE,
	TCP_CLOSE_WAIT,
	TCP_LAST_ACK,
	TCP_LISTEN,
	TCP_CLOSING,
} __attribute__((packed));

enum record_flag {
	RECORD_PARTIAL = 1 << 0, /* the connection is older than tcptop */
	RECORD_CLOSED = 1 << 1,	 /* the closing record: the last one of this id */
} __attribute__((packed));

/* One connection or flow, as it is now or as it was when it closed. */
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
	__u32 pid; /* thread group in the initial pid namespace; 0: unknown */
	__u32 uid;
	__u32 netns;		/* inode number of the network namespace */
	__u32 scope;		/* interface index of a link-local address, else 0 */
	__u8 local_address[16]; /* network order; IPv4 in the first four bytes, the rest 0 */
	__u8 remote_address[16];
	__u16 local_port; /* host order */
	__u16 remote_port;
	__u8 protocol;		   /* IPPROTO_TCP or IPPROTO_UDP */
	__u8 family;		   /* AF_INET, also for v4-mapped addresses, or AF_INET6 */
	enum tcp_state state;	   /* 0: UDP */
	enum tcp_state last_state; /* closing record: the state before TCP_CLOSE, else 0 */
	__u8 error;		   /* closing record: the socket's errno; 0: none */
	enum direction direction;
	enum pid_source pid_source;
	enum record_flag flags;
	char process[PROCESS_NAME_BYTES];
};

/* The process that owns a socket or flow, and how that was learnt. */
struct owner {
	__u32 pid;    /* 0: unknown */
	__u32 source; /* enum pid_source */
	char process[PROCESS_NAME_BYTES];
};

/* What could not be recorded, by cause. Each counter only rises. */
struct losses {
	__u64 closes;	 /* closing records that the full ring refused */
	__u64 sockets;	 /* sockets that the full table refused */
	__u64 flows;	 /* datagrams of flows that the full table refused */
	__u64 datagrams; /* datagrams whose headers could not be read */
};

#define CHANGED_WORDS 512

/* The program's .bss. User space writes it before a walk, and the walk writes its results. */
struct control {
	__u64 next_id;
	__u64 now_ns;
	__u64 idle_ns;
	__u64 guesses;	   /* how often an owner was unknown or in doubt: a reason to search */
	__u64 stood_in;	   /* how often a stand-in program did what the first one had missed */
	__u64 looked_at;   /* descriptors that the searches looked at */
	__u64 searched_ns; /* start of the last search for owners that has finished */
	__u64 ends_kept;   /* closing records that had to wait for their owner */
	__u64 ends_taken;  /* those that have been sent */
	struct losses lost;
	__u32 capacity;	 /* records that the samples array holds */
	__u32 sampled;	 /* records written by the walks since user space set this to 0 */
	__u32 left;	 /* changed sockets and flows that found the array full */
	__u32 tick;	 /* a socket or flow is reported at most once a tick */
	__u32 sweep;	 /* 1: report everything, changed or not */
	__u32 search;	 /* number of the current or last search for owners, from 1 */
	__u32 ready;	 /* 0 during the start-up scans: what they find is older than tcptop */
	__u32 waiting;	 /* closing records that wait for a search: another reason to search */
	__u32 ends_left; /* all closing records that the walk left waiting */
	__u32 unused;
	__u64 changed[CHANGED_WORDS];	     /* owner.h: since the last search began */
	__u64 changed_before[CHANGED_WORDS]; /* in the time before; user space moves them */
};

_Static_assert(sizeof(struct record) == 160, "a record has no hidden padding");
_Static_assert(sizeof(struct control) == 144 + 16 * CHANGED_WORDS,
	       "the control block has no hidden padding");

#endif
