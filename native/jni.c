/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The natives of dev.tcptop.collect.ebpf.Native. They return a count or a negative errno, call no
 * Java method and throw no exception. All symbols but JNI_OnLoad are hidden.
 */
#include <errno.h>
#include <jni.h>
#include <pthread.h>
#include <stdio.h>

#include "collector.h"
#include "privileges.h"

#define SLOTS 64

/* The open collectors, by handle - 1, so that a stale or invented handle is recognised. */
static struct collector *slots[SLOTS];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static int set_string(JNIEnv *env, jobjectArray out, jsize at, const char *text)
{
	jstring s = (*env)->NewStringUTF(env, text);

	if (!s)
		return -ENOMEM;
	(*env)->SetObjectArrayElement(env, out, at, s);
	return 0;
}

static int set_buffer(JNIEnv *env, jobjectArray out, jsize at, const void *address, size_t bytes)
{
	jobject buffer = (*env)->NewDirectByteBuffer(env, (void *)address, (jlong)bytes);

	if (!buffer)
		return -ENOMEM;
	(*env)->SetObjectArrayElement(env, out, at, buffer);
	return 0;
}

/* out: on success the buffers of header, samples and closes; on failure operation and log. */
static jlong native_open(JNIEnv *env, jclass class, jobject object, jint ring_bytes,
			 jint sample_records, jint socket_entries, jint flow_entries, jint udp_way,
			 jobjectArray out)
{
	struct settings settings = {.ring_bytes = (uint32_t)ring_bytes,
				    .sample_records = (uint32_t)sample_records,
				    .socket_entries = (uint32_t)socket_entries,
				    .flow_entries = (uint32_t)flow_entries,
				    .udp_way = (uint32_t)udp_way};
	void *bytes = object ? (*env)->GetDirectBufferAddress(env, object) : NULL;
	size_t samples_bytes, closes_bytes;
	const void *samples, *closes;
	struct failure failure;
	struct collector *c;
	int slot = 0;

	(void)class;
	if (!bytes || !out || (*env)->GetArrayLength(env, out) < 3)
		return -EINVAL;
	c = collector_open(bytes, (size_t)(*env)->GetDirectBufferCapacity(env, object), &settings,
			   &failure);
	if (!c) {
		if (set_string(env, out, 0, failure.operation) ||
		    set_string(env, out, 1, failure.log))
			return -ENOMEM;
		return -failure.error;
	}
	samples = collector_samples(c, &samples_bytes);
	closes = collector_closes(c, &closes_bytes);
	if (set_buffer(env, out, 0, collector_header(c), sizeof(struct header)) ||
	    set_buffer(env, out, 1, samples, samples_bytes) ||
	    set_buffer(env, out, 2, closes, closes_bytes)) {
		collector_close(c);
		return -ENOMEM;
	}
	pthread_mutex_lock(&lock);
	while (slot < SLOTS && slots[slot])
		slot++;
	if (slot < SLOTS)
		slots[slot] = c;
	pthread_mutex_unlock(&lock);
	if (slot < SLOTS)
		return slot + 1;
	collector_close(c);
	return -EMFILE;
}

static jint native_sample(JNIEnv *env, jclass class, jlong handle, jint flags, jlong idle_ns)
{
	jint result = -EBADF;

	(void)env, (void)class;
	pthread_mutex_lock(&lock);
	if (handle > 0 && handle <= SLOTS && slots[handle - 1])
		result = collector_sample(slots[handle - 1], (unsigned)flags, (uint64_t)idle_ns);
	pthread_mutex_unlock(&lock);
	return result;
}

static jint native_close(JNIEnv *env, jclass class, jlong handle)
{
	struct collector *c = NULL;

	(void)env, (void)class;
	pthread_mutex_lock(&lock);
	if (handle > 0 && handle <= SLOTS) {
		c = slots[handle - 1];
		slots[handle - 1] = NULL;
	}
	pthread_mutex_unlock(&lock);
	collector_close(c);
	return c ? 0 : -EBADF;
}

static jint native_drop(JNIEnv *env, jclass class)
{
	(void)env, (void)class;
	return privileges_drop();
}

#define RECORD(field) "record." #field, offsetof(struct record, field)
#define HEADER(field) "header." #field, offsetof(struct header, field)

/* Lines of "name offset". Java reads the layout here and states it nowhere itself. */
static jstring native_layout(JNIEnv *env, jclass class)
{
	static const struct {
		const char *name;
		size_t offset;
	} fields[] = {
		{"record", sizeof(struct record)},
		{RECORD(id)},
		{RECORD(since_ns)},
		{RECORD(seen_ns)},
		{RECORD(bytes_in)},
		{RECORD(bytes_out)},
		{RECORD(packets_in)},
		{RECORD(packets_out)},
		{RECORD(lifetime_bytes_in)},
		{RECORD(lifetime_bytes_out)},
		{RECORD(rtt_us)},
		{RECORD(min_rtt_us)},
		{RECORD(retransmits)},
		{RECORD(pid)},
		{RECORD(uid)},
		{RECORD(netns)},
		{RECORD(scope)},
		{RECORD(local_address)},
		{RECORD(remote_address)},
		{RECORD(local_port)},
		{RECORD(remote_port)},
		{RECORD(protocol)},
		{RECORD(family)},
		{RECORD(state)},
		{RECORD(last_state)},
		{RECORD(error)},
		{RECORD(direction)},
		{RECORD(pid_source)},
		{RECORD(flags)},
		{RECORD(process)},
		{HEADER(monotonic_ns)},
		{HEADER(realtime_ns)},
		{HEADER(lost_closes)},
		{HEADER(lost_sockets)},
		{HEADER(lost_flows)},
		{HEADER(lost_datagrams)},
		{HEADER(lost_events)},
		{HEADER(bpf_run_ns)},
		{HEADER(bpf_runs)},
		{HEADER(samples)},
		{HEADER(closes)},
		{HEADER(udp_way)},
		{HEADER(udp_error)},
	};
	char text[4096];
	int used = 0;

	(void)class;
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		used += snprintf(text + used, sizeof(text) - used, "%s %zu\n", fields[i].name,
				 fields[i].offset);
	return (*env)->NewStringUTF(env, text);
}

static const JNINativeMethod natives[] = {
	{"open", "(Ljava/nio/ByteBuffer;IIIII[Ljava/lang/Object;)J", (void *)native_open},
	{"sample", "(JIJ)I", (void *)native_sample},
	{"close", "(J)I", (void *)native_close},
	{"dropPrivileges", "()I", (void *)native_drop},
	{"layout", "()Ljava/lang/String;", (void *)native_layout},
};

JNIEXPORT jint JNICALL JNI_OnLoad(JavaVM *vm, void *reserved)
{
	JNIEnv *env;
	jclass class;

	(void)reserved;
	if ((*vm)->GetEnv(vm, (void **)&env, JNI_VERSION_10) != JNI_OK)
		return JNI_ERR;
	class = (*env)->FindClass(env, "dev/tcptop/collect/ebpf/Native");
	if (!class ||
	    (*env)->RegisterNatives(env, class, natives, sizeof(natives) / sizeof(natives[0])))
		return JNI_ERR;
	return JNI_VERSION_10;
}
