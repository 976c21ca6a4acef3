/* Arguments read as the program reads them, and the spec that comes of them as text. */
#include "tests/lib/reading.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define MEMORY_SIZE (1 << 24)

static int read_given(struct kernel *k, int fd, void *buffer, size_t size)
{
	struct reading *r = (struct reading *)k;

	for (size_t i = 0; i < READING_FDS_MAX; i++) {
		struct reading_fd *given = &r->fds[i];
		size_t n = given->n < size ? given->n : size;

		if (!given->bytes || given->fd != fd)
			continue;
		if (given->at_once && n > given->at_once)
			n = given->at_once;
		if (n == 0 && given->again) {
			given->bytes -= given->n_read;
			given->n = given->n_read;
			given->n_read = 0;
		}
		if (n == 0)
			return given->error;
		given->n_read += n;
		memcpy(buffer, given->bytes, n);
		given->bytes += n;
		given->n -= n;
		return (int)n;
	}
	return -EBADF;
}

static const struct sysops ops = {.read = read_given};

void reading_init(struct reading *r)
{
	*r = (struct reading){.kernel = {.ops = &ops}, .memory_size = MEMORY_SIZE};
	r->memory = malloc(MEMORY_SIZE);
	if (!r->memory)
		abort();
}

void reading_free(struct reading *r)
{
	free(r->memory);
}

int reading_words(struct reading *r, char *const *words)
{
	static char a[] = "A=1", b[] = "B=2";
	static char *const envp[] = {a, b, NULL};
	const struct arguments from = {
		.k = &r->kernel, .argv = words, .envp = envp, .arena = &r->arena};
	int error;

	text_init(&r->why, r->why_memory, sizeof(r->why_memory));
	arena_init(&r->arena, r->memory, r->memory_size);
	r->arena.refuse_at = r->refuse_at;
	error = spec_from_arguments(&r->spec, &from, &r->why);
	if (error < 0 || r->spec.help || r->spec.version)
		return error;
	return spec_check(&r->spec, r->root, &r->why);
}

int reading_line(struct reading *r, const char *line)
{
	static char program[] = "sandtable";
	size_t n = 0;

	strncpy(r->line, line, sizeof(r->line) - 1);
	r->words[n++] = program;
	for (char *word = strtok(r->line, " "); word && n < READING_WORDS_MAX - 1;
	     word = strtok(NULL, " "))
		r->words[n++] = strcmp(word, "''") == 0 ? word + 2 : word;
	r->words[n] = NULL;
	return reading_words(r, r->words);
}

static void say_word(struct text *out, const char *key, const char *word)
{
	if (word)
		text_addf(out, "%s %s\n", key, word);
}

static void say_flag(struct text *out, const char *key, bool flag)
{
	if (flag)
		text_addf(out, "%s\n", key);
}

static void say_fd(struct text *out, const char *key, int fd)
{
	if (fd != -EBADF)
		text_addf(out, "%s %d\n", key, fd);
}

static void say_id(struct text *out, const char *key, unsigned int id)
{
	if (id != (unsigned int)-1)
		text_addf(out, "%s %u\n", key, id);
}

static void say_caps(struct text *out, const char *key, uint64_t caps)
{
	if (caps)
		text_addf(out, "%s 0x%" PRIx64 "\n", key, caps);
}

static void say_unshare(struct text *out, const char *key, enum unshare how)
{
	static const char *const words[] = {
		[UNSHARE_YES] = "new", [UNSHARE_TRY] = "new where it can be had"};

	if (how != UNSHARE_NO)
		text_addf(out, "%s %s\n", key, words[how]);
}

