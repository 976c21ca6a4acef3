/* Steps that tell the caller of the sandbox, in JSON, on descriptors that it gave. */
#include "core/run/talk.h"

#define TEXT_SIZE 512

static const struct namespace_file {
	unsigned long flag;
	const char *name; /* in /proc/PID/ns */
	const char *key;
} namespace_files[] = {
	// clang-format off
	{ CLONE_NEWCGROUP, "cgroup", "cgroup-namespace" },
	{ CLONE_NEWIPC,    "ipc",    "ipc-namespace" },
	{ CLONE_NEWNS,     "mnt",    "mnt-namespace" },
	{ CLONE_NEWNET,    "net",    "net-namespace" },
	{ CLONE_NEWPID,    "pid",    "pid-namespace" },
	{ CLONE_NEWUTS,    "uts",    "uts-namespace" },
	// clang-format on
};

#define N_FILES (sizeof(namespace_files) / sizeof(*namespace_files))

static int info_write(struct side *side, int fd, const struct text *t)
{
	size_t done = 0;

	while (done < t->len) {
		int r = sys_write(side->k, fd, t->at + done, t->len - done);

		if (r == -EINTR)
			continue;
		if (r < 0)
			return r;
		done += (size_t)r;
	}
	return 0;
}

/* A namespace's number is its file's inode (namespaces(7)). */
static int namespace_say(struct side *side, const struct namespace_file *file,
			 const char *between, struct text *out)
{
	char memory[64];
	struct text path;
	struct statx st;
	int r;

	text_init(&path, memory, sizeof(memory));
	text_addf(&path, "/proc/%d/ns/%s", side->child, file->name);
	r = sys_statx(side->k, AT_FDCWD, path.at, 0, STATX_INO, &st);
	if (r == 0)
		text_addf(out, ",%s\"%s\": %llu", between, file->key,
			  (unsigned long long)st.stx_ino);
	return r;
}

/* One document; between: what stands before each of its members. */
static int info_say(struct side *side, const struct step *step, const char *between,
		    const char *end)
{
	char memory[TEXT_SIZE];
	struct text out;

	text_init(&out, memory, sizeof(memory));
	text_addf(&out, "{%s\"child-pid\": %d", between, side->child);
	for (size_t i = 0; i < N_FILES; i++) {
		if (!(step->flags & namespace_files[i].flag))
			continue;
		int r = namespace_say(side, &namespace_files[i], between, &out);

		if (r < 0)
			return r;
	}
	text_add(&out, end);
	return info_write(side, step->fd, &out);
}

int step_info(struct side *side, const struct step *step)
{
	return info_say(side, step, "\n    ", "\n}\n");
}

/* A document a line: whoever reads them need not look for their ends. */
int step_status_info(struct side *side, const struct step *step)
{
	return info_say(side, step, " ", " }\n");
}

int step_exit_info(struct side *side, const struct step *step)
{
	char memory[TEXT_SIZE];
	struct text out;

	text_init(&out, memory, sizeof(memory));
	text_addf(&out, "{ \"exit-code\": %d }\n", side->status);
	return info_write(side, step->fd, &out);
}
