/*
 * Calls as text, in strace's dialect.  Version 1: the tracer writes it, drive and the tests
 * read it (tests/lib/parse.h), and a change to it goes into the CHANGELOG.
 *
 *	mount("tmpfs", "/a", "tmpfs", MS_NOSUID|MS_NODEV, "mode=755") = 0
 *	openat(AT_FDCWD, "/x", O_RDONLY|O_CLOEXEC, 0) = 3
 *	pipe2([3, 4], O_CLOEXEC) = 0
 *	pipe2(fds, O_CLOEXEC) = -EMFILE
 *
 * A call is its row's name and all its arguments, in order.
 *
 * numbers      decimal; flags and the like in the kernel's words joined by |, what has no
 *              word in hexadecimal at their end; modes in octal, with the file type in words
 *              (S_IFCHR|0666); devices as makedev(1, 3), 0 alone; ids of all ones as -1
 * descriptors  decimal, AT_FDCWD and -EBADF in words; with a style's describe followed by
 *              what they mean: 4</srv/data>
 * strings      "in quotes", with C's escapes; cut at the style's limit: "the beginning"...
 * bytes        as strings; their length is the argument that follows
 * pointers     NULL, or what they point at
 * lists        [1, 2]; of numbers behind a pointer too: ioctl_tiocspgrp(3, [12])
 * structures   {name=value, ...} with the kernel's names: openat2's
 *              {flags=O_RDONLY, mode=0, resolve=RESOLVE_IN_ROOT}
 *              and mount_setattr's {attr_set=…, attr_clr=…, propagation=…, userns_fd=…}
 * fsconfig     (3, FSCONFIG_SET_STRING, "size", "1m", 0): what value points at goes by the
 *              command; aux is a number, AT_FDCWD in words
 * clone3       {flags=CLONE_NEWNS|CLONE_PIDFD, exit_signal=SIGCHLD, cgroup=4, pidfd=[5]}:
 *              cgroup with CLONE_INTO_CGROUP; pidfd once it is there
 * sendmsg      {iov=["bytes", "more"], rights=[3, 4]}
 * recvmsg      {iov=[100], control=24} before, with the room that there is;
 *              {iov=["bytes"], rights=[5], flags=MSG_CTRUNC} after, flags only if any
 * out memory   what the call wrote, once it succeeded: what a read gave, the names of
 *              getdents64, those members of struct statx that were asked for; else, and
 *              before the call, the name that the row gives the argument
 * answers      " = " and a decimal; umask's and the fcntls' in the words of their kind;
 *              errors as " = -EPERM"
 */
#ifndef CORE_KERNEL_PRINT_H
#define CORE_KERNEL_PRINT_H

#include "core/base/text.h"
#include "core/kernel/call.h"

struct print_style {
	size_t limit; /* bytes of a string or buffer that are shown; 0: all of them */
	/* Values in the environment and unknown mount options are shown as "NAME="...(9), what
	 * is read and written as ""...(9). */
	bool hide_values;
	/* Adds what a descriptor means, "</srv/data>", or nothing; may be NULL. */
	void (*describe)(void *context, struct text *t, int fd);
	void *context;
};

/* Adds a call that is yet to be made: "mount(...)".  style may be NULL: all, unadorned. */
void call_print(struct text *t, const struct call *call, const struct print_style *style);
/* Adds a call that answered r, with what it wrote: "read(3, "abc", 10) = 3". */
void call_print_answered(struct text *t, const struct call *call, int r,
			 const struct print_style *style);
/* Adds the answer alone: "3", "-EPERM". */
void answer_print(struct text *t, enum sysop op, int r);

#endif
