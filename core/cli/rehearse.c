/* The verb plan: a run on a rehearsed host, and what can be told about it. */
#include "core/cli/rehearse.h"

#include <string.h>

#include "core/cli/message.h"
#include "core/cli/show.h"

#define FAILED 125
/* Of texts: what they take at least, and for each word or byte that may come to more. */
#define VIEW_SIZE 32768
#define DEV_SIZE 24576
#define PAGE_SIZE 65536
#define MOUNT_SIZE 512
#define WORD_SIZE 128
#define BYTE_SIZE 6
#define WHY_SIZE 512
/* Descriptors that options name which are no part of the tree. */
#define N_SINGLE 4

struct rehearsing {
	struct job *job;
	const struct showing *showing;
	struct view view;
	struct shown shown;
	struct page page;
	struct text why;
};

static int rehearsing_run(struct kernel *k, void *arg)
{
	const struct rehearsing *r = arg;

	return job_run(r->job, k) < 0 ? FAILED : 0;
}

static void rehearsing_entry(void *arg, const struct dir_entry *entry)
{
	struct rehearsing *r = arg;

	r->showing->entry(&r->shown, entry);
}

/* Where /dev cannot be listed the plan shows nothing of it. */
static void rehearsing_look(struct kernel *k, char *const *envp, void *arg)
{
	struct rehearsing *r = arg;

	dir_each(k, "/dev", rehearsing_entry, r);
	for (; *envp; envp++)
		r->showing->variable(&r->shown, *envp);
}

static int refuse(struct rehearsing *r, const char *why)
{
	const struct cli *cli = r->job->cli;
	char memory[WHY_SIZE + 64];
	struct text out;

	text_init(&out, memory, sizeof(memory));
	text_add(&out, "sandtable: cannot rehearse: ");
	text_add_visible(&out, why, strlen(why));
	text_add_char(&out, '\n');
	text_write(cli->k, 2, &out);
	if (r->page.k) {
		r->showing->none(why, &r->page);
		page_end(&r->page);
	}
	return FAILED;
}

/* What was cut would be told wrongly. */
static bool is_whole(const struct rehearsing *r)
{
	const struct view *view = &r->view;

	return !view->mounts.cut && !view->ids.cut && !view->descriptors.cut &&
	       !r->shown.dev.cut && !r->shown.environment.cut;
}

static int say_rehearsed(struct rehearsing *r)
{
	const struct job *job = r->job;
	bool failed = job->outcome.blame.error;
	int error;

	r->showing->all(&r->shown, &r->page);
	error = page_end(&r->page);
	if (failed) {
		outcome_say(&job->outcome, job->p, &r->page.text);
		text_write(job->cli->k, 2, &r->page.text);
	}
	return error < 0 || failed ? FAILED : 0;
}

/* Memory for a text, or false. */
static bool text_alloc(struct job *job, struct text *t, size_t size)
{
	char *memory = arena_alloc(job->arena, size);

	if (memory)
		text_init(t, memory, size);
	return memory;
}

/* What words may come to in a text. */
static size_t words_size(char *const *words)
{
	size_t size = 0;

	for (; *words; words++)
		size += WORD_SIZE + BYTE_SIZE * strlen(*words);
	return size;
}

/* Mounts, /dev and the environment of whatever the options come to. */
static bool texts_alloc(struct rehearsing *r)
{
	struct job *job = r->job;
	const struct spec *spec = job->spec;
	size_t environment = words_size(spec->envp) + MOUNT_SIZE;
	size_t argv = words_size(spec->argv);
	struct text page;

	if (!text_alloc(job, &r->view.mounts, VIEW_SIZE + spec->n_ops * MOUNT_SIZE) ||
	    !text_alloc(job, &r->view.ids, MOUNT_SIZE * 16) ||
	    !text_alloc(job, &r->view.host, MOUNT_SIZE * 16) ||
	    !text_alloc(job, &r->view.descriptors, MOUNT_SIZE * 16) ||
	    !text_alloc(job, &r->shown.dev, DEV_SIZE) ||
	    !text_alloc(job, &r->shown.environment, environment) ||
	    !text_alloc(job, &page, PAGE_SIZE + environment + 4 * argv))
		return false;
	page_init(&r->page, job->cli->k, page.at, page.size);
	return true;
}