static void say_op(struct text *out, const struct tree_op *op)
{
	/* clang-format off */
	static const char *const kinds[N_TREE_KINDS] = {
		"bind", "dev-bind", "proc", "dev", "tmpfs", "mqueue", "dir", "file",
		"bind-data", "symlink", "chmod", "remount-ro", "overlay", "mask",
	};
	/* clang-format on */
	static const char *const uppers[] = {"none", "tmpfs", "dir"};

	text_addf(out, "op %s", kinds[op->kind]);
	if (op->source)
		text_addf(out, " %s", op->source);
	if (op->workdir)
		text_addf(out, " workdir=%s", op->workdir);
	text_addf(out, " %s", op->target);
	if (op->fd != -EBADF)
		text_addf(out, " fd=%d", op->fd);
	if (op->mode)
		text_addf(out, " %04o", (unsigned int)op->mode);
	if (op->size)
		text_addf(out, " size=%" PRIu64, op->size);
	if (op->kind == TREE_OVERLAY)
		text_addf(out, " upper=%s", uppers[op->upper]);
	for (size_t i = 0; i < op->n_lowers; i++)
		text_addf(out, " lower=%s", op->lowers[i]);
	text_addf(out, "%s%s\n", op->readonly ? " ro" : "", op->optional ? " optional" : "");
}

static void say_namespaces(struct text *out, const struct spec *spec)
{
	say_unshare(out, "user", spec->user);
	say_unshare(out, "ipc", spec->ipc);
	say_unshare(out, "pid", spec->pid);
	say_unshare(out, "net", spec->net);
	say_unshare(out, "uts", spec->uts);
	say_unshare(out, "cgroup", spec->cgroup);
	say_fd(out, "userns", spec->userns);
}

static void say_descriptors(struct text *out, const struct spec *spec)
{
	say_fd(out, "sync-fd", spec->sync_fd);
	say_fd(out, "block-fd", spec->block_fd);
	say_fd(out, "userns-block-fd", spec->userns_block_fd);
	say_fd(out, "info-fd", spec->info_fd);
	say_fd(out, "json-status-fd", spec->json_status_fd);
	for (size_t i = 0; i < spec->n_lock_files; i++)
		say_word(out, "lock-file", spec->lock_files[i]);
	for (size_t i = 0; i < spec->n_seccomp_fds; i++)
		say_fd(out, "seccomp", spec->seccomp_fds[i]);
}

static void say_payload(struct text *out, const struct spec *spec)
{
	say_id(out, "uid", spec->uid);
	say_id(out, "gid", spec->gid);
	say_word(out, "hostname", spec->hostname);
	say_word(out, "chdir", spec->chdir);
	say_word(out, "argv0", spec->argv0);
	say_caps(out, "cap-add", spec->cap_add);
	say_caps(out, "cap-drop", spec->cap_drop);
	say_flag(out, "terminal", spec->terminal);
	say_flag(out, "new-session", spec->new_session);
	say_flag(out, "die-with-parent", spec->die_with_parent);
	say_flag(out, "as-pid-1", spec->as_pid_1);
	text_add(out, "environment");
	for (char *const *e = spec->envp; *e; e++)
		text_addf(out, " %s", *e);
	text_add_char(out, '\n');
}

void spec_say(const struct spec *spec, struct text *out)
{
	say_flag(out, "classic", spec->classic);
	say_word(out, "rootfs", spec->rootfs);
	say_flag(out, "readonly", spec->readonly);
	say_word(out, "console", spec->console);
	if (spec->join)
		text_addf(out, "join %d\n", spec->join);
	for (size_t i = 0; i < spec->n_ops; i++)
		say_op(out, &spec->ops[i]);
	say_namespaces(out, spec);
	say_payload(out, spec);
	say_descriptors(out, spec);
	say_flag(out, "help", spec->help);
	say_flag(out, "version", spec->version);
	say_flag(out, "as-root", spec->as_root);
	say_flag(out, "calls", spec->calls);
	say_flag(out, "json", spec->json);
	say_flag(out, "trace", spec->trace);
	say_word(out, "traced", spec->traced);
	say_flag(out, "show-values", spec->show_values);
	for (char *const *word = spec->argv; word && *word; word++)
		say_word(out, "word", *word);
}
