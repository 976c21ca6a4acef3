/* Filters of system calls: what a task carries, and what is asked before each call. */
#ifndef FAKE_SECCOMP_H
#define FAKE_SECCOMP_H

#include "fake/task.h"

/* A call as a filter sees it: struct seccomp_data without its instruction pointer, 0 here. */
struct raw_call {
	int number;
	long words[6];
};

/*
 * __secure_computing(): the answer of all filters of the current task, the strictest of them.
 * True: the call is not made and answers *r.  A task that a filter kills does not come back.
 */
bool seccomp_answers(struct fake *f, const struct raw_call *call, int *r);

/* References, as of a child; NULL is nothing. */
struct seccomp_filter *seccomp_get(struct seccomp_filter *filter);
void seccomp_put(struct fake *f, struct seccomp_filter *filter);
/* How many a task has: Seccomp_filters of /proc/PID/status. */
int seccomp_count(const struct seccomp_filter *filter);

/* bpf_check_classic() and seccomp_check_filter(): is it a program, and one for calls? */
bool filter_is_sound(const struct sock_filter *filter, unsigned int len);
/* What a sound program answers. */
uint32_t filter_run(const struct sock_filter *filter, const struct seccomp_data *data);

#endif
