/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * The kernel types and fields that the programs read. CO-RE finds each field by its name in the
 * running kernel's BTF, so order and offsets here have no meaning, and the build needs no BTF.
 */
#ifndef TCPTOP_KERNEL_H
#define TCPTOP_KERNEL_H

#include <linux/bpf.h>
#include <linux/types.h>

#define SOCK_STREAM 1
#define SOCK_DGRAM 2
#define AF_INET 2
#define AF_INET6 10
#define ECONNRESET 104
#define PF_EXITING 0x00000004
#define PF_KTHREAD 0x00200000

/* The number of the system call that a task is in, and of the calls that inspect descriptors. */
#if defined(__TARGET_ARCH_x86)
struct pt_regs {
	unsigned long orig_ax;
} __attribute__((preserve_access_index));
#define SYSCALL_NUMBER(registers) BPF_CORE_READ(registers, orig_ax)
enum { SYS_READ = 0, SYS_READV = 19, SYS_PREAD64 = 17, SYS_READLINK = 89, SYS_READLINKAT = 267 };
#elif defined(__TARGET_ARCH_arm64)
struct pt_regs {
	int syscallno;
} __attribute__((preserve_access_index));
#define SYSCALL_NUMBER(registers) BPF_CORE_READ(registers, syscallno)
enum { SYS_READ = 63, SYS_READV = 65, SYS_PREAD64 = 67, SYS_READLINK = -2, SYS_READLINKAT = 78 };
#endif

/* The lowest bits of skc_flags. SOCK_DONE: the peer's FIN has arrived. */
enum sock_flags {
	SOCK_DEAD,
	SOCK_DONE,
};

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct ns_common {
	unsigned int inum;
};

struct net {
	struct ns_common ns;
};

typedef struct {
	struct net *net;
} possible_net_t;

typedef struct {
	__s64 counter;
} atomic64_t;

struct in6_addr {
	union {
		__u8 u6_addr8[16];
		__be32 u6_addr32[4];
	} in6_u;
};

struct sock_common {
	__be32 skc_daddr;
	__be32 skc_rcv_saddr;
	__be16 skc_dport;
	unsigned short skc_family;
	volatile unsigned char skc_state;
	int skc_bound_dev_if;
	possible_net_t skc_net;
	unsigned long skc_flags;
	struct in6_addr skc_v6_daddr;
	struct in6_addr skc_v6_rcv_saddr;
	atomic64_t skc_cookie;
};

typedef struct {
	int owned;
} socket_lock_t;

typedef struct {
	unsigned int val;
} kuid_t;

struct file;

struct socket {
	struct file *file;
	struct sock *sk;
};

struct sock {
	struct sock_common __sk_common;
	socket_lock_t sk_lock;
	__u16 sk_type;
	__u16 sk_protocol;
	int sk_err;
	unsigned char sk_kern_sock : 1;
	kuid_t sk_uid;
	struct socket *sk_socket;
};

struct net_device {
	int ifindex;
};

struct inet6_dev {
	struct net_device *dev;
};

struct rt6_info {
	struct inet6_dev *rt6i_idev;
};

struct inet6_skb_parm {
	int iif;
};

struct sk_buff {
	struct sock *sk;
	unsigned long _skb_refdst;
	unsigned int len;
	char cb[48];
	__be16 protocol;
	__u16 transport_header;
	__u16 network_header;
	unsigned int end;
	unsigned char *head;
};

struct skb_shared_info {
	unsigned short gso_size;
};

struct inet_sock {
	__be16 inet_sport;
};

struct minmax_sample {
	__u32 v;
};

struct minmax {
	struct minmax_sample s[3];
};

struct request_sock;

struct list_head {
	struct list_head *next;
};

struct tcp_sock {
	__u64 bytes_received;
	__u64 bytes_acked;
	__u64 bytes_sent;
	__u64 bytes_retrans;
	__u32 segs_in;
	__u32 segs_out;
	__u32 snd_una;
	__u32 snd_nxt;
	__u32 write_seq;
	__u32 srtt_us;
	__u32 total_retrans;
	struct minmax rtt_min;
	struct request_sock *fastopen_rsk;
	struct list_head tsq_node;
};

typedef struct {
	int counter;
} atomic_t;

struct signal_struct {
	atomic_t live;
};

struct task_struct {
	unsigned int flags;
	int pid;
	int tgid;
	struct task_struct *group_leader;
	char comm[16];
	struct signal_struct *signal;
};

struct seq_file;

struct bpf_iter_meta {
	struct seq_file *seq;
};

struct bpf_map;

struct bpf_iter__tcp {
	struct bpf_iter_meta *meta;
	struct sock_common *sk_common;
};

struct bpf_iter__task_file {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
	__u32 fd;
	struct file *file;
};

#pragma clang attribute pop

#endif