/* What of the host the spec names: the image, and what is bound. */
static size_t paths_of(const struct spec *spec, const char **paths)
{
	size_t n = 0;

	if (spec->rootfs)
		paths[n++] = spec->rootfs;
	for (size_t i = 0; i < spec->n_ops; i++)
		if (spec->ops[i].kind == TREE_BIND || spec->ops[i].kind == TREE_DEV_BIND)
			paths[n++] = spec->ops[i].source;
	return n;
}

/* The caller's descriptors: what they give is not read, for it could not be read again. */
static size_t fds_of(const struct spec *spec, int *fds)
{
	const int single[] = {spec->sync_fd, spec->block_fd, spec->info_fd,
			      spec->json_status_fd};
	size_t n = 0;

	for (size_t i = 0; i < N_SINGLE; i++)
		if (single[i] >= 0)
			fds[n++] = single[i];
	for (size_t i = 0; i < spec->n_ops; i++)
		if (spec->ops[i].fd >= 0)
			fds[n++] = spec->ops[i].fd;
	return n;
}

/* What a rehearsed host has nothing for; NULL: all of it can be rehearsed. */
static const char *unrehearsed(const struct job *job)
{
	if (!job->cli->rehearsal)
		return "there is no kernel to rehearse on in this program";
	if (job->spec->join)
		return "--join is not there yet in plan";
	if (job->spec->userns >= 0)
		return "--userns is not there yet in plan";
	if (job->spec->userns_block_fd >= 0)
		return "--userns-block-fd is not there yet in plan";
	return NULL;
}

/* "root", or "uid 1000, gid 1000". */
static const char *caller_said(const struct job *job)
{
	struct kernel *k = job->cli->k;
	unsigned int uid = (unsigned int)sys_geteuid(k);

	return uid == 0
		       ? "root"
		       : plan_word(job->p, "uid %u, gid %u", uid, (unsigned int)sys_getegid(k));
}

static int rehearsing_begin(struct rehearsing *r, struct rehearsed *rehearsed)
{
	const struct job *job = r->job;
	const struct spec *spec = job->spec;
	const char **paths = arena_alloc(job->arena, (spec->n_ops + 1) * sizeof(*paths));
	int *fds = arena_alloc(job->arena, (spec->n_ops + N_SINGLE) * sizeof(*fds));
	const char *why = unrehearsed(job);

	r->showing = spec->json ? &showing_json : &showing_text;
	if (!paths || !fds || !text_alloc(r->job, &r->why, WHY_SIZE) || !texts_alloc(r))
		return refuse(r, "the memory that was set aside is used up");
	r->shown.job = job;
	r->shown.view = &r->view;
	r->shown.as = spec->as_root ? "root" : caller_said(job);
	*rehearsed = (struct rehearsed){
		.paths = paths,
		.n_paths = paths_of(spec, paths),
		.console = spec->console,
		.fds = fds,
		.n_fds = fds_of(spec, fds),
		.filters = spec->seccomp_fds,
		.n_filters = spec->n_seccomp_fds,
		.main = rehearsing_run,
		.look = rehearsing_look,
		.as_root = spec->as_root,
		.arg = r,
	};
	return why ? refuse(r, why) : 0;
}

int rehearse(struct job *job)
{
	const struct rehearsal *rehearsal = job->cli->rehearsal;
	struct rehearsing r = {.job = job};
	struct rehearsed rehearsed;
	int status = rehearsing_begin(&r, &rehearsed);

	if (status)
		return status;
	if (rehearsal->run(rehearsal, &rehearsed, &r.view, &r.why) < 0)
		return refuse(&r, r.why.at);
	if (!is_whole(&r))
		return refuse(&r, "what is inside is more than can be told");
	return say_rehearsed(&r);
}
