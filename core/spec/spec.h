/* What the user asked for.  Structs, no behaviour; read-only once it is built. */
#ifndef CORE_SPEC_SPEC_H
#define CORE_SPEC_SPEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum verb { VERB_NONE, VERB_BOX, VERB_PLAN };

/*
 * What is put into the sandbox's tree, in the order of the command line.  The words are
 * bubblewrap's but for TREE_MASK.
 */
enum tree_kind {
	TREE_BIND,     /* a tree of the host, without devices */
	TREE_DEV_BIND, /* with them */
	TREE_PROC,
	TREE_DEV, /* a new /dev, with the host's harmless nodes */
	TREE_TMPFS,
	TREE_MQUEUE,
	TREE_DIR,
	TREE_FILE,	/* a copy of what a descriptor gives */
	TREE_BIND_DATA, /* the same as a mount of its own */
	TREE_SYMLINK,
	TREE_CHMOD,
	TREE_REMOUNT_RO,
	TREE_OVERLAY,
	TREE_MASK, /* nothing to be seen there: an empty directory, or no bytes */
	N_TREE_KINDS
};

/* Where the changes of an overlay go. */
enum overlay_upper { UPPER_NONE, UPPER_TMPFS, UPPER_DIR };

struct tree_op {
	enum tree_kind kind;
	const char *source; /* of the host; what a symbolic link says; upperdir of an overlay */
	const char *target; /* inside, absolute */
	bool optional;	    /* a source that is not there is no failure */
	bool readonly;
	int fd;	       /* the data; else -EBADF */
	mode_t mode;   /* --perms, or the option's own; 07777 at most */
	uint64_t size; /* of a tmpfs, in bytes; 0: the kernel's choice */
	/* Of an overlay: the lowest first, as they were said. */
	const char *const *lowers;
	size_t n_lowers;
	enum overlay_upper upper;
	const char *workdir;
};

/* A kind of namespace: kept, made, or made where that can be. */
enum unshare { UNSHARE_NO, UNSHARE_YES, UNSHARE_TRY };

/* Strings and arrays belong to the caller's arguments or arena and must outlive the spec. */
struct spec {
	enum verb verb;
	bool classic;
	const char *rootfs;  /* the image directory; NULL: none */
	bool readonly;	     /* the rootfs, not what is mounted beneath it */
	const char *console; /* --classic: the host's path of a pty's slave; NULL: none */
	pid_t join;	     /* a task of the sandbox to enter, as its number here; 0: none */
	char *const *argv;   /* the payload's, ends in NULL */
	char *const *envp;   /* the payload's, ends in NULL; PWD is put in by the exec */

	/* The tree. */
	const struct tree_op *ops;
	size_t n_ops;

	/* Namespaces; a mount namespace is always made. */
	enum unshare user, ipc, pid, net, uts, cgroup;
	int userns; /* a user namespace to be entered; -EBADF: none */

	/* Who and where the payload is. */
	uid_t uid; /* inside; (uid_t)-1: as outside */
	gid_t gid;
	const char *hostname; /* NULL: as outside */
	const char *chdir;    /* NULL: as outside where that is there, else HOME, else / */
	const char *argv0;    /* NULL: argv[0] */
	/* Capabilities as bits, none in both; what is in neither keeps its default. */
	uint64_t cap_add, cap_drop;
	bool terminal; /* --console without --classic: a pty made inside, relayed */
	bool new_session;
	bool die_with_parent;
	bool as_pid_1;

	/* Descriptors of the caller; -EBADF: none. */
	int sync_fd, block_fd, userns_block_fd, info_fd, json_status_fd;
	const char *const *lock_files; /* inside */
	size_t n_lock_files;
	const int *seccomp_fds; /* filters, in the order in which they are installed */
	size_t n_seccomp_fds;

	/* About telling, not about the sandbox. */
	bool help;
	bool version;
	bool as_root;	    /* rehearse as root */
	bool calls;	    /* plan: the calls beneath each step */
	bool json;	    /* plan: for programs */
	bool trace;	    /* write down every call */
	const char *traced; /* to this file; NULL: to standard error */
	bool show_values;   /* of the environment and of data */
};

#endif
